// What the page says a call will give, before anything is computed, against what NumPy gave.
import { describe, expect, test } from 'vitest'
import { NDArray } from '../../../src/core/ndarray.js'
import { OPERATIONS } from '../../../src/core/numpy/operations.js'
import type { ArrayType } from '../../../src/core/numpy/out.js'
import { COMPUTATIONS } from '../../../src/operators/computations.js'
import { EXPRESSIONS } from '../../../src/operators/expressions.js'
import {
  BINARY,
  COMPUTING,
  type ComputingName,
  ELEMENTWISE,
  type ElementwiseName,
  NAMES,
  UNARY,
} from '../../../src/operators/names.js'
import { elementwise } from '../../../src/operators/operation.js'
import { type GoldenCase, nameOf, operandOf } from '../../support/golden.js'
import { arrayOf, callOf, expected, type RecordedReduction } from '../../support/golden-reductions.js'
import { readElementwise, readGolden, readReductions } from '../numpy/golden.js'

function isComputing(name: string): name is ComputingName {
  return (COMPUTING as readonly string[]).includes(name)
}

function resultsOf(name: string, given: readonly unknown[]): readonly ArrayType[] {
  if (isComputing(name)) {
    const { arity, build } = COMPUTATIONS[name]
    return build(given, given[arity] ?? {}).results
  }
  const { arity, build } = EXPRESSIONS[name as ElementwiseName]
  const { nodes, ufunc } = build(given, given[arity] ?? {})
  return elementwise(nodes, ufunc, [], {}).results
}

function argumentsOf({ op, args, kw = {} }: GoldenCase): unknown[] {
  const operands = args.map(operandOf)
  if (op === 'astype') return [...operands, kw['dtype'], kw]
  return op === 'outer' ? [nameOf(String(kw['op'])), ...operands, kw] : [...operands, kw]
}

const typeOf = ({ dtype, shape }: ArrayType) => `${dtype} (${shape})`

describe('shape and dtype are known before', () => {
  const cases = [...readGolden().cases, ...readElementwise()].filter(
    ({ flags, error }) => flags?.includes('inplace') !== true && error === undefined,
  )

  test('of every golden case', () => {
    expect(cases.length).toBeGreaterThan(4000)
    const wrong = cases.flatMap((golden) => {
      const wanted = golden.outs ?? (golden.out === undefined ? [] : [golden.out])
      const [got, want] = [resultsOf(nameOf(golden.op), argumentsOf(golden)), wanted].map((types) => types.map(typeOf))
      return String(got) === String(want) ? [] : [`${golden.id} ${golden.op}: ${got}, not ${want}`]
    })
    expect(wrong).toEqual([])
  })

  test('of every recorded reduction', () => {
    const wrong = readReductions().flatMap((one: RecordedReduction) => {
      const { name, given, isFlat } = callOf(one, arrayOf(one.input))
      const got = resultsOf(name, given).map(({ dtype, shape }) => typeOf({ dtype, shape: isFlat ? [] : shape }))
      const want = expected(one).map(typeOf)
      return String(got) === String(want) ? [] : [`${name} ${JSON.stringify(one.options)}: ${got}, not ${want}`]
    })
    expect(wrong).toEqual([])
  })
})

test('there is a name for every operator, and a function for every name', () => {
  const helpers = ['scale', 'unscale', 'rint']
  const operators = Object.entries(OPERATIONS).filter(([name]) => !helpers.includes(name))
  const named = (inputs: number) =>
    operators.filter(([, operation]) => operation.inputs === inputs).map(([name]) => name)
  expect([...UNARY].sort()).toEqual(named(1).sort())
  expect([...BINARY].sort()).toEqual(named(2).sort())
  expect(Object.keys(EXPRESSIONS).sort()).toEqual([...ELEMENTWISE].sort())
  expect(Object.keys(COMPUTATIONS).sort()).toEqual([...COMPUTING].sort())
  expect(new Set(NAMES).size).toBe(NAMES.length)
})

test('options that are sent are plain data', () => {
  const array = NDArray.zeros([3])
  const options = { signal: new AbortController().signal, onProgress: () => undefined, axis: 0 }
  for (const [name, ...given] of [
    ['sum', array],
    ['accumulate', 'add', array],
    ['histogram', array],
    ['percentile', array, 50],
    ['matmul', array, array],
  ] as [ComputingName, ...unknown[]][]) {
    const { computation, work } = COMPUTATIONS[name].build(given, options)
    expect(structuredClone(computation)).toEqual(computation)
    expect(Object.keys(work).sort()).toEqual(['onProgress', 'signal'])
  }
})
