// NumPy's functions by name: lazy operands make lazy expressions, others are computed.
import type { WorkOptions } from '../call.js'
import { NDArray } from '../core/ndarray.js'
import { findCustody } from '../custody.js'
import { COMPUTATIONS } from './computations.js'
import { defineMethods } from './define-methods.js'
import { EXPRESSIONS, type ExpressionOptions } from './expressions.js'
import { LazyArray } from './lazy-array.js'
import { ELEMENTWISE, type ElementwiseName, type OperatorName } from './names.js'
import { elementwise, type Operation } from './operation.js'
import { provideOperate } from './provided.js'
import { run } from './run.js'
import type { Turns } from './turns.js'

/**
 * `given`: the arguments of the function. `turns`: those of the arrays among them, where they are taken already.
 * Errors: see types.ts; thrown at once where a lazy expression is made, else the promise rejects.
 */
export function operate(name: OperatorName, given: readonly unknown[], turns?: Turns): unknown {
  if (!isElementwise(name))
    return computed(() => COMPUTATIONS[name].build(given, optionsOf(given, COMPUTATIONS[name].arity)), turns)
  const { arity, build } = EXPRESSIONS[name]
  const isLazy = given.slice(0, arity).some((value) => value instanceof LazyArray)
  if (isLazy && optionsOf(given, arity).out === undefined) {
    const { nodes, ufunc } = build(given, optionsOf(given, arity))
    const lazy = nodes.map((node) => new LazyArray(node, ufunc))
    return lazy.length === 1 ? lazy[0] : lazy
  }
  return computed(() => {
    const options = optionsOf(given, arity)
    const { nodes, ufunc } = build(given, options)
    return elementwise(nodes, ufunc, options)
  }, turns)
}

function isElementwise(name: OperatorName): name is ElementwiseName {
  return (ELEMENTWISE as readonly string[]).includes(name)
}

async function computed(build: () => Operation, turns: Turns | undefined): Promise<unknown> {
  return run(build(), turns)
}

/** Errors: TypeError. */
function optionsOf(given: readonly unknown[], arity: number): ExpressionOptions & WorkOptions {
  const options = given[arity] ?? {}
  const isArray = ArrayBuffer.isView(options) || options instanceof NDArray || findCustody(options) !== undefined
  if (typeof options === 'object' && !isArray) return options
  throw new TypeError(`options are an object such as { out }, got ${isArray ? 'an array' : typeof options}`)
}

defineMethods(LazyArray.prototype, operate)
provideOperate(operate)
