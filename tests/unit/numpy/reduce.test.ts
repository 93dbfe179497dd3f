// Reductions against results recorded from NumPy (record-reductions.py), bit for bit and whatever the tile size.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { castTyped } from '../../../src/core/cast.js'
import { DTYPES, type DType, type TypedArray } from '../../../src/core/dtype.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { drive } from '../../../src/core/numpy/reduce/drive.js'
import { planPercentile } from '../../../src/core/numpy/reduce/percentile.js'
import * as sync from '../../../src/core/numpy/reduce/sync.js'
import { setTileSize } from '../../../src/core/numpy/tiles.js'
import { bytesOf } from '../../../src/core/typed-array.js'

interface Layout {
  readonly dtype: DType
  readonly size: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

interface Recorded {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly hex: string
}

interface Case {
  readonly op: string
  readonly name?: 'add' | 'multiply' | 'minimum' | 'maximum'
  readonly q?: number | readonly number[]
  readonly input: Layout
  readonly options: Readonly<Record<string, unknown>>
  readonly out: Recorded
  readonly edges?: Recorded
}

const file = new URL('./numpy-reductions.json.gz', import.meta.url)
const { cases } = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as { cases: readonly Case[] }
const ops = [...new Set(cases.map(({ op }) => op))]

/** The formula of record-reductions.py. */
function elements(size: number, dtype: DType): TypedArray {
  const { kind, width } = DTYPES[dtype]
  const states = Float64Array.from(
    { length: size * width },
    (_, i) => (Math.imul(i, 1_103_515_245) + 12_345) & 0x7fffffff,
  )
  if (kind === 'complex')
    return castTyped(
      states.map((u) => u / 2 ** 31 - 0.25),
      'complex128',
      dtype,
    )
  if (kind === 'float')
    return castTyped(
      states.map((u) => u / 2 ** 31 - 0.25),
      'float64',
      dtype,
    )
  const wrapped = castTyped(
    states.map((u) => u % 1000),
    'float64',
    'int64',
  )
  return castTyped(wrapped, 'int64', dtype)
}

function arrayOf({ dtype, size, shape, strides, offset }: Layout): NDArray {
  return NDArray.fromParts({ data: elements(size, dtype), dtype, shape, strides, offset })
}

function run({ op, name = 'add', q = 50, input, options }: Case): NDArray[] {
  const array = arrayOf(input)
  if (op === 'accumulate') return [sync.accumulate(name, array, options)]
  if (op === 'percentile') return [sync.percentile(array, q, options) as NDArray]
  if (op === 'histogram') return Object.values(sync.histogram(array, options))
  return [reduced(op, array, options)]
}

/** As arrays: with `keepdims` reductions over all axes give one. */
function reduced(op: string, array: NDArray, options: Readonly<Record<string, unknown>>): NDArray {
  const functions = { ...sync, var: sync.var_, count_nonzero: sync.countNonzero } as unknown as Readonly<
    Record<string, (a: NDArray, o: unknown) => NDArray>
  >
  const isFlat = options['axis'] === null
  const result = functions[op]?.(array, isFlat ? { ...options, keepdims: true } : options) as NDArray
  return isFlat ? result.reshape([]) : result
}

function hexOf(array: NDArray): string {
  return Buffer.from(bytesOf(array.toArray())).toString('hex')
}

afterEach(() => setTileSize())

describe.each([7, 1000, undefined])('in tiles of %s elements', (tile) => {
  test.each(ops)('%s has the bits of NumPy', (op) => {
    setTileSize(tile)
    const wrong = cases
      .filter((one) => one.op === op)
      .flatMap((one) => {
        const wanted = [one.out, ...(one.edges === undefined ? [] : [one.edges])]
        const results = run(one).map((array) => ({ dtype: array.dtype, shape: array.shape, hex: hexOf(array) }))
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
