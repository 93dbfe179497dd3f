// Drawing on the map: while the tool is on, the pointer raises the values under it, on disk at once; with Shift it lowers them.
import { byId } from './dom.js'
import { latestOnly } from './latest.js'
import type { MapCanvas } from './map.js'
import { notifyError } from './notices.js'
import { hasPlainNumbers, type Raster } from './raster.js'
import { type Point, toRange, type Window } from './view.js'

/** CSS pixels. */
const RADIUS = 30
/** Of the array's range of values, a touch. */
const STRENGTH = 1 / 16

interface Touch {
  readonly raster: Raster
  readonly point: Point
  readonly scale: number
  readonly direction: 1 | -1
}

export class Sculptor {
  /** Called when a part of the raster's array was changed. */
  onChange: (raster: Raster, window: Window) => void = () => undefined
  readonly #map: MapCanvas
  readonly #button = byId('draw', HTMLButtonElement)
  #isOn = false

  /** `board` has the map's pointer events. */
  constructor(map: MapCanvas, board: HTMLElement) {
    this.#map = map
    this.#button.addEventListener('click', () => this.#turn(!this.#isOn))
    const draw = (event: PointerEvent) => {
      if (!this.#isOn || event.target instanceof HTMLButtonElement) return
      event.stopPropagation()
      if (event.type === 'pointerdown') board.setPointerCapture(event.pointerId)
      if ((event.buttons & 1) === 0) return
      const box = board.getBoundingClientRect()
      this.touch(map.toGrid({ x: event.clientX - box.left, y: event.clientY - box.top }), event.shiftKey ? -1 : 1)
    }
    // Before the map takes them for a drag.
    for (const type of ['pointerdown', 'pointermove'] as const) board.addEventListener(type, draw, { capture: true })
  }

  reset(): void {
    const { raster } = this.#map
    this.#button.hidden = raster === undefined || !hasPlainNumbers(raster)
    this.#turn(false)
  }

  touch(point: Point, direction: 1 | -1): void {
    const { raster, view } = this.#map
    if (raster && hasPlainNumbers(raster)) this.#raise({ raster, point, scale: view.scale, direction })
  }

  #turn(isOn: boolean): void {
    this.#isOn = isOn
    this.#button.setAttribute('aria-pressed', String(isOn))
  }

  readonly #raise = latestOnly(async ({ raster, point, scale, direction }: Touch): Promise<void> => {
    const { array, grid, range } = raster
    const radius = Math.max(2, RADIUS / scale)
    const x = grid.turn ? ((point.x % grid.turn) + grid.turn) % grid.turn : point.x
    const rows = toRange(point.y - radius, point.y + radius, grid.rows)
    const cols = toRange(x - radius, x + radius, grid.cols)
    if (rows[1] <= rows[0] || cols[1] <= cols[0]) return
    const selection = [rows, cols].map(([start, stop]) => ({ start, stop, step: 1 }))
    try {
      const part = await array.get(selection)
      const values = part.data as Float64Array // hasPlainNumbers
      const height = direction * STRENGTH * (range[1] - range[0])
      for (let index = 0, row = rows[0]; row < rows[1]; row++) {
        for (let col = cols[0]; col < cols[1]; col++, index++) {
          const distance = Math.hypot(row + 0.5 - point.y, col + 0.5 - x) / radius
          if (distance < 1) values[index] = (values[index] ?? 0) + height * (1 - distance ** 2) ** 2
        }
      }
      await array.set(selection, part)
      this.onChange(raster, { rows, cols })
    } catch (error) {
      notifyError('The array could not be changed.', error)
    }
  })
}
