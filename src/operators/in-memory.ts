// Operations over arrays in memory, in this thread. Fetched when the first of them is computed: it brings the kernels.
import { NDArray } from '../core/ndarray.js'
import { evaluate } from '../core/numpy/evaluate.js'
import type { Node } from '../core/numpy/expression.js'
import { KERNELS } from '../core/numpy/kernels/index.js'
import { drive } from '../core/numpy/reduce/drive.js'
import { planHistogram } from '../core/numpy/reduce/histogram.js'
import { accumulateArray, matmulArrays } from '../core/numpy/reduce/memory.js'
import { planPercentile } from '../core/numpy/reduce/percentile.js'
import { planReduction } from '../core/numpy/reduce/plan.js'
import type { Computation } from '../evaluation.js'

export interface Computed {
  readonly computation: Computation
  readonly roots: readonly Node[]
  /** By the index of the leaves. */
  readonly leaves: readonly NDArray[]
  /** Of element-wise expressions: none, or one for every root. */
  readonly outs: readonly NDArray[]
  readonly ufunc: string
}

/** Errors: DTypeError, ShapeError with NumPy's words that depend on the elements. */
export function compute({ computation, roots, leaves, outs, ufunc }: Computed): NDArray[] {
  const values = (root: Node | undefined): NDArray => {
    if (root?.kind === 'leaf') return leaves[root.index] as NDArray // one for every leaf
    return evaluate({ roots: [root as Node], leaves, ufunc }, KERNELS)[0] as NDArray // one root, one value
  }
  const [first, second] = roots
  switch (computation.kind) {
    case 'elementwise':
      return evaluate({ roots, leaves, outs: outs.length === 0 ? undefined : outs, ufunc }, KERNELS)
    case 'reduce': {
      const array = values(first)
      return [NDArray.fromParts(drive(planReduction(computation.name, array, computation.options), array))]
    }
    case 'accumulate':
      return [accumulateArray(computation.name, values(first), computation.options)]
    case 'percentile': {
      const array = values(first)
      return [NDArray.fromParts(drive(planPercentile(array, computation.q, computation.options), array))]
    }
    case 'histogram': {
      const array = values(first)
      const { counts, edges } = drive(planHistogram(array, computation.options), array)
      return [NDArray.from(counts), NDArray.from(edges)]
    }
    case 'matmul':
      return [matmulArrays(values(first), values(second), computation.options)]
  }
}
