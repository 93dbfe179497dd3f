// Sums in SIMD are those in JavaScript, bit for bit.
import { afterEach, expect, test } from 'vitest'
import { DTYPES } from '../../../src/core/dtype.js'
import { pairwiseSumOf } from '../../../src/core/numpy/reduce/pairwise.js'
import { accelerate } from '../../../src/core/numpy/simd/current.js'
import { accelerator, Room, randomWords, sample } from './simd.js'

afterEach(() => accelerate(undefined))

const LENGTHS = [...Array.from({ length: 150 }, (_, n) => n), 255, 256, 257, 1000, 1024, 4096, 12345, 65536]
const random = randomWords(7)
const finite = { float32: new Float32Array(1 << 16), float64: new Float64Array(1 << 16) }
for (const values of Object.values(finite)) for (let i = 0; i < values.length; i++) values[i] = random() / 1e5 - 2e4

test.each(['float32', 'float64'] as const)('pairwise sums of %s', (dtype) => {
  for (const n of LENGTHS) {
    for (const elements of [finite[dtype].slice(0, n), sample(dtype, n, n)]) {
      const x = new Room().put(elements, n % 3)
      const [expected, actual] = [
        { re: 0, im: 0 },
        { re: 0, im: 0 },
      ]
      pairwiseSumOf(dtype)(x, 0, n, expected)
      accelerate(accelerator)
      pairwiseSumOf(dtype)(x, 0, n, actual)
      accelerate(undefined)
      expect(actual).toEqual(expected)
    }
  }
  expect(DTYPES[dtype].width).toBe(1)
})
