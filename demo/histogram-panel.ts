// The histogram panel: how the values in view are distributed, live as the map moves, against those of the whole array.
import uPlot from 'uplot'
import { COLOUR_STEPS, colourTable } from './colour.js'
import { byId, part } from './dom.js'
import { formatBytes, formatCount, formatDuration, formatValue } from './format.js'
import { latestOnly } from './latest.js'
import type { MapCanvas } from './map.js'
import { notifyError } from './notices.js'
import { colourOf, Plot } from './plot.js'
import type { Raster } from './raster.js'
import { runTask } from './tasks.js'
import { type Counts, countValues, momentsOf, thinned } from './value-counts.js'
import { windowsIn } from './view.js'

const HEIGHT = 168
const GRADIENT_STOPS = 24
const { bars, stepped } = uPlot.paths

export class HistogramPanel {
  readonly #root = byId('histogram')
  readonly #map: MapCanvas
  readonly #plot: Plot
  #raster: Raster | undefined
  #whole: Counts | undefined
  #inView: Counts | undefined

  constructor(map: MapCanvas) {
    this.#map = map
    this.#plot = new Plot(part(this.#root, 'chart'), {
      height: HEIGHT,
      fromZero: true,
      series: [
        {
          ...(bars && { paths: bars({ size: [1, Number.POSITIVE_INFINITY], align: 1 }) }),
          fill: (plot) => this.#gradient(plot),
          width: 0,
          points: { show: false },
        },
        {
          ...(stepped && { paths: stepped({ align: 1 }) }),
          stroke: () => colourOf('--text'),
          width: 1.2,
          points: { show: false },
        },
      ],
    })
    this.#plot.onCursor = (bin) => this.#describeBin(bin)
    part(this.#root, 'count-all').addEventListener('click', () => void this.#countAll())
  }

  /** Begins anew on the map's raster; hides where there is none. */
  reset(): void {
    const { raster } = this.#map
    this.#raster = raster
    this.#whole = undefined
    this.#inView = undefined
    this.#root.hidden = raster === undefined
    if (!raster) return
    part(this.#root, 'count-all').hidden = false
    part(this.#root, 'count-all').textContent = `Count all ${formatCount(raster.array.size)} values`
    part(this.#root, 'x-label').textContent = raster.units ? `${raster.quantity}, ${raster.units}` : raster.quantity
    part(this.#root, 'whole').textContent = 'sampled'
    this.follow()
  }

  /** The map moved. */
  follow(): void {
    if (this.#raster && !this.#root.hidden) this.#count(this.#raster)
  }

  readonly #count = latestOnly(async (raster: Raster): Promise<void> => {
    try {
      const { rows, cols } = raster.grid
      if (!this.#whole) {
        const counts = await countValues(raster, [thinned(raster, { rows: [0, rows], cols: [0, cols] })])
        if (this.#raster === raster) this.#whole ??= counts
      }
      const parts = windowsIn(this.#map.view, raster.grid, this.#map.size).map((window) => thinned(raster, window))
      const [counts, { mean, std }] = await Promise.all([countValues(raster, parts), momentsOf(parts)])
      if (this.#raster !== raster) return
      this.#inView = counts
      const units = raster.units ? `\u00a0${raster.units}` : ''
      const digits = Math.min(2, raster.digits || 2)
      part(this.#root, 'moments').textContent = Number.isFinite(mean)
        ? `mean ${formatValue(mean, digits)}${units} · std ${formatValue(std, digits)}${units}`
        : ''
      this.#draw()
    } catch (error) {
      if (this.#raster === raster) notifyError('The values in view could not be counted.', error)
    }
  })

  async #countAll(): Promise<void> {
    const raster = this.#raster
    if (!raster) return
    const begun = performance.now()
    const counts = await runTask(`Counting ${raster.title}`, (options) => countValues(raster, [raster.array], options))
    if (!counts || this.#raster !== raster) return
    this.#whole = counts
    part(this.#root, 'whole').textContent =
      `all ${formatBytes(raster.array.nbytes)}, counted on disk in ${formatDuration(performance.now() - begun)}`
    part(this.#root, 'count-all').hidden = true
    this.#draw()
  }

  #draw(): void {
    const [inView, whole] = [this.#inView, this.#whole]
    if (!inView || !whole) return
    const shares = ({ counts, total }: Counts) => [...Array.from(counts, (count) => (100 * count) / (total || 1)), 0]
    const moments = part(this.#root, 'moments').textContent
    this.#plot.show([inView.edges, shares(inView), shares(whole)], `Histogram of the values in view: ${moments}.`)
  }

  #describeBin(bin: number | undefined): string {
    const [inView, raster] = [this.#inView, this.#raster]
    const output = part(this.#root, 'cursor')
    output.textContent = ''
    if (!inView || !raster || bin === undefined || bin >= inView.counts.length) return ''
    const [from = 0, to = 0] = inView.edges.subarray(bin, bin + 2)
    const percent = (counts: Counts) => formatValue((100 * (counts.counts[bin] ?? 0)) / (counts.total || 1), 2)
    const range = `${formatValue(from, raster.digits)} to ${formatValue(to, raster.digits)}${raster.units && ` ${raster.units}`}`
    output.textContent = `${range}: ${percent(inView)} % in view, ${percent(this.#whole ?? inView)} % of all`
    return output.textContent
  }

  /** Every bar in its values' colour on the map. */
  #gradient(plot: uPlot): CanvasGradient | string {
    if (!this.#raster || !this.#inView) return 'transparent'
    const { scale } = this.#raster
    const [left, right] = [plot.valToPos(scale.min, 'x', true), plot.valToPos(scale.max, 'x', true)]
    if (!Number.isFinite(left) || !Number.isFinite(right)) return 'transparent'
    const gradient = plot.ctx.createLinearGradient(left, 0, right, 0)
    const table = colourTable(scale.scheme)
    for (let stop = 0; stop <= GRADIENT_STOPS; stop++) {
      const at = 3 * Math.round((stop / GRADIENT_STOPS) * (COLOUR_STEPS - 1))
      gradient.addColorStop(stop / GRADIENT_STOPS, `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`)
    }
    return gradient
  }
}
