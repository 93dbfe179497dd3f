// Type resolution: which loop an operator runs for its operands and what dtype comes out, as NumPy 2 has it.
import { canCast } from '../casting.js'
import { DTYPES, type DType } from '../dtype.js'
import type { WeakKind } from '../said-scalar.js'
import { ALL_LOOPS, isComparison, isLogical, OPERATIONS, type Operation, type OperationName } from './operations.js'
import type { ArrayType } from './out.js'
import { cannotCastInput, noSuchLoop, unsupported } from './ufunc-errors.js'
import { type Weak, weakDType } from './weak.js'

/** An operand as far as types go: an array or strong scalar by its dtype, or a weak scalar. */
export type OperandType = { readonly dtype: DType } | Weak

export interface Resolved {
  /** For each operand, the dtype it is cast to. */
  readonly loop: readonly DType[]
  readonly out: DType
}

/** The dtype both can safely be cast to. Source: numpy.promote_types. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a
  const common = ALL_LOOPS.find((loop) => canCast(a, loop, 'safe') && canCast(b, loop, 'safe'))
  return common ?? 'complex128'
}

/**
 * The common dtype of arrays and scalars: floats meet each integer before integers meet one another, so that int8, uint8
 * and float16 are float16. Source: numpy.result_type.
 */
export function resultType(operands: readonly OperandType[]): DType {
  const dtypes = dtypesOf(operands)
  return [...dtypes.filter((dtype) => !isIntegral(dtype)), ...dtypes.filter(isIntegral)].reduce(promote)
}

/** Every operand's dtype, weak ones as they are beside the others. */
function dtypesOf(operands: readonly OperandType[]): DType[] {
  const strong = operands.flatMap((operand) => ('dtype' in operand ? [operand.dtype] : []))
  const common = strong.length === 0 ? undefined : strong.reduce(promote)
  return operands.map((operand) => ('dtype' in operand ? operand.dtype : weakDType(operand.weak, common)))
}

export interface OutOption {
  /** Where the result is to go. */
  readonly out?: ArrayType | undefined
}

export interface ResolveOptions extends OutOption {
  /** Asks for the loop with that result. */
  readonly dtype?: DType | undefined
  /** What messages call the operator, where not by its own name. */
  readonly ufunc?: string | undefined
}

/** The loop of an operator for its operands. Errors: DTypeError with NumPy's words. */
export function resolve(name: OperationName, operands: readonly OperandType[], options: ResolveOptions = {}): Resolved {
  const known: Operation = OPERATIONS[name]
  const operation = options.ufunc === undefined ? known : { ...known, ufunc: options.ufunc }
  if (options.dtype !== undefined && operation.result !== 'bool') return demanded(operation, operands, options.dtype)
  if (options.dtype !== undefined && options.dtype !== 'bool') throw noSuchLoop(operation.ufunc)
  if (isLogical(name)) return uniform('bool', operation)
  const dtypes = dtypesOf(operands)
  if (name === 'divide' && dtypes.every(isIntegral)) return uniform('float64', operation)
  if (isComparison(name) && isSignedWithUnsigned(dtypes)) return { loop: dtypes, out: 'bool' }
  const loop = operation.loops.find((candidate) => dtypes.every((dtype) => canCast(dtype, candidate, 'safe')))
  if (loop === undefined || refusesBool(name, dtypes)) throw unsupported(operation.ufunc, dtypes)
  return uniform(loop, operation)
}

const NOT_OF_BOOLS: ReadonlySet<OperationName> = new Set(['subtract', 'negative', 'positive', 'sign'])

/** What NumPy refuses of bools, though the int8 loop would take them. */
function refusesBool(name: OperationName, dtypes: readonly DType[]): boolean {
  return NOT_OF_BOOLS.has(name) && dtypes.every((dtype) => dtype === 'bool')
}

/** int64 and uint64 compare exactly, in a loop of their own. */
function isSignedWithUnsigned(dtypes: readonly DType[]): boolean {
  return dtypes.length === 2 && dtypes.includes('int64') && dtypes.includes('uint64')
}

export function isIntegral(dtype: DType): boolean {
  return DTYPES[dtype].kind === 'bool' || DTYPES[dtype].kind === 'int' || DTYPES[dtype].kind === 'uint'
}

function uniform(loop: DType, operation: Operation): Resolved {
  return { loop: new Array<DType>(operation.inputs).fill(loop), out: resultOf(operation, loop) }
}

function resultOf({ result }: Operation, loop: DType): DType {
  if (result === 'same') return loop
  return result === 'bool' ? 'bool' : realPart(loop)
}

/** The dtype of a real part. */
export function realPart(dtype: DType): DType {
  if (dtype === 'complex64') return 'float32'
  return dtype === 'complex128' ? 'float64' : dtype
}

/** Of the loops that give `out`, the first that all operands go into by 'same_kind'. */
function demanded(operation: Operation, operands: readonly OperandType[], out: DType): Resolved {
  const loops = operation.loops.filter((loop) => resultOf(operation, loop) === out)
  const [first] = loops
  if (first === undefined) {
    throw operation.ufunc === 'subtract' && out === 'bool'
      ? unsupported('subtract', [out])
      : noSuchLoop(operation.ufunc)
  }
  const loop = loops.find((candidate) => operands.every((operand) => goesInto(operand, candidate)))
  if (loop !== undefined) return uniform(loop, operation)
  const position = operands.findIndex((operand) => !goesInto(operand, first))
  const which = operands.length === 1 ? '' : ` ${position}`
  throw cannotCastInput(operation.ufunc, dtypesOf(operands)[position] ?? first, first, which)
}

function goesInto(operand: OperandType, loop: DType): boolean {
  if ('dtype' in operand) return canCast(operand.dtype, loop, 'same_kind')
  const ranks: Readonly<Record<WeakKind | 'uint', number>> = { bool: 0, int: 1, uint: 1, float: 2, complex: 3 }
  return ranks[operand.weak] <= ranks[DTYPES[loop].kind]
}
