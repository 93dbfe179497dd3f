// The element-wise operators for operands in memory, synchronous: NumPy's functions under camelCase names.
import { type Casting, checkCast } from '../casting.js'
import { checkDType, type DType } from '../dtype.js'
import { NDArray } from '../ndarray.js'
import { checkOptions } from './call-options.js'
import { evaluate } from './evaluate.js'
import {
  apply,
  cast,
  clip as clipNode,
  divmod as divmodNodes,
  leaf,
  type Node,
  round as roundNode,
  type Term,
  where as whereNode,
} from './expression.js'
import { KERNELS } from './kernels/index.js'
import { readArray, readOperand, readOut } from './operands.js'
import { OPERATIONS, type OperationName, ufuncOf } from './operations.js'
import type { MemoryOperand } from './terms.js'
import type { ResolveOptions } from './types.js'
import type { Weak } from './weak.js'

/** With `out`, that is what is given back. */
export interface OutOption<O> {
  /** Takes the result, of exactly the broadcast shape, cast `same_kind`; may be an operand or overlap one. */
  readonly out: O
}

/** Of element-wise functions. */
export interface UfuncOptions {
  /** The dtype to compute and give. */
  readonly dtype?: DType | undefined
}

type Out = { readonly out?: NDArray | undefined }

/** `add(a, b)`: of the shape both broadcast to. */
export interface BinaryFunction {
  <O extends NDArray>(a: MemoryOperand, b: MemoryOperand, options: UfuncOptions & OutOption<O>): O
  (a: MemoryOperand, b: MemoryOperand, options?: UfuncOptions & Out): NDArray
}

/** `sqrt(a)`: of the shape of `a`. */
export interface UnaryFunction {
  <O extends NDArray>(a: MemoryOperand, options: UfuncOptions & OutOption<O>): O
  (a: MemoryOperand, options?: UfuncOptions & Out): NDArray
}

/** Operands as terms of an expression, and the arrays its leaves stand for. */
class Operands {
  readonly arrays: NDArray[] = []

  term(value: unknown): Term {
    return this.termOf(readOperand(value))
  }

  termOf(operand: NDArray | Weak): Term {
    if (!(operand instanceof NDArray)) return operand
    return leaf(this.arrays.push(operand) - 1, operand.dtype, operand.shape)
  }

  evaluate(root: Node, ufunc: string, { out }: Out): NDArray {
    const outs = out === undefined ? undefined : [readOut(out)]
    return evaluate({ roots: [root], leaves: this.arrays, outs, ufunc }, KERNELS)[0] as NDArray // one root, one result
  }
}

function resolving(options: UfuncOptions & Out): ResolveOptions {
  const { dtype, out } = checkOptions(options)
  return { dtype, out: out === undefined ? undefined : readOut(out) }
}

/** Errors: DTypeError and ShapeError with NumPy's words, TypeError for what is no operand. Source: the ufunc of that name. */
function binary(name: OperationName): BinaryFunction {
  const compute = (a: MemoryOperand, b: MemoryOperand, options: UfuncOptions & Out = {}): NDArray => {
    const operands = new Operands()
    const root = apply(name, [operands.term(a), operands.term(b)], resolving(options))
    return operands.evaluate(root, ufuncOf(name), options)
  }
  return compute as BinaryFunction // gives `out` itself where there is one
}

/** Errors and source: as binary. */
function unary(name: OperationName): UnaryFunction {
  const compute = (a: MemoryOperand, options: UfuncOptions & Out = {}): NDArray => {
    const operands = new Operands()
    const root = apply(name, [operands.term(a)], resolving(options))
    return operands.evaluate(root, ufuncOf(name), options)
  }
  return compute as UnaryFunction // as above
}

/** `a + b`; of booleans: or. Source: numpy.add. */
export const add = binary('add')
/** `a - b`; booleans are a DTypeError. Source: numpy.subtract. */
export const subtract = binary('subtract')
/** `a * b`; of booleans: and. Source: numpy.multiply. */
export const multiply = binary('multiply')
/** `a / b`, true division: integers give floats. Source: numpy.divide. */
export const divide = binary('divide')
/** The largest integer not above `a / b`; integers divided by 0 give 0. Source: numpy.floor_divide. */
export const floorDivide = binary('floorDivide')
/** What `floorDivide` leaves, with the sign of `b`. Source: numpy.remainder. */
export const mod = binary('mod')
/** `a` to the power of `b`; integers to negative powers are a DTypeError. Source: numpy.power. */
export const power = binary('power')
/** `a << b`, of integers. Source: numpy.left_shift. */
export const leftShift = binary('leftShift')
/** `a >> b`, of integers. Source: numpy.right_shift. */
export const rightShift = binary('rightShift')
/** `a & b`, of integers and booleans. Source: numpy.bitwise_and. */
export const bitwiseAnd = binary('bitwiseAnd')
/** `a | b`, of integers and booleans. Source: numpy.bitwise_or. */
export const bitwiseOr = binary('bitwiseOr')
/** `a ^ b`, of integers and booleans. Source: numpy.bitwise_xor. */
export const bitwiseXor = binary('bitwiseXor')
/** `a == b`, as booleans. Source: numpy.equal. */
export const equal = binary('equal')
/** `a != b`, as booleans. Source: numpy.not_equal. */
export const notEqual = binary('notEqual')
/** `a < b`, as booleans. Source: numpy.less. */
export const less = binary('less')
/** `a <= b`, as booleans. Source: numpy.less_equal. */
export const lessEqual = binary('lessEqual')
/** `a > b`, as booleans. Source: numpy.greater. */
export const greater = binary('greater')
/** `a >= b`, as booleans. Source: numpy.greater_equal. */
export const greaterEqual = binary('greaterEqual')
/** The angle of the point (`b`, `a`), in radians from -π to π. Source: numpy.arctan2. */
export const arctan2 = binary('arctan2')
/** `sqrt(a² + b²)`. Source: numpy.hypot. */
export const hypot = binary('hypot')
/** The lesser of the two; NaN wins. Source: numpy.minimum. */
export const minimum = binary('minimum')
/** The greater of the two; NaN wins. Source: numpy.maximum. */
export const maximum = binary('maximum')
/** Whether both are other than 0. Source: numpy.logical_and. */
export const logicalAnd = binary('logicalAnd')
/** Whether one is other than 0. Source: numpy.logical_or. */
export const logicalOr = binary('logicalOr')
/** Whether exactly one is other than 0. Source: numpy.logical_xor. */
export const logicalXor = binary('logicalXor')

/** `-a`; booleans are a DTypeError. Source: numpy.negative. */
export const negative = unary('negative')
/** `+a`: a copy. Source: numpy.positive. */
export const positive = unary('positive')
/** The absolute value; of complex numbers the magnitude, as floats. Source: numpy.absolute. */
export const absolute = unary('absolute')
/** `~a`, of integers; of booleans: not. Source: numpy.invert. */
export const invert = unary('invert')
/** The square root; NaN of negative numbers. Source: numpy.sqrt. */
export const sqrt = unary('sqrt')
/** `e` to the power of `a`. Source: numpy.exp. */
export const exp = unary('exp')
/** The natural logarithm. Source: numpy.log. */
export const log = unary('log')
/** The logarithm to base 2. Source: numpy.log2. */
export const log2 = unary('log2')
/** The logarithm to base 10. Source: numpy.log10. */
export const log10 = unary('log10')
/** The sine; `a` in radians. Source: numpy.sin. */
export const sin = unary('sin')
/** The cosine; `a` in radians. Source: numpy.cos. */
export const cos = unary('cos')
/** The tangent; `a` in radians. Source: numpy.tan. */
export const tan = unary('tan')
/** The largest integer not above, in the dtype of `a`. Source: numpy.floor. */
export const floor = unary('floor')
/** The least integer not below, in the dtype of `a`. Source: numpy.ceil. */
export const ceil = unary('ceil')
/** The integer next to it towards 0, in the dtype of `a`. Source: numpy.trunc. */
export const trunc = unary('trunc')
/** -1, 0 or 1; NaN of NaN; of complex numbers `a / |a|`. Source: numpy.sign. */
export const sign = unary('sign')
/** `a * a`. Source: numpy.square. */
export const square = unary('square')
/** `1 / a`, in the dtype of `a`: 0 of most integers. Source: numpy.reciprocal. */
export const reciprocal = unary('reciprocal')
/** Whether it is NaN, as booleans. Source: numpy.isnan. */
export const isnan = unary('isnan')
/** Whether it is neither infinite nor NaN, as booleans. Source: numpy.isfinite. */
export const isfinite = unary('isfinite')
/** Whether it is 0, as booleans. Source: numpy.logical_not. */
export const logicalNot = unary('logicalNot')

/** Quotient and remainder. Errors: as the other operators. Source: numpy.divmod. */
export function divmod(
  a: MemoryOperand,
  b: MemoryOperand,
  options: UfuncOptions & { readonly out?: readonly [NDArray, NDArray] | undefined } = {},
): [NDArray, NDArray] {
  const operands = new Operands()
  const outs = checkOptions(options).out?.map(readOut)
  const roots = divmodNodes([operands.term(a), operands.term(b)], { dtype: options.dtype, outs })
  const [q, r] = evaluate({ roots, leaves: operands.arrays, outs, ufunc: 'divmod' }, KERNELS)
  return [q as NDArray, r as NDArray] // two roots
}

/** `condition ? x : y` element by element. Errors: ShapeError, DTypeError. Source: numpy.where. */
export function where<O extends NDArray = NDArray>(
  condition: MemoryOperand,
  x: MemoryOperand,
  y: MemoryOperand,
  options: { readonly out?: O | undefined } = {},
): O {
  const operands = new Operands()
  const root = whereNode(operands.term(condition), operands.term(x), operands.term(y), resolving(options))
  return operands.evaluate(root, 'where', options) as O // `out` itself
}

/** `a` held between `min` and `max`; null leaves a side open. Errors: ShapeError, DTypeError. Source: numpy.clip. */
export function clip<O extends NDArray = NDArray>(
  a: MemoryOperand,
  min: MemoryOperand | null,
  max: MemoryOperand | null,
  options: UfuncOptions & { readonly out?: O | undefined } = {},
): O {
  const operands = new Operands()
  const bound = (value: MemoryOperand | null) => (value === null ? null : operands.term(value))
  const root = clipNode(operands.term(a), bound(min), bound(max), resolving(options))
  return operands.evaluate(root, 'clip', options) as O // as above
}

/** Rounded to `decimals` places, halves to even. Errors: DTypeError, ShapeError, TypeError. Source: numpy.round. */
export function round<O extends NDArray = NDArray>(
  a: MemoryOperand,
  options: { readonly decimals?: number | undefined; readonly out?: O | undefined } = {},
): O {
  const operands = new Operands()
  const root = roundNode(operands.term(a), checkOptions(options).decimals)
  return operands.evaluate(root, 'rint', options) as O // as above
}

/** The operator applied to every pair of an element of `a` and one of `b`. Errors: as the operator. Source: numpy.ufunc.outer. */
export function outer<O extends NDArray = NDArray>(
  op: OperationName,
  a: MemoryOperand,
  b: MemoryOperand,
  options: UfuncOptions & { readonly out?: O | undefined } = {},
): O {
  if (!Object.hasOwn(OPERATIONS, op) || OPERATIONS[op].inputs !== 2) {
    throw new TypeError(`outer takes an operator of two operands, got ${String(op)}`)
  }
  const operands = new Operands()
  const [left, right] = [readOperand(a), readOperand(b)]
  const stretched = left instanceof NDArray && right instanceof NDArray ? withAxes(left, right.ndim) : left
  const root = apply(op, [operands.termOf(stretched), operands.termOf(right)], resolving(options))
  return operands.evaluate(root, ufuncOf(op), options) as O // as above
}

/** The array seen with `count` more axes of one element at the end. */
function withAxes({ data, dtype, offset, shape, strides }: NDArray, count: number): NDArray {
  const more = new Array<number>(count).fill(1)
  return NDArray.fromParts({ data, dtype, offset, shape: [...shape, ...more], strides: [...strides, ...more] })
}

/** A copy as another dtype; by default any cast goes. Errors: DTypeError with NumPy's words. Source: numpy.ndarray.astype. */
export function astype<D extends DType>(
  a: MemoryOperand,
  dtype: D,
  options: { readonly casting?: Casting | undefined } = {},
): NDArray<D> {
  const to = checkDType(dtype)
  const operands = new Operands()
  const term = operands.termOf(readArray(a))
  const root = cast(term as Node, to) // an array is a node
  checkCast((term as Node).dtype, to, options.casting ?? 'unsafe')
  return operands.evaluate(root, 'astype', {}) as NDArray<D> // cast to it
}
