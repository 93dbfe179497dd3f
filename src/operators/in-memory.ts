// Operations over arrays in memory, in this thread. What computes them is fetched when it is first needed: it brings kernels.
import type { NDArray } from '../core/ndarray.js'
import type { Node } from '../core/numpy/expression.js'
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
export async function compute({ computation, roots, leaves, outs, ufunc }: Computed): Promise<NDArray[]> {
  if (computation.kind === 'elementwise') {
    const { computeElementwise } = await import('./in-memory-elementwise.js')
    return computeElementwise({ roots, leaves, outs: outs.length === 0 ? undefined : outs, ufunc })
  }
  const { computeFold } = await import('./in-memory-folds.js')
  return computeFold(computation, await Promise.all(roots.map((root) => evaluated(root, leaves, ufunc))))
}

async function evaluated(root: Node, leaves: readonly NDArray[], ufunc: string): Promise<NDArray> {
  if (root.kind === 'leaf') return leaves[root.index] as NDArray // one for every leaf
  const { computeElementwise } = await import('./in-memory-elementwise.js')
  const [value] = computeElementwise({ roots: [root], leaves, ufunc })
  return value as NDArray // one root
}
