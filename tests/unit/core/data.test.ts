// Data in: what each source becomes, what shares memory, and what is refused.
import { describe, expect, it } from 'vitest'
import { arrayParts } from '../../../src/core/data.js'
import { DTypeError, ShapeError } from '../../../src/core/errors.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { slice } from '../../../src/core/slice.js'

describe('a typed array', () => {
  it('is shared, with its own dtype, 1-d without a shape', () => {
    const data = Int16Array.of(1, 2, 3)
    const parts = arrayParts(data)
    expect(parts.data).toBe(data)
    expect([parts.shape, parts.dtype]).toEqual([[3], 'int16'])
  })

  it('takes a shape of as many elements', () => {
    expect(arrayParts(new Uint8Array(6), { shape: [2, 3] }).shape).toEqual([2, 3])
    expect(() => arrayParts(new Uint8Array(5), { shape: [2, 3] })).toThrow(
      new ShapeError('cannot reshape array of size 5 into shape (2,3)'),
    )
    expect(() => arrayParts(new Uint8Array(5), { shape: [-5] })).toThrow(ShapeError)
  })

  it('of clamped bytes is uint8', () => {
    const parts = arrayParts(Uint8ClampedArray.of(7))
    expect([parts.dtype, parts.data.constructor, parts.data[0]]).toEqual(['uint8', Uint8Array, 7])
  })

  it('that is a view of a buffer stays that part', () => {
    const data = new Float64Array([0, 1, 2, 3]).subarray(1, 3)
    expect(arrayParts(data).data).toBe(data)
    expect(NDArray.from(data).toNested()).toEqual([1, 2])
  })

  it('is re-read where its bytes can be another dtype', () => {
    expect(arrayParts(Uint8Array.of(0, 1), { dtype: 'bool' })).toMatchObject({ dtype: 'bool', shape: [2] })
    const half = NDArray.from(Uint16Array.of(0x3c00), { dtype: 'float16' })
    expect([half.item(0), half.shape]).toEqual([1, [1]])
    const complex64 = NDArray.from(Float32Array.of(1, 2, 3, 4), { dtype: 'complex64' })
    expect(complex64.toNested()).toEqual([
      { re: 1, im: 2 },
      { re: 3, im: 4 },
    ])
    const complex128 = NDArray.from(new Float64Array(12), { dtype: 'complex128', shape: [2, 3] })
    expect([complex128.shape, complex128.nbytes]).toEqual([[2, 3], 96])
  })

  it('is never cast: another dtype is refused, naming astype', () => {
    expect(() => arrayParts(new Float32Array(2), { dtype: 'int16' })).toThrow(DTypeError)
    expect(() => arrayParts(new Float32Array(2), { dtype: 'int16' })).toThrow(
      "a Float32Array of float32 is not read as int16: cast it with NDArray.from(data).astype('int16')",
    )
    for (const dtype of ['float64', 'complex128', 'bool'] as const) {
      expect(() => arrayParts(new Float32Array(2), { dtype })).toThrow(DTypeError)
    }
  })

  it('holds whole complex numbers', () => {
    expect(() => arrayParts(new Float32Array(3), { dtype: 'complex64' })).toThrow(ShapeError)
  })

  it('takes dtypes by name only', () => {
    // @ts-expect-error no dtype of that name
    expect(() => arrayParts(new Float32Array(3), { dtype: 'float128' })).toThrow(/unknown dtype "float128"/)
  })
})

describe('a buffer', () => {
  it('is any dtype, shared', () => {
    const buffer = new ArrayBuffer(16)
    expect(arrayParts(buffer, { dtype: 'complex128' })).toMatchObject({ shape: [1], data: { buffer } })
    expect(arrayParts(buffer, { dtype: 'int64', shape: [1, 2] }).data).toBeInstanceOf(BigInt64Array)
    expect(arrayParts(new SharedArrayBuffer(4), { dtype: 'int8' }).shape).toEqual([4])
  })

  it('needs a dtype, and whole elements of it', () => {
    expect(() => arrayParts(new ArrayBuffer(4))).toThrow(/an ArrayBuffer has no dtype of its own/)
    expect(() => arrayParts(new ArrayBuffer(6), { dtype: 'float32' })).toThrow(
      new ShapeError('a buffer of 6 bytes holds no whole float32 elements of 4 bytes'),
    )
  })
})

describe('an NDArray', () => {
  const array = NDArray.from(Int32Array.of(0, 1, 2, 3, 4, 5), { shape: [2, 3] })

  it('is shared where it lies in C order, else copied into it', () => {
    expect(arrayParts(array.view([1])).data).toEqual(Int32Array.of(3, 4, 5))
    expect(arrayParts(array.view([1])).data.buffer).toBe(array.data.buffer)
    const transposed = arrayParts(array.transpose())
    expect(transposed).toEqual({ data: Int32Array.of(0, 3, 1, 4, 2, 5), shape: [3, 2], dtype: 'int32' })
  })

  it('is not cast and not resized', () => {
    expect(() => arrayParts(array, { dtype: 'float64' })).toThrow(DTypeError)
    expect(arrayParts(array, { shape: [3, 2], dtype: 'int32' }).shape).toEqual([3, 2])
    expect(() => arrayParts(array, { shape: [4] })).toThrow('cannot reshape array of size 6 into shape (4,)')
  })
})

describe('a strided array of another library', () => {
  const data = Float32Array.of(0, 1, 2, 3, 4, 5)

  it('is shared where it lies in C order', () => {
    const parts = arrayParts({ data, shape: [2, 3], stride: [3, 1] }) // a zarrita chunk
    expect([parts.data.buffer === data.buffer, parts.shape, parts.dtype]).toEqual([true, [2, 3], 'float32'])
  })

  it('is copied otherwise: Fortran order, reversed, part of it', () => {
    expect([...arrayParts({ data, shape: [2, 3], stride: [1, 2] }).data]).toEqual([0, 2, 4, 1, 3, 5])
    expect([...arrayParts({ data, shape: [3], stride: [-2], offset: 5 }).data]).toEqual([5, 3, 1])
    expect([...arrayParts({ data, shape: [2, 2], stride: [3, 1], offset: 1 }).data]).toEqual([1, 2, 4, 5])
  })

  it('may be re-read as complex, with strides in complex numbers', () => {
    const parts = arrayParts({ data, shape: [2], stride: [-1], offset: 1 }, { dtype: 'complex64' })
    expect(parts).toEqual({ data: Float32Array.of(2, 3, 0, 1), shape: [2], dtype: 'complex64' })
  })

  it('is refused where it reaches out of its data', () => {
    for (const [shape, stride, offset] of [
      [[7], [1], 0],
      [[3], [1], 4],
      [[3], [-1], 1],
      [[2], [], 0],
      [[2], [0.5], 0],
    ] as const) {
      expect(() => arrayParts({ data, shape, stride, offset })).toThrow(ShapeError)
    }
    expect(() => arrayParts({ data, shape: [7], stride: [1] })).toThrow(
      'shape (7,) with stride (1,) and offset 0 does not lie in 6 elements',
    )
  })

  it('may be empty', () => {
    expect(arrayParts({ data, shape: [0, 9], stride: [9, 1] })).toEqual({
      data: new Float32Array(0),
      shape: [0, 9],
      dtype: 'float32',
    })
  })
})

describe('anything else', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a string', 'data'],
    ['an object', { shape: [1] }],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['strided data that is no typed array', { data: [1], shape: [1], stride: [1] }],
    ['a slice', slice(1)],
  ])('%s is a TypeError', (_, data) => {
    expect(() => arrayParts(data)).toThrow(TypeError)
    expect(() => arrayParts(data)).toThrow(/expected a typed array, an ArrayBuffer, nested arrays, an NDArray or/)
  })
})
