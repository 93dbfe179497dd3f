// The names of NumPy's functions here: what functions, methods and lazy expressions are made from.

export const UNARY = [
  'negative',
  'positive',
  'absolute',
  'invert',
  'sqrt',
  'exp',
  'log',
  'log2',
  'log10',
  'sin',
  'cos',
  'tan',
  'floor',
  'ceil',
  'trunc',
  'sign',
  'square',
  'reciprocal',
  'isnan',
  'isfinite',
  'logicalNot',
] as const

export const BINARY = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'floorDivide',
  'mod',
  'power',
  'leftShift',
  'rightShift',
  'bitwiseAnd',
  'bitwiseOr',
  'bitwiseXor',
  'equal',
  'notEqual',
  'less',
  'lessEqual',
  'greater',
  'greaterEqual',
  'arctan2',
  'hypot',
  'minimum',
  'maximum',
  'logicalAnd',
  'logicalOr',
  'logicalXor',
] as const

export const REDUCTIONS = [
  'sum',
  'prod',
  'mean',
  'std',
  'var',
  'min',
  'max',
  'argmin',
  'argmax',
  'any',
  'all',
  'countNonzero',
] as const

/** Element by element, and so lazy where an operand is. */
export const ELEMENTWISE = [...UNARY, ...BINARY, 'divmod', 'where', 'clip', 'round', 'outer', 'astype'] as const

export const COMPUTING = [...REDUCTIONS, 'accumulate', 'histogram', 'percentile', 'matmul'] as const

export const NAMES = [...ELEMENTWISE, ...COMPUTING] as const

export type UnaryName = (typeof UNARY)[number]
export type BinaryName = (typeof BINARY)[number]
export type ElementwiseName = (typeof ELEMENTWISE)[number]
export type ComputingName = (typeof COMPUTING)[number]
export type OperatorName = (typeof NAMES)[number]

export function isElementwise(name: OperatorName): name is ElementwiseName {
  return (ELEMENTWISE as readonly string[]).includes(name)
}
