// NDArray: making one, its elements, set and astype.
import { describe, expect, it } from 'vitest'
import { DTypeError, InvalidSelectionError, ShapeError } from '../../../src/core/errors.js'
import { NDArray, toContiguous } from '../../../src/core/ndarray.js'
import { sizeOf } from '../../../src/core/shape.js'
import { slice } from '../../../src/core/slice.js'

const counting = (shape: readonly number[]) =>
  NDArray.from(
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => i),
    { shape, dtype: 'float64' },
  )

describe('NDArray.from', () => {
  it('shares a typed array’s memory', () => {
    const data = Int32Array.of(1, 2, 3, 4)
    const array = NDArray.from(data, { shape: [2, 2] })
    data[3] = 9
    expect(array.data).toBe(data)
    expect(array.item(1, 1)).toBe(9)
  })

  it('knows its own shape', () => {
    const array = NDArray.from(new Float32Array(24), { shape: [3, 4], dtype: 'complex64' })
    expect(array).toMatchObject({
      dtype: 'complex64',
      shape: [3, 4],
      strides: [4, 1],
      offset: 0,
      size: 12,
      ndim: 2,
      nbytes: 96,
    })
    expect(Object.isFrozen(array.shape) && Object.isFrozen(array.strides)).toBe(true)
  })

  it('makes 0-d arrays of scalars', () => {
    expect(NDArray.from(1.5)).toMatchObject({ dtype: 'float64', shape: [] })
    expect(NDArray.from(3, { dtype: 'int8', shape: [1, 1] }).toNested()).toEqual([[3]])
    expect(NDArray.from({ re: 1, im: 2 }).toNested()).toEqual({ re: 1, im: 2 })
    expect(() => NDArray.from(300, { dtype: 'int8' })).toThrow(DTypeError)
  })
})

describe('NDArray.zeros', () => {
  it('is float64 by default', () => {
    expect(NDArray.zeros([2, 2])).toMatchObject({ dtype: 'float64', size: 4 })
    expect(NDArray.zeros([2], 'int64').toNested()).toEqual([0n, 0n])
    expect(NDArray.zeros([0]).toNested()).toEqual([])
  })

  it('refuses invalid shapes and dtypes', () => {
    expect(() => NDArray.zeros([-1])).toThrow(ShapeError)
    expect(() => NDArray.zeros([2 ** 50, 8], 'complex128')).toThrow(ShapeError)
    // @ts-expect-error no dtype of that name
    expect(() => NDArray.zeros([1], 'float')).toThrow(DTypeError)
  })
})

describe('item', () => {
  it('gives the JavaScript value of each dtype', () => {
    expect(NDArray.from([2]).item(0)).toBe(2)
    expect(NDArray.from([true]).item(0)).toBe(true)
    expect(NDArray.from([2n ** 62n]).item(-1)).toBe(2n ** 62n)
    expect(NDArray.from([0.5], { dtype: 'float16' }).item(0)).toBe(0.5)
    expect(NDArray.from([{ re: 1, im: 2 }]).item(0)).toEqual({ re: 1, im: 2 })
  })

  it('needs no index where there is one element', () => {
    expect(NDArray.from([[7]]).item()).toBe(7)
    expect(counting([2, 3]).view([1, 2]).item()).toBe(5)
  })

  it('refuses another number of indices, and indices out of bounds', () => {
    expect(() => counting([2, 3]).item(1)).toThrow(
      /incorrect number of indices for array: shape \(2,3\) takes 2, got 1/,
    )
    expect(() => counting([2]).item()).toThrow(InvalidSelectionError)
    expect(() => counting([2, 3]).item(0, 3)).toThrow('index 3 is out of bounds for axis 1 with size 3')
    expect(() => counting([2]).item(0.5)).toThrow(InvalidSelectionError)
  })
})

describe('set', () => {
  it('writes scalars, arrays, typed arrays and nested arrays', () => {
    const array = NDArray.zeros([2, 3], 'int16')
    array.set([0], 7)
    array.set([1], NDArray.from(Int8Array.of(1, 2, 3)))
    expect(array.toNested()).toEqual([
      [7, 7, 7],
      [1, 2, 3],
    ])
    array.set([null, slice(1)], Int16Array.of(10, 11, 12, 13))
    expect(array.toNested()).toEqual([
      [7, 10, 11],
      [1, 12, 13],
    ])
    array.set([], [[1], [2]])
    expect(array.toNested()).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ])
  })

  it('reads a value that overlaps before it writes', () => {
    const array = counting([6])
    array.set([slice(1)], array.view([slice(0, 5)]))
    expect(array.toNested()).toEqual([0, 0, 1, 2, 3, 4])
    const square = counting([3, 3])
    square.set([], square.transpose())
    expect(square.toNested()).toEqual([
      [0, 3, 6],
      [1, 4, 7],
      [2, 5, 8],
    ])
    const typed = Float64Array.of(1, 2, 3)
    NDArray.from(typed).set([slice(null, null, -1)], typed)
    expect([...typed]).toEqual([3, 2, 1])
  })

  it('leaves the array as it was where it refuses', () => {
    const array = NDArray.zeros([2], 'int8')
    expect(() => array.set([], [1, 300])).toThrow(DTypeError)
    expect(() => array.set([], NDArray.from([1, 2, 3]))).toThrow(DTypeError)
    expect(() => array.set([2], 1)).toThrow(InvalidSelectionError)
    expect(() => array.set([], Int8Array.of(1, 2, 3))).toThrow(ShapeError)
    expect(array.toNested()).toEqual([0, 0])
  })
})

describe('astype, toArray and toContiguous', () => {
  it('astype copies, also into the same dtype, and obeys the casting rule', () => {
    const array = NDArray.from([1.7, -2.2])
    expect(array.astype('int8').toNested()).toEqual([1, -2])
    expect(array.astype('float64').data).not.toBe(array.data)
    expect(counting([2, 2]).transpose().astype('int32').data).toEqual(Int32Array.of(0, 2, 1, 3))
    expect(() => array.astype('int32', { casting: 'safe' })).toThrow(
      new DTypeError(`Cannot cast array data from dtype('float64') to dtype('int32') according to the rule 'safe'`),
    )
    expect(array.astype('float32', { casting: 'same_kind' }).dtype).toBe('float32')
    // @ts-expect-error no dtype of that name
    expect(() => array.astype('int')).toThrow(DTypeError)
  })

  it('toArray is always fresh, of the elements only', () => {
    const array = counting([4])
    const copy = array.view([slice(1, 3)]).toArray()
    expect([...copy]).toEqual([1, 2])
    expect(copy.buffer.byteLength).toBe(16)
    expect(array.toArray()).not.toBe(array.data)
  })

  it('toContiguous shares where it can', () => {
    const array = counting([2, 3])
    expect(toContiguous(array.view([1])).buffer).toBe(array.data.buffer)
    expect([...toContiguous(array.transpose())]).toEqual([0, 3, 1, 4, 2, 5])
  })
})

it('is narrows the dtype', () => {
  const array: NDArray = NDArray.from([1n])
  expect(array.is('float64')).toBe(false)
  if (!array.is('int64')) throw new Error('it is int64')
  const value: bigint = array.item(0)
  expect(value).toBe(1n)
})
