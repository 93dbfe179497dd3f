// NumPy's functions as methods of arrays on disk. What computes is fetched when the first of them is called; calls keep their
// order all the same.
import { findCustody } from '../custody.js'
import { findView } from '../frames.js'
import { defineMethods } from './define-methods.js'
import type { OperatorName } from './names.js'
import { providedOperate } from './provided.js'
import { type Need, Turns } from './turns.js'

/** Gives a class of arrays on disk the methods. */
export function addOperators(prototype: object): void {
  defineMethods(prototype, callOperator)
}

/** The function of that name. Errors: see types.ts. */
export function callOperator(name: OperatorName, given: readonly unknown[]): unknown {
  const operate = providedOperate()
  return operate === undefined ? fetchAndCall(name, given) : operate(name, given)
}

/** Takes the turns before it fetches: whatever is called meanwhile comes later. */
async function fetchAndCall(name: OperatorName, given: readonly unknown[]): Promise<unknown> {
  const turns = takeTurns(given)
  try {
    const { operate } = await import('./operate.js')
    return await operate(name, given, turns)
  } finally {
    turns.leave()
  }
}

function takeTurns(given: readonly unknown[]): Turns {
  const last = given.at(-1)
  const { out, signal } = typeof last === 'object' && last !== null ? (last as { out?: unknown; signal?: unknown }) : {}
  const needs = [...needsOf([out].flat(), true), ...needsOf(given, false)]
  return Turns.take(needs, signal instanceof AbortSignal ? signal : undefined)
}

function needsOf(values: readonly unknown[], isAlone: boolean): Need[] {
  return values.flatMap((value) => {
    const custody = findCustody(findView(value)?.array ?? value)
    return custody === undefined ? [] : [{ custody, isAlone }]
  })
}
