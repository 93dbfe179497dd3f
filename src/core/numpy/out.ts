// Whether `out` takes what an element-wise operator gives.
import { canCast } from '../casting.js'
import type { DType } from '../dtype.js'
import { broadcastShapes, sameShape } from '../shape.js'
import { cannotCastOutput, wrongOutShape } from './ufunc-errors.js'

/** An array as far as checks need to know it. */
export interface ArrayType {
  readonly shape: readonly number[]
  readonly dtype: DType
}

/**
 * `operands`: their shapes. `which` is ' 2' and so on where there is more than one result.
 * Errors: ShapeError, DTypeError with NumPy's words.
 */
export function checkOut(
  out: ArrayType,
  result: ArrayType,
  operands: readonly (readonly number[])[],
  ufunc: string,
  which = '',
): void {
  checkOutDType(out.dtype, result.dtype, ufunc, which) // NumPy resolves dtypes before shapes
  if (!sameShape(out.shape, result.shape)) {
    broadcastShapes(...operands, out.shape)
    throw wrongOutShape(out.shape, result.shape)
  }
}

/** Errors: DTypeError with NumPy's words. */
export function checkOutDType(out: DType, result: DType, ufunc: string, which = ''): void {
  if (!canCast(result, out, 'same_kind')) throw cannotCastOutput(ufunc, result, out, which)
}

/** What messages call the one of several results: nothing where it is the only one. */
export function whichOut(index: number, count: number): string {
  return count === 1 ? '' : ` ${2 + index}`
}
