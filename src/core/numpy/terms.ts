// What operators take from memory: arrays as they lie, and scalars, told apart.

import type { TypedArray } from '../dtype.js'
import { type ArrayLike, isArrayLike, readGiven, type StridedData } from '../given.js'
import type { Nested } from '../nested.js'
import { isWeakKind, isWeakOrStrongScalar, type ScalarValue, type WeakOrStrongScalar } from '../said-scalar.js'
import { isScalar } from '../scalar.js'
import { type Weak, weakOf } from './weak.js'

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
 * An operand as the elements it has, in its own memory, or as the weak scalar it is. A strong scalar is a 0-d array.
 * Errors: TypeError for what is no operand, ShapeError, DTypeError.
 */
export function readTerm(value: unknown): ArrayLike | Weak {
  if (isArrayLike(value)) return value
  if (isScalar(value)) return weakOf(value)
  return isWeakOrStrongScalar(value) ? readScalarOperand(value) : readGiven(value)
}

function readScalarOperand({ kind, value }: WeakOrStrongScalar): ArrayLike | Weak {
  return kind === 'bool' || !isWeakKind(kind) ? readGiven(value, kind) : { weak: kind, value }
}
