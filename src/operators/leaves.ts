// The leaves of expressions: which array each stands for. An array is one leaf wherever it is used, and is read once.
import type { DType } from '../core/dtype.js'
import { type ArrayLike, readGiven } from '../core/given.js'
import { type ViewLayout, wholeLayout } from '../core/layout.js'
import { type Leaf, leaf, type Node, type Term } from '../core/numpy/expression.js'
import { leavesOf } from '../core/numpy/graph.js'
import { readTerm } from '../core/numpy/terms.js'
import { DEFAULT_DTYPE, fitted } from '../core/numpy/weak.js'
import { sameShape } from '../core/shape.js'
import { findCustody } from '../custodies.js'
import type { Custody } from '../custody.js'
import { type Frame, findView } from '../frames.js'

/** An array on disk, or whose disk is switched off, or a view of one, as it was when the expression was built. */
export interface KeptSource extends Frame {
  readonly custody: Custody
  readonly dtype: DType
  readonly isView: boolean
  /** Keeps the array alive. */
  readonly object: object
}

export type Source = ArrayLike | KeptSource

/** Leaves and their sources live as long as the arrays, or the expressions that use them. */
const leaves = new WeakMap<object, Leaf>()
const sources = new WeakMap<Leaf, Source>()
let count = 0
const expressions = new WeakMap<object, Node>()

/** Said once, by what makes lazy expressions. */
export function noteExpression(lazy: object, node: Node): void {
  expressions.set(lazy, node)
}

/** undefined for what is no lazy expression. */
export function findExpression(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null ? expressions.get(value) : undefined
}

/** What a leaf stands for. */
export function sourceOf(node: Leaf): Source {
  const source = sources.get(node)
  if (source === undefined) throw new Error('a leaf without a source')
  return source
}

export function layoutOf(source: Source): ViewLayout {
  return 'custody' in source ? source.layout : source
}

export function newLeaf(source: Source): Leaf {
  const made = leaf(count++, source.dtype, layoutOf(source).shape)
  sources.set(made, source)
  return made
}

/** An operand as a term of an expression. Errors: TypeError for what is no operand, ShapeError, DTypeError. */
export function termOf(value: unknown): Term {
  const expression = findExpression(value)
  if (expression !== undefined) return expression
  const kept = keptSource(value)
  if (kept !== undefined) return knownLeaf(value as object, kept) // an array or a view
  const operand = readTerm(value)
  if ('weak' in operand) return operand
  return value === operand ? knownLeaf(operand, operand) : newLeaf(operand)
}

/** An operand as an array: a weak scalar is 0-d, of NumPy's default dtype. Errors: as `termOf`. */
export function arrayNodeOf(value: unknown): Node {
  const term = termOf(value)
  if (!('weak' in term)) return term
  const dtype = DEFAULT_DTYPE[term.weak]
  return newLeaf(readGiven(fitted(term, dtype), dtype))
}

/** Errors: TypeError for an array that `create` has not made. */
function keptSource(value: unknown): KeptSource | undefined {
  const view = findView(value)
  const object = view?.array ?? value
  const custody = findCustody(object)
  if (custody === undefined) return undefined
  const { shape, dtype } = custody.described
  const layout = view?.layout ?? wholeLayout(shape)
  const base = view === undefined || isLonger(shape, view.base) ? shape : view.base
  return { custody, dtype, base, layout, isView: view !== undefined, object: object as object } // it has a custody
}

/** Whether an array has grown by whole rows: a layout over it from before is good. */
function isLonger(shape: readonly number[], before: readonly number[]): boolean {
  return sameShape(shape.slice(1), before.slice(1)) && (shape[0] ?? 1) >= (before[0] ?? 1)
}

/** An array that has grown since is another leaf. */
function knownLeaf(object: object, source: Source): Leaf {
  const known = leaves.get(object)
  if (known !== undefined && isSame(known, source)) return known
  const made = newLeaf(source)
  leaves.set(object, made)
  return made
}

function isSame(known: Leaf, source: Source): boolean {
  const before = sourceOf(known)
  if ('custody' in source) return 'custody' in before && sameShape(before.base, source.base)
  return known.dtype === source.dtype && sameShape(known.shape, source.shape)
}

/** What plans call the arrays of an expression, by the index of their leaves. */
export function nameOf(root: Node): (index: number) => string {
  const names = new Map(
    leavesOf([root]).map((node, place): [number, string] => {
      const source = sourceOf(node)
      if (!('custody' in source)) return [node.index, `array ${place} in memory`]
      const path = source.custody.residency?.path
      const name = path === undefined || source.custody.residency?.meta.ephemeral ? `array ${place}` : path
      return [node.index, source.isView ? `view of ${name}` : name]
    }),
  )
  return (index) => names.get(index) ?? ''
}
