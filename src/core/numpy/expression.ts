// Expressions: graphs of element-wise steps over arrays, checked for types and shapes when built. Plain data, so that they
// go to a worker as they are; a node used twice is computed once.
import { DTYPES, type DType, type Scalar } from '../dtype.js'
import { broadcastShapes, cannotBroadcast } from '../shape.js'
import { isComparison, isLogical, type OperationName, ufuncOf } from './operations.js'
import { type ArrayType, checkOutDType, whichOut } from './out.js'
import { type OutOption, type ResolveOptions, resolve, resultType } from './types.js'
import { cannotCastOutput } from './ufunc-errors.js'
import { asInteger, fitted, isInBounds, outOfBounds, type Weak } from './weak.js'

/** The array at `index` of those the expression is evaluated over. */
export interface Leaf {
  readonly kind: 'leaf'
  readonly index: number
  readonly dtype: DType
  readonly shape: readonly number[]
}

export interface Constant {
  readonly kind: 'scalar'
  readonly value: Scalar
  readonly dtype: DType
  readonly shape: readonly number[]
}

export interface Apply {
  readonly kind: 'apply'
  readonly op: OperationName | 'where'
  readonly inputs: readonly Node[]
  /** What each input is cast to. */
  readonly loop: readonly DType[]
  readonly dtype: DType
  readonly shape: readonly number[]
}

export interface Cast {
  readonly kind: 'cast'
  readonly input: Node
  readonly dtype: DType
  readonly shape: readonly number[]
}

export type Node = Leaf | Constant | Apply | Cast

/** What a step is built from: a node, or a scalar that takes on the dtype of the others. */
export type Term = Node | Weak

export function leaf(index: number, dtype: DType, shape: readonly number[]): Leaf {
  return { kind: 'leaf', index, dtype, shape }
}

function shapeOf(term: Term): readonly number[] {
  return 'weak' in term ? [] : term.shape
}

/**
 * One operator over its operands.
 * Errors: DTypeError and ShapeError with NumPy's words.
 */
export function apply(op: OperationName, terms: readonly Term[], options: ResolveOptions = {}): Node {
  const { loop, out } = resolve(op, terms, options)
  if (options.out !== undefined) checkOutDType(options.out.dtype, out, ufuncOf(op))
  const shape = commonShape(terms.map(shapeOf), options)
  if (isComparison(op) && isPastLoop(terms, loop)) return compareFarApart(op, terms, shape)
  if (isLogical(op)) terms.forEach(checkLong)
  const inputs = terms.map((term, i) => nodeOf(term, loop[i] ?? out))
  return { kind: 'apply', op, inputs, loop, dtype: out, shape }
}

/** NumPy names the shape of every `out` too where those of the operands do not go together. */
function commonShape(
  shapes: readonly (readonly number[])[],
  { out, outs = out === undefined ? [] : [out] }: OutOption & { readonly outs?: readonly ArrayType[] | undefined },
): number[] {
  try {
    return broadcastShapes(...shapes)
  } catch {
    throw cannotBroadcast([...shapes, ...outs.map(({ shape }) => shape)])
  }
}

/** Quotient and remainder. Errors: as `apply`. Source: numpy.divmod. */
export function divmod(
  terms: readonly Term[],
  options: { readonly dtype?: DType | undefined; readonly outs?: readonly ArrayType[] | undefined } = {},
): [Node, Node] {
  const named = { dtype: options.dtype, ufunc: 'divmod' }
  const { out } = resolve('floorDivide', terms, named)
  options.outs?.forEach(({ dtype }, i) => {
    checkOutDType(dtype, out, 'divmod', whichOut(i, 2))
  })
  commonShape(terms.map(shapeOf), options)
  return [apply('floorDivide', terms, named), apply('mod', terms, named)]
}

/** `condition ? x : y`, in the dtype of both. Source: numpy.where. */
export function where(condition: Term, x: Term, y: Term, options: OutOption = {}): Node {
  const dtype = resultType([x, y])
  if (options.out !== undefined) checkOutDType(options.out.dtype, dtype, 'where')
  const shape = commonShape([condition, x, y].map(shapeOf), options)
  const inputs = [nodeOf(condition, 'bool'), wrapping(x, dtype), wrapping(y, dtype)]
  return { kind: 'apply', op: 'where', inputs, loop: ['bool', dtype, dtype], dtype, shape }
}

export function cast(input: Node, dtype: DType): Node {
  return input.dtype === dtype ? input : { kind: 'cast', input, dtype, shape: input.shape }
}

/**
 * `a` held between `min` and `max`; null leaves that side open, and so does a weak integer past the dtype of `a`.
 * Errors: DTypeError, ShapeError. Source: numpy.clip.
 */
export function clip(a: Term, min: Term | null, max: Term | null, options: ResolveOptions = {}): Node {
  const own = resultType([a])
  const low = min === null || isBeyond(min, own, -1) ? undefined : min
  const high = max === null || isBeyond(max, own, 1) ? undefined : max
  if (low === undefined && high === undefined) return apply('positive', [a], options)
  if (low === undefined || high === undefined) {
    return apply(low === undefined ? 'minimum' : 'maximum', [a, low ?? high ?? a], options)
  }
  const loop = options.dtype ?? resultType([a, low, high])
  if (options.out !== undefined) checkOutDType(options.out.dtype, loop, 'clip')
  commonShape([a, low, high].map(shapeOf), options)
  const [first, least, most] = [a, low, high].map((term) => cast(nodeOf(term, loop), loop)) as [Node, Node, Node]
  return apply('minimum', [apply('maximum', [first, least]), most])
}

const MAX_EXACT_POWER = 8

/** As NumPy computes it: by multiplying, past 10^8 step by step. */
function powerOfTen(exponent: number): number {
  let power = 10 ** Math.min(exponent, MAX_EXACT_POWER)
  for (let i = MAX_EXACT_POWER; i < exponent && power !== Infinity; i++) power *= 10
  return power
}

/** Errors: TypeError, DTypeError. Source: numpy.round (halves to even). */
export function round(a: Term, decimals = 0): Node {
  if (!Number.isInteger(decimals)) throw new TypeError(`decimals must be an integer, got ${String(decimals)}`)
  const dtype = resultType([a])
  const isInteger = DTYPES[dtype].kind === 'int' || DTYPES[dtype].kind === 'uint'
  if (isInteger && decimals >= 0) return nodeOf(a, dtype)
  if (decimals === 0) return apply('rint', [a])
  if (dtype === 'bool') throw cannotCastOutput(decimals > 0 ? 'multiply' : 'divide', 'float64', 'bool')
  const factor: Weak = { weak: 'float', value: powerOfTen(Math.abs(decimals)) }
  const scale = DTYPES[dtype].kind === 'complex' ? (['scale', 'unscale'] as const) : (['multiply', 'divide'] as const)
  const [there, back] = decimals > 0 ? scale : ([scale[1], scale[0]] as const)
  const rounded = apply(back, [apply('rint', [apply(there, [a, factor])]), factor])
  return isInteger ? cast(rounded, dtype) : rounded
}

/** Errors: DTypeError for a weak integer out of bounds. */
function nodeOf(term: Term, dtype: DType): Node {
  if (!('weak' in term)) return term
  return { kind: 'scalar', value: fitted(term, dtype), dtype, shape: [] }
}

/** `where` lets integers wrap that other operators refuse. */
function wrapping(term: Term, dtype: DType): Node {
  const { kind, itemsize } = DTYPES[dtype]
  if (!('weak' in term) || term.weak !== 'int' || (kind !== 'int' && kind !== 'uint')) return nodeOf(term, dtype)
  const value = asInteger(term.value)
  if (!isInBounds(value, 'int64') && !isInBounds(value, 'uint64')) throw outOfBounds(value, 'int64')
  const wrapped = (kind === 'int' ? BigInt.asIntN : BigInt.asUintN)(8 * itemsize, value)
  return nodeOf({ weak: 'int', value: wrapped }, dtype)
}

/** Errors: DTypeError for a weak integer past int64. */
function checkLong(term: Term): void {
  if (!('weak' in term) || term.weak !== 'int') return
  const integer = asInteger(term.value)
  if (!isInBounds(integer, 'int64')) throw outOfBounds(integer, 'int64')
}

/** Whether a weak integer has no value in the integer loop; beside bools alone it must be an int64. */
function isPastLoop(terms: readonly Term[], loop: readonly DType[]): boolean {
  const strong = terms.filter((term) => 'dtype' in term)
  if (strong.length > 0 && strong.every(({ dtype }) => dtype === 'bool')) return false
  return terms.some((term, i) => {
    const { kind } = DTYPES[loop[i] ?? 'float64']
    if (!('weak' in term) || term.weak !== 'int' || (kind !== 'int' && kind !== 'uint')) return false
    return !isInBounds(asInteger(term.value), loop[i] ?? 'int64')
  })
}

/** Whether a weak integer lies at the lowest (-1) or highest (1) value of an integer dtype, or past it. */
function isBeyond(term: Term, dtype: DType, side: -1 | 1): boolean {
  const { kind } = DTYPES[dtype]
  if (!('weak' in term) || term.weak !== 'int' || (kind !== 'int' && kind !== 'uint')) return false
  const integer = asInteger(term.value)
  return integer > 0n === side > 0 && !isInBounds(integer + BigInt(side), dtype)
}

/** A weak integer past the loop's dtype is compared as an infinity: it lies beyond every element. */
function compareFarApart(op: OperationName, terms: readonly Term[], shape: readonly number[]): Node {
  const order = orderOfIntegers(terms)
  const apart = terms.map((term, i): Term => {
    if (order !== undefined) return { weak: 'int', value: i === 0 ? order : 0 }
    if (!('weak' in term)) return cast(term, 'float64')
    const integer = asInteger(term.value)
    return { weak: 'float', value: integer > 0n ? Infinity : -Infinity }
  })
  const { loop } = resolve(op, apart)
  return {
    kind: 'apply',
    op,
    inputs: apart.map((term, i) => nodeOf(term, loop[i] ?? 'float64')),
    loop,
    dtype: 'bool',
    shape,
  }
}

/** -1, 0 or 1 as the first is less than, equal to or greater than the second; undefined with an array among them. */
function orderOfIntegers(terms: readonly Term[]): number | undefined {
  const [a, b] = terms.map((term) => ('weak' in term ? asInteger(term.value) : undefined))
  if (a === undefined || b === undefined) return undefined
  if (a === b) return 0
  return a < b ? -1 : 1
}
