// Runs golden cases through numpy-sync and says what differs.
import { expect } from 'vitest'
import * as numpy from '../../../src/numpy-sync.js'
import { asArray, difference, type GoldenCase, nameOf, operandOf, wrongError } from '../../support/golden.js'

const functions: Readonly<Record<string, unknown>> = { ...numpy }

function functionOf(op: string): (...args: unknown[]) => unknown {
  const name = nameOf(op)
  const found = functions[name]
  if (typeof found !== 'function') throw new Error(`numpy-sync has no ${name}`)
  return found as (...args: unknown[]) => unknown // the module's
}

function run({ op, args, kw = {}, flags }: GoldenCase): unknown {
  const operands = args.map(operandOf)
  if (op === 'astype') return functionOf(op)(operands[0], kw['dtype'], { casting: kw['casting'] })
  if (op === 'outer') return functionOf(op)(nameOf(String(kw['op'])), ...operands)
  if (!flags?.includes('inplace')) return functionOf(op)(...operands, kw)
  const result = functionOf(op)(...operands, { ...kw, out: operands[0] })
  expect(result).toBe(operands[0])
  return result
}

/** Undefined where a case gives what NumPy gave, else what differs. */
export function problemOf(golden: GoldenCase): string | undefined {
  const { out, outs = out === undefined ? [] : [out], compare = 'exact', error } = golden
  let results: unknown
  try {
    results = run(golden)
  } catch (caught) {
    if (error === undefined) return `threw ${String(caught)}`
    return wrongError(caught, error)
  }
  if (error !== undefined) return `did not throw ${error.message}`
  const values = outs.length > 1 ? (results as unknown[]) : [results]
  return outs
    .map((expected, i) => difference(asArray(values[i], golden.op, expected.dtype), expected, compare))
    .find(Boolean)
}
