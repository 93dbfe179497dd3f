// What operators take: arrays in memory and scalars, told apart and brought to one form.
import { type ArrayLike, arrayParts, type StridedData } from '../data.js'
import type { TypedArray } from '../dtype.js'
import { NDArray } from '../ndarray.js'
import type { Nested } from '../nested.js'
import { isScalar } from '../scalar.js'
import { isTypedArray } from '../typed-array.js'
import {
  DEFAULT_DTYPE,
  fitted,
  isWeakKind,
  isWeakOrStrongScalar,
  type ScalarValue,
  type Weak,
  type WeakOrStrongScalar,
  weakOf,
} from './weak.js'

/** An operand in memory. */
export type MemoryOperand =
  | ScalarValue
  | WeakOrStrongScalar
  | ArrayLike
  | StridedData
  | TypedArray
  | Uint8ClampedArray
  | readonly Nested[]

/**
 * An operand as the array it is, or as the weak scalar it is. A strong scalar is a 0-d array; arrays share their memory.
 * Errors: TypeError for what is no operand, ShapeError, DTypeError.
 */
export function readOperand(value: unknown): NDArray | Weak {
  if (value instanceof NDArray) return value
  if (isScalar(value)) return weakOf(value)
  if (isWeakOrStrongScalar(value)) return readScalarOperand(value)
  if (isArrayLike(value)) return NDArray.fromParts(value)
  return NDArray.fromParts(arrayParts(value))
}

function readScalarOperand({ kind, value }: WeakOrStrongScalar): NDArray | Weak {
  if (kind === 'bool' || !isWeakKind(kind)) return NDArray.from(value, { dtype: kind })
  return { weak: kind, value }
}

/** An operand as an array: a weak scalar is 0-d, of NumPy's default dtype. Errors: as readOperand. */
export function readArray(value: unknown): NDArray {
  const operand = readOperand(value)
  if (operand instanceof NDArray) return operand
  const dtype = DEFAULT_DTYPE[operand.weak]
  return NDArray.from(fitted(operand, dtype), { dtype })
}

/** `out`: an array of this library. Errors: TypeError for anything else. */
export function readOut(value: unknown): NDArray {
  if (value instanceof NDArray) return value
  throw new TypeError('out must be an NDArray')
}

/** An NDArray of another copy of this library. */
function isArrayLike(value: unknown): value is ArrayLike {
  if (typeof value !== 'object' || value === null || !('strides' in value) || !('dtype' in value)) return false
  return 'data' in value && isTypedArray(value.data) && 'shape' in value
}
