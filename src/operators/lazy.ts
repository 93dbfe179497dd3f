// Lazy expressions: begun with an array, and made of lazy operands by NumPy's functions and methods.
import type { DiskBackedNDArray } from '../array.js'
import type { DType } from '../core/dtype.js'
import type { NDArray } from '../core/ndarray.js'
import { leavesOf } from '../core/numpy/graph.js'
import type { Custody } from '../custody.js'
import type { ArrayView } from '../view.js'
import { defineMethods } from './define-methods.js'
import { EXPRESSIONS, optionsOf } from './expressions.js'
import { LazyArray } from './lazy-array.js'
import { arrayNodeOf, findExpression, sourceOf } from './leaves.js'
import { callOperator } from './methods.js'
import { isElementwise, type OperatorName } from './names.js'
import { provideLazies } from './provided.js'
import type { Operand } from './types.js'

/**
 * An array as a lazy expression: what is done with it is computed when it is evaluated or reduced, in one pass.
 * Errors: TypeError for what is no array.
 */
export function lazy<D extends DType>(a: NDArray<D> | DiskBackedNDArray<D> | ArrayView<D>): LazyArray<D>
export function lazy(a: Operand): LazyArray
export function lazy(a: Operand): LazyArray {
  return new LazyArray(arrayNodeOf(a), 'positive')
}

function make(name: OperatorName, given: readonly unknown[]): unknown {
  if (!isElementwise(name)) return undefined
  const { arity, build } = EXPRESSIONS[name]
  if (!given.slice(0, arity).some((value) => value instanceof LazyArray)) return undefined
  const options = optionsOf(given, arity)
  if (options.out !== undefined) return undefined
  const { nodes, ufunc } = build(given, options)
  const expressions = nodes.map((node) => new LazyArray(node, ufunc))
  return expressions.length === 1 ? expressions[0] : expressions
}

function custodiesOf(value: unknown): Custody[] {
  const expression = findExpression(value)
  const sources = expression === undefined ? [] : leavesOf([expression]).map(sourceOf)
  return sources.flatMap((source) => ('custody' in source ? [source.custody] : []))
}

defineMethods(LazyArray.prototype, callOperator)
provideLazies({ make, custodiesOf })
