// The shape of the kernels, apart from their code: what computes is fetched only when something is computed.
import type { DType, TypedArray } from '../dtype.js'
import type { OperationName } from './operations.js'

/** Computes n elements. A step of 0 repeats the operand's one element; `out` may be an operand of the same dtype. */
export type BinaryKernel = Methods['binary']
export type UnaryKernel = Methods['unary']
/** `where`; steps as above. Elements are moved as words of their size. */
export type SelectKernel = Methods['select']

/** Methods, because a kernel takes one class of array and the program that picked it hands in just that. */
interface Methods {
  binary(n: number, a: TypedArray, aStep: number, b: TypedArray, bStep: number, out: TypedArray): void
  unary(n: number, a: TypedArray, out: TypedArray): void
  select(
    n: number,
    condition: TypedArray,
    conditionStep: number,
    x: TypedArray,
    xStep: number,
    y: TypedArray,
    yStep: number,
    out: TypedArray,
  ): void
}

/** By loop dtype; 'int64,uint64' and 'uint64,int64' are the mixed comparisons. float16 is handed in as its bits. */
export type LoopKey = DType | 'int64,uint64' | 'uint64,int64'
type Loops<K> = { readonly [key in LoopKey]?: K }

export type UnaryName =
  | 'negative'
  | 'positive'
  | 'absolute'
  | 'invert'
  | 'sqrt'
  | 'exp'
  | 'log'
  | 'log2'
  | 'log10'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'floor'
  | 'ceil'
  | 'trunc'
  | 'rint'
  | 'sign'
  | 'square'
  | 'reciprocal'
  | 'isnan'
  | 'isfinite'
  | 'logicalNot'
export type BinaryName = Exclude<OperationName, UnaryName>

export interface Kernels {
  readonly unary: { readonly [name in UnaryName]: Loops<UnaryKernel> }
  /** `greater` and `greaterEqual` are `less` and `lessEqual` of the operands in the other order. */
  readonly binary: { readonly [name in Exclude<BinaryName, 'greater' | 'greaterEqual'>]: Loops<BinaryKernel> }
  /** By item size. */
  readonly select: { readonly [itemsize: number]: SelectKernel }
  /** Casts to bool. */
  readonly truth: Loops<UnaryKernel>
  /** Casts, by the dtype from and the dtype to; the others are castInto's. */
  readonly casts: { readonly [from in DType]?: Loops<UnaryKernel> }
}
