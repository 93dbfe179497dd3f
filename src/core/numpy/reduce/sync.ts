// The reductions for operands in memory, synchronous: NumPy's functions under camelCase names.
import { checkDType, type DType, type Scalar } from '../../dtype.js'
import { NDArray } from '../../ndarray.js'
import { checkOptions } from '../call-options.js'
import { readArray, readOut } from '../operands.js'
import type { MemoryOperand } from '../terms.js'
import type { AccumulateName } from './accumulate.js'
import type { HistogramOptions } from './bins.js'
import { reduce } from './drive.js'
import { accumulateArray, histogramOf, matmulArrays, percentileOf } from './memory.js'
import type { PercentileMethod } from './ranks.js'
import type { ReductionName } from './types.js'

/** Of what goes along axes. */
export interface AxisOptions {
  /** The axes to reduce; null or left out: all; []: none. Negative ones count from the end. */
  readonly axis?: number | readonly number[] | null | undefined
  /** Reduced axes stay, with a length of 1. */
  readonly keepdims?: boolean | undefined
}

/** Of `sum`, `prod` and `mean`. */
export interface DTypeOptions extends AxisOptions {
  /** The dtype to compute and give. */
  readonly dtype?: DType | undefined
}

/** Of `std` and `var`. */
export interface MomentOptions extends DTypeOptions {
  /** Taken off the number of elements before it divides; default 0. */
  readonly ddof?: number | undefined
}

/** Of `argmin` and `argmax`. */
export interface ArgumentOptions extends AxisOptions {
  /** One axis; null or left out: all, in C order. */
  readonly axis?: number | null | undefined
}

/** Where `out` is given it takes the result, of its very shape, cast `same_kind`. It may be the operand or overlap it. */
type WithOut<Options, O> = Options & { readonly out: O }

/** `sum(a, { axis, keepdims })`: of the shape that is left. */
export interface Reduction<Options, S extends Scalar = Scalar> {
  <O extends NDArray>(a: MemoryOperand, options: WithOut<Options, O>): O
  /** Without `axis`, `keepdims` and `out` a scalar, else an array. */
  (a: MemoryOperand, options?: Options & { readonly out?: undefined }): S | NDArray
}

/** Errors: ShapeError, DTypeError with NumPy's words; TypeError for what is no operand. Source: NumPy's of that name. */
function reduction<Options, S extends Scalar = Scalar>(name: ReductionName): Reduction<Options, S> {
  const compute = (a: MemoryOperand, options: MomentOptions & { readonly out?: NDArray | undefined } = {}) => {
    const dtype = checkOptions(options).dtype === undefined ? undefined : checkDType(options.dtype)
    const out = options.out === undefined ? undefined : readOut(options.out)
    return reduce(name, readArray(a), { ...options, dtype, out })
  }
  return compute as Reduction<Options, S> // the scalar and the options are the name's
}

/** Integers are summed in 64 bits, floats pairwise in NumPy's order, bit for bit. Source: numpy.sum. */
export const sum = reduction<DTypeOptions>('sum')
/** The product; integers in 64 bits. Source: numpy.prod. */
export const prod = reduction<DTypeOptions>('prod')
/** The mean; of integers and booleans as float64. Source: numpy.mean. */
export const mean = reduction<DTypeOptions>('mean')
/** The standard deviation, in two passes, as NumPy: the mean, then the deviations from it. Source: numpy.std. */
export const std = reduction<MomentOptions>('std')
/** The variance, as `std`. Source: numpy.var. */
export const var_ = reduction<MomentOptions>('var')
/** The least element; NaN wins. Source: numpy.min. */
export const min = reduction<AxisOptions>('min')
/** The greatest element; NaN wins. Source: numpy.max. */
export const max = reduction<AxisOptions>('max')
/** The first least element's place, in C order without `axis`; the first NaN's. Source: numpy.argmin. */
export const argmin = reduction<ArgumentOptions, number>('argmin')
/** The first greatest element's place, in C order without `axis`; the first NaN's. Source: numpy.argmax. */
export const argmax = reduction<ArgumentOptions, number>('argmax')
/** Whether one is other than 0. Source: numpy.any. */
export const any = reduction<AxisOptions, boolean>('any')
/** Whether none is 0. Source: numpy.all. */
export const all = reduction<AxisOptions, boolean>('all')
/** How many are other than 0. Source: numpy.count_nonzero. */
export const countNonzero = reduction<AxisOptions, number>('countNonzero')

/**
 * The running sum, product, least or greatest element along an axis, default the first.
 * Errors: ShapeError, DTypeError with NumPy's words; TypeError (a 0-d array). Source: numpy.ufunc.accumulate.
 */
export function accumulate<O extends NDArray = NDArray>(
  op: AccumulateName,
  a: MemoryOperand,
  options: { readonly axis?: number; readonly dtype?: DType; readonly out?: O } = {},
): O {
  const dtype = checkOptions(options).dtype === undefined ? undefined : checkDType(options.dtype)
  const out = options.out === undefined ? undefined : readOut(options.out)
  return accumulateArray(op, readArray(a), { axis: options.axis, dtype, out }) as O // `out` itself
}

/** Errors: ShapeError, DTypeError with NumPy's words. Source: numpy.matmul. */
export function matmul<O extends NDArray = NDArray>(
  a: MemoryOperand,
  b: MemoryOperand,
  options: { readonly dtype?: DType; readonly out?: O } = {},
): O {
  const dtype = checkOptions(options).dtype === undefined ? undefined : checkDType(options.dtype)
  const out = options.out === undefined ? undefined : readOut(options.out)
  return matmulArrays(readArray(a), readArray(b), { dtype, out }) as O // `out` itself
}

/**
 * How many elements are in each bin; the last bin has both its edges.
 * Errors: ShapeError with NumPy's words (bins, range), DTypeError (complex). Source: numpy.histogram.
 */
export function histogram(
  a: MemoryOperand,
  options: HistogramOptions = {},
): { counts: NDArray<'int64'>; edges: NDArray<'float64'> } {
  const { counts, edges } = histogramOf(readArray(a), checkOptions(options))
  return { counts: NDArray.from(counts), edges: NDArray.from(edges) }
}

/** Of `percentile`. */
export interface PercentileSyncOptions extends AxisOptions {
  /** What is taken where a percentile lies between two elements; default 'linear'. */
  readonly method?: PercentileMethod | undefined
}

/**
 * Exact percentiles; NaN wins. An array of percentages makes the first axis of the result.
 * Errors: ShapeError, DTypeError with NumPy's words; TypeError (method). Source: numpy.percentile.
 */
export function percentile(
  a: MemoryOperand,
  q: number | readonly number[],
  options: PercentileSyncOptions = {},
): number | NDArray {
  return percentileOf(readArray(a), q, checkOptions(options))
}
