// Strided copies against a model that moves one element at a time.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DTYPE_NAMES, DTYPES, type DType } from '../../../src/core/dtype.js'
import { sizeOf, stridesOf } from '../../../src/core/shape.js'
import { contiguous, copyElements, gather, isContiguous, type Layout } from '../../../src/core/strided.js'
import { allocate, bytesOf } from '../../../src/core/typed-array.js'

interface View {
  readonly strides: readonly number[]
  readonly offset: number
  /** Elements of the memory under it. */
  readonly room: number
}

/** Axes laid out in a random order, each with gaps, some reversed; `repeats`: some with stride 0. */
const viewOf = (shape: readonly number[], repeats: boolean): fc.Arbitrary<View> =>
  fc
    .record({
      order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      gaps: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: shape.length, maxLength: shape.length }),
      kinds: fc.array(fc.constantFrom('forward', 'backward', repeats ? 'repeat' : 'forward'), {
        minLength: shape.length,
        maxLength: shape.length,
      }),
      before: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ order, gaps, kinds, before }) => {
      const strides = shape.map(() => 0)
      let room = 1
      for (const axis of order) {
        strides[axis] = kinds[axis] === 'repeat' ? 0 : room * (gaps[axis] ?? 1)
        if (kinds[axis] !== 'repeat') room *= Math.max(1, shape[axis] ?? 1) * (gaps[axis] ?? 1)
      }
      let offset = before
      for (const axis of order) {
        if (kinds[axis] !== 'backward') continue
        offset += (strides[axis] ?? 0) * Math.max(0, (shape[axis] ?? 0) - 1)
        strides[axis] = -(strides[axis] ?? 0)
      }
      return { strides, offset, room: room + before }
    })

const shapes = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  fc.constantFrom([2, 300], [300, 2], [3, 5, 70]),
)
const copies = fc.tuple(shapes, fc.constantFrom(...DTYPE_NAMES)).chain(([shape, dtype]) =>
  fc.record({
    shape: fc.constant(shape),
    dtype: fc.constant(dtype),
    target: viewOf(shape, false),
    source: viewOf(shape, true),
  }),
)

/** Every position of a view, in C order. */
function* positions(shape: readonly number[], { strides, offset }: Omit<View, 'room'>, axis = 0): Generator<number> {
  if (axis === shape.length) yield offset
  else
    for (let i = 0; i < (shape[axis] ?? 0); i++)
      yield* positions(shape, { strides, offset: offset + i * (strides[axis] ?? 0) }, axis + 1)
}

/** Random bytes, so that NaNs of every kind and signed zeros are among them. */
function filled(dtype: DType, view: View, seed: number): Layout {
  const data = allocate(dtype, view.room)
  const bytes = bytesOf(data)
  for (let i = 0, state = seed; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state % 3 === 0 ? 255 : state >>> 24
  }
  return { data, strides: view.strides, offset: view.offset }
}

function copyOneByOne(dtype: DType, shape: readonly number[], target: Layout, source: Layout): Uint8Array {
  const { itemsize } = DTYPES[dtype]
  const result = bytesOf(target.data).slice()
  const from = [...positions(shape, source)]
  const bytes = bytesOf(source.data)
  let index = 0
  for (const to of positions(shape, target)) {
    const start = (from[index++] ?? 0) * itemsize
    result.set(bytes.subarray(start, start + itemsize), to * itemsize)
  }
  return result
}

describe('copyElements', () => {
  it('moves every element to its place, bit for bit, and touches nothing else', () => {
    fc.assert(
      fc.property(copies, ({ dtype, shape, target, source }) => {
        const to = filled(dtype, target, 1)
        const from = filled(dtype, source, 2)
        const expected = copyOneByOne(dtype, shape, to, from)
        copyElements(dtype, shape, to, from)
        expect(Buffer.compare(bytesOf(to.data), expected)).toBe(0)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('gather and contiguous', () => {
  it('give the elements in C order', () => {
    fc.assert(
      fc.property(copies, ({ dtype, shape, source }) => {
        const from = filled(dtype, source, 3)
        const packed = { data: allocate(dtype, sizeOf(shape)), strides: stridesOf(shape), offset: 0 }
        const expected = copyOneByOne(dtype, shape, packed, from)
        const gathered = gather(dtype, shape, from)
        expect(Buffer.compare(bytesOf(gathered), expected)).toBe(0)
        expect(gathered.buffer).not.toBe(from.data.buffer)
        const shared = contiguous(dtype, shape, from)
        expect(Buffer.compare(bytesOf(shared), expected)).toBe(0)
        expect(shared.buffer === from.data.buffer).toBe(isContiguous(shape, from.strides))
      }),
      { numRuns: 300 },
    )
  })

  it('know contiguous memory: axes of one and empty arrays may have any stride', () => {
    expect(isContiguous([2, 1, 3], [3, 99, 1])).toBe(true)
    expect(isContiguous([0, 3], [7, 7])).toBe(true)
    expect(isContiguous([], [])).toBe(true)
    expect(isContiguous([2, 3], [1, 2])).toBe(false)
    expect(isContiguous([3], [0])).toBe(false)
    expect(isContiguous([3], [-1])).toBe(false)
  })
})
