// Reducers driven over arrays in memory.
import type { Scalar } from '../../dtype.js'
import { NDArray } from '../../ndarray.js'
import { checkOutDType } from '../out.js'
import { tileReader, tileSize } from '../tiles.js'
import { checkOutShape } from './out-shape.js'
import { planReduction, type ReductionOptions } from './plan.js'
import type { Reducer } from './reducer.js'
import { checkedAxesOf, isScalarResult, loopWithOut, REDUCTION_UFUNC, scalarOf } from './results.js'
import type { ReductionName } from './types.js'

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

/** Without `axis`, `keepdims` and `out` a scalar, else an array. */
export function reduce(name: ReductionName, array: NDArray, options: ReduceOptions): Scalar | NDArray {
  const { out } = options
  const dtype = options.dtype ?? (out === undefined ? undefined : loopWithOut(name, array.dtype, out.dtype))
  const result = NDArray.fromParts(drive(planReduction(name, array, { ...options, dtype }), array))
  if (out !== undefined) {
    checkOutShape(out.shape, REDUCTION_UFUNC[name], checkedAxesOf(name, array.shape, options))
    checkOutDType(out.dtype, result.dtype, REDUCTION_UFUNC[name])
    out.set([], result)
    return out
  }
  return isScalarResult(options) ? scalarOf(name, result) : result
}
