// One evaluation under way: what is computed, over what, where it goes.
import { DTYPES } from '../../core/dtype.js'
import type { Node } from '../../core/numpy/expression.js'
import type { ReducedInput } from '../../core/numpy/reduce/plan.js'
import { sizeOf } from '../../core/shape.js'
import type { Work } from '../work.js'
import { type Computing, Expressions } from './expressions.js'
import type { Grain } from './grain.js'
import type { Results } from './results.js'
import type { SecondThread } from './sharing.js'

export interface Job {
  readonly computing: Computing
  readonly roots: readonly Node[]
  readonly expressions: Expressions
  /** The first root, as reductions see it. */
  readonly input: ReducedInput
  readonly results: Results
  readonly grain: Grain
  readonly work: Work
  readonly second: SecondThread | undefined
}

export function jobOf(
  computing: Computing,
  roots: readonly Node[],
  results: Results,
  work: Work,
  second: SecondThread | undefined,
): Job {
  const [root] = roots
  if (root === undefined) throw new TypeError('there is nothing to evaluate')
  return {
    computing,
    roots,
    expressions: new Expressions(roots, computing),
    // What is computed lies in C order; what is only read lies as it lies.
    input: { ...root, strides: root.kind === 'leaf' ? computing.operands[root.index]?.layout.strides : undefined },
    results,
    grain: computing.grain,
    work,
    second,
  }
}

/** `passes`: how often the elements are gone through. Errors: AbortedError. */
export function begin({ expressions, input, work }: Job, passes = 1): void {
  const perElement = expressions.bytesPerElement || DTYPES[input.dtype].itemsize
  work.begin(sizeOf(expressions.shape) * perElement * passes)
}
