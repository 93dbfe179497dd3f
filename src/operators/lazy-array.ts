// LazyArray: an expression that nothing has computed yet.
import type { WorkOptions } from '../call.js'
import type { DType } from '../core/dtype.js'
import type { NDArray } from '../core/ndarray.js'
import { describe } from '../core/numpy/describe.js'
import type { Node } from '../core/numpy/expression.js'
import { nameOf, noteExpression } from './leaves.js'
import type { LazyMethods } from './method-types.js'
import { whenComputing } from './methods.js'
import type { Out, OutOption } from './types.js'

/** NumPy's functions. */
// biome-ignore lint/correctness/noUnusedVariables: all declarations have the same type parameters
export interface LazyArray<D extends DType = DType> extends LazyMethods {}

/**
 * An expression over arrays in memory and on disk, checked for types and shapes when it was built; its methods are NumPy's
 * functions. Values are read when it is evaluated or reduced, every array once, all steps fused into one pass.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: lazy.ts defines the methods
export class LazyArray<D extends DType = DType> {
  /** Of the values: the length of each axis. */
  readonly shape: readonly number[]
  /** Of the values. */
  readonly dtype: D
  readonly #node: Node
  readonly #ufunc: string

  /** @internal `ufunc`: what messages call the last step. */
  constructor(node: Node, ufunc: string) {
    this.shape = Object.freeze([...node.shape])
    this.dtype = node.dtype as D // that the node was built with
    this.#node = node
    this.#ufunc = ufunc
    noteExpression(this, node)
  }

  /**
   * The values, in a new array or in `out`. Errors: DTypeError and ShapeError with NumPy's words (`out`; integers to negative
   * powers), StaleArrayError where an array is gone or has grown since, MemoryBudgetError, the signal's reason.
   */
  evaluate<O extends Out>(options: WorkOptions & OutOption<O>): Promise<O>
  evaluate(options?: WorkOptions & { out?: Out | undefined }): Promise<NDArray<D>>
  async evaluate(options: WorkOptions & { out?: Out | undefined } = {}): Promise<unknown> {
    return whenComputing([this], options, ({ evaluate }, turns) => evaluate(this.#node, this.#ufunc, options, turns))
  }

  /** The plan: its steps from the result down to the arrays, one a line; a step that several need is made once. */
  toString(): string {
    return describe(this.#node, nameOf(this.#node))
  }
}
