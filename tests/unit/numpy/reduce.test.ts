// Reductions against results recorded from NumPy (record-reductions.py), bit for bit and whatever the tile size.
import { afterEach, describe, expect, test } from 'vitest'
import { NDArray } from '../../../src/core/ndarray.js'
import { drive } from '../../../src/core/numpy/reduce/drive.js'
import { planPercentile } from '../../../src/core/numpy/reduce/percentile.js'
import * as sync from '../../../src/core/numpy/reduce/sync.js'
import { setTileSize } from '../../../src/core/numpy/tiles.js'
import {
  arrayOf,
  callOf,
  expected,
  hexOf,
  type RecordedReduction,
  type RecordedResult,
  recorded,
  resultsOf,
} from '../../support/golden-reductions.js'
import { readReductions } from './golden.js'

const cases = readReductions()
const ops = [...new Set(cases.map(({ op }) => op))]

const functions = { ...sync, var: sync.var_ } as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>

function run(one: RecordedReduction): RecordedResult[] {
  const { name, given, isFlat } = callOf(one, arrayOf(one.input))
  return recorded(resultsOf(functions[name]?.(...given), isFlat))
}

afterEach(() => setTileSize())

describe.each([7, 1000, undefined])('in tiles of %s elements', (tile) => {
  test.each(ops)('%s has the bits of NumPy', (op) => {
    setTileSize(tile)
    const wrong = cases
      .filter((one) => one.op === op)
      .flatMap((one) => {
        const [results, wanted] = [run(one), expected(one)]
        return JSON.stringify(results) === JSON.stringify(wanted)
          ? []
          : [{ ...one.input, ...one.options, results, wanted }]
      })
    expect(wrong).toEqual([])
  })
})

test('percentiles found digit by digit are those of sorted elements', () => {
  const percentiles = cases.filter(({ op }) => op === 'percentile')
  for (const { q = 50, input, options, out } of percentiles) {
    const array = arrayOf(input)
    const found = drive(planPercentile(array, q, { ...options, sortedUpTo: 0 }), array)
    expect(hexOf(NDArray.fromParts(found))).toBe(out.hex)
  }
})
