// An operation: what is to be computed, checked, before it is known where its operands are.
import type { WorkOptions } from '../call.js'
import type { NDArray } from '../core/ndarray.js'
import { cast, type Node } from '../core/numpy/expression.js'
import { leavesOf } from '../core/numpy/graph.js'
import { type ArrayType, checkOuts } from '../core/numpy/out.js'
import type { Computation } from '../evaluation.js'
import { workOptions } from '../work-options.js'
import type { Source } from './leaves.js'
import type { GivenOut } from './outs.js'
import type { Need } from './turns.js'
import type { Out } from './types.js'

export interface Operation {
  readonly computation: Computation
  /** What it is computed of. */
  readonly roots: readonly Node[]
  /** What is computed, before it is cast to an `out`. */
  readonly results: readonly ArrayType[]
  /** None, or one for every result. */
  readonly outs: readonly GivenOut[]
  /** What messages call it. */
  readonly ufunc: string
  readonly work: WorkOptions
  /** What the caller gets of the results, `out` itself where there is one. */
  give(results: readonly (NDArray | Out)[]): unknown
}

/** The values of expressions of one shape. `outs`: none, or one for each. Errors: ShapeError, DTypeError with NumPy's words. */
export function elementwise(
  nodes: readonly Node[],
  ufunc: string,
  outs: readonly GivenOut[],
  options: WorkOptions,
): Operation {
  const operands = leavesOf(nodes).map(({ shape }) => shape)
  checkOuts(outs, nodes, operands, ufunc)
  const roots = nodes.map((node, i) => cast(node, outs[i]?.dtype ?? node.dtype))
  return {
    computation: { kind: 'elementwise' },
    roots,
    results: roots,
    outs,
    ufunc,
    work: workOptions(options),
    give: (results) => (nodes.length === 1 ? results[0] : results),
  }
}

/** What it needs of arrays on disk; `sources`: those of its leaves. */
export function needsOf({ outs }: Operation, sources: readonly Source[]): Need[] {
  const reads = sources.flatMap((source) => ('custody' in source ? [{ custody: source.custody, isAlone: false }] : []))
  return [...outs.flatMap(({ custody }) => (custody === undefined ? [] : [{ custody, isAlone: true }])), ...reads]
}
