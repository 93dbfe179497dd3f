// Copies that make columns of rows within the accelerator's memory, against plain ones.
import { expect, test } from 'vitest'
import { DTYPES, type DType } from '../../../src/core/dtype.js'
import { createAccelerator } from '../../../src/core/numpy/simd/accelerator.js'
import { copyElements } from '../../../src/core/strided.js'
import { bytesOf, wrap } from '../../../src/core/typed-array.js'

const BYTES = 1 << 20
const accelerator = createAccelerator(BYTES)
if (accelerator === undefined) throw new Error('no SIMD')
const { buffer, copy, start } = accelerator
const ROOM = (BYTES - start) / 2

test.each(['int8', 'float16', 'float32', 'int64', 'float64', 'complex64', 'complex128'] satisfies DType[])(
  'of %s',
  (dtype) => {
    const { itemsize } = DTYPES[dtype]
    for (const [count, length] of [
      [8, 8],
      [1, 64],
      [64, 1],
      [13, 27],
      [30, 66],
      [3, 100],
    ] as const) {
      const [pitch, step, offset] = [length + 3, count + 5, 7]
      const source = wrap(buffer, dtype, start, ROOM / itemsize)
      bytesOf(source).forEach((_, i, bytes) => {
        bytes[i] = Math.imul(i + 1, 0x9e3779b1) >>> 24
      })
      const near = wrap(buffer, dtype, start + ROOM, ROOM / itemsize)
      const plain = wrap(new ArrayBuffer(ROOM), dtype)
      bytesOf(near).fill(0xaa)
      bytesOf(plain).fill(0xaa)
      for (const strides of [
        { from: [pitch, 1], to: [1, step] },
        { from: [1, pitch], to: [step, 1] },
      ]) {
        const shape = strides.from[1] === 1 ? [count, 1, length] : [length, 1, count]
        const [from, to] = [strides.from, strides.to].map(([a = 0, b = 0]) => [a, 0, b]) as [number[], number[]]
        const given = { data: source, strides: from, offset }
        copy(dtype, shape, { data: near, strides: to, offset: 2 }, given)
        copyElements(dtype, shape, { data: plain, strides: to, offset: 2 }, given)
        expect(Buffer.compare(bytesOf(near), bytesOf(plain)), `${count} rows of ${length}`).toBe(0)
      }
    }
  },
)
