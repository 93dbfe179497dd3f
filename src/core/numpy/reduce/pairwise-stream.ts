// NumPy's pairwise sum of numbers that come in parts of any size: the recursion as a stack, so O(log n) state.
import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import { LEAF, leftOf, type PairwiseSum, type Parts, pairwiseSumOf } from './pairwise.js'
import { type Round, rounderOf } from './rounding.js'

/** A node of the tree whose left half is summed, or being summed. */
interface Pending {
  readonly right: number
  left: Parts | undefined
}

export class PairwiseStream {
  /** The sum, once all numbers have come. */
  readonly total: Parts = { re: 0, im: 0 }
  readonly #sum: PairwiseSum
  readonly #round: Round
  readonly #stack: Pending[] = []
  /** Numbers in the node that is summed next. */
  #node = 0
  /** A leaf that came in parts. */
  readonly #leaf: Float32Array | Float64Array
  #filled = 0

  constructor(dtype: DType) {
    this.#sum = pairwiseSumOf(dtype)
    this.#round = rounderOf(dtype === 'float16' ? 'float32' : dtype)
    const isDouble = DTYPES[dtype].itemsize / DTYPES[dtype].width === 8
    this.#leaf = isDouble ? new Float64Array(LEAF) : new Float32Array(LEAF)
  }

  /** Starts a sum of `n` numbers; a complex element is two. */
  begin(n: number): void {
    this.#node = n
  }

  /** Takes in `n` numbers from x[at] on, no more than are still to come. */
  push(x: TypedArray, at: number, n: number): void {
    const end = at + n
    let from = at
    while (from < end) {
      if (this.#filled === 0 && end - from >= this.#node) {
        from += this.#settle(x, from)
      } else if (this.#node <= LEAF) {
        from += this.#fill(x, from, end - from)
      } else {
        const left = leftOf(this.#node)
        this.#stack.push({ right: this.#node - left, left: undefined })
        this.#node = left
      }
    }
  }

  #fill(x: TypedArray, at: number, available: number): number {
    const count = Math.min(available, this.#node - this.#filled)
    const leaf = this.#leaf
    for (let i = 0; i < count; i++) leaf[this.#filled + i] = x[at + i] as number
    this.#filled += count
    if (this.#filled === this.#node) {
      this.#filled = 0
      this.#settle(leaf, 0)
    }
    return count
  }

  /** Sums the node, joins what it completes and goes on to the next. Returns the numbers of the node. */
  #settle(x: TypedArray, at: number): number {
    const count = this.#node
    const { total } = this
    this.#sum(x, at, count, total)
    for (let top = this.#stack.at(-1); top !== undefined; top = this.#stack.at(-1)) {
      if (top.left === undefined) {
        top.left = { re: total.re, im: total.im }
        this.#node = top.right
        return count
      }
      total.re = this.#round(top.left.re + total.re)
      total.im = this.#round(top.left.im + total.im)
      this.#stack.pop()
    }
    return count
  }
}
