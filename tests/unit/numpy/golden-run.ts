// Runs golden cases through numpy-sync and says what differs.
import { expect } from 'vitest'
import type { DType } from '../../../src/core/dtype.js'
import { DTypeError, ShapeError } from '../../../src/core/errors.js'
import { NDArray } from '../../../src/core/ndarray.js'
import * as numpy from '../../../src/numpy-sync.js'
import { difference, type GoldenCase, operandOf } from './golden.js'

const NAMES: Readonly<Record<string, string>> = { remainder: 'mod' }
const functions: Readonly<Record<string, unknown>> = { ...numpy }

/** The name here of a function of NumPy. */
export function nameOf(ufunc: string): string {
  return NAMES[ufunc] ?? ufunc.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

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

/** Reductions give scalars: numbers for places, else what `item` gives for the dtype. */
function asArray(value: unknown, op: string, dtype: DType): NDArray {
  if (value instanceof NDArray) return value
  if (op === 'argmin' || op === 'argmax') return NDArray.from(BigInt(value as number), { dtype })
  if (dtype === 'int64' || dtype === 'uint64') expect(value).toBeTypeOf('bigint')
  if (dtype === 'bool') expect(value).toBeTypeOf('boolean')
  return NDArray.from(value as number, { dtype }) // or what else it is
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

function wrongError(caught: unknown, { base, message }: { base: string; message: string }): string | undefined {
  const isTypes = base !== 'ValueError' || message.startsWith('Integers to negative')
  const expected = isTypes ? DTypeError : ShapeError
  if (!(caught instanceof expected)) return `threw ${String(caught)}, not ${expected.name}: ${message}`
  return caught.message === message ? undefined : `said ${caught.message}, not ${message}`
}
