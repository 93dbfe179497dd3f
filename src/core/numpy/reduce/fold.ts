// What a reduction does with its elements, apart from where they come from: the seam between walks and folds.
import type { DType, TypedArray } from '../../dtype.js'

/**
 * Takes in elements, one accumulator for every output. The elements of an output come in the order of the walk.
 * All counts and places are of array elements (a complex one is one).
 */
export interface Fold {
  /** The dtypes the elements are cast to on the way, one after the other; none: they are taken as they are. */
  readonly casts: readonly DType[]
  /** x[start] to x[start + n - 1] all belong to the output `at`; `place` counts those of it that came before. */
  run(x: TypedArray, start: number, n: number, at: number, place: number): void
  /** `count` runs of `n` one after the other, of the outputs from `at` on, all whole: where outputs are short. */
  runs?(x: TypedArray, start: number, n: number, at: number, count: number): void
  /** x[start + i] belongs to the output `at + i`, i < n; `place` elements of each came before. */
  rows(x: TypedArray, start: number, n: number, at: number, place: number): void
  /** `count` rows of `n` one after the other, as in `rows`, all of the outputs from `at` on. */
  grid?(x: TypedArray, start: number, n: number, at: number, count: number): void
  /** How it reads a tile of the last of `casts`: asked once for many runs. */
  view?(tile: TypedArray): TypedArray
  /** Whether nothing that is still to come can change the result. */
  readonly settled?: boolean
}

/** A fold that ends in an array, one element for every output. */
export interface ArrayFold extends Fold {
  result(): FoldResult
}

export interface FoldResult {
  readonly data: TypedArray
  readonly dtype: DType
}

/** A fold whose accumulators are a typed array: one body for each dtype. */
export interface FoldKernel {
  run(x: TypedArray, start: number, n: number, acc: TypedArray, at: number): void
  rows(x: TypedArray, start: number, n: number, acc: TypedArray, at: number): void
}

/** The same for the place of an extreme: `place` is that of x[start], in `rows` that of all. -1 in `places`: none yet. */
export interface ArgumentKernel {
  run(x: TypedArray, start: number, n: number, acc: TypedArray, at: number, places: Float64Array, place: number): void
  rows(x: TypedArray, start: number, n: number, acc: TypedArray, at: number, places: Float64Array, place: number): void
}

/** The same for 64-bit totals as two words. */
export interface TotalKernel {
  run(x: TypedArray, start: number, n: number, low: Float64Array, high: Int32Array, at: number): void
  rows(x: TypedArray, start: number, n: number, low: Float64Array, high: Int32Array, at: number): void
}

/** A running fold: every element's value goes to `into`, from `to` on. `isFirst`: nothing came before x[start]. */
export interface AccumulationKernel {
  run(
    x: TypedArray,
    start: number,
    n: number,
    acc: TypedArray,
    at: number,
    into: TypedArray,
    to: number,
    isFirst: boolean,
  ): void
  rows(
    x: TypedArray,
    start: number,
    n: number,
    acc: TypedArray,
    at: number,
    into: TypedArray,
    to: number,
    isFirst: boolean,
  ): void
}
