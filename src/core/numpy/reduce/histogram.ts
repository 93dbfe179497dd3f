// Histograms: the range in a first pass where it is not given, then the counts. Source: numpy.histogram.
import { castTyped } from '../../cast.js'
import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import { ShapeError } from '../../errors.js'
import { sizeOf } from '../../shape.js'
import { wrap } from '../../typed-array.js'
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
  if (typeof bins === 'object') return reducerOf(input, searched(Float64Array.from(bins)))
  if (range !== undefined) return reducerOf(input, uniformBins(input.dtype, bins, widened(...range), 'given'))
  if (sizeOf(input.shape) === 0) return reducerOf(input, uniformBins(input.dtype, bins, [0, 1], 'given'))
  return reducerOf(input, bins)
}

/** `bins`: how many, where the range is to be found. */
function reducerOf(input: ReducedInput, bins: Bins | number): Reducer<Counts> {
  return DTYPES[input.dtype].itemsize <= 2 ? new ValueHistogram(input, bins) : new Histogram(input, bins)
}

/** No bin is of no width. */
function widened(first: number, last: number): readonly [number, number] {
  return first === last ? [first - 0.5, last + 0.5] : [first, last]
}

interface Bins {
  readonly edges: Float64Array
  /** Writes the bin of each of the first `n` values to `places`; -1 where it is in none. */
  readonly place: (values: TypedArray, n: number, places: Int32Array) => void
}

function searched(edges: Float64Array): Bins {
  const last = edges.length - 1
  const placeOf = (value: number): number => {
    if (last < 1 || !(value >= (edges[0] as number) && value <= (edges[last] as number))) return -1
    let [low, high] = [0, last]
    while (low < high - 1) {
      const middle = (low + high) >> 1
      if ((edges[middle] as number) <= value) low = middle
      else high = middle
    }
    return low
  }
  const place = (values: TypedArray, n: number, places: Int32Array): void => {
    for (let i = 0; i < n; i++) places[i] = placeOf(values[i] as number)
  }
  return { edges, place }
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
  const rounds = isNarrow && source === 'found'
  const place = (values: TypedArray, n: number, places: Int32Array): void => {
    for (let i = 0; i < n; i++) {
      const value = values[i] as number
      if (!(value >= low && value <= high)) {
        places[i] = -1
        continue
      }
      const above = isNarrow ? own(value - low) : value - low
      let index = (rounds ? round(round(above / width) * count) : (above / width) * count) | 0
      if (index === count) index--
      if (value < (edges[index] as number)) index--
      if (value >= (edges[index + 1] as number) && index !== count - 1) index++
      places[i] = index
    }
  }
  return { edges, place }
}

/** The bins of a range that was found. Errors: ShapeError with NumPy's words (a range that is not finite, too many bins). */
function binsWithin(dtype: DType, count: number, first: number, last: number): Bins {
  if (!(Number.isFinite(first) && Number.isFinite(last))) {
    throw new ShapeError(`autodetected range of [${text(first)}, ${text(last)}] is not finite`)
  }
  return uniformBins(dtype, count, widened(first, last), 'found')
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

/** Elements of 8 and 16 bits are counted by value, in one pass; then the values are put into bins. */
class ValueHistogram implements Reducer<Counts> {
  readonly order: readonly number[]
  readonly dtype: DType
  readonly passes = 1
  readonly settled = false
  readonly #bins: Bins | number
  /** By the bits of the value. */
  readonly #counts: Float64Array

  constructor({ shape, strides, dtype }: ReducedInput, bins: Bins | number) {
    this.order = walkOrder(shape, strides)
    this.dtype = dtype
    this.#bins = bins
    this.#counts = new Float64Array(2 ** (8 * DTYPES[dtype].itemsize))
  }

  push({ buffer, byteOffset, byteLength, length }: TypedArray): void {
    const bits =
      byteLength === length ? new Uint8Array(buffer, byteOffset, length) : new Uint16Array(buffer, byteOffset, length)
    const counts = this.#counts
    for (let i = 0; i < length; i++) (counts[bits[i] as number] as number)++
  }

  endPass(): boolean {
    return false
  }

  finish(): Counts {
    const counts = this.#counts
    const values = everyValue(this.dtype)
    const bins =
      typeof this.#bins === 'number' ? binsWithin(this.dtype, this.#bins, ...extremes(values, counts)) : this.#bins
    const places = new Int32Array(values.length)
    bins.place(values, values.length, places)
    const sums = new Float64Array(Math.max(0, bins.edges.length - 1))
    places.forEach((place, i) => {
      if (place >= 0) sums[place] = (sums[place] as number) + (counts[i] as number)
    })
    return { counts: BigInt64Array.from(sums, BigInt), edges: bins.edges }
  }
}

/** What the bits of `dtype`, 8 or 16, stand for. */
function everyValue(dtype: DType): Float64Array {
  const bits =
    DTYPES[dtype].itemsize === 1
      ? Uint8Array.from({ length: 2 ** 8 }, (_, i) => i)
      : Uint16Array.from({ length: 2 ** 16 }, (_, i) => i)
  return castTyped(wrap(bits.buffer, dtype), dtype, 'float64') as Float64Array
}

/** The least and the greatest value that is there; NaN wins. */
function extremes(values: Float64Array, counts: Float64Array): [number, number] {
  const found = values.filter((_, i) => (counts[i] as number) > 0)
  const extreme = (best: (a: number, b: number) => number) => found.reduce((a, b) => best(a, b))
  return [extreme(Math.min), extreme(Math.max)]
}

/** Elements of 32 and 64 bits: the range in a pass of its own, where it is to be found. */
class Histogram implements Reducer<Counts> {
  readonly order: readonly number[]
  readonly dtype: DType
  readonly passes: number
  readonly settled = false
  /** As numbers: the places of 64-bit integers are counted as float64, as NumPy does. */
  readonly #chain: CastChain
  readonly #places = new Int32Array(CAST_STEP)
  #bins: Bins | undefined
  #counts: Float64Array
  /** While the range is sought. */
  readonly #count: number
  readonly #extremes: readonly [ArrayFold, ArrayFold]

  constructor({ shape, strides, dtype }: ReducedInput, bins: Bins | number) {
    this.order = walkOrder(shape, strides)
    this.dtype = dtype
    this.passes = typeof bins === 'number' ? 2 : 1
    this.#chain = new CastChain(dtype, ['float64'])
    this.#count = typeof bins === 'number' ? bins : 0
    this.#bins = typeof bins === 'number' ? undefined : bins
    this.#counts = new Float64Array(Math.max(0, (this.#bins?.edges.length ?? 1) - 1))
    this.#extremes = [extremeFold('min', dtype, 1), extremeFold('max', dtype, 1)]
  }

  push(tile: TypedArray): void {
    const bins = this.#bins
    if (bins === undefined) {
      for (const fold of this.#extremes) fold.run(tile, 0, tile.length, 0, 0)
      return
    }
    const [places, counts] = [this.#places, this.#counts]
    for (let start = 0; start < tile.length; start += CAST_STEP) {
      const n = Math.min(CAST_STEP, tile.length - start)
      bins.place(this.#chain.cast(tile, start, n), n, places)
      for (let i = 0; i < n; i++) {
        const place = places[i] as number
        if (place >= 0) (counts[place] as number)++
      }
    }
  }

  endPass(): boolean {
    if (this.#bins !== undefined) return false
    const [first, last] = this.#extremes.map((fold) => {
      const { data, dtype } = fold.result()
      return Number(new CastChain(dtype, ['float64']).cast(data, 0, 1)[0])
    }) as [number, number]
    this.#bins = binsWithin(this.dtype, this.#count, first, last)
    this.#counts = new Float64Array(this.#count)
    return true
  }

  finish(): Counts {
    const edges = this.#bins?.edges.slice() ?? new Float64Array(0)
    return { counts: BigInt64Array.from(this.#counts, BigInt), edges }
  }
}

/** As Python prints it. */
function text(value: number): string {
  return Number.isNaN(value) ? 'nan' : String(value).replace('Infinity', 'inf')
}
