// Lines of latitude and longitude, or of rows and columns, with labels at the map's edges.
import { formatCount, formatLatitude, formatLongitude } from './format.js'
import type { Frame } from './map.js'
import { fromLonLat, toLonLat } from './raster.js'
import { toGrid, toScreen } from './view.js'

/** Degrees between lines. */
const DEGREE_STEPS = [45, 30, 15, 10, 5, 2, 1, 1 / 2, 1 / 4, 1 / 6, 1 / 12, 1 / 30, 1 / 60] as const
/** CSS pixels between lines, at least. */
const SPACING = 96
const FONT_PIXELS = 11

interface Line {
  /** CSS pixels from the left or the top. */
  readonly at: number
  readonly label: string
}

export function drawGraticule(frame: Frame): void {
  const { meridians, parallels } = frame.raster.geo ? degreeLines(frame) : elementLines(frame)
  const { context, ratio } = frame
  context.scale(ratio, ratio)
  context.lineWidth = 1 / ratio
  context.strokeStyle = 'rgb(12 16 32 / 0.22)'
  const box = arrayBox(frame)
  context.beginPath()
  for (const { at } of meridians) line(context, at, box.top, at, box.bottom)
  for (const { at } of parallels) line(context, box.left, at, box.right, at)
  context.stroke()
  drawLabels(frame, meridians, parallels)
}

/** The part of the map that shows the array, CSS pixels. */
function arrayBox({ raster: { grid }, view, size }: Frame): {
  left: number
  top: number
  right: number
  bottom: number
} {
  const start = toScreen(view, size, { x: 0, y: 0 })
  const end = toScreen(view, size, { x: grid.cols, y: grid.rows })
  return {
    left: grid.turn ? 0 : Math.max(0, start.x),
    top: Math.max(0, start.y),
    right: grid.turn ? size.width : Math.min(size.width, end.x),
    bottom: Math.min(size.height, end.y),
  }
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.moveTo(x0, y0)
  context.lineTo(x1, y1)
}

function drawLabels({ context, size }: Frame, meridians: readonly Line[], parallels: readonly Line[]): void {
  context.font = `500 ${FONT_PIXELS}px system-ui, sans-serif`
  context.lineJoin = 'round'
  context.lineWidth = 3
  context.strokeStyle = 'rgb(255 255 255 / 0.78)'
  context.fillStyle = 'rgb(22 26 40)'
  const label = (text: string, x: number, y: number) => {
    context.strokeText(text, x, y)
    context.fillText(text, x, y)
  }
  context.textAlign = 'center'
  context.textBaseline = 'bottom'
  for (const { at, label: text } of meridians) {
    if (at > 64 && at < size.width - 32) label(text, at, size.height - 7)
  }
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  for (const { at, label: text } of parallels) {
    if (at > 12 && at < size.height - 30) label(text, 8, at)
  }
}

function degreeLines(frame: Frame): { meridians: Line[]; parallels: Line[] } {
  const { raster, view, size } = frame
  const geo = raster.geo
  if (!geo) return { meridians: [], parallels: [] }
  const pixelsPerDegree = view.scale / geo.degreesPerElement
  const step = DEGREE_STEPS.findLast((degrees) => degrees * pixelsPerDegree >= SPACING) ?? DEGREE_STEPS[0]
  const northWest = toLonLat(geo, toGrid(view, size, { x: 0, y: 0 }))
  const southEast = toLonLat(geo, toGrid(view, size, { x: size.width, y: size.height }))
  const withMinutes = step < 1
  const meridians = multiples(northWest.lon, southEast.lon, step).map((lon) => ({
    at: toScreen(view, size, fromLonLat(geo, { lon, lat: 0 })).x,
    label: formatLongitude(lon, withMinutes),
  }))
  const parallels = multiples(southEast.lat, northWest.lat, step).map((lat) => ({
    at: toScreen(view, size, fromLonLat(geo, { lon: 0, lat })).y,
    label: formatLatitude(lat, withMinutes),
  }))
  return { meridians, parallels }
}

function elementLines({ raster, view, size }: Frame): { meridians: Line[]; parallels: Line[] } {
  const topLeft = toGrid(view, size, { x: 0, y: 0 })
  const bottomRight = toGrid(view, size, { x: size.width, y: size.height })
  const step = roundElements(SPACING / view.scale)
  const place = (x: number, y: number) => toScreen(view, size, { x: x + 0.5, y: y + 0.5 })
  const inside = (from: number, to: number, length: number) =>
    multiples(Math.max(0, from), Math.min(length - 1, to), step)
  return {
    meridians: inside(topLeft.x, bottomRight.x, raster.grid.cols).map((x) => ({
      at: place(x, 0).x,
      label: formatCount(x),
    })),
    parallels: inside(topLeft.y, bottomRight.y, raster.grid.rows).map((y) => ({
      at: place(0, y).y,
      label: formatCount(y),
    })),
  }
}

/** The smallest of 1, 2, 5, 10, … that is at least `elements`. */
function roundElements(elements: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(elements)))
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= elements) ?? 10)
}

/** Multiples of `step` from `from` to `to`. */
function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.floor(to / step + 1e-9) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step)
}
