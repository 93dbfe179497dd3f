// Whether `out` takes what a reduction or an accumulation gives, in NumPy's words where not.
import { ShapeError } from '../../errors.js'
import { broadcastsTo, sameShape, shapeText } from '../../shape.js'
import { type ArrayType, checkOutDType } from '../out.js'
import { wrongOutShape } from '../ufunc-errors.js'
import type { ReducedAxes } from './axes.js'

/** Errors: ShapeError where `out` has another shape than the result. */
export function checkOutShape(out: readonly number[], ufunc: string, axes: ReducedAxes): void {
  const { resultShape, reduced, shape, keepdims } = axes
  if (sameShape(out, resultShape)) return
  if (out.length !== resultShape.length) {
    const kept = keepdims ? " (must match the operand's when keepdims=True)" : ''
    throw new ShapeError(
      `output parameter for reduction operation ${ufunc} has the wrong number of dimensions: ` +
        `Found ${out.length} but expected ${resultShape.length}${kept}`,
    )
  }
  const rest = [...out]
  const spread = shape.map((_, axis) => (reduced[axis] && !keepdims ? undefined : rest.shift()))
  throw mismatch(out, spread, axes)
}

/** `spread`: the length `out` has on every axis of the input, undefined where it has none. */
function mismatch(out: readonly number[], spread: readonly (number | undefined)[], axes: ReducedAxes): ShapeError {
  const { reduced, shape } = axes
  const long = spread.findIndex((length, axis) => reduced[axis] && length !== undefined && length !== 1)
  if (long >= 0) {
    return new ShapeError(
      `operand was set up as a reduction along axis ${long}, ` +
        `but the length of the axis is ${spread[long]} (it has to be 1)`,
    )
  }
  const isWrong = (length: number | undefined, axis: number) => !reduced[axis] && length !== 1 && length !== shape[axis]
  if (!spread.some(isWrong)) {
    const short = spread.findIndex((length, axis) => !reduced[axis] && length !== shape[axis])
    return new ShapeError(
      `output operand requires a reduction along dimension ${short}, but the reduction is not enabled. ` +
        'The dimension size of 1 does not match the expected output shape.',
    )
  }
  const first = spread.findIndex((length) => length !== undefined)
  const remapped = spread.slice(first).map((length) => length ?? 'newaxis')
  const text = remapped.length === 1 ? `(${remapped[0]},)` : `(${remapped.join(',')})`
  return new ShapeError(
    `operands could not be broadcast together with remapped shapes [original->remapped]: ${shapeText(out)}->${text} ` +
      `${shapeText(shape)} `,
  )
}

/** Errors: ShapeError, DTypeError with NumPy's words. */
export function checkAccumulateOut(out: ArrayType, result: ArrayType, ufunc: string): void {
  if (sameShape(out.shape, result.shape)) {
    checkOutDType(out.dtype, result.dtype, ufunc)
    return
  }
  if (broadcastsTo(out.shape, result.shape)) throw wrongOutShape(out.shape, result.shape)
  const remapped = [out.shape, result.shape].map((shape) => `${shapeText(shape)}->${shapeText(shape)} `)
  throw new ShapeError(
    `operands could not be broadcast together with remapped shapes [original->remapped]: ${remapped.join('')}`,
  )
}
