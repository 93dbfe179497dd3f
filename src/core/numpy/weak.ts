// Scalars: which are weak (NEP 50: they take on the dtype of what they meet), and which values a dtype takes in.
import { type Complex, checkDType, DTYPES, type DType, type Scalar } from '../dtype.js'
import { DTypeError } from '../errors.js'
import type { ScalarValue, WeakKind, WeakOrStrongScalar } from '../said-scalar.js'
import { isComplex, isScalar, readScalar, writeScalar } from '../scalar.js'
import { allocate } from '../typed-array.js'

/** A scalar whose dtype follows from the other operands. */
export interface Weak {
  readonly weak: WeakKind
  readonly value: ScalarValue
}

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n
const UINT64_MAX = 2n ** 64n - 1n

/** What NumPy makes of a scalar that meets no array. */
export const DEFAULT_DTYPE = {
  bool: 'bool',
  int: 'int64',
  float: 'float64',
  complex: 'complex128',
} as const satisfies Readonly<Record<WeakKind, DType>>

/**
 * `value` as a scalar of a kind: a dtype (strong), or 'int', 'float', 'bool', 'complex' (weak).
 * Errors: DTypeError where the value does not fit the kind, TypeError for what is no scalar.
 */
export function scalar(value: ScalarValue, kind: DType | WeakKind): WeakOrStrongScalar {
  if (!isScalar(value)) throw new TypeError(`a scalar is a number, bigint, boolean or { re, im }, got ${typeof value}`)
  if (kind === 'int' || kind === 'float' || kind === 'complex') return { kind, value: ofWeakKind(value, kind) }
  return { kind: checkDType(kind), value: stored(value, kind) }
}

function ofWeakKind(value: ScalarValue, kind: Exclude<WeakKind, 'bool'>): ScalarValue {
  if (kind === 'complex') return asComplex(value)
  if (typeof value === 'object') throw new DTypeError(`a complex number is no weak ${kind}`)
  if (kind === 'float') return asFloat(value)
  if (typeof value === 'number' && !Number.isInteger(value)) throw new DTypeError(`${value} is no weak int`)
  return BigInt(value)
}

/** The kind of a scalar by its value alone: an integer is a weak int if it is safe and not -0. */
export function weakOf(value: ScalarValue): Weak {
  if (typeof value === 'boolean') return { weak: 'bool', value }
  if (typeof value === 'bigint') return { weak: 'int', value }
  if (typeof value === 'object') return { weak: 'complex', value }
  return { weak: Number.isSafeInteger(value) && !Object.is(value, -0) ? 'int' : 'float', value }
}

/** The dtype a weak scalar takes on beside operands that promote to `other`; undefined: beside weak ones only. */
export function weakDType(kind: WeakKind, other: DType | undefined): DType {
  if (kind === 'bool' || other === undefined) return DEFAULT_DTYPE[kind]
  const isInexact = DTYPES[other].kind === 'float' || DTYPES[other].kind === 'complex'
  if (kind === 'int') return other === 'bool' ? 'int64' : other
  if (kind === 'float') return isInexact ? other : 'float64'
  if (DTYPES[other].kind === 'complex') return other
  return other === 'float16' || other === 'float32' ? 'complex64' : 'complex128'
}

/** Whether the integer is one of that integer dtype's. */
export function isInBounds(value: bigint, dtype: DType): boolean {
  const bits = BigInt(8 * DTYPES[dtype].itemsize)
  if (dtype === 'bool') return value === 0n || value === 1n
  return value === (DTYPES[dtype].kind === 'int' ? BigInt.asIntN : BigInt.asUintN)(Number(bits), value)
}

/**
 * The value with which a weak scalar enters a loop of that dtype, as `item` gives it; floats are rounded.
 * Errors: DTypeError with NumPy's words for integers out of bounds.
 */
export function fitted({ weak, value }: Weak, dtype: DType): Scalar {
  const { kind } = DTYPES[dtype]
  if (kind === 'complex') return stored(asComplex(value), dtype)
  if (kind === 'float') return stored(asFloat(value), dtype)
  if (dtype === 'bool' || weak === 'bool') return stored(isTruthy(value), dtype)
  const integer = asInteger(value)
  if (isInBounds(integer, dtype)) return stored(integer, dtype)
  throw outOfBounds(integer, dtype)
}

export function outOfBounds(integer: bigint, dtype: DType): DTypeError {
  const longest = dtype === 'uint32' || dtype === 'uint64' ? UINT64_MAX : INT64_MAX
  const isPastLong = integer < INT64_MIN || integer > longest
  return new DTypeError(
    isPastLong ? 'Python int too large to convert to C long' : `Python integer ${integer} out of bounds for ${dtype}`,
  )
}

/** What is left of a value that was written as that dtype. */
function stored(value: ScalarValue, dtype: DType): Scalar {
  const cell = allocate(dtype, 1)
  writeScalar(cell, dtype, 0, value)
  return readScalar(cell, dtype, 0)
}

function isTruthy(value: ScalarValue): boolean {
  if (isComplex(value)) return value.re !== 0 || value.im !== 0
  return typeof value === 'number' ? value !== 0 : Boolean(value)
}

/** A weak int may be kept as a number. */
export function asInteger(value: ScalarValue): bigint {
  if (typeof value === 'object') throw new DTypeError('a complex number is no integer')
  return BigInt(value)
}

function asFloat(value: ScalarValue): number {
  if (typeof value === 'object') throw new DTypeError('a complex number is no float')
  const float = Number(value)
  if (typeof value === 'bigint' && !Number.isFinite(float)) throw new DTypeError('int too large to convert to float')
  return float
}

function asComplex(value: ScalarValue): Complex {
  return typeof value === 'object' ? value : { re: asFloat(value), im: 0 }
}
