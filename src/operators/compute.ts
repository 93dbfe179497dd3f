// NumPy's functions by name, computed. Fetched when the first is called.
import type { WorkOptions } from '../call.js'
import type { Node } from '../core/numpy/expression.js'
import { COMPUTATIONS } from './computations.js'
import { EXPRESSIONS, optionsOf } from './expressions.js'
import { isElementwise, type OperatorName } from './names.js'
import { elementwise, type Operation } from './operation.js'
import { readOut, readOuts } from './outs.js'
import { run } from './run.js'
import type { Turns } from './turns.js'

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
  const outs = name === 'divmod' ? readOuts(options.out) : readOut(options.out)
  const { nodes, ufunc } = build(given, options, outs)
  return elementwise(nodes, ufunc, outs, options)
}

/** The values of a lazy expression. Errors: see LazyArray. */
export async function evaluate(
  node: Node,
  ufunc: string,
  options: WorkOptions & { readonly out?: unknown },
  turns?: Turns,
): Promise<unknown> {
  return run(elementwise([node], ufunc, readOut(options.out), options), turns)
}
