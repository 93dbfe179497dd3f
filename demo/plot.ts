// A plot by uPlot in the page's colours, as wide as its box, with a cursor for pointer, finger and keyboard.
import uPlot from 'uplot'
import { formatValue } from './format.js'

export interface PlotOptions {
  readonly height: number
  readonly series: readonly uPlot.Series[]
  /** The y axis begins at 0. */
  readonly fromZero?: boolean
  /** Draws over the lines, in canvas pixels. */
  readonly onDraw?: (plot: uPlot) => void
}

const FONT = '12px system-ui, "Liberation Sans", sans-serif'
const KEY_STEP = 1 / 100
const darkMode = matchMedia('(prefers-color-scheme: dark)')

export class Plot {
  /** Called with the index of the point under the cursor (undefined: none); returns it in words. */
  onCursor: (index: number | undefined) => string = () => ''
  readonly #box: HTMLElement
  readonly #plot: uPlot
  #cursor: number | undefined

  /** To assistive technology the cursor is a slider along the points. */
  constructor(box: HTMLElement, options: PlotOptions) {
    this.#box = box
    this.#plot = new uPlot(this.#describe(options), [[], ...options.series.map(() => [])], box)
    this.#plot.root.tabIndex = 0
    this.#plot.root.setAttribute('role', 'slider')
    this.#plot.root.setAttribute('aria-valuemin', '0')
    this.#plot.root.addEventListener('keydown', (event) => this.#press(event))
    this.#plot.root.addEventListener('blur', () => this.#place(undefined))
    for (const type of ['pointerdown', 'pointermove'] as const) {
      this.#plot.over.addEventListener(type, (event) => event.pointerType !== 'mouse' && this.#touch(event))
    }
    new ResizeObserver(() => this.#resize(options.height)).observe(box)
    darkMode.addEventListener('change', () => this.#plot.redraw())
  }

  /** `description`: what the plot shows, for those who do not see it. */
  show(data: uPlot.AlignedData, description: string): void {
    this.#plot.setData(data)
    this.#plot.root.setAttribute('aria-label', description)
    this.#plot.root.setAttribute('aria-valuemax', String(Math.max(0, data[0].length - 1)))
    this.#plot.root.setAttribute('aria-valuenow', String(this.#cursor ?? 0))
  }

  #describe({ height, series, fromZero, onDraw }: PlotOptions): uPlot.Options {
    const axis = { stroke: () => colourOf('--soft'), font: FONT, ticks: { show: false } }
    const grid = { stroke: () => colourOf('--line'), width: 1 }
    return {
      width: Math.max(1, this.#box.clientWidth),
      height,
      legend: { show: false },
      padding: [12, 12, 0, 0],
      scales: { x: { time: false }, y: fromZero ? { range: (_, __, max) => [0, max * 1.05 || 1] } : {} },
      axes: [
        { ...axis, grid: { show: false }, values: labelTicks, size: 26, space: 64 },
        { ...axis, grid, values: labelTicks, size: 56, gap: 12, space: 34 },
      ],
      series: [{}, ...series],
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { size: 9, width: 2, fill: () => colourOf('--card'), stroke: () => colourOf('--accent') },
      },
      hooks: { setCursor: [({ cursor }) => this.#moved(cursor.idx ?? undefined)], draw: onDraw ? [onDraw] : [] },
    }
  }

  #resize(height: number): void {
    const width = this.#box.clientWidth
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height })
  }

  #touch(event: PointerEvent): void {
    const { left, width } = this.#plot.over.getBoundingClientRect()
    this.#plot.setCursor({ left: Math.min(width - 1, Math.max(0, event.clientX - left)), top: 0 })
  }

  #press(event: KeyboardEvent): void {
    const last = this.#plot.data[0].length - 1
    const step = Math.max(1, Math.round(last * KEY_STEP)) * (event.shiftKey ? 10 : 1)
    const at = this.#cursor ?? Math.round(last / 2)
    const target = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: last }[event.key]
    if (target === undefined || last < 0) return
    event.preventDefault()
    this.#place(Math.min(last, Math.max(0, target)))
  }

  #place(index: number | undefined): void {
    const x = index === undefined ? undefined : this.#plot.data[0][index]
    this.#plot.setCursor({ left: x === undefined ? -10 : this.#plot.valToPos(x, 'x'), top: x === undefined ? -10 : 0 })
  }

  #moved(index: number | undefined): void {
    if (index === this.#cursor) return
    this.#cursor = index
    this.#plot.root.setAttribute('aria-valuenow', String(index ?? 0))
    this.#plot.root.setAttribute('aria-valuetext', this.onCursor(index))
  }
}

/** With the decimals that tell one from the next. */
function labelTicks(_: uPlot, ticks: number[]): string[] {
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0)
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)))
  return ticks.map((tick) => formatValue(tick, digits))
}

const colours = new Map<string, string>()
darkMode.addEventListener('change', () => colours.clear())

/** A custom property's colour in the present theme, as a canvas takes it. */
export function colourOf(property: string): string {
  const known = colours.get(property)
  if (known !== undefined) return known
  const probe = document.createElement('i')
  probe.style.color = `var(${property})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  colours.set(property, color)
  return color
}
