// Nested JavaScript arrays: shape, inferred dtype, and what is refused in NumPy's words.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DTypeError, ShapeError } from '../../../src/core/errors.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { fromNested } from '../../../src/core/nested.js'

describe('nested arrays without a dtype', () => {
  it.each([
    ['numbers', [1, 2.5], 'float64', Float64Array.of(1, 2.5)],
    ['bigints', [1n, -2n], 'int64', BigInt64Array.of(1n, -2n)],
    ['booleans', [true, false], 'bool', Uint8Array.of(1, 0)],
    ['complex numbers', [{ re: 1, im: 2 }], 'complex128', Float64Array.of(1, 2)],
    ['booleans among numbers', [true, 2.5], 'float64', Float64Array.of(1, 2.5)],
    ['booleans among bigints', [true, 2n], 'int64', BigInt64Array.of(1n, 2n)],
    ['bigints among numbers', [1n, 2.5], 'float64', Float64Array.of(1, 2.5)],
    ['numbers among complex', [1, 2n, true, { re: 0, im: 1 }], 'complex128', Float64Array.of(1, 0, 2, 0, 1, 0, 0, 1)],
    ['nothing', [], 'float64', new Float64Array(0)],
  ])('%s: the dtype is what NumPy makes of them', (_, nested, dtype, data) => {
    expect(fromNested(nested)).toEqual({ data, shape: [nested.length], dtype })
  })

  it('have the shape of their nesting, empty axes and 0-d included', () => {
    expect(
      fromNested([
        [1, 2, 3],
        [4, 5, 6],
      ]).shape,
    ).toEqual([2, 3])
    expect(fromNested([[], []]).shape).toEqual([2, 0])
    expect(fromNested(5)).toEqual({ data: Float64Array.of(5), shape: [], dtype: 'float64' })
    expect(fromNested(true).dtype).toBe('bool')
  })

  it('come back from toNested as they went in', () => {
    const rows = fc
      .integer({ min: 0, max: 3 })
      .chain((columns) =>
        fc.array(fc.array(fc.double(), { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 3 }),
      )
    const int64s = fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
    const booleans = fc.array(fc.boolean())
    const complexes = fc.array(fc.record({ re: fc.double(), im: fc.double() }, { noNullPrototype: true }))
    fc.assert(
      fc.property(fc.oneof(rows, int64s, booleans, complexes), (nested) => {
        expect(NDArray.from(nested).toNested()).toEqual(nested)
      }),
    )
  })

  it.each([
    [[[1, 2], [3]], 1, '(2,)'],
    [[1, [2]], 1, '(2,)'],
    [[[1], 2], 1, '(2,)'],
    [
      [
        [[1], [2]],
        [[3], [4, 5]],
      ],
      2,
      '(2,2)',
    ],
  ])('that are ragged are refused: %j', (nested, depth, detected) => {
    expect(() => fromNested(nested)).toThrow(
      new ShapeError(
        'setting an array element with a sequence. The requested array has an inhomogeneous shape after ' +
          `${depth} dimensions. The detected shape was ${detected} + inhomogeneous part.`,
      ),
    )
  })

  it('refuse bigints that int64 does not hold', () => {
    expect(() => fromNested([2n ** 63n])).toThrow(DTypeError)
    expect(() => fromNested([2n ** 63n])).toThrow('Python int too large to convert to C long')
    expect(fromNested([2n ** 63n - 1n, -(2n ** 63n)]).dtype).toBe('int64')
    expect(fromNested([2n ** 63n, 0.5]).data).toEqual(Float64Array.of(2 ** 63, 0.5))
  })

  it('refuse what is no scalar, saying where', () => {
    expect(() => fromNested([[1], ['2']])).toThrow(
      new TypeError('elements are numbers, bigints, booleans or { re, im }, got string at [1][0]'),
    )
    expect(() => fromNested([null])).toThrow(/got null at \[0\]/)
    expect(() => fromNested(new Array(2))).toThrow(/got undefined at \[0\]/)
    expect(() => fromNested([new Float32Array(2)])).toThrow(/got a typed array at \[0\]/)
  })

  it('refuse an array that contains itself', () => {
    const nested: unknown[] = []
    nested.push(nested)
    expect(() => fromNested(nested)).toThrow(/maximum supported dimension/)
  })
})

describe('nested arrays with a dtype', () => {
  it('become that dtype where every value fits', () => {
    expect(fromNested([1, 2n, true], 'int8').data).toEqual(Int8Array.of(1, 2, 1))
    expect(fromNested([1, -1], 'int64').data).toEqual(BigInt64Array.of(1n, -1n))
    expect(fromNested([2n ** 64n - 1n], 'uint64').data).toEqual(BigUint64Array.of(2n ** 64n - 1n))
    expect(fromNested([[0.1]], 'float32').data).toEqual(Float32Array.of(0.1))
    expect(fromNested([0, 1, true], 'bool').data).toEqual(Uint8Array.of(0, 1, 1))
  })

  it('are refused where one does not', () => {
    expect(() => fromNested([1, 300], 'int8')).toThrow(new DTypeError('Python integer 300 out of bounds for int8'))
    expect(() => fromNested([1.5], 'int32')).toThrow(DTypeError)
    expect(() => fromNested(['1'], 'int32')).toThrow(TypeError)
  })
})
