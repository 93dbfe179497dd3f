// Histograms: the range in a first pass where it is not given, then the counts. Source: numpy.histogram.
import type { DType, TypedArray } from '../../dtype.js'
import { ShapeError } from '../../errors.js'
import { sizeOf } from '../../shape.js'
import { checkHistogram, type HistogramOptions } from './bins.js'
import { CAST_STEP, CastChain } from './casts.js'
import type { ArrayFold } from './fold.js'
import { extremeFold } from './folds.js'
import type { ReducedInput } from './plan.js'
import type { Reducer } from './reducer.js'
import { type Round, rounderOf } from './rounding.js'
import { walkOrder } from './walk.js'

export interface Counts {
  readonly counts: BigInt64Array
  readonly edges: Float64Array
}

/** Errors: as checkHistogram; ShapeError with NumPy's words (a range found that is not finite, too many bins). */
export function planHistogram(input: ReducedInput, { bins = 10, range }: HistogramOptions = {}): Reducer<Counts> {
  checkHistogram(input.dtype, { bins, range })
  if (typeof bins === 'object') {
    const edges = Float64Array.from(bins)
    return new HistogramReducer(input, { edges, indexOf: searchIn(edges) })
  }
  if (range !== undefined)
    return new HistogramReducer(input, uniformBins(input.dtype, bins, widened(...range), 'given'))
  if (sizeOf(input.shape) === 0) return new HistogramReducer(input, uniformBins(input.dtype, bins, [0, 1], 'given'))
  return new HistogramReducer(input, bins)
}

/** No bin is of no width. */
function widened(first: number, last: number): readonly [number, number] {
  return first === last ? [first - 0.5, last + 0.5] : [first, last]
}

interface Bins {
  readonly edges: Float64Array
  /** The bin of a value; below 0 where it is in none. */
  readonly indexOf: (value: number) => number
}

function searchIn(edges: Float64Array): (value: number) => number {
  const last = edges.length - 1
  return (value) => {
    if (last < 1 || !(value >= (edges[0] as number) && value <= (edges[last] as number))) return -1
    let [low, high] = [0, last]
    while (low < high - 1) {
      const middle = (low + high) >> 1
      if ((edges[middle] as number) <= value) low = middle
      else high = middle
    }
    return low
  }
}

/** Bins of one width, computed in the precision NumPy has for the array's dtype: half and single stay what they are. */
function uniformBins(dtype: DType, count: number, range: readonly [number, number], source: 'given' | 'found'): Bins {
  const isNarrow = dtype === 'float16' || dtype === 'float32'
  const own = rounderOf(isNarrow ? dtype : 'float64')
  const round = source === 'found' ? own : rounderOf('float64') // the difference of two given edges is a float64
  const [first, last] = range.map(round) as [number, number] // both
  const edges = linspace(first, last, count, round).map(own)
  if (edges.some((edge, i) => edge >= (edges[i + 1] ?? Infinity))) {
    throw new ShapeError(`Too many bins for data range. Cannot create ${count} finite-sized bins.`)
  }
  const width = round(last - first)
  const [low, high] = [own(first), own(last)]
  const indexOf = (value: number): number => {
    if (!(value >= low && value <= high)) return -1
    let index = Math.trunc(round(round(own(value - low) / width) * count))
    if (index === count) index--
    if (value < (edges[index] as number)) index--
    if (value >= (edges[index + 1] as number) && index !== count - 1) index++
    return index
  }
  return { edges, indexOf }
}

/** Source: numpy.linspace. */
function linspace(first: number, last: number, count: number, round: Round): Float64Array {
  const delta = round(last - first)
  const step = round(delta / count)
  const edges = Float64Array.from({ length: count + 1 }, (_, i) => {
    return round(first + (step === 0 ? round(round(i / count) * delta) : round(i * step)))
  })
  edges[count] = last
  return edges
}

class HistogramReducer implements Reducer<Counts> {
  readonly order: readonly number[]
  readonly dtype: DType
  readonly passes: number
  readonly settled = false
  /** As numbers: the places of 64-bit integers are counted as float64, as NumPy does. */
  readonly #chain: CastChain
  #bins: Bins | undefined
  #counts: Float64Array
  /** While the range is sought. */
  readonly #count: number
  readonly #extremes: readonly [ArrayFold, ArrayFold]
  readonly #extremeChain: CastChain

  /** `bins`: how many, where the range is to be found. */
  constructor({ shape, strides, dtype }: ReducedInput, bins: Bins | number) {
    this.order = walkOrder(shape, strides)
    this.dtype = dtype
    this.passes = typeof bins === 'number' ? 2 : 1
    this.#chain = new CastChain(dtype, ['float64'])
    this.#count = typeof bins === 'number' ? bins : 0
    this.#bins = typeof bins === 'number' ? undefined : bins
    this.#counts = new Float64Array(Math.max(0, (this.#bins?.edges.length ?? 1) - 1))
    this.#extremes = [extremeFold('min', dtype, 1), extremeFold('max', dtype, 1)]
    this.#extremeChain = new CastChain(dtype, this.#extremes[0].casts)
  }

  push(tile: TypedArray): void {
    const chain = this.#bins === undefined ? this.#extremeChain : this.#chain
    if (chain.isEmpty) {
      this.#take(tile, tile.length)
      return
    }
    for (let start = 0; start < tile.length; start += CAST_STEP) {
      const count = Math.min(CAST_STEP, tile.length - start)
      this.#take(chain.cast(tile, start, count), count)
    }
  }

  endPass(): boolean {
    if (this.#bins !== undefined) return false
    const [first, last] = this.#range()
    if (!(Number.isFinite(first) && Number.isFinite(last))) {
      throw new ShapeError(`autodetected range of [${text(first)}, ${text(last)}] is not finite`)
    }
    this.#bins = uniformBins(this.dtype, this.#count, widened(first, last), 'found')
    this.#counts = new Float64Array(this.#count)
    return true
  }

  finish(): Counts {
    const edges = this.#bins?.edges.slice() ?? new Float64Array(0)
    return { counts: BigInt64Array.from(this.#counts, BigInt), edges }
  }

  #take(x: TypedArray, n: number): void {
    const bins = this.#bins
    if (bins === undefined) {
      for (const fold of this.#extremes) fold.run(x, 0, n, 0, 0)
      return
    }
    for (let i = 0; i < n; i++) {
      const index = bins.indexOf(x[i] as number)
      if (index >= 0) this.#counts[index] = (this.#counts[index] as number) + 1
    }
  }

  #range(): [number, number] {
    const [first, last] = this.#extremes.map((fold) => {
      const { data, dtype } = fold.result()
      return Number(new CastChain(dtype, ['float64']).cast(data, 0, 1)[0])
    })
    return [first as number, last as number] // two extremes
  }
}

/** As Python prints it. */
function text(value: number): string {
  return Number.isNaN(value) ? 'nan' : String(value).replace('Infinity', 'inf')
}
