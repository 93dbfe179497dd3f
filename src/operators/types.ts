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
/** An operand, or a lazy expression of some. */
export type AnyOperand = Operand | LazyArray

/**
 * What takes a result, of exactly its shape, cast `same_kind`: an array in memory or a view of one, or a whole array on disk,
 * which gets a new version in one commit. It may be an operand or overlap one. Buffers handed out before keep the old values.
 */
export type Out = NDArray | LazyDiskCache

/** With `out`, the promise gives that. */
export interface OutOption<O> {
  /** Takes the result, of exactly its shape, cast `same_kind`. */
  readonly out: O
}

/** Left open whether there is one; the promise gives it all the same. */
export interface MaybeOut {
  /** Takes the result, of exactly its shape, cast `same_kind`. */
  readonly out?: Out | undefined
}

/** Of element-wise functions. */
export interface UfuncOptions extends WorkOptions {
  /** The dtype to compute and give. */
  readonly dtype?: DType | undefined
}

/** Of `round`. */
export interface RoundOptions extends WorkOptions {
  /** Places behind the point; negative ones before it. Default 0. */
  readonly decimals?: number | undefined
}

/** Of `astype`. */
export interface AstypeOptions extends WorkOptions {
  /** Which casts go; by default all. */
  readonly casting?: Casting | undefined
}

/** Of what goes along axes. */
export interface AxisOptions extends WorkOptions {
  /** The axes to reduce; null or left out: all; []: none. Negative ones count from the end. */
  readonly axis?: number | readonly number[] | null | undefined
  /** Reduced axes stay, with a length of 1. */
  readonly keepdims?: boolean | undefined
}

/** Of reductions. */
export interface ReduceOptions extends AxisOptions {
  /** The dtype to compute and give: sum, prod, mean, std, var. */
  readonly dtype?: DType | undefined
  /** Taken off the number of elements before it divides: std, var. Default 0. */
  readonly ddof?: number | undefined
  /** Takes the result, of exactly its shape, cast `same_kind`. */
  readonly out?: Out | undefined
}

/** Of `accumulate`. */
export interface AccumulateOptions extends WorkOptions {
  /** Default the first. */
  readonly axis?: number | undefined
  /** The dtype to compute and give. */
  readonly dtype?: DType | undefined
}

/** Of `percentile`. */
export interface PercentileOptions extends AxisOptions {
  /** What is taken where a percentile lies between two elements; default 'linear'. */
  readonly method?: PercentileMethod | undefined
}

/** Bins of equal width. */
export interface Histogram {
  /** Of shape `[bins]`. */
  readonly counts: NDArray<'int64'>
  /** Of shape `[bins + 1]`. */
  readonly edges: NDArray<'float64'>
}

/** `sqrt(a)`: of the shape of `a`; lazy of what is lazy. */
export interface UnaryFunction {
  <O extends Out>(a: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (a: LazyArray, options?: UfuncOptions): LazyArray
  (a: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** `add(a, b)`: of the shape both broadcast to; lazy where one is. */
export interface BinaryFunction {
  <O extends Out>(a: AnyOperand, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (a: LazyArray, b: AnyOperand, options?: UfuncOptions): LazyArray
  (a: AnyOperand, b: LazyArray, options?: UfuncOptions): LazyArray
  (a: Operand, b: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** `divmod(a, b)`: quotient and remainder, of the shape both broadcast to. */
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

/** `where(condition, x, y)`: of the shape all three broadcast to. */
export interface WhereFunction {
  <O extends Out>(condition: AnyOperand, x: AnyOperand, y: AnyOperand, options: WorkOptions & OutOption<O>): Promise<O>
  (condition: LazyArray, x: AnyOperand, y: AnyOperand, options?: WorkOptions): LazyArray
  (condition: AnyOperand, x: LazyArray, y: AnyOperand, options?: WorkOptions): LazyArray
  (condition: AnyOperand, x: AnyOperand, y: LazyArray, options?: WorkOptions): LazyArray
  (condition: Operand, x: Operand, y: Operand, options?: WorkOptions & MaybeOut): Promise<NDArray>
}

/** `clip(a, min, max)`: of the shape all broadcast to. */
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

/** `round(a, { decimals })`: of the shape of `a`. */
export interface RoundFunction {
  <O extends Out>(a: AnyOperand, options: RoundOptions & OutOption<O>): Promise<O>
  (a: LazyArray, options?: RoundOptions): LazyArray
  (a: Operand, options?: RoundOptions & MaybeOut): Promise<NDArray>
}

/** `outer('add', a, b)`: of shape `[...a.shape, ...b.shape]`. */
export interface OuterFunction {
  <O extends Out>(op: BinaryName, a: AnyOperand, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (op: BinaryName, a: LazyArray, b: AnyOperand, options?: UfuncOptions): LazyArray
  (op: BinaryName, a: AnyOperand, b: LazyArray, options?: UfuncOptions): LazyArray
  (op: BinaryName, a: Operand, b: Operand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** `astype(a, dtype)`: of the shape of `a`. */
export interface AstypeFunction {
  <O extends Out>(a: AnyOperand, dtype: DType, options: AstypeOptions & OutOption<O>): Promise<O>
  <D extends DType>(a: LazyArray, dtype: D, options?: AstypeOptions): LazyArray<D>
  <D extends DType>(a: Operand, dtype: D, options?: AstypeOptions & MaybeOut): Promise<NDArray<D>>
}

/** `sum(a, { axis, keepdims })`: of the shape that is left. */
export interface ReductionFunction<S extends Scalar = Scalar> {
  <O extends Out>(a: AnyOperand, options: ReduceOptions & OutOption<O>): Promise<O>
  /** Without `axis`, `keepdims` and `out` a scalar, else an array. */
  (a: AnyOperand, options?: ReduceOptions): Promise<S | NDArray>
}

/** `accumulate('add', a, { axis })`: of the shape of `a`. */
export interface AccumulateFunction {
  <O extends Out>(op: AccumulateName, a: AnyOperand, options: AccumulateOptions & OutOption<O>): Promise<O>
  (op: AccumulateName, a: AnyOperand, options?: AccumulateOptions & MaybeOut): Promise<NDArray>
}

/** `matmul(a, b)`: of shape `[…, rows of a, columns of b]`. */
export interface MatmulFunction {
  <O extends Out>(a: AnyOperand, b: AnyOperand, options: UfuncOptions & OutOption<O>): Promise<O>
  (a: AnyOperand, b: AnyOperand, options?: UfuncOptions & MaybeOut): Promise<NDArray>
}

/** `histogram(a, { bins, range })`. */
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
  readonly divmod: DivmodFunction
  readonly where: WhereFunction
  readonly clip: ClipFunction
  readonly round: RoundFunction
  readonly outer: OuterFunction
  readonly astype: AstypeFunction
  readonly sum: ReductionFunction
  readonly prod: ReductionFunction
  readonly mean: ReductionFunction
  readonly std: ReductionFunction
  readonly var: ReductionFunction
  readonly min: ReductionFunction
  readonly max: ReductionFunction
  readonly argmin: ReductionFunction<number>
  readonly argmax: ReductionFunction<number>
  readonly any: ReductionFunction<boolean>
  readonly all: ReductionFunction<boolean>
  readonly countNonzero: ReductionFunction<number>
  readonly accumulate: AccumulateFunction
  readonly histogram: HistogramFunction
  readonly percentile: PercentileFunction
  readonly matmul: MatmulFunction
}
