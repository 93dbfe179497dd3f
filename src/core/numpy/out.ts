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

/** `outs`: none, or one for every result; `operands`: their shapes. Errors: ShapeError, DTypeError with NumPy's words. */
export function checkOuts(
  outs: readonly ArrayType[],
  results: readonly ArrayType[],
  operands: readonly (readonly number[])[],
  ufunc: string,
): void {
  const pairs = outs.map((out, i) => ({ out, result: results[i] as ArrayType })) // as many as outs
  for (const [i, { out, result }] of pairs.entries()) {
    checkOutDType(out.dtype, result.dtype, ufunc, whichOut(i, outs.length)) // NumPy resolves dtypes before shapes
  }
  for (const { out, result } of pairs) {
    if (sameShape(out.shape, result.shape)) continue
    broadcastShapes(...operands, ...outs.map(({ shape }) => shape))
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
