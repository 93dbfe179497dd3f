// The reductions of the module.
import type { TypedArray } from '../../dtype.js'
import type { Instance } from './instance.js'

/** What reductions of elements in the memory use. */
export interface Reductions {
  /** The pairwise sum of `n` numbers from x[at] on. */
  sum32(x: TypedArray, at: number, n: number): number
  sum64(x: TypedArray, at: number, n: number): number
}

export function reductionsIn({ exports }: Instance): Reductions {
  return {
    sum32: (x, at, n) => exports.sum32(x.byteOffset + 4 * at, n),
    sum64: (x, at, n) => exports.sum64(x.byteOffset + 8 * at, n),
  }
}
