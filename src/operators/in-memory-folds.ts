// Reductions and what is like them over arrays in memory, in this thread. Fetched with their kernels when the first is computed.
import { NDArray } from '../core/ndarray.js'
import { drive } from '../core/numpy/reduce/drive.js'
import { planHistogram } from '../core/numpy/reduce/histogram.js'
import { accumulateArray, matmulArrays } from '../core/numpy/reduce/memory.js'
import { planPercentile } from '../core/numpy/reduce/percentile.js'
import { planReduction } from '../core/numpy/reduce/plan.js'
import type { Computation } from '../evaluation.js'

export type Fold = Exclude<Computation, { kind: 'elementwise' }>

/** Errors: DTypeError, ShapeError with NumPy's words that depend on the elements. */
export function computeFold(fold: Fold, arrays: readonly NDArray[]): NDArray[] {
  const [array, second] = arrays as readonly [NDArray, NDArray] // two of matmul
  switch (fold.kind) {
    case 'reduce':
      return [NDArray.fromParts(drive(planReduction(fold.name, array, fold.options), array))]
    case 'accumulate':
      return [accumulateArray(fold.name, array, fold.options)]
    case 'percentile':
      return [NDArray.fromParts(drive(planPercentile(array, fold.q, fold.options), array))]
    case 'histogram': {
      const { counts, edges } = drive(planHistogram(array, fold.options), array)
      return [NDArray.from(counts), NDArray.from(edges)]
    }
    case 'matmul':
      return [matmulArrays(array, second, fold.options)]
  }
}
