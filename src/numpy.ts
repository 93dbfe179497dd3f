// The entry 'lazy-disk-cache/numpy': NumPy's functions for operands on disk and in memory, and lazy expressions.
import { callOperator } from './operators/methods.js'
import { NAMES } from './operators/names.js'
import type { Functions } from './operators/types.js'

export { scalar, type WeakOrStrongScalar } from './core/numpy/weak.js'
export { lazy } from './operators/lazy.js'
export { LazyArray } from './operators/lazy-array.js'
export type { AnyOperand, Histogram, Operand, Out, ReduceOptions } from './operators/types.js'

// A function of every name.
const functions = Object.fromEntries(
  NAMES.map((name) => [name, (...given: unknown[]) => callOperator(name, given)]),
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
