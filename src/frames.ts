// How views see the arrays they are of.
import type { ViewLayout } from './core/layout.js'

/** How an array of shape `base` is seen; strides and offset count its elements in C order. */
export interface Frame {
  readonly base: readonly number[]
  readonly layout: ViewLayout
}

/** A view, as those need to know it who look behind it. */
export interface Viewed extends Frame {
  /** The array on disk it is of; undefined where that is elsewhere. */
  readonly array: object | undefined
}

const views = new WeakMap<object, Viewed>()

/** Said once, by what makes views. */
export function noteView(view: object, viewed: Viewed): void {
  views.set(view, viewed)
}

/** undefined for what is no view. */
export function findView(value: unknown): Viewed | undefined {
  return typeof value === 'object' && value !== null ? views.get(value) : undefined
}
