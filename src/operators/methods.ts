// NumPy's functions as methods of arrays on disk, and as functions. What computes is fetched when the first of them is called.
import { findCustody } from '../custodies.js'
import { findView } from '../frames.js'
import { type Start, whenFetched } from './computing.js'
import { defineMethods } from './define-methods.js'
import type { OperatorName } from './names.js'
import { providedLazies } from './provided.js'
import type { Need } from './turns.js'

/** Gives a class of arrays on disk the methods. */
export function addOperators(prototype: object): void {
  defineMethods(prototype, callOperator)
}

/** The function of that name. Errors: see types.ts; thrown at once where a lazy expression is made, else the promise rejects. */
export function callOperator(name: OperatorName, given: readonly unknown[]): unknown {
  return providedLazies()?.make(name, given) ?? computed(name, given)
}

function computed(name: OperatorName, given: readonly unknown[]): Promise<unknown> {
  const last = given.at(-1)
  const options = typeof last === 'object' && last !== null ? last : {}
  return whenComputing(given, options, ({ compute }, turns) => compute(name, given, turns))
}

/** Calls `start` when what computes is there. `given`: operands, and what else the arguments are. Errors: as whenFetched. */
export function whenComputing(
  given: readonly unknown[],
  { out, signal }: { readonly out?: unknown; readonly signal?: unknown },
  start: Start,
): Promise<unknown> {
  return whenFetched(
    () => [...needsOf([out].flat(), true), ...needsOf(given, false)],
    signal instanceof AbortSignal ? signal : undefined,
    start,
  )
}

function needsOf(values: readonly unknown[], isAlone: boolean): Need[] {
  return values.flatMap((value) => {
    const custody = findCustody(findView(value)?.array ?? value)
    const custodies = custody === undefined ? (providedLazies()?.custodiesOf(value) ?? []) : [custody]
    return custodies.map((one) => ({ custody: one, isAlone }))
  })
}
