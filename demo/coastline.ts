// Coastlines over a geographic raster: Natural Earth 1:50m land (public domain, naturalearthdata.com), in coastline.bin.
//
// The file: little-endian int16. Each line is its number of points, then longitude and latitude of each in 1/180 of a degree.
import type { Frame } from './map.js'
import { fromLonLat, toLonLat } from './raster.js'
import { copiesIn, toGrid } from './view.js'

const UNITS_PER_DEGREE = 180

/** Points of a piece at most: what is drawn is little more than what is seen. */
const PIECE = 64
/** How far apart points of a path are at least, in degrees; finest first. */
const SPACINGS = [0, 0.03, 0.06, 0.12, 0.25, 0.5] as const
/** Pixels between points that need not be drawn. */
const CLOSE = 1.2

interface Point {
  readonly lon: number
  readonly lat: number
}

/** A piece of a line. Degrees. */
interface Coast {
  /** One for each of SPACINGS. */
  readonly paths: readonly Path2D[]
  readonly west: number
  readonly east: number
  readonly south: number
  readonly north: number
}

export async function loadCoastlines(): Promise<Coast[]> {
  const response = await fetch(new URL('./coastline.bin', import.meta.url))
  if (!response.ok) throw new Error(`coastline.bin: ${response.status}`)
  const data = new DataView(await response.arrayBuffer())
  const coasts: Coast[] = []
  const degrees = (at: number) => data.getInt16(at, true) / UNITS_PER_DEGREE
  for (let at = 0; at < data.byteLength; ) {
    const count = data.getInt16(at, true)
    const points = Array.from({ length: count }, (_, index) => {
      return { lon: degrees(at + 2 + 4 * index), lat: degrees(at + 4 + 4 * index) }
    })
    for (let first = 0; first < count - 1; first += PIECE) coasts.push(coastOf(points.slice(first, first + PIECE + 1)))
    at += 2 + 4 * count
  }
  return coasts
}

function coastOf(points: readonly Point[]): Coast {
  const [lons, lats] = [points.map(({ lon }) => lon), points.map(({ lat }) => lat)]
  return {
    paths: SPACINGS.map((spacing) => pathThrough(points, spacing)),
    west: Math.min(...lons),
    east: Math.max(...lons),
    south: Math.min(...lats),
    north: Math.max(...lats),
  }
}

/** Through the first and the last point, and those between that are that far from the one before. */
function pathThrough(points: readonly Point[], spacing: number): Path2D {
  const path = new Path2D()
  let last: Point | undefined
  for (const [index, point] of points.entries()) {
    if (last === undefined) path.moveTo(point.lon, point.lat)
    else if (index < points.length - 1 && Math.hypot(point.lon - last.lon, point.lat - last.lat) < spacing) continue
    else path.lineTo(point.lon, point.lat)
    last = point
  }
  return path
}

export function drawCoastlines(frame: Frame, coasts: readonly Coast[]): void {
  const { context, raster, view, size, ratio } = frame
  const { geo, grid } = raster
  if (!geo) return
  const topLeft = toGrid(view, size, { x: 0, y: 0 })
  const bottomRight = toGrid(view, size, { x: size.width, y: size.height })
  const pixelsPerDegree = (view.scale / geo.degreesPerElement) * ratio
  context.lineWidth = (0.9 * ratio) / pixelsPerDegree
  context.lineJoin = 'round'
  context.strokeStyle = 'rgb(12 16 32 / 0.62)'
  const detail = SPACINGS.findLastIndex((spacing) => spacing * pixelsPerDegree <= CLOSE)
  for (const shift of copiesIn(grid, topLeft.x, bottomRight.x)) {
    const northWest = toLonLat(geo, { x: topLeft.x - shift, y: topLeft.y })
    const southEast = toLonLat(geo, { x: bottomRight.x - shift, y: bottomRight.y })
    const origin = fromLonLat(geo, { lon: 0, lat: 0 })
    const originX = ((origin.x + shift - view.x) * view.scale + size.width / 2) * ratio
    const originY = ((origin.y - view.y) * view.scale + size.height / 2) * ratio
    context.setTransform(pixelsPerDegree, 0, 0, -pixelsPerDegree, originX, originY)
    for (const { paths, west, east, south, north } of coasts) {
      const seen = east >= northWest.lon && west <= southEast.lon && north >= southEast.lat && south <= northWest.lat
      const path = paths[detail]
      if (seen && path) context.stroke(path)
    }
  }
}
