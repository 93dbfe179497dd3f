// The signatures of NumPy's functions, as functions and as methods. Errors of all: DTypeError and ShapeError with NumPy's
// words, TypeError for what is no operand, StaleArrayError, DiskClosedError, the signal's reason.
import type { LazyDiskCache } from '../cache.js'
import type { WorkOptions } from '../call.js'
import type { Casting } from '../core/casting.js'
import type { DType, Scalar } from '../core/dtype.js'
import type { NDArray } from '../core/ndarray.js'
import type { AccumulateName } from '../core/numpy/reduce/accumulate.js'
import type { HistogramOptions } from '../core/numpy/reduce/bins.js'
import type { PercentileMethod } from '../core/numpy/reduce/ranks.js'
import type { MemoryOperand } from '../core/numpy/terms.js'
import type { ArrayView } from '../view.js'
import type { LazyArray } from './lazy-array.js'
import type { BinaryName, UnaryName } from './names.js'

/** What operators take: arrays and views in memory and on disk, and scalars. */
export type Operand = MemoryOperand | LazyDiskCache | ArrayView
export type AnyOperand = Operand | LazyArray

/**
 * What takes a result, of exactly its shape, cast `same_kind`: an array in memory or a view of one, or a whole array on disk,
 * which gets a new version in one commit. It may be an operand or overlap one. Buffers handed out before keep the old values.
 */
export type Out = NDArray | LazyDiskCache

export interface OutOption<O> {
  readonly out: O
}

/** Left open whether there is one; the promise gives it all the same. */
export interface MaybeOut {
  readonly out?: Out | undefined
}

export interface UfuncOptions extends WorkOptions {
  /** The dtype to compute and give. */
  readonly dtype?: DType | undefined
}

export interface RoundOptions extends WorkOptions {
  /** Places behind the point; negative ones before it. Default 0. */
  readonly decimals?: number | undefined
}

export interface AstypeOptions extends WorkOptions {
  /** Which casts go; by default all. */
  readonly casting?: Casting | undefined
}

interface AxisOptions extends WorkOptions {
  /** The axes to reduce; null or left out: all; []: none. Negative ones count from the end. */
  readonly axis?: number | readonly number[] | null | undefined
  /** Reduced axes stay, with a length of 1. */
  readonly keepdims?: boolean | undefined
}

export interface ReduceOptions extends AxisOptions {
  /** The dtype to compute and give: sum, prod, mean, std, var. */
  readonly dtype?: DType | undefined
  /** Taken off the number of elements before it divides: std, var. Default 0. */
  readonly ddof?: number | undefined
  readonly out?: Out | undefined
}

export interface AccumulateOptions extends WorkOptions {
  /** Default the first. */
  readonly axis?: number | undefined
  readonly dtype?: DType | undefined
}

export interface PercentileOptions extends AxisOptions {
  /** What is taken where a percentile lies between two elements; default 'linear'. */
  readonly method?: PercentileMethod | undefined
}

export interface Histogram {
  readonly counts: NDArray<'int64'>
  readonly edges: NDArray<'float64'>
}

export interface UnaryFunction {
  <O extends Out>(a: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (a: LazyArray, options?: UfuncOptions): LazyArray
  (a: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

export interface BinaryFunction {
  <O extends Out>(a: AnyOperand, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (a: LazyArray, b: AnyOperand, options?: UfuncOptions): LazyArray
  (a: AnyOperand, b: LazyArray, options?: UfuncOptions): LazyArray
  (a: Operand, b: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

export interface DivmodFunction {
  <Q extends Out, R extends Out>(
    a: AnyOperand,
    b: AnyOperand,
    options: UfuncOptions & OutOption<readonly [Q, R]>,
  ): Promise<[Q, R]>
  (a: LazyArray, b: AnyOperand, options?: UfuncOptions): [LazyArray, LazyArray]
  (a: AnyOperand, b: LazyArray, options?: UfuncOptions): [LazyArray, LazyArray]
  (
    a: Operand,
    b: Operand,
    options?: UfuncOptions & { readonly out?: readonly [Out, Out] | undefined },
  ): Promise<[NDArray, NDArray]>
}

export interface WhereFunction {
  <O extends Out>(condition: AnyOperand, x: AnyOperand, y: AnyOperand, options: WorkOptions & OutOption<O>): Promise<O>
  (condition: LazyArray, x: AnyOperand, y: AnyOperand, options?: WorkOptions): LazyArray
  (condition: AnyOperand, x: LazyArray, y: AnyOperand, options?: WorkOptions): LazyArray
  (condition: AnyOperand, x: AnyOperand, y: LazyArray, options?: WorkOptions): LazyArray
  (condition: Operand, x: Operand, y: Operand, options?: WorkOptions & MaybeOut): Promise<NDArray>
}

export interface ClipFunction {
  <O extends Out>(
    a: AnyOperand,
    min: AnyOperand | null,
    max: AnyOperand | null,
    options: UfuncOptions & OutOption<O>,
  ): Promise<O>
  (a: LazyArray, min: AnyOperand | null, max: AnyOperand | null, options?: UfuncOptions): LazyArray
  (a: AnyOperand, min: LazyArray, max: AnyOperand | null, options?: UfuncOptions): LazyArray
  (a: AnyOperand, min: AnyOperand | null, max: LazyArray, options?: UfuncOptions): LazyArray
  (a: Operand, min: Operand | null, max: Operand | null, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

export interface RoundFunction {
  <O extends Out>(a: AnyOperand, options: RoundOptions & OutOption<O>): Promise<O>
  (a: LazyArray, options?: RoundOptions): LazyArray
  (a: Operand, options?: RoundOptions & MaybeOut): Promise<NDArray>
}

export interface OuterFunction {
  <O extends Out>(op: BinaryName, a: AnyOperand, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (op: BinaryName, a: LazyArray, b: AnyOperand, options?: UfuncOptions): LazyArray
  (op: BinaryName, a: AnyOperand, b: LazyArray, options?: UfuncOptions): LazyArray
  (op: BinaryName, a: Operand, b: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

export interface AstypeFunction {
  <O extends Out>(a: AnyOperand, dtype: DType, options: AstypeOptions & OutOption<O>): Promise<O>
  <D extends DType>(a: LazyArray, dtype: D, options?: AstypeOptions): LazyArray<D>
  <D extends DType>(a: Operand, dtype: D, options?: AstypeOptions & MaybeOut): Promise<NDArray<D>>
}

export interface ReductionFunction<S extends Scalar = Scalar> {
  <O extends Out>(a: AnyOperand, options: ReduceOptions & OutOption<O>): Promise<O>
  /** Without `axis`, `keepdims` and `out` a scalar, else an array. */
  (a: AnyOperand, options?: ReduceOptions): Promise<S | NDArray>
}

export interface AccumulateFunction {
  <O extends Out>(op: AccumulateName, a: AnyOperand, options: AccumulateOptions & OutOption<O>): Promise<O>
  (op: AccumulateName, a: AnyOperand, options?: AccumulateOptions & MaybeOut): Promise<NDArray>
}

export interface MatmulFunction {
  <O extends Out>(a: AnyOperand, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (a: AnyOperand, b: AnyOperand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

export type HistogramFunction = (a: AnyOperand, options?: HistogramOptions & WorkOptions) => Promise<Histogram>

/** An array of percentages makes the first axis of the result. */
export type PercentileFunction = (
  a: AnyOperand,
  q: number | readonly number[],
  options?: PercentileOptions,
) => Promise<number | NDArray>

export type Functions = { readonly [name in UnaryName]: UnaryFunction } & {
  readonly [name in BinaryName]: BinaryFunction
} & {
  /** Quotient and remainder. Source: numpy.divmod. */
  readonly divmod: DivmodFunction
  /** `condition ? x : y` element by element. Source: numpy.where. */
  readonly where: WhereFunction
  /** `a` held between `min` and `max`; null leaves a side open. Source: numpy.clip. */
  readonly clip: ClipFunction
  /** Rounded to `decimals` places, halves to even. Source: numpy.round. */
  readonly round: RoundFunction
  /** The operator applied to every pair of an element of `a` and one of `b`. Source: numpy.ufunc.outer. */
  readonly outer: OuterFunction
  /** The elements as another dtype; by default any cast goes. Source: numpy.ndarray.astype. */
  readonly astype: AstypeFunction
  /** Integers are summed in 64 bits, floats pairwise in NumPy's order, bit for bit. Source: numpy.sum. */
  readonly sum: ReductionFunction
  readonly prod: ReductionFunction
  readonly mean: ReductionFunction
  /** In two passes, as NumPy: the mean, then the deviations from it. Source: numpy.std. */
  readonly std: ReductionFunction
  /** As `std`. Source: numpy.var. */
  readonly var: ReductionFunction
  /** NaN wins. Source: numpy.min. */
  readonly min: ReductionFunction
  /** NaN wins. Source: numpy.max. */
  readonly max: ReductionFunction
  /** The first least element's place, in C order without `axis`; the first NaN's. Source: numpy.argmin. */
  readonly argmin: ReductionFunction<number>
  /** The first greatest element's place, in C order without `axis`; the first NaN's. Source: numpy.argmax. */
  readonly argmax: ReductionFunction<number>
  readonly any: ReductionFunction<boolean>
  readonly all: ReductionFunction<boolean>
  /** Source: numpy.count_nonzero. */
  readonly countNonzero: ReductionFunction<number>
  /** The running sum, product, least or greatest element along an axis. Source: numpy.ufunc.accumulate. */
  readonly accumulate: AccumulateFunction
  /** How many elements are in each bin; the last bin has both its edges. Source: numpy.histogram. */
  readonly histogram: HistogramFunction
  /** Exact percentiles; NaN wins. Source: numpy.percentile. */
  readonly percentile: PercentileFunction
  /** Source: numpy.matmul. */
  readonly matmul: MatmulFunction
}
