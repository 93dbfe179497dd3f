// Layouts: where the elements of a shape are.
import { stridesOf } from './shape.js'

/** Strides and offset in array elements. */
export interface ViewLayout {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

/** The layout an array has on disk and in memory. */
export function wholeLayout(shape: readonly number[]): ViewLayout {
  return { shape, strides: stridesOf(shape), offset: 0 }
}
