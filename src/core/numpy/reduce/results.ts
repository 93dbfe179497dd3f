// What reductions, accumulations and percentiles give: shape and dtype, checked before anything is computed.
import { DTYPES, type DType, type Scalar } from '../../dtype.js'
import { DTypeError, ShapeError } from '../../errors.js'
import type { NDArray } from '../../ndarray.js'
import { readScalar } from '../../scalar.js'
import { checkAxis } from '../../shape.js'
import { isTypedArray } from '../../typed-array.js'
import type { ArrayType } from '../out.js'
import { promote } from '../types.js'
import type { AccumulateName } from './accumulate.js'
import { checkSingleAxis, type ReducedAxes, reducedAxes, scalarAxis } from './axes.js'
import type { PercentileOptions } from './percentile.js'
import type { ReductionOptions } from './plan.js'
import { checkPercentile, type PercentileMethod, percentileDType } from './ranks.js'
import { type ReductionName, resolveReduction } from './types.js'

/** What messages call a reduction. */
export const REDUCTION_UFUNC: Readonly<Record<ReductionName, string>> = {
  sum: 'add',
  prod: 'multiply',
  mean: 'divide',
  std: 'sqrt',
  var: 'divide',
  min: 'minimum',
  max: 'maximum',
  argmin: 'argmin',
  argmax: 'argmax',
  any: 'logical_or',
  all: 'logical_and',
  countNonzero: 'count_nonzero',
}

const UFUNCS: ReadonlySet<ReductionName> = new Set([
  'sum',
  'prod',
  'min',
  'max',
  'any',
  'all',
  'argmin',
  'argmax',
  'countNonzero', // is a sum
])

/** The axes a reduction goes over. Errors: ShapeError with NumPy's words, TypeError (what is no axis). */
export function axesOf(
  name: ReductionName,
  shape: readonly number[],
  { axis, keepdims }: Pick<ReductionOptions, 'axis' | 'keepdims'>,
): ReducedAxes {
  const given = name === 'argmin' || name === 'argmax' ? checkSingleAxis(axis) : axis
  return reducedAxes(shape, UFUNCS.has(name) ? scalarAxis(given, shape.length) : given, keepdims)
}

/** As `axesOf`; ShapeError also for an empty reduction without identity. */
export function checkedAxesOf(
  name: ReductionName,
  shape: readonly number[],
  options: Pick<ReductionOptions, 'axis' | 'keepdims'>,
): ReducedAxes {
  const axes = axesOf(name, shape, options)
  checkNotEmpty(name, axes)
  return axes
}

/** NumPy asks for the length of the reduced axes alone, also where there is no output. */
function checkNotEmpty(name: ReductionName, { count }: ReducedAxes): void {
  if (count > 0) return
  if (name === 'argmin' || name === 'argmax') throw new ShapeError(`attempt to get ${name} of an empty sequence`)
  if (name !== 'min' && name !== 'max') return
  const ufunc = name === 'min' ? 'minimum' : 'maximum'
  throw new ShapeError(`zero-size array to reduction operation ${ufunc} which has no identity`)
}

/** The dtype of a reduction's result. Errors: DTypeError: a sum in bool is an `any`, which has no mean. */
export function reductionDType(name: ReductionName, from: DType, asked: DType | undefined): DType {
  const { loop, out } = resolveReduction(name, from, { dtype: asked })
  if (isMoment(name) && loop === 'bool') throw new DTypeError(`${name} is not computed in bool`)
  return out
}

function isMoment(name: ReductionName): boolean {
  return name === 'mean' || name === 'std' || name === 'var'
}

/** What a sum in `out` is computed in: what it and the input have in common. */
export function loopWithOut(name: ReductionName, from: DType, out: DType): DType | undefined {
  if (name !== 'sum' && name !== 'prod' && !isMoment(name)) return undefined
  const common = promote(from, out)
  const { kind } = DTYPES[common]
  return isMoment(name) && kind !== 'float' && kind !== 'complex' ? undefined : common
}

export function isScalarResult({ axis, keepdims }: Pick<ReductionOptions, 'axis' | 'keepdims'>): boolean {
  return (axis === null || axis === undefined) && keepdims !== true
}

/** Places and counts are numbers whatever their dtype. */
export function scalarOf(name: ReductionName, { data, dtype, offset }: NDArray): Scalar {
  const value = readScalar(data, dtype, offset)
  return name === 'argmin' || name === 'argmax' || name === 'countNonzero' ? Number(value) : value
}

const ACCUMULATIONS: readonly string[] = ['add', 'multiply', 'minimum', 'maximum'] satisfies AccumulateName[]

export interface AccumulateOptions {
  /** Default: the first. */
  readonly axis?: number | undefined
  /** What is computed and given. */
  readonly dtype?: DType | undefined
}

/** Along which axis, and to which dtype. Errors: ShapeError (axis), TypeError (0-d, name). */
export function resolveAccumulate(
  name: AccumulateName,
  { shape, dtype }: ArrayType,
  options: AccumulateOptions = {},
): { readonly axis: number; readonly out: DType } {
  if (!ACCUMULATIONS.includes(name)) {
    throw new TypeError(`accumulate takes ${ACCUMULATIONS.join(', ')}, got ${String(name)}`)
  }
  if (shape.length === 0) throw new TypeError('cannot accumulate on a scalar')
  const own = isSummed(name) ? resolveReduction('sum', dtype).loop : dtype
  return { axis: checkAxis(options.axis ?? 0, shape.length), out: options.dtype ?? own }
}

/** What an accumulation in `out` is computed in, where that makes a difference. */
export function accumulationWithOut(name: AccumulateName, from: DType, out: DType): DType | undefined {
  return isSummed(name) ? promote(from, out) : undefined
}

function isSummed(name: AccumulateName): boolean {
  return name === 'add' || name === 'multiply'
}

/** Percentiles as asked for, and what they give; `dtype` and `shape` are the result's. */
export interface PercentileRequest extends ArrayType {
  readonly percentages: readonly number[]
  readonly method: PercentileMethod
  readonly axes: ReducedAxes
}

/** Errors: DTypeError, ShapeError (q, axis, no elements), TypeError (method, q), with NumPy's words. */
export function percentileRequest(
  { shape, dtype }: ArrayType,
  q: number | readonly number[],
  { method = 'linear', axis, keepdims }: PercentileOptions,
): PercentileRequest {
  const percentages = percentagesOf(q)
  checkPercentile(dtype, percentages, method)
  const axes = reducedAxes(shape, axis, keepdims)
  if (axes.count === 0 && percentages.length > 0) throw noElements(dtype, method, percentages)
  const isSingle = typeof q === 'number'
  const resultShape = isSingle ? axes.resultShape : [percentages.length, ...axes.resultShape]
  return { percentages, method, axes, dtype: percentileDType(dtype, method, isSingle), shape: resultShape }
}

/** Errors: TypeError for what are no numbers. */
function percentagesOf(q: unknown): readonly number[] {
  const list: readonly unknown[] = Array.isArray(q) || isTypedArray(q) ? Array.from(q) : [q]
  if (list.every((one) => typeof one === 'number')) return list
  throw new TypeError(`percentages are a number or an array of numbers, got ${String(q)}`)
}

/** NumPy's words: what it stumbles over first. */
function noElements(dtype: DType, method: PercentileMethod, percentages: readonly number[]): ShapeError {
  const isFloat = DTYPES[dtype].kind === 'float'
  const isPicked = method === 'lower' || method === 'higher' || method === 'nearest'
  if (isPicked && !isFloat) return new ShapeError('cannot do a non-empty take from an empty axes.')
  return new ShapeError(`index ${isFloat || percentages.includes(0) ? -1 : 0} is out of bounds for axis 0 with size 0`)
}
