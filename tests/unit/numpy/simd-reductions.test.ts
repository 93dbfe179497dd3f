// Reductions give the same with SIMD as without, bit for bit.
import { afterEach, expect, test } from 'vitest'
import { DTYPE_NAMES, DTYPES, type DType, type TypedArray } from '../../../src/core/dtype.js'
import { pairwiseSumOf } from '../../../src/core/numpy/reduce/pairwise.js'
import { planReduction } from '../../../src/core/numpy/reduce/plan.js'
import type { ReductionName } from '../../../src/core/numpy/reduce/types.js'
import { accelerate, reductionsOf } from '../../../src/core/numpy/simd/current.js'
import { allocate } from '../../../src/core/typed-array.js'
import { accelerator, difference, Room, randomWords, sample } from '../../support/simd.js'

afterEach(() => accelerate(undefined))

/** Elements whose sums need every bit; nothing special among the floats. */
function plain(dtype: DType, n: number, seed: number): TypedArray {
  const { kind, width } = DTYPES[dtype]
  const elements = sample(dtype, n, seed)
  if (kind !== 'float' && kind !== 'complex') return elements
  const random = randomWords(seed)
  for (let i = 0; i < n * width; i++) (elements as Float64Array)[i] = random() / 1e5 - 2e4
  return elements
}

const LENGTHS = [...Array.from({ length: 150 }, (_, n) => n), 255, 256, 257, 1000, 1024, 4096, 12345, 65536]

test.each(['float32', 'float64', 'complex64', 'complex128'] as const)('pairwise sums of %s', (dtype) => {
  for (const n of LENGTHS) {
    for (const elements of [plain(dtype, n, n), sample(dtype, n, n)]) {
      const x = new Room().put(elements, n % 3)
      const [expected, actual] = [
        { re: 0, im: 0 },
        { re: 0, im: 0 },
      ]
      pairwiseSumOf(dtype)(x, 0, x.length, expected)
      accelerate(accelerator)
      pairwiseSumOf(dtype)(x, 0, x.length, actual)
      accelerate(undefined)
      expect(actual).toEqual(expected)
    }
  }
})

interface Case {
  readonly shape: readonly number[]
  readonly axis: number | null
  readonly tile: number
  /** The dtype that is computed in. */
  readonly loop?: DType
}

const CASES: readonly Case[] = [
  { shape: [70_001], axis: null, tile: 70_001 },
  { shape: [70_001], axis: null, tile: 4099 },
  { shape: [37], axis: null, tile: 37 },
  { shape: [129, 300], axis: 0, tile: 129 * 300 },
  { shape: [129, 300], axis: 0, tile: 1000 },
  { shape: [40, 5000], axis: 0, tile: 33_333 },
  { shape: [3, 20_000], axis: 0, tile: 9000 },
  { shape: [50, 999], axis: 1, tile: 7777 },
  { shape: [12, 77, 40], axis: 1, tile: 12 * 77 * 40 },
]

/** The reduction of tiles that all lie in the memory, or that do not. */
function reduced(
  name: ReductionName,
  dtype: DType,
  elements: TypedArray,
  { shape, axis, tile, loop }: Case,
  faster: boolean,
) {
  const { width } = DTYPES[dtype]
  accelerate(faster ? accelerator : undefined)
  const reducer = planReduction(name, { shape, dtype }, { axis, dtype: loop })
  do {
    for (let start = 0; start * width < elements.length; start += tile) {
      const part = elements.subarray(start * width, (start + tile) * width)
      reducer.push(faster ? new Room().put(part) : part)
    }
  } while (reducer.endPass())
  return reducer.finish().data
}

const NAMES: readonly ReductionName[] = [
  'sum',
  'min',
  'max',
  'mean',
  'std',
  'any',
  'all',
  'countNonzero',
  'argmin',
  'prod',
]
const all = NAMES.flatMap((name) => DTYPE_NAMES.map((dtype) => [name, dtype] as const))
const isDefined = ([name, dtype]: readonly [ReductionName, DType]) => !(dtype === 'bool' && name === 'std')

test.each(all.filter(isDefined))('%s of %s', (name, dtype) => {
  for (const [index, { shape, axis, tile }] of CASES.entries()) {
    const size = shape.reduce((product, length) => product * length, 1)
    for (const elements of [plain(dtype, size, index), sample(dtype, size, index)]) {
      const expected = reduced(name, dtype, elements, { shape, axis, tile }, false)
      const actual = reduced(name, dtype, elements, { shape, axis, tile }, true)
      const zeros = name === 'min' || name === 'max' ? 'unsigned' : 'signed'
      expect(difference(actual as TypedArray, expected as TypedArray, zeros)).toBeUndefined()
    }
  }
})

test.each(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'bool'] as const)(
  'totals of the greatest %s',
  (dtype) => {
    const n = 300_000
    const greatest =
      dtype === 'bool' ? 1 : 2 ** (8 * DTYPES[dtype].itemsize - (DTYPES[dtype].kind === 'int' ? 1 : 0)) - 1
    for (const value of DTYPES[dtype].kind === 'int' ? [greatest, -greatest - 1] : [greatest]) {
      const elements = allocate(dtype, n).fill(value)
      const total = reduced('sum', dtype, elements, { shape: [n], axis: null, tile: n }, true)
      expect(BigInt.asIntN(64, total[0] as bigint)).toBe(BigInt(value) * BigInt(n))
    }
  },
)

test.each([
  ['sum', 'float32', 'int16'],
  ['sum', 'uint8', 'float32'],
  ['sum', 'int64', 'float64'],
  ['std', 'uint16', 'float32'],
  ['std', 'float32', 'float64'],
  ['std', 'float64', 'float32'],
] as const)('%s of %s computed in %s', (name, dtype, loop) => {
  for (const [index, given] of CASES.entries()) {
    const size = given.shape.reduce((product, length) => product * length, 1)
    const elements = plain(dtype, size, index)
    const expected = reduced(name, dtype, elements, { ...given, loop }, false)
    const actual = reduced(name, dtype, elements, { ...given, loop }, true)
    expect(difference(actual as TypedArray, expected as TypedArray, 'signed')).toBeUndefined()
  }
})

test.each(['float32', 'float64'] as const)('the only NaN among %s is the extreme, wherever it is', (dtype) => {
  const n = 201
  for (const name of ['min', 'max'] as const) {
    for (let at = 0; at < n; at++) {
      const elements = plain(dtype, n, at) as Float64Array
      elements[at] = Number.NaN
      expect(reduced(name, dtype, elements, { shape: [n], axis: null, tile: n }, true)[0]).toBeNaN()
    }
  }
})

test('elements elsewhere are reduced in JavaScript', () => {
  accelerate(accelerator)
  expect(reductionsOf(new Float32Array(100))).toBeUndefined()
  expect(reductionsOf(new Room().put(new Float32Array(100)))).toBe(accelerator.reductions)
})
