// The reducer: what an evaluator drives, in memory or out of core, tile by tile and pass by pass.

import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import type { ArrayParts } from '../../given.js'
import { sizeOf } from '../../shape.js'
import { gather } from '../../strided.js'
import type { ReducedAxes } from './axes.js'
import { CAST_STEP, CastChain } from './casts.js'
import type { ArrayFold, FoldResult } from './fold.js'
import { Odometer } from './odometer.js'
import { type Group, groupsOf } from './walk.js'

/**
 * Takes the elements of an array in one order, in tiles of any size, as often as it wants: `push` all tiles, `endPass`, and
 * all tiles again while that is true; then `finish`. Tile sizes change no bit of the result. State is O(outputs + log n).
 */
export interface Reducer<Result = ArrayParts> {
  /** The order it wants: the input's axes from the outermost to the innermost. Tiles are runs of C order of that transpose. */
  readonly order: readonly number[]
  /** The dtype of the tiles: the input's own. */
  readonly dtype: DType
  /** How often it wants the elements, at most. */
  readonly passes: number
  /** Nothing that is still to come in this pass changes the result: the rest need not be pushed. */
  readonly settled: boolean
  push(tile: TypedArray): void
  /** Whether all elements are wanted once more. */
  endPass(): boolean
  /** The result in C order. Its memory is the caller's. */
  finish(): Result
}

/** What the passes of a reduction do. */
export interface Passes {
  readonly count: number
  readonly first: ArrayFold
  /** The fold of the next pass, or the outputs in the order of the walk. */
  next(fold: ArrayFold): { readonly fold: ArrayFold } | { readonly outputs: FoldResult }
}

/** A reduction by folds. */
export class FoldReducer implements Reducer {
  readonly order: readonly number[]
  readonly dtype: DType
  readonly #axes: ReducedAxes
  readonly #groups: readonly Group[]
  readonly #passes: Passes
  #walk: Odometer
  #fold: ArrayFold
  #chain: CastChain
  #outputs: FoldResult | undefined

  /** `whole`: the shape of which `axes` may be a part. */
  constructor(axes: ReducedAxes, whole: readonly number[], order: readonly number[], dtype: DType, passes: Passes) {
    this.order = order
    this.dtype = dtype
    this.#axes = axes
    this.#groups = groupsOf(axes, order, whole)
    this.#passes = passes
    this.#fold = passes.first
    this.#chain = new CastChain(dtype, this.#fold.casts)
    this.#walk = new Odometer(this.#groups)
  }

  get passes(): number {
    return this.#passes.count
  }

  get settled(): boolean {
    return this.#fold.settled ?? false
  }

  push(tile: TypedArray): void {
    const size = tile.length / DTYPES[this.dtype].width
    if (this.#chain.isEmpty) {
      this.#walk.feed(this.#fold, this.#fold.view?.(tile) ?? tile, size)
      return
    }
    for (let start = 0; start < size; start += CAST_STEP) {
      const count = Math.min(CAST_STEP, size - start)
      const cast = this.#chain.cast(tile, start, count)
      this.#walk.feed(this.#fold, this.#fold.view?.(cast) ?? cast, count)
    }
  }

  endPass(): boolean {
    const next = this.#passes.next(this.#fold)
    if ('outputs' in next) {
      this.#outputs = next.outputs
      return false
    }
    this.#fold = next.fold
    this.#chain = new CastChain(this.dtype, this.#fold.casts)
    this.#walk = new Odometer(this.#groups)
    return true
  }

  finish(): ArrayParts {
    if (this.#outputs === undefined) throw new Error('a pass has not ended')
    const { data, dtype } = this.#outputs
    return { data: inCOrder(data, dtype, this.#axes, this.order), dtype, shape: this.#axes.resultShape }
  }
}

/** Outputs in the order of the walk, brought to C order. */
export function inCOrder(data: TypedArray, dtype: DType, axes: ReducedAxes, order: readonly number[]): TypedArray {
  const isKept = (axis: number) => !axes.reduced[axis]
  const strides = new Array<number>(axes.shape.length).fill(0)
  let stride = 1
  for (const axis of order.toReversed().filter(isKept)) {
    strides[axis] = stride
    stride *= axes.shape[axis] ?? 1
  }
  const keptOnly = <T>(values: readonly T[]) => values.filter((_, axis) => isKept(axis))
  const shape = keptOnly(axes.shape)
  if (sizeOf(shape) === 0) return data
  return gather(dtype, shape, { data, strides: keptOnly(strides), offset: 0 })
}
