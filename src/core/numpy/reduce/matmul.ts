// The product of two blocks of matrices.
import { castTyped } from '../../cast.js'
import type { TypedArray } from '../../dtype.js'
import { blockProductOf } from './block-products.js'
import type { MatmulPlan } from './matmul-plan.js'

/**
 * Adds the product of a block of rows by inner and one of inner by columns, both in C order and of dtype `computed`, to
 * `sums`, rows by columns of the same. The inner blocks of a sum come in their order.
 */
export function multiplyBlocks(
  plan: Pick<MatmulPlan, 'computed'>,
  sums: TypedArray,
  a: TypedArray,
  b: TypedArray,
  block: { readonly rows: number; readonly inner: number; readonly columns: number },
): void {
  blockProductOf(plan.computed)(sums, a, b, block.rows, block.inner, block.columns)
}

/** Sums as elements of the result. */
export function roundSums({ computed, dtype }: MatmulPlan, sums: TypedArray): TypedArray {
  return computed === dtype ? sums : castTyped(sums, computed, dtype)
}
