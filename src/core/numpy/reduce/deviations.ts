// The second pass of a variance: the sum of |x - mean|² for every output.
import { castTyped } from '../../cast.js'
import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import { allocate } from '../../typed-array.js'
import { reductionsOf } from '../simd/current.js'
import { promote, realPart } from '../types.js'
import { CAST_STEP, CastChain } from './casts.js'
import type { ArrayFold, FoldResult } from './fold.js'
import { type Squares, squaresOf } from './squares.js'
import { sumFold } from './sums.js'
import type { Pieces } from './walk.js'

/** What the deviations of `from` from a mean in `loop` are computed in. */
export function deviationDType(from: DType, loop: DType): DType {
  const common = promote(from, loop)
  return DTYPES[common].kind === 'float' || DTYPES[common].kind === 'complex' ? common : 'float64'
}

/**
 * Each step is rounded to the dtype that `from` and the mean have in common; the squares are summed in
 * `summed`, in `pieces`.
 * Source: numpy._core._methods._var.
 */
export class DeviationFold implements ArrayFold {
  readonly casts: readonly DType[]
  readonly #dtype: DType
  readonly #sum: ArrayFold
  readonly #mean: TypedArray
  readonly #square: Squares
  readonly #squares: TypedArray
  readonly #chain: CastChain

  constructor(mean: FoldResult, from: DType, summed: DType, pieces: Pieces) {
    const dtype = deviationDType(from, mean.dtype)
    const held = dtype === 'float16' ? 'float32' : dtype
    this.#dtype = dtype
    this.casts = dtype === held ? [dtype] : [dtype, held]
    this.#mean = castTyped(mean.data, mean.dtype, held)
    this.#square = squaresOf(dtype)
    this.#squares = allocate(realPart(held), CAST_STEP)
    this.#sum = sumFold(summed, this.#mean.length / DTYPES[held].width, pieces, realPart(dtype))
    this.#chain = new CastChain(realPart(held), summed === realPart(dtype) ? [] : this.#sum.casts)
  }

  run(x: TypedArray, start: number, n: number, at: number, place: number): void {
    for (let done = 0; done < n; done += CAST_STEP) {
      const count = Math.min(CAST_STEP, n - done)
      const squares = reductionsOf(x)?.squares(this.#dtype, x, start + done, count, this.#mean, at, 0)
      if (squares === undefined) this.#square.run(x, start + done, count, this.#mean, at, this.#squares)
      this.#sum.run(this.#summands(squares ?? this.#squares, count), 0, count, at, place + done)
    }
  }

  rows(x: TypedArray, start: number, n: number, at: number, place: number): void {
    for (let done = 0; done < n; done += CAST_STEP) {
      const count = Math.min(CAST_STEP, n - done)
      const squares = reductionsOf(x)?.squares(this.#dtype, x, start + done, count, this.#mean, at + done, 1)
      if (squares === undefined) this.#square.rows(x, start + done, count, this.#mean, at + done, this.#squares)
      this.#sum.rows(this.#summands(squares ?? this.#squares, count), 0, count, at + done, place)
    }
  }

  grid(x: TypedArray, start: number, n: number, at: number, count: number): void {
    const together = Math.max(1, Math.floor(CAST_STEP / n))
    for (let row = 0; row < count; row += together) {
      this.#few(x, start + row * n, n, at, Math.min(together, count - row))
    }
  }

  /** No more elements than are cast at a time, or one row. */
  #few(x: TypedArray, start: number, n: number, at: number, count: number): void {
    const isFew = count > 1 && this.#sum.grid !== undefined
    const squares = isFew ? reductionsOf(x)?.squares(this.#dtype, x, start, n, this.#mean, at, 1, count) : undefined
    if (squares !== undefined) this.#sum.grid?.(this.#summands(squares, count * n), 0, n, at, count)
    else for (let row = 0; row < count; row++) this.rows(x, start + row * n, n, at, 0)
  }

  result(): FoldResult {
    return this.#sum.result()
  }

  #summands(squares: TypedArray, n: number): TypedArray {
    if (this.#chain.isEmpty) return squares
    const cast = this.#chain.cast(squares, 0, n)
    return this.#sum.view?.(cast) ?? cast
  }
}
