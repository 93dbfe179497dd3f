// Percentiles, exact, in bounded memory: outputs of few elements are sorted one after the other as they come; of many, the
// elements of the wanted ranks are found digit by digit, a pass for every digit.
import { castTyped } from '../../cast.js'
import type { DType, TypedArray } from '../../dtype.js'
import type { ArrayParts } from '../../given.js'
import { halfBitsOf } from '../../half.js'
import { halfBits, type NumberArray } from '../../scalar.js'
import { allocate } from '../../typed-array.js'
import type { AxisOption, ReducedAxes } from './axes.js'
import { CastChain } from './casts.js'
import { DigitSearch } from './digit-search.js'
import type { Fold } from './fold.js'
import { Odometer } from './odometer.js'
import type { ReducedInput } from './plan.js'
import { interpolate, type PercentileMethod, type Rank, rankOf } from './ranks.js'
import type { Reducer } from './reducer.js'
import { percentileRequest } from './results.js'
import { groupsOf } from './walk.js'

export interface PercentileOptions {
  readonly axis?: AxisOption
  readonly keepdims?: boolean | undefined
  readonly method?: PercentileMethod | undefined
  /** Elements of an output up to which they are sorted rather than searched: the memory it takes. */
  readonly sortedUpTo?: number | undefined
}

const SORTED_UP_TO = 2 ** 20

/** Finds the elements of the wanted ranks of every output. */
export interface RankFinder extends Fold {
  readonly passes: number
  /** Whether another pass is wanted. */
  endPass(): boolean
  /** The element of `output` with the rank at `index` of those asked for; NaN where the output has one. */
  element(output: number, index: number): number | bigint
}

/** `q`: percentages; an array of them makes the first axis of the result. Errors: as percentileRequest. */
export function planPercentile(
  input: ReducedInput,
  q: number | readonly number[],
  options: PercentileOptions = {},
): Reducer {
  const { percentages, method, axes, dtype: out, shape } = percentileRequest(input, q, options)
  const ranks = percentages.map((percentage) => rankOf(percentage, axes.count, method))
  const wanted = [...new Set(ranks.flatMap(({ lower, upper }) => [lower, upper]))].sort((a, b) => a - b)
  const finder =
    axes.count <= (options.sortedUpTo ?? SORTED_UP_TO)
      ? new SortedRanks(input.dtype, axes, wanted)
      : new DigitSearch(input.dtype, axes.outputs, wanted)
  return new PercentileReducer(input.dtype, axes, { ranks, wanted, finder, out, shape })
}

interface Search {
  readonly ranks: readonly Rank[]
  readonly wanted: readonly number[]
  readonly finder: RankFinder
  readonly out: DType
  /** Of the result. */
  readonly shape: readonly number[]
}

class PercentileReducer implements Reducer {
  /** The elements of an output one after the other. */
  readonly order: readonly number[]
  readonly dtype: DType
  readonly passes: number
  readonly settled = false
  readonly #axes: ReducedAxes
  readonly #search: Search
  #walk: Odometer

  constructor(dtype: DType, axes: ReducedAxes, search: Search) {
    const all = axes.shape.map((_, axis) => axis)
    this.order = [...all.filter((axis) => !axes.reduced[axis]), ...all.filter((axis) => axes.reduced[axis])]
    this.dtype = dtype
    this.passes = search.finder.passes
    this.#axes = axes
    this.#search = search
    this.#walk = new Odometer(groupsOf(axes, this.order))
  }

  push(tile: TypedArray): void {
    this.#walk.feed(this.#search.finder, tile, tile.length)
  }

  endPass(): boolean {
    this.#walk = new Odometer(groupsOf(this.#axes, this.order))
    return this.#search.finder.endPass()
  }

  finish(): ArrayParts {
    const { ranks, out, shape } = this.#search
    const { outputs } = this.#axes
    const data = allocate(out, ranks.length * outputs)
    ranks.forEach((rank, row) => {
      for (let output = 0; output < outputs; output++) this.#write(data, row * outputs + output, output, rank)
    })
    return { data, dtype: out, shape }
  }

  #write(data: TypedArray, index: number, output: number, { lower, upper, fraction }: Rank): void {
    const { finder, wanted, out } = this.#search
    const below = finder.element(output, wanted.indexOf(lower))
    const above = finder.element(output, wanted.indexOf(upper))
    const value = fraction === undefined ? below : interpolate(below, above, fraction, this.dtype, out)
    if (out === 'float16') halfBits(data)[index] = halfBitsOf(Number(value))
    else (data as NumberArray)[index] = value as number // a bigint for bigints
  }
}

/** Sorts the elements of one output after the other. State: the elements of one output. */
class SortedRanks implements RankFinder {
  readonly passes = 1
  readonly casts: readonly DType[] = []
  readonly #dtype: DType
  readonly #chain: CastChain | undefined
  readonly #buffer: TypedArray
  readonly #wanted: readonly number[]
  readonly #found: TypedArray
  #filled = 0

  constructor(dtype: DType, { count, outputs }: ReducedAxes, wanted: readonly number[]) {
    this.#dtype = dtype === 'float16' ? 'float32' : dtype
    this.#chain = dtype === 'float16' ? new CastChain(dtype, ['float32']) : undefined
    this.#buffer = allocate(this.#dtype, outputs === 0 ? 0 : count)
    this.#wanted = wanted
    this.#found = allocate(this.#dtype, outputs * wanted.length)
  }

  run(x: TypedArray, start: number, n: number, at: number): void {
    const part = x.subarray(start, start + n)
    const numbers = this.#chain === undefined ? part : castTyped(part, 'float16', 'float32')
    ;(this.#buffer as NumberArray).set(numbers as NumberArray, this.#filled) // both of one dtype
    this.#filled += n
    if (this.#filled === this.#buffer.length) this.#sort(at)
  }

  rows(x: TypedArray, start: number, n: number, at: number): void {
    for (let i = 0; i < n; i++) this.run(x, start + i, 1, at + i)
  }

  endPass(): boolean {
    return false
  }

  element(output: number, index: number): number | bigint {
    return this.#found[output * this.#wanted.length + index] as number | bigint
  }

  /** NaN sorts to the end: where the last is one, so are all. */
  #sort(at: number): void {
    const sorted = this.#buffer.sort() as NumberArray
    const last = sorted[sorted.length - 1] as number
    this.#wanted.forEach((rank, index) => {
      const value = Number.isNaN(last) ? last : (sorted[rank] as number)
      ;(this.#found as NumberArray)[at * this.#wanted.length + index] = value
    })
    this.#filled = 0
  }
}
