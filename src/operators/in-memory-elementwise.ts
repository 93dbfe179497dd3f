// Element-wise expressions over arrays in memory, in this thread. Fetched with their kernels when the first is computed.
import type { NDArray } from '../core/ndarray.js'
import { type Evaluation, evaluate } from '../core/numpy/evaluate.js'
import { KERNELS } from '../core/numpy/kernels/index.js'

/** The value of every root. Errors: DTypeError, ShapeError with NumPy's words that depend on the elements. */
export function computeElementwise(evaluation: Evaluation): NDArray[] {
  return evaluate(evaluation, KERNELS)
}
