// The profile panel: the line on the map, its ends, and the chart of the values along it.
import { byId, part } from './dom.js'
import { Endpoints } from './endpoints.js'
import { formatCount, formatDuration, formatValue } from './format.js'
import { latestOnly } from './latest.js'
import type { Frame, MapCanvas } from './map.js'
import { notifyError } from './notices.js'
import { makeProfilePlot } from './profile-plot.js'
import { describePlace, fromLonLat, type Raster } from './raster.js'
import { describeRead, type Ends, type Profile, readProfile, tracePoints } from './trace.js'
import { nearestCopy, type Point } from './view.js'

const POINTS = 640
/** From the Indian Ocean's low to the North Atlantic's high: the geoid's longest slope. */
const GEOID_ENDS = { a: { lon: 78, lat: 4 }, b: { lon: -26, lat: 60 } }

export class ProfilePanel {
  readonly endpoints: Endpoints
  readonly #map: MapCanvas
  readonly #root = byId('profile')
  readonly #plot = makeProfilePlot(part(this.#root, 'chart'))
  #profile: Profile | undefined
  #marked: Point | undefined

  constructor(map: MapCanvas, board: HTMLElement) {
    this.#map = map
    this.endpoints = new Endpoints(map, board, part(this.#root, 'endpoints'))
    this.endpoints.onMove = () => this.refresh()
    this.#plot.onCursor = (index) => this.#mark(index)
  }

  /** Begins anew on the map's raster; hides where there is none. The ends may stay where they are. */
  reset(keepsEnds: boolean): void {
    const { raster } = this.#map
    this.#root.hidden = raster === undefined
    this.#profile = undefined
    this.#marked = undefined
    this.endpoints.follow()
    if (!raster) return
    this.endpoints.place(keepsEnds ? this.endpoints.ends : firstEnds(raster))
    this.refresh()
  }

  /** The line, under the pins. */
  draw({ context, view, size, raster, ratio }: Frame): void {
    const points = tracePoints(raster, this.endpoints.ends, 128)
    const first = points[0]
    if (!first) return
    const shift = nearestCopy(view, raster.grid, first.x) - first.x
    const copies = raster.grid.turn ? [shift - raster.grid.turn, shift, shift + raster.grid.turn] : [shift]
    context.scale(ratio, ratio)
    const path = new Path2D()
    for (const copy of copies) {
      points.forEach((point, index) => {
        const x = (point.x + copy - view.x) * view.scale + size.width / 2
        const y = (point.y - view.y) * view.scale + size.height / 2
        if (index === 0) path.moveTo(x, y)
        else path.lineTo(x, y)
      })
    }
    context.lineJoin = 'round'
    context.lineWidth = 4
    context.strokeStyle = 'rgb(255 255 255 / 0.85)'
    context.stroke(path)
    context.lineWidth = 1.8
    context.strokeStyle = 'rgb(14 18 34)'
    context.stroke(path)
    if (this.#marked)
      drawMark(context, this.#map.toScreen({ ...this.#marked, x: nearestCopy(view, raster.grid, this.#marked.x) }))
  }

  /** Reads the values anew. */
  refresh(): void {
    const { raster } = this.#map
    this.#map.draw()
    if (raster) this.#read({ raster, ends: this.endpoints.ends })
  }

  readonly #read = latestOnly(async ({ raster, ends }: { raster: Raster; ends: Ends }): Promise<void> => {
    try {
      const profile = await readProfile(raster, ends, POINTS)
      if (this.#map.raster !== raster) return
      this.#profile = profile
      this.#show(raster, profile)
    } catch (error) {
      if (this.#map.raster === raster) notifyError('The profile could not be read.', error)
    }
  })

  #show(raster: Raster, profile: Profile): void {
    const { values, along, alongUnits } = profile
    const numbers = values.filter((value) => Number.isFinite(value) && value !== raster.noData)
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
    const units = raster.units ? ` ${raster.units}` : ''
    const range = numbers.length
      ? `${formatValue(low, raster.digits)} to ${formatValue(high, raster.digits)}${units}`
      : 'no numbers'
    const length = `${formatCount(Math.round(along.at(-1) ?? 0))} ${alongUnits}`
    part(this.#root, 'summary').textContent =
      `${length} · ${range} · ${describeRead(profile, formatDuration(profile.milliseconds))}`
    part(this.#root, 'y-label').textContent = raster.units ? `${raster.quantity}, ${raster.units}` : raster.quantity
    part(this.#root, 'x-label').textContent = raster.geo
      ? 'Distance from A along the great circle, km'
      : 'Distance from A, elements'
    const finite = Array.from(values, (value) => (Number.isFinite(value) && value !== raster.noData ? value : null))
    this.#plot.show([along, finite], `${raster.quantity} from A to B: ${length}, ${range}.`)
  }

  #mark(index: number | undefined): string {
    const { raster } = this.#map
    const profile = this.#profile
    const point = index === undefined ? undefined : profile?.points[index]
    const output = part(this.#root, 'cursor')
    this.#marked = point
    this.#map.draw()
    if (!raster || !profile || !point || index === undefined) {
      output.textContent = ''
      return ''
    }
    const distance = `${formatCount(Math.round(profile.along[index] ?? 0))} ${profile.alongUnits}`
    const value = formatValue(profile.values[index] ?? Number.NaN, raster.digits)
    const text = `${describePlace(raster, point)} · ${distance} · ${value}${raster.units ? ` ${raster.units}` : ''}`
    output.textContent = text
    return text
  }
}

/** Midway between the first ends. */
export function firstColumn(raster: Raster): number {
  const { a, b } = firstEnds(raster)
  return (a.x + b.x) / 2
}

function firstEnds(raster: Raster): Ends {
  const { geo, grid } = raster
  if (geo && grid.turn) return { a: fromLonLat(geo, GEOID_ENDS.a), b: fromLonLat(geo, GEOID_ENDS.b) }
  const at = (fraction: number, length: number) => Math.floor(fraction * (length - 1)) + 0.5
  return { a: { x: at(0.15, grid.cols), y: at(0.5, grid.rows) }, b: { x: at(0.85, grid.cols), y: at(0.5, grid.rows) } }
}

function drawMark(context: CanvasRenderingContext2D, { x, y }: Point): void {
  context.beginPath()
  context.arc(x, y, 5, 0, 2 * Math.PI)
  context.fillStyle = 'rgb(255 255 255)'
  context.fill()
  context.lineWidth = 2
  context.strokeStyle = 'rgb(14 18 34)'
  context.stroke()
}
