// The signatures of NumPy's functions as methods: of arrays on disk, and of lazy expressions. Options, errors and sources are
// the functions'.
import type { WorkOptions } from '../call.js'
import type { DType, Scalar } from '../core/dtype.js'
import type { NDArray } from '../core/ndarray.js'
import type { AccumulateName } from '../core/numpy/reduce/accumulate.js'
import type { HistogramOptions } from '../core/numpy/reduce/bins.js'
import type { LazyArray } from './lazy-array.js'
import type { BinaryName, UnaryName } from './names.js'
import type {
  AccumulateOptions,
  AnyOperand,
  AstypeOptions,
  Histogram,
  MaybeOut,
  Operand,
  Out,
  OutOption,
  PercentileOptions,
  ReduceOptions,
  RoundOptions,
  UfuncOptions,
} from './types.js'

interface UnaryMethod {
  <O extends Out>(options: UfuncOptions & OutOption<O>): Promise<O>
  (options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

interface BinaryMethod {
  <O extends Out>(b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (b: LazyArray, options?: UfuncOptions): LazyArray
  (b: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

interface DivmodMethod {
  <Q extends Out, R extends Out>(b: AnyOperand, options: UfuncOptions & OutOption<readonly [Q, R]>): Promise<[Q, R]>
  (b: LazyArray, options?: UfuncOptions): [LazyArray, LazyArray]
  (b: Operand, options?: UfuncOptions & { readonly out?: readonly [Out, Out] | undefined }): Promise<[NDArray, NDArray]>
}

interface WhereMethod {
  <O extends Out>(x: AnyOperand, y: AnyOperand, options: WorkOptions & OutOption<O>): Promise<O>
  (x: LazyArray, y: AnyOperand, options?: WorkOptions): LazyArray
  (x: AnyOperand, y: LazyArray, options?: WorkOptions): LazyArray
  (x: Operand, y: Operand, options?: WorkOptions & MaybeOut): Promise<NDArray>
}

interface ClipMethod {
  <O extends Out>(min: AnyOperand | null, max: AnyOperand | null, options: UfuncOptions & OutOption<O>): Promise<O>
  (min: LazyArray, max: AnyOperand | null, options?: UfuncOptions): LazyArray
  (min: AnyOperand | null, max: LazyArray, options?: UfuncOptions): LazyArray
  (min: Operand | null, max: Operand | null, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

interface RoundMethod {
  <O extends Out>(options: RoundOptions & OutOption<O>): Promise<O>
  (options?: RoundOptions & MaybeOut): Promise<NDArray>
}

interface OuterMethod {
  <O extends Out>(op: BinaryName, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (op: BinaryName, b: LazyArray, options?: UfuncOptions): LazyArray
  (op: BinaryName, b: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

interface ReductionMethod<S extends Scalar = Scalar> {
  <O extends Out>(options: ReduceOptions & OutOption<O>): Promise<O>
  (options?: ReduceOptions): Promise<S | NDArray>
}

interface AccumulateMethod {
  <O extends Out>(op: AccumulateName, options: AccumulateOptions & OutOption<O>): Promise<O>
  (op: AccumulateName, options?: AccumulateOptions & MaybeOut): Promise<NDArray>
}

interface MatmulMethod {
  <O extends Out>(b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (b: AnyOperand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** What computes at once, whatever the operand is. */
interface ComputingMethods {
  readonly sum: ReductionMethod
  readonly prod: ReductionMethod
  readonly mean: ReductionMethod
  readonly std: ReductionMethod
  readonly var: ReductionMethod
  readonly min: ReductionMethod
  readonly max: ReductionMethod
  readonly argmin: ReductionMethod<number>
  readonly argmax: ReductionMethod<number>
  readonly any: ReductionMethod<boolean>
  readonly all: ReductionMethod<boolean>
  readonly countNonzero: ReductionMethod<number>
  readonly accumulate: AccumulateMethod
  readonly histogram: (options?: HistogramOptions & WorkOptions) => Promise<Histogram>
  readonly percentile: (q: number | readonly number[], options?: PercentileOptions) => Promise<number | NDArray>
  readonly matmul: MatmulMethod
}

/** Of arrays on disk; `astype` is one of their own. */
export type Methods = { readonly [name in UnaryName]: UnaryMethod } & {
  readonly [name in BinaryName]: BinaryMethod
} & ComputingMethods & {
    readonly divmod: DivmodMethod
    readonly where: WhereMethod
    readonly clip: ClipMethod
    readonly round: RoundMethod
    readonly outer: OuterMethod
  }

interface LazyUnaryMethod {
  <O extends Out>(options: UfuncOptions & OutOption<O>): Promise<O>
  (options?: UfuncOptions): LazyArray
}

interface LazyBinaryMethod {
  <O extends Out>(b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (b: AnyOperand, options?: UfuncOptions): LazyArray
}

/** With `out` they compute at once. */
export type LazyMethods = { readonly [name in UnaryName]: LazyUnaryMethod } & {
  readonly [name in BinaryName]: LazyBinaryMethod
} & ComputingMethods & {
    divmod<Q extends Out, R extends Out>(
      b: AnyOperand,
      options: UfuncOptions & OutOption<readonly [Q, R]>,
    ): Promise<[Q, R]>
    divmod(b: AnyOperand, options?: UfuncOptions): [LazyArray, LazyArray]
    where<O extends Out>(x: AnyOperand, y: AnyOperand, options: WorkOptions & OutOption<O>): Promise<O>
    where(x: AnyOperand, y: AnyOperand, options?: WorkOptions): LazyArray
    clip<O extends Out>(
      min: AnyOperand | null,
      max: AnyOperand | null,
      options: UfuncOptions & OutOption<O>,
    ): Promise<O>
    clip(min: AnyOperand | null, max: AnyOperand | null, options?: UfuncOptions): LazyArray
    round<O extends Out>(options: RoundOptions & OutOption<O>): Promise<O>
    round(options?: RoundOptions): LazyArray
    outer<O extends Out>(op: BinaryName, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
    outer(op: BinaryName, b: AnyOperand, options?: UfuncOptions): LazyArray
    astype<O extends Out>(dtype: DType, options: AstypeOptions & OutOption<O>): Promise<O>
    astype<D extends DType>(dtype: D, options?: AstypeOptions): LazyArray<D>
  }
