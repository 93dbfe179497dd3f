// NumPy's functions by name, computed. Fetched when the first is called.
import { COMPUTATIONS } from './computations.js'
import { EXPRESSIONS } from './expressions.js'
import { isElementwise, type OperatorName } from './names.js'
import { elementwise, type Operation, optionsOf } from './operation.js'
import { run } from './run.js'
import type { Turns } from './turns.js'

export { run } from './run.js'

/**
 * `given`: the arguments of the function. `turns`: those of the arrays among them, where they are taken already.
 * Errors: see types.ts.
 */
export async function compute(name: OperatorName, given: readonly unknown[], turns?: Turns): Promise<unknown> {
  return run(operation(name, given), turns)
}

function operation(name: OperatorName, given: readonly unknown[]): Operation {
  if (!isElementwise(name)) return COMPUTATIONS[name].build(given, optionsOf(given, COMPUTATIONS[name].arity))
  const { arity, build } = EXPRESSIONS[name]
  const options = optionsOf(given, arity)
  const { nodes, ufunc } = build(given, options)
  return elementwise(nodes, ufunc, options)
}
