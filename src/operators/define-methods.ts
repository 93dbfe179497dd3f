// Functions of an array made its methods.
import { NAMES, type OperatorName } from './names.js'

/** Methods of every name that the class does not have by itself. */
export function defineMethods(
  prototype: object,
  call: (name: OperatorName, given: readonly unknown[]) => unknown,
): void {
  for (const name of NAMES) {
    if (name in prototype) continue
    const value = function (this: object, ...given: unknown[]): unknown {
      return call(name, argumentsOf(name, this, given))
    }
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true })
  }
}

/** The array itself comes first, but for an operator's name. */
function argumentsOf(name: OperatorName, array: object, given: readonly unknown[]): unknown[] {
  return name === 'accumulate' || name === 'outer' ? [given[0], array, ...given.slice(1)] : [array, ...given]
}
