// The two ends of the profile: pins on the map to drag or to move with arrow keys, and fields to type in.
import { part } from './dom.js'
import type { MapCanvas } from './map.js'
import { describePlace, fromLonLat, toLonLat } from './raster.js'
import type { Ends } from './trace.js'
import { nearestCopy, type Point } from './view.js'

type End = keyof Ends
const ENDS: readonly End[] = ['a', 'b']
const KEY_PIXELS = 8

export class Endpoints {
  /** Called when the person moved an end. */
  onMove: (ends: Ends) => void = () => undefined
  readonly #map: MapCanvas
  readonly #form: HTMLElement
  readonly #pins: Readonly<Record<End, HTMLButtonElement>>
  #ends: Ends = { a: { x: 0, y: 0 }, b: { x: 0, y: 0 } }

  /** Pins are put on `board`, which covers the map's canvas. */
  constructor(map: MapCanvas, board: HTMLElement, form: HTMLElement) {
    this.#map = map
    this.#form = form
    this.#pins = { a: this.#makePin('a', board), b: this.#makePin('b', board) }
    form.addEventListener('submit', (event) => event.preventDefault())
    for (const end of ENDS) {
      for (const axis of ['x', 'y'] as const)
        this.#field(end, axis).addEventListener('change', () => this.#readFields(end))
    }
  }

  get ends(): Ends {
    return this.#ends
  }

  /** Moves both ends without calling onMove. */
  place(ends: Ends): void {
    this.#ends = ends
    this.#labelFields()
    for (const end of ENDS) this.#writeFields(end)
    this.follow()
  }

  /** Puts the pins where the map shows their places now. */
  follow(): void {
    const { raster, view, size } = this.#map
    for (const end of ENDS) {
      const pin = this.#pins[end]
      pin.hidden = raster === undefined
      if (!raster) continue
      const point = this.#ends[end]
      const { x, y } = this.#map.toScreen({ x: nearestCopy(view, raster.grid, point.x), y: point.y })
      pin.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`
      pin.hidden = x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20
    }
  }

  /** Puts an end at a grid point, as if dragged there. */
  moveEnd(end: End, point: Point): void {
    const { raster } = this.#map
    if (!raster) return
    const { rows, cols, turn } = raster.grid
    const x = turn ? ((point.x % turn) + turn) % turn : Math.min(cols - 0.5, Math.max(0.5, point.x))
    this.#ends = { ...this.#ends, [end]: { x, y: Math.min(rows - 0.5, Math.max(0.5, point.y)) } }
    this.#writeFields(end)
    this.follow()
    this.onMove(this.#ends)
  }

  #makePin(end: End, board: HTMLElement): HTMLButtonElement {
    const pin = document.createElement('button')
    pin.type = 'button'
    pin.className = 'map-pin'
    pin.textContent = end.toUpperCase()
    pin.hidden = true
    pin.addEventListener('pointerdown', (event) => {
      event.stopPropagation()
      pin.setPointerCapture(event.pointerId)
    })
    pin.addEventListener('pointermove', (event) => {
      event.stopPropagation()
      if (!pin.hasPointerCapture(event.pointerId)) return
      const box = board.getBoundingClientRect()
      this.moveEnd(end, this.#map.toGrid({ x: event.clientX - box.left, y: event.clientY - box.top }))
    })
    pin.addEventListener('dblclick', (event) => event.stopPropagation())
    pin.addEventListener('keydown', (event) => this.#pressPin(end, event))
    board.append(pin)
    return pin
  }

  #pressPin(end: End, event: KeyboardEvent): void {
    const direction: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    }
    const move = direction[event.key]
    if (!move) return
    event.preventDefault()
    event.stopPropagation()
    const step = ((event.shiftKey ? 8 : 1) * KEY_PIXELS) / this.#map.view.scale
    const { x, y } = this.#ends[end]
    this.moveEnd(end, { x: x + move[0] * step, y: y + move[1] * step })
  }

  #field(end: End, axis: 'x' | 'y'): HTMLInputElement {
    return part(this.#form, `${end}-${axis}`, HTMLInputElement)
  }

  #labelFields(): void {
    const raster = this.#map.raster
    if (!raster) return
    const { rows, cols } = raster.grid
    const limits = raster.geo
      ? ({ x: ['Longitude', -180, 180], y: ['Latitude', -90, 90] } as const)
      : ({ x: ['Column', 0, cols - 1], y: ['Row', 0, rows - 1] } as const)
    for (const end of ENDS) {
      for (const axis of ['x', 'y'] as const) {
        const [label, min, max] = limits[axis]
        part(this.#form, `${end}-${axis}-label`).textContent = label
        const field = this.#field(end, axis)
        field.min = String(min)
        field.max = String(max)
        field.step = raster.geo ? 'any' : '1'
      }
    }
  }

  #writeFields(end: End): void {
    const raster = this.#map.raster
    if (!raster) return
    const point = this.#ends[end]
    const label = `${end.toUpperCase()}, ${describePlace(raster, point)}. Arrow keys move it.`
    this.#pins[end].setAttribute('aria-label', label)
    const lonLat = raster.geo && toLonLat(raster.geo, point)
    const lon = lonLat && (lonLat.lon > 180 ? lonLat.lon - 360 : lonLat.lon)
    this.#field(end, 'x').value = lon === undefined ? String(Math.floor(point.x)) : String(Number(lon.toFixed(2)))
    this.#field(end, 'y').value = lonLat ? String(Number(lonLat.lat.toFixed(2))) : String(Math.floor(point.y))
  }

  #readFields(end: End): void {
    const raster = this.#map.raster
    const [x, y] = [this.#field(end, 'x').valueAsNumber, this.#field(end, 'y').valueAsNumber]
    if (!raster || Number.isNaN(x) || Number.isNaN(y)) return
    this.moveEnd(end, raster.geo ? fromLonLat(raster.geo, { lon: x, lat: y }) : { x: x + 0.5, y: y + 0.5 })
  }
}
