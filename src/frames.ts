// How views see the arrays they are of.
import type { ViewLayout } from './core/view-layout.js'

/** How an array of shape `base` is seen; strides and offset count its elements in C order. */
export interface Frame {
  readonly base: readonly number[]
  readonly layout: ViewLayout
}

/** A view, as operators need to know it. */
export interface Viewed extends Frame {
  /** The array it is of. */
  readonly array: object
}

const views = new WeakMap<object, Viewed>()

/** Said once, by what makes views. */
export function noteView(view: object, viewed: Viewed): void {
  views.set(view, viewed)
}

/** undefined for what is no view of an array on disk. */
export function findView(value: unknown): Viewed | undefined {
  return typeof value === 'object' && value !== null ? views.get(value) : undefined
}
