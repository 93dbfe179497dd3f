// The signatures of NumPy's functions as methods: of arrays on disk, and of lazy expressions. Options, errors and sources are
// the functions'.
import type { WorkOptions } from '../call.js'
import type { DType, Scalar } from '../core/dtype.js'
import type { NDArray } from '../core/ndarray.js'
import type { AccumulateName } from '../core/numpy/reduce/accumulate.js'
import type { HistogramOptions } from '../core/numpy/reduce/bins.js'
import type * as inMemory from '../core/numpy/sync.js'
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

/** `a.sqrt()`: an NDArray, or `out`. */
export interface UnaryMethod {
  <O extends Out>(options: UfuncOptions & OutOption<O>): Promise<O>
  (options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** `a.add(b)`: an NDArray, or `out`; with a lazy `b` a lazy expression. */
export interface BinaryMethod {
  <O extends Out>(b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (b: LazyArray, options?: UfuncOptions): LazyArray
  (b: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** `a.divmod(b)`: quotient and remainder. Source: numpy.divmod. */
export interface DivmodMethod {
  <Q extends Out, R extends Out>(b: AnyOperand, options: UfuncOptions & OutOption<readonly [Q, R]>): Promise<[Q, R]>
  (b: LazyArray, options?: UfuncOptions): [LazyArray, LazyArray]
  (b: Operand, options?: UfuncOptions & { readonly out?: readonly [Out, Out] | undefined }): Promise<[NDArray, NDArray]>
}

/** `condition.where(x, y)`: `x` where it is true, else `y`. Source: numpy.where. */
export interface WhereMethod {
  <O extends Out>(x: AnyOperand, y: AnyOperand, options: WorkOptions & OutOption<O>): Promise<O>
  (x: LazyArray, y: AnyOperand, options?: WorkOptions): LazyArray
  (x: AnyOperand, y: LazyArray, options?: WorkOptions): LazyArray
  (x: Operand, y: Operand, options?: WorkOptions & MaybeOut): Promise<NDArray>
}

/** `a.clip(min, max)`: null leaves a side open. Source: numpy.clip. */
export interface ClipMethod {
  <O extends Out>(min: AnyOperand | null, max: AnyOperand | null, options: UfuncOptions & OutOption<O>): Promise<O>
  (min: LazyArray, max: AnyOperand | null, options?: UfuncOptions): LazyArray
  (min: AnyOperand | null, max: LazyArray, options?: UfuncOptions): LazyArray
  (min: Operand | null, max: Operand | null, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** `a.round({ decimals })`: halves to even. Source: numpy.round. */
export interface RoundMethod {
  <O extends Out>(options: RoundOptions & OutOption<O>): Promise<O>
  (options?: RoundOptions & MaybeOut): Promise<NDArray>
}

/** `a.outer('add', b)`: of shape `[...a.shape, ...b.shape]`. Source: numpy.ufunc.outer. */
export interface OuterMethod {
  <O extends Out>(op: BinaryName, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (op: BinaryName, b: LazyArray, options?: UfuncOptions): LazyArray
  (op: BinaryName, b: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** `a.sum({ axis })`: without `axis`, `keepdims` and `out` a scalar, else an array. */
export interface ReductionMethod<S extends Scalar = Scalar> {
  <O extends Out>(options: ReduceOptions & OutOption<O>): Promise<O>
  (options?: ReduceOptions): Promise<S | NDArray>
}

/** `a.accumulate('add')`: of the shape of `a`. Source: numpy.ufunc.accumulate. */
export interface AccumulateMethod {
  <O extends Out>(op: AccumulateName, options: AccumulateOptions & OutOption<O>): Promise<O>
  (op: AccumulateName, options?: AccumulateOptions & MaybeOut): Promise<NDArray>
}

/** `a.matmul(b)`. Source: numpy.matmul. */
export interface MatmulMethod {
  <O extends Out>(b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (b: AnyOperand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** What computes at once, whatever the operand is. */
interface ComputingMethods {
  /** Integers are summed in 64 bits, floats pairwise in NumPy's order, bit for bit. Source: numpy.sum. */
  readonly sum: ReductionMethod
  /** The product; integers in 64 bits. Source: numpy.prod. */
  readonly prod: ReductionMethod
  /** The mean; of integers and booleans as float64. Source: numpy.mean. */
  readonly mean: ReductionMethod
  /** The standard deviation, in two passes, as NumPy: the mean, then the deviations from it. Source: numpy.std. */
  readonly std: ReductionMethod
  /** The variance, as `std`. Source: numpy.var. */
  readonly var: ReductionMethod
  /** The least element; NaN wins. Source: numpy.min. */
  readonly min: ReductionMethod
  /** The greatest element; NaN wins. Source: numpy.max. */
  readonly max: ReductionMethod
  /** The first least element's place, in C order without `axis`; the first NaN's. Source: numpy.argmin. */
  readonly argmin: ReductionMethod<number>
  /** The first greatest element's place, in C order without `axis`; the first NaN's. Source: numpy.argmax. */
  readonly argmax: ReductionMethod<number>
  /** Whether one is other than 0. Source: numpy.any. */
  readonly any: ReductionMethod<boolean>
  /** Whether none is 0. Source: numpy.all. */
  readonly all: ReductionMethod<boolean>
  /** How many are other than 0. Source: numpy.count_nonzero. */
  readonly countNonzero: ReductionMethod<number>
  /** The running sum, product, least or greatest element along an axis. Source: numpy.ufunc.accumulate. */
  readonly accumulate: AccumulateMethod
  /** How many elements are in each bin; the last bin has both its edges. Source: numpy.histogram. */
  readonly histogram: (options?: HistogramOptions & WorkOptions) => Promise<Histogram>
  /** Exact percentiles; NaN wins. Source: numpy.percentile. */
  readonly percentile: (q: number | readonly number[], options?: PercentileOptions) => Promise<number | NDArray>
  /** The product of matrices, or of stacks of them. Source: numpy.matmul. */
  readonly matmul: MatmulMethod
}

/** Of arrays on disk; `astype` is one of their own. */
export type Methods = { readonly [name in keyof Pick<typeof inMemory, UnaryName>]: UnaryMethod } & {
  readonly [name in keyof Pick<typeof inMemory, BinaryName>]: BinaryMethod
} & ComputingMethods & {
    /** Quotient and remainder, as `floorDivide` and `mod`. Source: numpy.divmod. */
    readonly divmod: DivmodMethod
    /** `condition ? x : y`, element by element. Source: numpy.where. */
    readonly where: WhereMethod
    /** `a` held between `min` and `max`; null leaves a side open. Source: numpy.clip. */
    readonly clip: ClipMethod
    /** Rounded to `decimals` places, halves to even. Source: numpy.round. */
    readonly round: RoundMethod
    /** The operator applied to every pair of an element of `a` and one of `b`. Source: numpy.ufunc.outer. */
    readonly outer: OuterMethod
  }

/** Of a lazy expression: another one, or with `out` the result, at once. */
export interface LazyUnaryMethod {
  <O extends Out>(options: UfuncOptions & OutOption<O>): Promise<O>
  (options?: UfuncOptions): LazyArray
}

/** Of a lazy expression: another one, or with `out` the result, at once. */
export interface LazyBinaryMethod {
  <O extends Out>(b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (b: AnyOperand, options?: UfuncOptions): LazyArray
}

/** With `out` they compute at once. */
export type LazyMethods = { readonly [name in keyof Pick<typeof inMemory, UnaryName>]: LazyUnaryMethod } & {
  readonly [name in keyof Pick<typeof inMemory, BinaryName>]: LazyBinaryMethod
} & ComputingMethods & {
    /** Quotient and remainder, as `floorDivide` and `mod`. Source: numpy.divmod. */
    divmod<Q extends Out, R extends Out>(
      b: AnyOperand,
      options: UfuncOptions & OutOption<readonly [Q, R]>,
    ): Promise<[Q, R]>
    /** Quotient and remainder, as `floorDivide` and `mod`. Source: numpy.divmod. */
    divmod(b: AnyOperand, options?: UfuncOptions): [LazyArray, LazyArray]
    /** `condition ? x : y`, element by element. Source: numpy.where. */
    where<O extends Out>(x: AnyOperand, y: AnyOperand, options: WorkOptions & OutOption<O>): Promise<O>
    /** `condition ? x : y`, element by element. Source: numpy.where. */
    where(x: AnyOperand, y: AnyOperand, options?: WorkOptions): LazyArray
    /** `a` held between `min` and `max`; null leaves a side open. Source: numpy.clip. */
    clip<O extends Out>(
      min: AnyOperand | null,
      max: AnyOperand | null,
      options: UfuncOptions & OutOption<O>,
    ): Promise<O>
    /** `a` held between `min` and `max`; null leaves a side open. Source: numpy.clip. */
    clip(min: AnyOperand | null, max: AnyOperand | null, options?: UfuncOptions): LazyArray
    /** Rounded to `decimals` places, halves to even. Source: numpy.round. */
    round<O extends Out>(options: RoundOptions & OutOption<O>): Promise<O>
    /** Rounded to `decimals` places, halves to even. Source: numpy.round. */
    round(options?: RoundOptions): LazyArray
    /** The operator applied to every pair of an element of `a` and one of `b`. Source: numpy.ufunc.outer. */
    outer<O extends Out>(op: BinaryName, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
    /** The operator applied to every pair of an element of `a` and one of `b`. Source: numpy.ufunc.outer. */
    outer(op: BinaryName, b: AnyOperand, options?: UfuncOptions): LazyArray
    /** The elements as another dtype; by default any cast goes. Source: numpy.ndarray.astype. */
    astype<O extends Out>(dtype: DType, options: AstypeOptions & OutOption<O>): Promise<O>
    /** The elements as another dtype; by default any cast goes. Source: numpy.ndarray.astype. */
    astype<D extends DType>(dtype: D, options?: AstypeOptions): LazyArray<D>
  }
