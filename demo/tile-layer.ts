// Draws the tiles that meet the view, and asks for those that are missing; coarser ones stand in until they come.
import type { Frame } from './map.js'
import { TILE, type TileAddress, type TileCache } from './tiles.js'
import { copiesIn, type Grid, stepFor, toGrid } from './view.js'

/** The whole array in tiles of the base step is at most this many samples long: always kept, so nothing is ever blank. */
const BASE_SAMPLES = 4 * TILE
/** Beyond this many device pixels a sample, elements of a plain array are drawn as squares. */
const SMOOTH_UP_TO = 3

/** Grid coordinates: x0 <= x < x1. */
interface Box {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

export function drawTiles(frame: Frame, cache: TileCache): void {
  const { context, raster, view, size, ratio } = frame
  const { grid } = raster
  const base = baseStep(grid)
  const step = Math.min(base, stepFor(view, ratio))
  const wanted: { address: TileAddress; distance: number }[] = []
  context.imageSmoothingEnabled = raster.geo !== undefined || view.scale * ratio < SMOOTH_UP_TO
  context.imageSmoothingQuality = 'low'
  const topLeft = toGrid(view, size, { x: 0, y: 0 })
  const bottomRight = toGrid(view, size, { x: size.width, y: size.height })
  for (const shift of copiesIn(grid, topLeft.x, bottomRight.x)) {
    const seen: Box = { x0: topLeft.x - shift, y0: topLeft.y, x1: bottomRight.x - shift, y1: bottomRight.y }
    for (const address of tilesIn(grid, step, seen)) {
      const box = boxOf(grid, address)
      drawBest(frame, cache, address, base, box, shift)
      const distance = Math.hypot((box.x0 + box.x1) / 2 + shift - view.x, (box.y0 + box.y1) / 2 - view.y)
      wanted.push({ address, distance })
    }
  }
  wanted.sort((a, b) => a.distance - b.distance)
  cache.want([...allTiles(grid, base), ...wanted.map(({ address }) => address)])
}

function baseStep(grid: Grid): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(grid.rows, grid.cols) / BASE_SAMPLES)))
}

function allTiles(grid: Grid, step: number): TileAddress[] {
  return tilesIn(grid, step, { x0: 0, y0: 0, x1: grid.cols, y1: grid.rows })
}

function tilesIn(grid: Grid, step: number, box: Box): TileAddress[] {
  const edge = TILE * step
  const span = (from: number, to: number, length: number): [number, number] => {
    const last = Math.ceil(Math.ceil(length / step) / TILE) - 1
    return [
      Math.max(0, Math.floor((from - 0.5 + step / 2) / edge)),
      Math.min(last, Math.floor((to - 0.5 + step / 2) / edge)),
    ]
  }
  const [firstCol, lastCol] = span(box.x0, Math.min(box.x1, widthOf(grid) - 0.5), grid.cols)
  const [firstRow, lastRow] = span(box.y0, Math.min(box.y1, grid.rows - 0.5), grid.rows)
  const addresses: TileAddress[] = []
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) addresses.push({ step, row, col })
  }
  return addresses
}

function widthOf(grid: Grid): number {
  return grid.turn || grid.cols
}

/** A sample covers `step` elements about the middle of its own; the outermost tiles reach to the array's edge. */
function boxOf(grid: Grid, { step, row, col }: TileAddress): Box {
  const edge = (tile: number, length: number) => {
    const at = tile * TILE * step + 0.5 - step / 2
    return tile === 0 ? 0 : tile * TILE * step >= length - 0.5 ? length : Math.min(at, length)
  }
  const [width, height] = [widthOf(grid), grid.rows]
  return { x0: edge(col, width), y0: edge(row, height), x1: edge(col + 1, width), y1: edge(row + 1, height) }
}

/** Draws the tile, or the finest coarser one that is here, into the tile's box. */
function drawBest(frame: Frame, cache: TileCache, address: TileAddress, base: number, box: Box, shift: number): void {
  const { context, view, size, ratio } = frame
  const { step, row, col } = address
  for (let coarser = 1; coarser * step <= base; coarser *= 2) {
    const stand: TileAddress = { step: step * coarser, row: Math.floor(row / coarser), col: Math.floor(col / coarser) }
    const tile = cache.peek(stand)
    if (!tile) continue
    const toX = (x: number) => ((x + shift - view.x) * view.scale + size.width / 2) * ratio
    const toY = (y: number) => ((y - view.y) * view.scale + size.height / 2) * ratio
    const [left, top, right, bottom] = [toX(box.x0), toY(box.y0), toX(box.x1), toY(box.y1)].map(Math.round)
    if (left === undefined || top === undefined || right === undefined || bottom === undefined) return
    context.save()
    context.beginPath()
    context.rect(left, top, right - left, bottom - top)
    context.clip()
    const half = stand.step / 2 - 0.5
    const edge = tile.image.width * stand.step * view.scale * ratio
    context.drawImage(
      tile.image,
      toX(tile.firstCol * stand.step - half),
      toY(tile.firstRow * stand.step - half),
      edge,
      edge,
    )
    context.restore()
    return
  }
}
