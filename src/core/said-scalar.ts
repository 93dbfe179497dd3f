// Scalars whose kind is said outright: plain data, made by `scalar` of the entries for NumPy's functions.
import { type Complex, DTYPES, type DType } from './dtype.js'

export type WeakKind = 'bool' | 'int' | 'float' | 'complex'
/** One element's value, as it is given. */
export type ScalarValue = number | bigint | boolean | Complex

/** A scalar with its kind said outright; plain data. Made by `scalar`. */
export interface WeakOrStrongScalar {
  /** The dtype it has, or the kind it brings to the dtype of what it meets. */
  readonly kind: DType | WeakKind
  /** What it was made of. */
  readonly value: ScalarValue
}

const WEAK_KINDS: readonly string[] = ['bool', 'int', 'float', 'complex']

export function isWeakKind(kind: string): kind is WeakKind {
  return WEAK_KINDS.includes(kind)
}

export function isWeakOrStrongScalar(value: unknown): value is WeakOrStrongScalar {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('value' in value)) return false
  return typeof value.kind === 'string' && (isWeakKind(value.kind) || Object.hasOwn(DTYPES, value.kind))
}
