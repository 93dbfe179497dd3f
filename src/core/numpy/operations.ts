// The element-wise operators: NumPy's name of each, how many operands it takes, and the dtypes it has loops for.
import type { DType } from '../dtype.js'

const BOOL: readonly DType[] = ['bool']
const INTEGERS: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64']
const FLOATS: readonly DType[] = ['float16', 'float32', 'float64']
const COMPLEX: readonly DType[] = ['complex64', 'complex128']

/** NumPy's order: of the loops that all operands can safely be cast to, the first is taken. */
export const ALL_LOOPS: readonly DType[] = [...BOOL, ...INTEGERS, ...FLOATS, ...COMPLEX]
const NUMBERS = [...INTEGERS, ...FLOATS, ...COMPLEX]
const REAL_NUMBERS = [...INTEGERS, ...FLOATS]
const REAL = [...BOOL, ...REAL_NUMBERS]
const BITS = [...BOOL, ...INTEGERS]
const INEXACT = [...FLOATS, ...COMPLEX]

export interface Operation {
  /** What NumPy's messages call it. */
  readonly ufunc: string
  readonly inputs: 1 | 2
  readonly loops: readonly DType[]
  /** The dtype of the result: the loop's, bool, or the loop's without the imaginary part. */
  readonly result: 'same' | 'bool' | 'real'
}

function operation(
  ufunc: string,
  inputs: 1 | 2,
  loops: readonly DType[],
  result: Operation['result'] = 'same',
): Operation {
  return { ufunc, inputs, loops, result }
}

export const OPERATIONS = {
  add: operation('add', 2, ALL_LOOPS),
  subtract: operation('subtract', 2, NUMBERS),
  multiply: operation('multiply', 2, ALL_LOOPS),
  divide: operation('divide', 2, INEXACT),
  floorDivide: operation('floor_divide', 2, REAL_NUMBERS),
  mod: operation('remainder', 2, REAL_NUMBERS),
  power: operation('power', 2, NUMBERS),
  leftShift: operation('left_shift', 2, INTEGERS),
  rightShift: operation('right_shift', 2, INTEGERS),
  bitwiseAnd: operation('bitwise_and', 2, BITS),
  bitwiseOr: operation('bitwise_or', 2, BITS),
  bitwiseXor: operation('bitwise_xor', 2, BITS),
  equal: operation('equal', 2, ALL_LOOPS, 'bool'),
  notEqual: operation('not_equal', 2, ALL_LOOPS, 'bool'),
  less: operation('less', 2, ALL_LOOPS, 'bool'),
  lessEqual: operation('less_equal', 2, ALL_LOOPS, 'bool'),
  greater: operation('greater', 2, ALL_LOOPS, 'bool'),
  greaterEqual: operation('greater_equal', 2, ALL_LOOPS, 'bool'),
  minimum: operation('minimum', 2, ALL_LOOPS),
  maximum: operation('maximum', 2, ALL_LOOPS),
  arctan2: operation('arctan2', 2, FLOATS),
  hypot: operation('hypot', 2, FLOATS),
  logicalAnd: operation('logical_and', 2, ALL_LOOPS, 'bool'),
  logicalOr: operation('logical_or', 2, ALL_LOOPS, 'bool'),
  logicalXor: operation('logical_xor', 2, ALL_LOOPS, 'bool'),
  /** Real and imaginary part by the real part of the other operand; only `round` needs it. */
  scale: operation('multiply', 2, COMPLEX),
  unscale: operation('divide', 2, COMPLEX),
  negative: operation('negative', 1, NUMBERS),
  positive: operation('positive', 1, NUMBERS),
  absolute: operation('absolute', 1, ALL_LOOPS, 'real'),
  invert: operation('invert', 1, BITS),
  sqrt: operation('sqrt', 1, INEXACT),
  exp: operation('exp', 1, INEXACT),
  log: operation('log', 1, INEXACT),
  log2: operation('log2', 1, INEXACT),
  log10: operation('log10', 1, INEXACT),
  sin: operation('sin', 1, INEXACT),
  cos: operation('cos', 1, INEXACT),
  tan: operation('tan', 1, INEXACT),
  floor: operation('floor', 1, REAL),
  ceil: operation('ceil', 1, REAL),
  trunc: operation('trunc', 1, REAL),
  rint: operation('rint', 1, INEXACT),
  sign: operation('sign', 1, NUMBERS),
  square: operation('square', 1, NUMBERS),
  reciprocal: operation('reciprocal', 1, NUMBERS),
  isnan: operation('isnan', 1, ALL_LOOPS, 'bool'),
  isfinite: operation('isfinite', 1, ALL_LOOPS, 'bool'),
  logicalNot: operation('logical_not', 1, ALL_LOOPS, 'bool'),
} as const satisfies Readonly<Record<string, Operation>>

export type OperationName = keyof typeof OPERATIONS

const COMPARISONS: ReadonlySet<string> = new Set(['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual'])

export function isComparison(name: OperationName): boolean {
  return COMPARISONS.has(name)
}

const LOGICAL: ReadonlySet<string> = new Set(['logicalAnd', 'logicalOr', 'logicalXor', 'logicalNot'])

export function isLogical(name: OperationName): boolean {
  return LOGICAL.has(name)
}

/** What NumPy's messages call the operator. */
export function ufuncOf(name: OperationName): string {
  const operation: Operation = OPERATIONS[name]
  return operation.ufunc
}
