// Where the map looks. Grid coordinates are columns (x) and rows (y): element i spans i to i + 1. Pure.

export interface Size {
  readonly width: number
  readonly height: number
}

/** What the map can look at. `turn`: the columns of one full turn of longitude, after which the map repeats; 0: it does not. */
export interface Grid {
  readonly rows: number
  readonly cols: number
  readonly turn: number
}

/** The grid point at the middle of the map, and CSS pixels an element. */
export interface View {
  readonly x: number
  readonly y: number
  readonly scale: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

const MAX_SCALE = 24

/** A repeating grid fills the map, any other is wholly seen. */
function smallestScale(grid: Grid, size: Size): number {
  const across = size.width / (grid.turn || grid.cols)
  const down = size.height / grid.rows
  return grid.turn ? Math.max(across, down) : Math.min(across, down, MAX_SCALE)
}

export function fitView(grid: Grid, size: Size): View {
  return { x: (grid.turn || grid.cols) / 2, y: grid.rows / 2, scale: smallestScale(grid, size) }
}

/** The nearest view that shows no more than there is. */
export function clampView(view: View, grid: Grid, size: Size): View {
  const scale = Math.min(MAX_SCALE, Math.max(smallestScale(grid, size), view.scale))
  const within = (value: number, length: number, pixels: number) => {
    const half = Math.min(length, pixels / scale) / 2
    return Math.min(length - half, Math.max(half, value))
  }
  const { turn } = grid
  const x = turn ? ((view.x % turn) + turn) % turn : within(view.x, grid.cols, size.width)
  return { x, y: within(view.y, grid.rows, size.height), scale }
}

export function toScreen(view: View, size: Size, point: Point): Point {
  return { x: (point.x - view.x) * view.scale + size.width / 2, y: (point.y - view.y) * view.scale + size.height / 2 }
}

export function toGrid(view: View, size: Size, pixel: Point): Point {
  return { x: (pixel.x - size.width / 2) / view.scale + view.x, y: (pixel.y - size.height / 2) / view.scale + view.y }
}

/** Scales by `factor` about a pixel, which keeps its grid point where the limits let it. */
export function zoomAt(view: View, grid: Grid, size: Size, pixel: Point, factor: number): View {
  const fixed = toGrid(view, size, pixel)
  const { scale } = clampView({ ...view, scale: view.scale * factor }, grid, size)
  const x = fixed.x - (pixel.x - size.width / 2) / scale
  const y = fixed.y - (pixel.y - size.height / 2) / scale
  return clampView({ x, y, scale }, grid, size)
}

/** The copy of a repeating grid's column nearest to the middle of the map. */
export function nearestCopy(view: View, grid: Grid, x: number): number {
  return grid.turn ? x + grid.turn * Math.round((view.x - x) / grid.turn) : x
}

/** How far right each copy of the grid that meets x0..x1 lies. */
export function copiesIn(grid: Grid, x0: number, x1: number): number[] {
  if (!grid.turn) return [0]
  const first = Math.floor(x0 / grid.turn)
  const count = Math.floor(x1 / grid.turn) - first + 1
  return Array.from({ length: count }, (_, index) => (first + index) * grid.turn)
}

/** Rows and columns from..to - 1. */
export interface Window {
  readonly rows: readonly [from: number, to: number]
  readonly cols: readonly [from: number, to: number]
}

/** The elements that low..high meets. */
export function toRange(low: number, high: number, length: number): readonly [from: number, to: number] {
  return [Math.max(0, Math.floor(low)), Math.min(length, Math.ceil(high))]
}

/** What the map shows of the grid: two windows where it shows the seam of a repeating one. */
export function windowsIn(view: View, grid: Grid, size: Size): Window[] {
  const [from, to] = [toGrid(view, size, { x: 0, y: 0 }), toGrid(view, size, { x: size.width, y: size.height })]
  const width = grid.turn || grid.cols
  const isWhole = to.x - from.x >= width
  const pieces = isWhole
    ? [[0, width] as const]
    : copiesIn(grid, from.x, to.x).map((shift) => toRange(from.x - shift, to.x - shift, width))
  const rows = toRange(from.y, to.y, grid.rows)
  return pieces.filter(([first, end]) => end > first && rows[1] > rows[0]).map((cols) => ({ rows, cols }))
}

/** Elements between samples, a power of two: so that a sample covers about one device pixel. */
export function stepFor(view: View, devicePixelRatio: number): number {
  return 2 ** Math.max(0, Math.round(Math.log2(1 / (view.scale * devicePixelRatio))))
}
