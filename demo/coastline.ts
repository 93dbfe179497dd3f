// Coastlines over a geographic raster: Natural Earth 1:50m land (public domain, naturalearthdata.com), in coastline.bin.
//
// The file: little-endian int16. Each line is its number of points, then longitude and latitude of each in 1/180 of a degree.
import type { Frame } from './map.js'
import { fromLonLat, toLonLat } from './raster.js'
import { copiesIn, toGrid } from './view.js'

const UNITS_PER_DEGREE = 180

/** Degrees. */
interface Coast {
  readonly path: Path2D
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
  const next = (at: number) => data.getInt16(at, true)
  for (let at = 0; at < data.byteLength; ) {
    const points = next(at)
    coasts.push(readLine(points, (index) => next(at + 2 + 2 * index) / UNITS_PER_DEGREE))
    at += 2 + 4 * points
  }
  return coasts
}

function readLine(points: number, value: (index: number) => number): Coast {
  const path = new Path2D()
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let index = 0; index < points; index++) {
    const [lon, lat] = [value(2 * index), value(2 * index + 1)]
    if (index === 0) path.moveTo(lon, lat)
    else path.lineTo(lon, lat)
    west = Math.min(west, lon)
    east = Math.max(east, lon)
    south = Math.min(south, lat)
    north = Math.max(north, lat)
  }
  return { path, west, east, south, north }
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
  for (const shift of copiesIn(grid, topLeft.x, bottomRight.x)) {
    const northWest = toLonLat(geo, { x: topLeft.x - shift, y: topLeft.y })
    const southEast = toLonLat(geo, { x: bottomRight.x - shift, y: bottomRight.y })
    const origin = fromLonLat(geo, { lon: 0, lat: 0 })
    const originX = ((origin.x + shift - view.x) * view.scale + size.width / 2) * ratio
    const originY = ((origin.y - view.y) * view.scale + size.height / 2) * ratio
    context.setTransform(pixelsPerDegree, 0, 0, -pixelsPerDegree, originX, originY)
    for (const { path, west, east, south, north } of coasts) {
      const seen = east >= northWest.lon && west <= southEast.lon && north >= southEast.lat && south <= northWest.lat
      if (seen) context.stroke(path)
    }
  }
}
