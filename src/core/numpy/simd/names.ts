// Which kernel of the module computes an operator in a dtype.
import type { Kernels } from '../kernel-table.js'
import { INDICES } from './module.generated.js'

/** Numbers of kernels by dtype. */
export type Numbers = { readonly [key in string]?: number }

/** Results as wide as the operands, or bools. */
export type Width = 'same' | 'bool'

/** What the kernel of a unary operator takes beside its operand: nothing, the operand again, zeros. */
export type Second = 'none' | 'same' | 'zero'

const { and, or, xor, not } = INDICES
const INTEGERS = Object.keys(INDICES.neg).filter((dtype) => dtype.includes('int'))

/** One kernel for all integers. */
function onIntegers(index: number): Numbers {
  return Object.fromEntries(INTEGERS.map((dtype) => [dtype, index]))
}

/** bool as uint8. */
function withBool(numbers: { readonly uint8: number }): Numbers {
  return { ...numbers, bool: numbers.uint8 }
}

export const BINARY: readonly (readonly [keyof Kernels['binary'], Width, Numbers])[] = [
  ['add', 'same', { ...INDICES.add, bool: or.bits }],
  ['subtract', 'same', INDICES.subtract],
  ['multiply', 'same', { ...INDICES.multiply, bool: and.bits }],
  ['divide', 'same', INDICES.divide],
  ['minimum', 'same', { ...INDICES.minimum, bool: and.bits }],
  ['maximum', 'same', { ...INDICES.maximum, bool: or.bits }],
  ['bitwiseAnd', 'same', { ...onIntegers(and.bits), bool: and.bits }],
  ['bitwiseOr', 'same', { ...onIntegers(or.bits), bool: or.bits }],
  ['bitwiseXor', 'same', { ...onIntegers(xor.bits), bool: xor.bits }],
  ['logicalAnd', 'same', { bool: and.bits }],
  ['logicalOr', 'same', { bool: or.bits }],
  ['logicalXor', 'same', { bool: xor.bits }],
  ['equal', 'bool', withBool(INDICES.equal)],
  ['notEqual', 'bool', withBool(INDICES.notEqual)],
  ['less', 'bool', withBool(INDICES.less)],
  ['lessEqual', 'bool', withBool(INDICES.lessEqual)],
]

const { float32, float64 } = INDICES.notEqual
const isZero = { bool: INDICES.equal.uint8 }

export const UNARY: readonly (readonly [keyof Kernels['unary'], Width, Numbers, Second])[] = [
  ['negative', 'same', INDICES.neg, 'none'],
  ['absolute', 'same', INDICES.abs, 'none'],
  ['invert', 'same', onIntegers(not.bits), 'none'],
  ['invert', 'bool', isZero, 'zero'],
  ['sqrt', 'same', INDICES.sqrt, 'none'],
  ['floor', 'same', INDICES.floor, 'none'],
  ['ceil', 'same', INDICES.ceil, 'none'],
  ['trunc', 'same', INDICES.trunc, 'none'],
  ['rint', 'same', INDICES.nearest, 'none'],
  ['reciprocal', 'same', INDICES.reciprocal, 'none'],
  ['square', 'same', INDICES.multiply, 'same'],
  ['isnan', 'bool', { float32, float64 }, 'same'],
  ['isfinite', 'bool', INDICES.isfinite, 'none'],
  ['logicalNot', 'bool', isZero, 'zero'],
]
