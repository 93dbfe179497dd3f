// What `set` takes: which scalars fit a dtype, which arrays are cast and broadcast, and each refusal in NumPy's words.
import { describe, expect, it } from 'vitest'
import type { DType } from '../../../src/core/dtype.js'
import { DTypeError, ShapeError } from '../../../src/core/errors.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { scalar } from '../../../src/core/numpy/weak.js'
import { valueForSet } from '../../../src/core/set-value.js'

const one = (value: unknown, dtype: DType) => NDArray.fromParts(valueForSet(value, dtype, [])).item()

describe('a scalar', () => {
  it.each([
    [127, 'int8', 127],
    [-128n, 'int8', -128],
    [true, 'int16', 1],
    [-0, 'int32', 0],
    [5, 'int64', 5n],
    [2 ** 60, 'int64', 2n ** 60n],
    [2n ** 64n - 1n, 'uint64', 2n ** 64n - 1n],
    [0.1, 'float32', Math.fround(0.1)],
    [1e300, 'float32', Infinity],
    [10n ** 6n, 'float16', Infinity],
    [Number.NaN, 'float16', Number.NaN],
    [true, 'float64', 1],
    [7n, 'complex64', { re: 7, im: 0 }],
    [{ re: 1, im: -2 }, 'complex128', { re: 1, im: -2 }],
    [1, 'bool', true],
    [false, 'bool', false],
  ] as const)('%s fits %s', (value, dtype, stored) => {
    expect(one(value, dtype)).toEqual(stored)
  })

  it.each([
    [300, 'int8', 'Python integer 300 out of bounds for int8'],
    [-129n, 'int8', 'Python integer -129 out of bounds for int8'],
    [-1, 'uint8', 'Python integer -1 out of bounds for uint8'],
    [-1, 'uint64', 'Python integer -1 out of bounds for uint64'],
    [2 ** 32, 'uint32', 'Python integer 4294967296 out of bounds for uint32'],
    [2n ** 63n, 'int64', 'Python int too large to convert to C long'],
    [2n ** 64n, 'uint64', 'Python int too large to convert to C long'],
    [1e30, 'int8', 'Python int too large to convert to C long'],
    [2, 'bool', 'Python integer 2 out of bounds for bool'],
    [10n ** 400n, 'float64', 'int too large to convert to float'],
    [1.5, 'int32', `Cannot cast array data from dtype('float64') to dtype('int32') according to the rule 'same_kind'`],
    [
      Number.NaN,
      'int8',
      `Cannot cast array data from dtype('float64') to dtype('int8') according to the rule 'same_kind'`,
    ],
    [
      Infinity,
      'bool',
      `Cannot cast array data from dtype('float64') to dtype('bool') according to the rule 'same_kind'`,
    ],
    [
      { re: 1, im: 0 },
      'float64',
      `Cannot cast array data from dtype('complex128') to dtype('float64') according to the rule 'same_kind'`,
    ],
    [
      { re: 1, im: 0 },
      'int8',
      `Cannot cast array data from dtype('complex128') to dtype('int8') according to the rule 'same_kind'`,
    ],
  ] as const)('%s does not fit %s', (value, dtype, message) => {
    expect(() => one(value, dtype)).toThrow(new DTypeError(message))
  })
})

describe('a scalar with its kind said', () => {
  it('is weak as a bare one is, or cast same_kind as an array of its dtype is', () => {
    expect(one(scalar(7, 'int'), 'int8')).toBe(7)
    expect(one(scalar(2, 'float'), 'float16')).toBe(2)
    expect(one(scalar(true, 'bool'), 'uint64')).toBe(1n)
    expect(one(scalar(2, 'complex'), 'complex64')).toEqual({ re: 2, im: 0 })
    expect(one(scalar(300, 'int64'), 'int8')).toBe(44)
    expect(one(scalar(1 / 3, 'float16'), 'float64')).toBe(0.333251953125)
    expect(() => one(scalar(300, 'int'), 'int8')).toThrow(new DTypeError('Python integer 300 out of bounds for int8'))
    expect(() => one(scalar(3, 'float64'), 'int8')).toThrow(
      new DTypeError(`Cannot cast array data from dtype('float64') to dtype('int8') according to the rule 'same_kind'`),
    )
  })
})

describe('an array', () => {
  it('is cast same_kind, and no further', () => {
    const array = NDArray.from(Float64Array.of(0.1, 2))
    expect(valueForSet(array, 'float32', [2]).data).toEqual(Float32Array.of(0.1, 2))
    expect(valueForSet(array, 'complex64', [2]).data).toEqual(Float32Array.of(0.1, 0, 2, 0))
    expect(() => valueForSet(array, 'int32', [2])).toThrow(
      new DTypeError(
        `Cannot cast array data from dtype('float64') to dtype('int32') according to the rule 'same_kind'`,
      ),
    )
    expect(valueForSet(NDArray.from([300n]), 'int8', [1]).data).toEqual(Int8Array.of(44)) // integers wrap, as in NumPy
  })

  it('is given in C order, whatever its strides', () => {
    const array = NDArray.from(Int16Array.of(1, 2, 3, 4), { shape: [2, 2] }).transpose()
    expect(valueForSet(array, 'int16', [2, 2])).toEqual({
      data: Int16Array.of(1, 3, 2, 4),
      shape: [2, 2],
      dtype: 'int16',
    })
  })

  it('is broadcast, surplus leading axes of one left away', () => {
    const row = NDArray.from([1, 2, 3])
    expect(valueForSet(row, 'float64', [2, 3]).shape).toEqual([3])
    expect(valueForSet(NDArray.from([[[1, 2, 3]]]), 'float64', [3]).shape).toEqual([3])
    expect(valueForSet(NDArray.from([[5]]), 'float64', []).shape).toEqual([])
  })

  it('is refused where it does not broadcast, in NumPy’s words', () => {
    expect(() => valueForSet(NDArray.from([1, 2, 3]), 'float64', [2])).toThrow(
      new ShapeError('could not broadcast input array from shape (3,) into shape (2,)'),
    )
    expect(() => valueForSet(NDArray.zeros([2, 1]), 'float64', [2])).toThrow(
      new ShapeError('could not broadcast input array from shape (2,1) into shape (2,)'),
    )
  })

  it('of another library is taken by its shape', () => {
    const array = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2], stride: [1, 2] }
    expect(valueForSet(array, 'float64', [2, 2]).data).toEqual(Float64Array.of(1, 3, 2, 4))
  })
})

describe('nested arrays', () => {
  it('hold values that must fit, and are broadcast', () => {
    expect(valueForSet([1, 2], 'int8', [3, 2])).toEqual({ data: Int8Array.of(1, 2), shape: [2], dtype: 'int8' })
    expect(() => valueForSet([1, 300], 'int8', [2])).toThrow('Python integer 300 out of bounds for int8')
    expect(() => valueForSet([1, 2, 3], 'int8', [2])).toThrow('could not broadcast input array from shape (3,)')
  })
})

describe('a typed array', () => {
  it('of the selection’s size fills it in C order', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6)
    expect(valueForSet(data, 'float32', [2, 3])).toEqual({ data, shape: [2, 3], dtype: 'float32' })
    expect(valueForSet(data, 'float32', [2, 3]).data).toBe(data)
    expect(valueForSet(data, 'float64', [6]).data).toEqual(Float64Array.from(data))
    expect(valueForSet(Uint8ClampedArray.of(9), 'uint8', []).data).toEqual(Uint8Array.of(9))
  })

  it('of another size is refused, also where an array of that shape would broadcast', () => {
    for (const size of [1, 3, 5]) {
      expect(() => valueForSet(new Float32Array(size), 'float32', [2, 3])).toThrow(
        new ShapeError(
          `a typed array of ${size} elements does not fill a selection of shape (2,3): ` +
            'to repeat its elements, give NDArray.from(data)',
        ),
      )
    }
  })

  it('is re-read as what its bytes can be', () => {
    expect(valueForSet(Uint8Array.of(0, 1), 'bool', [2]).data).toEqual(Uint8Array.of(0, 1))
    expect(one(Uint16Array.of(0x3c00), 'float16')).toBe(1)
    expect(one(Float32Array.of(1, 2), 'complex64')).toEqual({ re: 1, im: 2 })
    expect(one(Float64Array.of(3), 'complex128')).toEqual({ re: 3, im: 0 })
    expect(valueForSet(Float64Array.of(3, 4), 'complex128', [2]).data).toEqual(Float64Array.of(3, 0, 4, 0))
  })

  it('is cast no further than same_kind', () => {
    expect(() => valueForSet(Float32Array.of(1), 'int64', [1])).toThrow(DTypeError)
    expect(() => valueForSet(Int8Array.of(1), 'uint8', [1])).toThrow(DTypeError)
    expect(valueForSet(Int32Array.of(-1), 'int64', [1]).data).toEqual(BigInt64Array.of(-1n))
  })
})

it.each([
  ['a string', 'x'],
  ['null', null],
  ['undefined', undefined],
  ['an object', {}],
  ['nested strings', ['1']],
])('%s is a TypeError', (_, value) => {
  expect(() => valueForSet(value, 'float64', [1])).toThrow(TypeError)
})
