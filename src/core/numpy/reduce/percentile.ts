// Percentiles, exact, in bounded memory: the elements of the ranks that are wanted, interpolated.
import type { DType, TypedArray } from '../../dtype.js'
import type { ArrayParts } from '../../given.js'
import { halfBitsOf } from '../../half.js'
import { halfBits, type NumberArray } from '../../scalar.js'
import { allocate } from '../../typed-array.js'
import type { AxisOption, ReducedAxes } from './axes.js'
import { DigitSearch } from './digit-search.js'
import { Odometer } from './odometer.js'
import type { ReducedInput } from './plan.js'
import { type RankFinder, type RankSearchLimits, rankSearchOf } from './rank-finder.js'
import { interpolate, type PercentileMethod, type Rank, rankOf } from './ranks.js'
import { inCOrder, type Reducer } from './reducer.js'
import { percentileRequest } from './results.js'
import { SortedRanks } from './sorted-ranks.js'
import { groupsOf } from './walk.js'

export interface PercentileOptions extends RankSearchLimits {
  readonly axis?: AxisOption
  readonly keepdims?: boolean | undefined
  readonly method?: PercentileMethod | undefined
}

/** `q`: percentages; an array of them makes the first axis of the result. Errors: as percentileRequest. */
export function planPercentile(
  input: ReducedInput,
  q: number | readonly number[],
  options: PercentileOptions = {},
): Reducer {
  const { axes, ranks, wanted, search, out, shape } = searchOf(input, q, options)
  const finder = search.isSorted
    ? new SortedRanks(input.dtype, axes, wanted)
    : new DigitSearch(input.dtype, axes, wanted)
  return new PercentileReducer(input.dtype, axes, { ranks, wanted, finder, out, shape, order: search.order })
}

/** The most outputs that are to be found at a time. Errors: as percentileRequest. */
export function percentileOutputs(
  input: ReducedInput,
  q: number | readonly number[],
  options: PercentileOptions,
): number {
  return searchOf(input, q, options).search.outputs
}

function searchOf(input: ReducedInput, q: number | readonly number[], options: PercentileOptions) {
  const { percentages, method, axes, dtype: out, shape } = percentileRequest(input, q, options)
  const ranks = percentages.map((percentage) => rankOf(percentage, axes.count, method))
  const wanted = [...new Set(ranks.flatMap(({ lower, upper }) => [lower, upper]))].sort((a, b) => a - b)
  const search = rankSearchOf(input, axes, Math.max(1, wanted.length), options)
  return { axes, ranks, wanted, search, out, shape }
}

interface Search {
  readonly ranks: readonly Rank[]
  readonly wanted: readonly number[]
  readonly finder: RankFinder
  readonly order: readonly number[]
  readonly out: DType
  /** Of the result. */
  readonly shape: readonly number[]
}

class PercentileReducer implements Reducer {
  readonly order: readonly number[]
  readonly dtype: DType
  readonly passes: number
  readonly settled = false
  readonly #axes: ReducedAxes
  readonly #search: Search
  #walk: Odometer

  constructor(dtype: DType, axes: ReducedAxes, search: Search) {
    this.order = search.order
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
    const data = allocate(out, ranks.length * outputs) as NumberArray
    ranks.forEach((rank, row) => {
      data.set(inCOrder(this.#row(rank), out, this.#axes, this.order) as NumberArray, row * outputs) // of one dtype
    })
    return { data, dtype: out, shape }
  }

  /** Of one rank, in the order of the walk. */
  #row({ lower, upper, fraction }: Rank): TypedArray {
    const { finder, wanted, out } = this.#search
    const row = allocate(out, this.#axes.outputs)
    const [lowerIndex, upperIndex] = [wanted.indexOf(lower), wanted.indexOf(upper)]
    for (let output = 0; output < this.#axes.outputs; output++) {
      const below = finder.element(output, lowerIndex)
      const value =
        fraction === undefined
          ? below
          : interpolate(below, finder.element(output, upperIndex), fraction, this.dtype, out)
      if (out === 'float16') halfBits(row)[output] = halfBitsOf(Number(value))
      else (row as NumberArray)[output] = value as number // a bigint for bigints
    }
    return row
  }
}
