// A profile's line over a raster and the values along it: every point in one call.
import { type NDArray, type Selection, slice, type WorkOptions } from '../src/index.js'
import { formatBytes, formatCount } from './format.js'
import { distanceKm, greatCircle } from './geography.js'
import { fromLonLat, type Raster, toLonLat } from './raster.js'
import type { Point } from './view.js'

export interface Ends {
  readonly a: Point
  readonly b: Point
}

export interface Profile {
  /** Grid points; beyond the grid's turn where the line crosses it. */
  readonly points: readonly Point[]
  /** From A: kilometres on the globe, elements in a plain array. */
  readonly along: Float64Array
  readonly values: Float64Array
  readonly alongUnits: string
  readonly milliseconds: number
  readonly bytesRead: number
}

/** The way from A to B: the great circle on the globe, a straight line in a plain array. */
export function tracePoints(raster: Raster, { a, b }: Ends, count: number): Point[] {
  const { geo } = raster
  if (geo) return greatCircle(toLonLat(geo, a), toLonLat(geo, b), count).map((place) => fromLonLat(geo, place))
  return Array.from({ length: count }, (_, index) => {
    const t = count > 1 ? index / (count - 1) : 0
    return { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) }
  })
}

export async function readProfile(
  raster: Raster,
  ends: Ends,
  count: number,
  options: WorkOptions = {},
): Promise<Profile> {
  const points = tracePoints(raster, ends, count)
  const windows = points.map((point) => windowAt(raster, point))
  const begun = performance.now()
  const parts = await raster.array.getMany(
    windows.map(({ selection }) => selection),
    options,
  )
  const milliseconds = performance.now() - begun
  const values = Float64Array.from(windows, ({ x, y }, index) => interpolate(parts[index], x, y))
  const bytesRead = parts.reduce((sum, { nbytes }) => sum + nbytes, 0)
  const total = lengthBetween(raster, ends)
  const along = Float64Array.from(points, (_, index) => (count > 1 ? (total * index) / (count - 1) : 0))
  return { points, along, values, alongUnits: raster.geo ? 'km' : 'elements', milliseconds, bytesRead }
}

/** '640 points, 10.2 kB, in one call of 4.1 ms' */
export function describeRead(profile: Profile, milliseconds: string): string {
  return `${formatCount(profile.points.length)} points, ${formatBytes(profile.bytesRead)}, in one call of ${milliseconds}`
}

function lengthBetween(raster: Raster, { a, b }: Ends): number {
  return raster.geo ? distanceKm(toLonLat(raster.geo, a), toLonLat(raster.geo, b)) : Math.hypot(a.x - b.x, a.y - b.y)
}

/** The 2 × 2 elements around a point of the globe, or the one element of a plain array; x and y: where between them. */
function windowAt({ grid, geo }: Raster, point: Point): { selection: Selection; x: number; y: number } {
  const within = (value: number, length: number) => Math.min(length - 1, Math.max(0, value))
  const turned = grid.turn ? (((point.x - 0.5) % grid.turn) + grid.turn) % grid.turn : point.x - 0.5
  const [x, y] = [within(turned, grid.cols), within(point.y - 0.5, grid.rows)]
  const round = geo ? Math.floor : Math.round
  const size = geo ? 2 : 1
  const [col, row] = [round(x), round(y)]
  return { selection: [slice(row, row + size), slice(col, col + size)], x: x - col, y: y - row }
}

function interpolate(part: NDArray | undefined, x: number, y: number): number {
  if (!part) return Number.NaN
  const [rows = 0, cols = 0] = part.shape
  const at = (row: number, col: number) => Number(part.item(Math.min(row, rows - 1), Math.min(col, cols - 1)))
  if (rows === 1 && cols === 1) return at(0, 0)
  const top = at(0, 0) + x * (at(0, 1) - at(0, 0))
  const bottom = at(1, 0) + x * (at(1, 1) - at(1, 0))
  return top + y * (bottom - top)
}
