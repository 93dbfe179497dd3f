// The way from functions and methods to lazy expressions: what makes them is there only where a page makes some.
import type { Custody } from '../custody.js'
import type { OperatorName } from './names.js'

export interface Lazies {
  /** The expression that a function makes of these arguments; undefined where none is lazy, or it is to be computed. */
  make(name: OperatorName, given: readonly unknown[]): unknown
  /** Of the arrays of an expression; none for what is no expression. */
  custodiesOf(value: unknown): readonly Custody[]
}

let lazies: Lazies | undefined

/** Said once, by the module that makes lazy expressions. */
export function provideLazies(provided: Lazies): void {
  lazies = provided
}

/** undefined: there are no lazy expressions. */
export function providedLazies(): Lazies | undefined {
  return lazies
}
