// A line chart in SVG: axes with units, the line, and a cursor for pointer and keyboard.
import { formatCount, formatValue, niceTicks } from './format.js'

export interface Series {
  readonly xs: Float64Array
  readonly ys: Float64Array
  readonly xLabel: string
  readonly yLabel: string
  /** What the chart shows, for those who do not see it. */
  readonly description: string
}

interface Plot {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly toX: (x: number) => number
  readonly toY: (y: number) => number
  readonly yTicks: readonly number[]
  readonly xTicks: readonly number[]
  readonly series: Series
}

const HEIGHT = 232
const MARGIN = { left: 52, right: 8, top: 26, bottom: 40 }
/** Of A and B, which stand inside the axes. */
const END_RADIUS = 9
const KEY_STEP = 1 / 100

export class Chart {
  /** Called with the index of the point under the cursor (undefined: none); returns it in words. */
  onCursor: (index: number | undefined) => string = () => ''
  /** To assistive technology the cursor is a slider along the line. */
  readonly #svg = svg('svg', { role: 'slider', tabindex: '0', class: 'chart-svg', 'aria-valuemin': '0' })
  #series: Series | undefined
  #plot: Plot | undefined
  #cursor: number | undefined

  constructor(container: HTMLElement) {
    container.append(this.#svg)
    new ResizeObserver(() => this.#draw()).observe(container)
    this.#svg.addEventListener('pointermove', (event) => this.#point(event))
    this.#svg.addEventListener('pointerdown', (event) => this.#point(event))
    this.#svg.addEventListener('pointerleave', () => this.#setCursor(undefined))
    this.#svg.addEventListener('blur', () => this.#setCursor(undefined))
    this.#svg.addEventListener('keydown', (event) => this.#press(event))
  }

  show(series: Series): void {
    this.#series = series
    this.#svg.setAttribute('aria-label', series.description)
    this.#svg.setAttribute('aria-valuemax', String(series.xs.length - 1))
    this.#svg.setAttribute('aria-valuenow', String(this.#cursor ?? 0))
    this.#draw()
  }

  #draw(): void {
    const series = this.#series
    const width = this.#svg.parentElement?.clientWidth ?? 0
    if (!series || width === 0) return
    const plot = layOut(series, width)
    this.#plot = plot
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`)
    this.#svg.setAttribute('width', String(width))
    this.#svg.setAttribute('height', String(HEIGHT))
    this.#svg.replaceChildren(...axes(plot), ...curve(plot), ...ends(plot), svg('g', { class: 'cursor' }))
    this.#drawCursor()
  }

  #point(event: PointerEvent): void {
    const { series, left, right } = this.#plot ?? {}
    if (!series || left === undefined || right === undefined) return
    const x = event.clientX - this.#svg.getBoundingClientRect().left
    const fraction = Math.min(1, Math.max(0, (x - left - END_RADIUS) / (right - left - 2 * END_RADIUS)))
    this.#setCursor(Math.round(fraction * (series.xs.length - 1)))
  }

  #press(event: KeyboardEvent): void {
    const last = (this.#series?.xs.length ?? 0) - 1
    const step = Math.max(1, Math.round(last * KEY_STEP)) * (event.shiftKey ? 10 : 1)
    const at = this.#cursor ?? Math.round(last / 2)
    const target = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: last }[event.key]
    if (target === undefined || last < 0) return
    event.preventDefault()
    this.#setCursor(Math.min(last, Math.max(0, target)))
  }

  #setCursor(index: number | undefined): void {
    if (index === this.#cursor) return
    this.#cursor = index
    this.#drawCursor()
    this.#svg.setAttribute('aria-valuenow', String(index ?? 0))
    this.#svg.setAttribute('aria-valuetext', this.onCursor(index))
  }

  #drawCursor(): void {
    const group = this.#svg.querySelector('.cursor')
    const plot = this.#plot
    if (!group || !plot) return
    const x = plot.series.xs[this.#cursor ?? -1]
    const y = plot.series.ys[this.#cursor ?? -1]
    group.replaceChildren()
    if (x === undefined || y === undefined || Number.isNaN(y)) return
    const [cx, cy] = [plot.toX(x), plot.toY(y)]
    group.replaceChildren(line(cx, plot.top, cx, plot.bottom), svg('circle', { cx: fixed(cx), cy: fixed(cy), r: '4' }))
  }
}

function layOut(series: Series, width: number): Plot {
  const { left, top } = MARGIN
  const [right, bottom] = [width - MARGIN.right, HEIGHT - MARGIN.bottom]
  const ys = series.ys.filter((y) => Number.isFinite(y))
  const [low, high] = ys.length ? [ys.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.max(a, b))] : [0, 1]
  const room = (high - low || Math.abs(high) || 1) * 0.08
  const [yMin, yMax] = [low - room, high + room]
  const xMax = series.xs.at(-1) || 1
  return {
    left,
    right,
    top,
    bottom,
    series,
    toX: (x) => left + END_RADIUS + (x / xMax) * (right - left - 2 * END_RADIUS),
    toY: (y) => bottom - ((y - yMin) / (yMax - yMin)) * (bottom - top),
    yTicks: niceTicks(yMin, yMax, 6),
    xTicks: niceTicks(0, xMax, Math.max(3, Math.floor((right - left) / 110))),
  }
}

function axes(plot: Plot): SVGElement[] {
  const { left, right, bottom, toX, toY, yTicks, xTicks, series } = plot
  const step = yTicks.length > 1 ? (yTicks[1] ?? 0) - (yTicks[0] ?? 0) : 1
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)))
  const parts: SVGElement[] = []
  for (const tick of yTicks) {
    parts.push(line(left, toY(tick), right, toY(tick), tick === 0 ? 'zero' : 'grid'))
    parts.push(
      text(left - 8, toY(tick), formatValue(tick, digits), { 'text-anchor': 'end', 'dominant-baseline': 'central' }),
    )
  }
  for (const tick of xTicks) {
    parts.push(line(toX(tick), bottom, toX(tick), bottom + 4, 'grid'))
    parts.push(
      text(toX(tick), bottom + 8, formatCount(tick), { 'text-anchor': 'middle', 'dominant-baseline': 'hanging' }),
    )
  }
  parts.push(line(left, bottom, right, bottom, 'axis'))
  parts.push(text(left - 44, 4, series.yLabel, { class: 'axis-label', 'dominant-baseline': 'hanging' }))
  parts.push(text(right, HEIGHT - 2, series.xLabel, { class: 'axis-label', 'text-anchor': 'end' }))
  return parts
}

/** Gaps where there is no number. */
function curve({ toX, toY, series }: Plot): SVGElement[] {
  let path = ''
  let pen = 'M'
  series.xs.forEach((x, index) => {
    const y = series.ys[index] ?? Number.NaN
    if (!Number.isFinite(y)) {
      pen = 'M'
      return
    }
    path += `${pen}${fixed(toX(x))} ${fixed(toY(y))}`
    pen = 'L'
  })
  return [svg('path', { d: path, class: 'curve' })]
}

/** A and B, as on the map. */
function ends({ toX, toY, series: { xs, ys } }: Plot): SVGElement[] {
  const pin = (name: string, x = Number.NaN, y = Number.NaN) =>
    Number.isFinite(y)
      ? [
          svg('circle', { cx: fixed(toX(x)), cy: fixed(toY(y)), r: String(END_RADIUS), class: 'end' }),
          text(toX(x), toY(y), name, { class: 'end-name', 'text-anchor': 'middle', 'dominant-baseline': 'central' }),
        ]
      : []
  return [...pin('A', xs[0], ys[0]), ...pin('B', xs.at(-1), ys.at(-1))]
}

function line(x1: number, y1: number, x2: number, y2: number, className = ''): SVGElement {
  return svg('line', { x1: fixed(x1), y1: fixed(y1), x2: fixed(x2), y2: fixed(y2), class: className })
}

function text(x: number, y: number, content: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = svg('text', { x: fixed(x), y: fixed(y), ...attributes })
  element.textContent = content
  return element
}

function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  return element
}

function fixed(value: number): string {
  return value.toFixed(1)
}
