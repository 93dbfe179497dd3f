// The entry 'lazy-disk-cache/numpy': NumPy's functions for operands on disk and in memory, and lazy expressions.
import type { DiskBackedNDArray } from './array.js'
import type { DType } from './core/dtype.js'
import type { NDArray } from './core/ndarray.js'
import { LazyArray } from './operators/lazy-array.js'
import { arrayNodeOf } from './operators/leaves.js'
import { NAMES } from './operators/names.js'
import { operate } from './operators/operate.js'
import type { Functions, Operand } from './operators/types.js'
import type { ArrayView } from './view.js'

export { scalar, type WeakOrStrongScalar } from './core/numpy/weak.js'
export { LazyArray } from './operators/lazy-array.js'
export type { AnyOperand, Histogram, Operand, Out, ReduceOptions } from './operators/types.js'

// A function of every name.
const functions = Object.fromEntries(
  NAMES.map((name) => [name, (...given: unknown[]) => operate(name, given)]),
) as unknown as Functions

export const {
  absolute,
  accumulate,
  add,
  all,
  any,
  arctan2,
  argmax,
  argmin,
  astype,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  ceil,
  clip,
  cos,
  countNonzero,
  divide,
  divmod,
  equal,
  exp,
  floor,
  floorDivide,
  greater,
  greaterEqual,
  histogram,
  hypot,
  invert,
  isfinite,
  isnan,
  leftShift,
  less,
  lessEqual,
  log,
  log2,
  log10,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mod,
  multiply,
  negative,
  notEqual,
  outer,
  percentile,
  positive,
  power,
  prod,
  reciprocal,
  rightShift,
  round,
  sign,
  sin,
  sqrt,
  square,
  std,
  subtract,
  sum,
  tan,
  trunc,
  where,
} = functions
const { var: variance } = functions

export { variance as var }

/**
 * An array as a lazy expression: what is done with it is computed when it is evaluated or reduced, in one pass.
 * Errors: TypeError for what is no array.
 */
export function lazy<D extends DType>(a: NDArray<D> | DiskBackedNDArray<D> | ArrayView<D>): LazyArray<D>
export function lazy(a: Operand): LazyArray
export function lazy(a: Operand): LazyArray {
  return new LazyArray(arrayNodeOf(a), 'positive')
}
