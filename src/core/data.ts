// Data in: everything an array can be made from, brought to elements in C order with shape and dtype.
import { type Complex, checkDType, type DType, type TypedArray } from './dtype.js'
import { ShapeError } from './errors.js'
import { type ArrayLike, type ArrayParts, readGiven, type StridedData } from './given.js'
import type { Nested } from './nested.js'
import { checkShape, shapeText, sizeOf } from './shape.js'
import { contiguous } from './strided.js'

/** What is in memory already; arrays on disk are the façade's. */
export type ArrayDataInMemory =
  | TypedArray
  | Uint8ClampedArray
  | ArrayBufferLike
  | readonly Nested[]
  | ArrayLike
  | StridedData
  | number
  | bigint
  | boolean
  | Complex

/**
 * Elements, shape and dtype of `data`. Typed arrays, buffers and contiguous arrays share their memory with the result;
 * strided ones and nested arrays are copied. Without `shape` a typed array or buffer is 1-d. `dtype` re-reads a typed array
 * (Uint8Array as bool, Uint16Array as float16, Float32Array as complex64, Float64Array as complex128), says what a buffer
 * holds, and what nested values must fit.
 * Errors: ShapeError, DTypeError, TypeError for what is no data.
 */
export function arrayParts<D extends DType = DType>(
  data: unknown,
  options: { readonly shape?: readonly number[] | undefined; readonly dtype?: D | undefined } = {},
): ArrayParts<D> {
  const dtype = options.dtype === undefined ? undefined : checkDType(options.dtype)
  const shape = options.shape === undefined ? undefined : checkShape(options.shape)
  const given = readGiven(data, dtype)
  const parts = { data: contiguous(given.dtype, given.shape, given), shape: given.shape, dtype: given.dtype }
  return shaped(parts, shape) as ArrayParts<D> // readGiven gives `dtype`, or the caller asked for any
}

/** Errors: ShapeError with NumPy's words where `shape` has another number of elements. */
function shaped(parts: ArrayParts, shape: readonly number[] | undefined): ArrayParts {
  if (shape === undefined) return parts
  const size = sizeOf(parts.shape)
  if (sizeOf(shape) === size) return { ...parts, shape }
  throw new ShapeError(`cannot reshape array of size ${size} into shape ${shapeText(shape)}`)
}
