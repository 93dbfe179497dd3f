// The elements of given ranks of outputs that come one after the other, each sorted. State: the elements of one output.
import { castTyped } from '../../cast.js'
import type { DType, TypedArray } from '../../dtype.js'
import type { NumberArray } from '../../scalar.js'
import { allocate } from '../../typed-array.js'
import type { ReducedAxes } from './axes.js'
import { CastChain } from './casts.js'
import type { RankFinder } from './rank-finder.js'

export class SortedRanks implements RankFinder {
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
