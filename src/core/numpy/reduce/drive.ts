// Reducers driven over arrays in memory.
import { canCast } from '../../casting.js'
import type { DType, Scalar } from '../../dtype.js'
import { NDArray } from '../../ndarray.js'
import { readScalar } from '../../scalar.js'
import { tileReader, tileSize } from '../tiles.js'
import { promote, type ReductionName } from '../types.js'
import { cannotCastOutput } from '../ufunc-errors.js'
import { type ReducedAxes, reducedAxes, scalarAxis } from './axes.js'
import { checkOutShape } from './out-shape.js'
import { planReduction, type ReductionOptions } from './plan.js'
import type { Reducer } from './reducer.js'

/** Pushes an array in memory through a reducer, as often as that wants. */
export function drive<Result>(reducer: Reducer<Result>, array: NDArray): Result {
  const walked = array.transpose(reducer.order)
  const tile = Math.max(1, Math.min(tileSize(), array.size))
  const reader = tileReader(walked, tile)
  do {
    for (let start = 0; start < array.size && !reducer.settled; start += tile) {
      reducer.push(reader.read(start, Math.min(tile, array.size - start)))
    }
  } while (reducer.endPass())
  return reducer.finish()
}

export interface ReduceOptions extends ReductionOptions {
  /** Takes the result, of its very shape, cast `same_kind`. */
  readonly out?: NDArray | undefined
}

/** What messages call a reduction. */
const UFUNC: Readonly<Record<ReductionName, string>> = {
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

/** Without `axis`, `keepdims` and `out` a scalar, else an array. */
export function reduce(name: ReductionName, array: NDArray, options: ReduceOptions): Scalar | NDArray {
  const { out } = options
  const dtype = options.dtype ?? (out === undefined ? undefined : loopWithOut(name, array.dtype, out.dtype))
  const result = NDArray.fromParts(drive(planReduction(name, array, { ...options, dtype }), array))
  if (out !== undefined) {
    const axes = reducedAxes(array.shape, scalarAxis(options.axis, array.ndim), options.keepdims)
    return intoOut(result, out, UFUNC[name], axes)
  }
  return isScalarResult(options) ? scalarOf(name, result) : result
}

export function isScalarResult({ axis, keepdims }: ReductionOptions): boolean {
  return (axis === null || axis === undefined) && keepdims !== true
}

/** Places and counts are numbers whatever their dtype. */
function scalarOf(name: ReductionName, { data, dtype }: NDArray): Scalar {
  const value = readScalar(data, dtype, 0)
  return name === 'argmin' || name === 'argmax' || name === 'countNonzero' ? Number(value) : value
}

/** A sum in `out` is computed in what it and the input have in common. */
function loopWithOut(name: ReductionName, from: DType, out: DType): DType | undefined {
  const isMoment = name === 'mean' || name === 'std' || name === 'var'
  if (name !== 'sum' && name !== 'prod' && !isMoment) return undefined
  const common = promote(from, out)
  return isMoment && !canCast('float16', common, 'safe') ? undefined : common
}

/** Errors: ShapeError, DTypeError with NumPy's words. */
function intoOut(result: NDArray, out: NDArray, ufunc: string, axes: ReducedAxes): NDArray {
  checkOutShape(out.shape, ufunc, axes)
  if (!canCast(result.dtype, out.dtype, 'same_kind')) throw cannotCastOutput(ufunc, result.dtype, out.dtype)
  out.set([], result)
  return out
}
