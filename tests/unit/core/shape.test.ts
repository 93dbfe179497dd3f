// Shapes: what is one, sizes and strides, broadcasting as NumPy does and says it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ShapeError } from '../../../src/core/errors.js'
import {
  broadcastShapes,
  broadcastsTo,
  byteLengthOf,
  checkAxis,
  checkShape,
  shapeText,
  sizeOf,
  stridesOf,
} from '../../../src/core/shape.js'

describe('checkShape', () => {
  it('gives a frozen copy', () => {
    const given = [2, 0, 3]
    const shape = checkShape(given)
    expect(shape).toEqual(given)
    expect(shape).not.toBe(given)
    expect(Object.isFrozen(shape)).toBe(true)
    expect(checkShape([])).toEqual([])
  })

  it.each([
    ['a negative length', [-1, 3], 'negative dimensions are not allowed, got -1 in (-1,3)'],
    ['a fraction', [2.5], 'the lengths of a shape are integers, got 2.5 in (2.5)'],
    ['NaN', [2, Number.NaN], 'got NaN in (2,NaN)'],
    ['infinity', [Infinity], 'got Infinity'],
    ['a string', ['2'], 'got 2 in (2)'],
    ['a bigint', [2n], 'the lengths of a shape are integers'],
    ['a hole', new Array(2), 'got undefined'],
    ['2^53 along an axis', [2 ** 53], 'Maximum allowed dimension exceeded in (9007199254740992)'],
    [
      '2^53 elements',
      [2 ** 26, 2 ** 27],
      'array is too big: shape (67108864,134217728) has more than 2^53 - 1 elements',
    ],
    ['no array', 5, 'a shape is an array of non-negative integers, got 5'],
    ['65 axes', new Array(65).fill(1), 'maximum supported dimension for an ndarray is currently 64, found 65'],
  ])('refuses %s and names it', (_, shape, message) => {
    expect(() => checkShape(shape)).toThrow(ShapeError)
    expect(() => checkShape(shape)).toThrow(message)
  })

  it('accepts long axes of an empty array, and as many elements as numbers count', () => {
    expect(sizeOf(checkShape([...new Array(30).fill(2 ** 52), 0]))).toBe(0)
    expect(sizeOf(checkShape([2 ** 53 - 1]))).toBe(2 ** 53 - 1)
  })
})

describe('sizes and strides', () => {
  it('count elements in C order', () => {
    expect(sizeOf([])).toBe(1)
    expect(sizeOf([2, 3, 4])).toBe(24)
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1])
    expect(stridesOf([])).toEqual([])
  })

  it('give bytes, up to what numbers count', () => {
    expect(byteLengthOf([2, 3], 'complex128')).toBe(96)
    expect(() => byteLengthOf([2 ** 52], 'float64')).toThrow(/too big: shape \(4503599627370496,\) of float64/)
  })

  it('are printed as NumPy prints them', () => {
    expect([[], [3], [2, 3]].map(shapeText)).toEqual(['()', '(3,)', '(2,3)'])
  })
})

describe('broadcasting', () => {
  const length = fc.integer({ min: 0, max: 3 })
  const shape = fc.array(length, { maxLength: 4 })

  it('gives a shape that every operand broadcasts to, or refuses', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        let common: number[]
        try {
          common = broadcastShapes(a, b)
        } catch (error) {
          expect(error).toBeInstanceOf(ShapeError)
          return
        }
        expect([broadcastsTo(a, common), broadcastsTo(b, common)]).toEqual([true, true])
        expect(common.length).toBe(Math.max(a.length, b.length))
        expect(broadcastShapes(b, a)).toEqual(common)
      }),
    )
  })

  it('treats empty axes as NumPy does', () => {
    expect(broadcastShapes([0], [1])).toEqual([0])
    expect(() => broadcastShapes([0], [3])).toThrow(ShapeError)
  })

  it('refuses in the words of a ufunc, which end in a space', () => {
    expect(() => broadcastShapes([2, 3], [3, 2])).toThrow(
      new ShapeError('operands could not be broadcast together with shapes (2,3) (3,2) '),
    )
  })

  it('knows what broadcasts to what', () => {
    expect(broadcastsTo([3], [2, 3])).toBe(true)
    expect(broadcastsTo([2, 1], [2, 3])).toBe(true)
    expect(broadcastsTo([2, 3], [3])).toBe(false)
    expect(broadcastsTo([2], [2, 3])).toBe(false)
  })
})

describe('checkAxis', () => {
  it('counts from the end where negative, and refuses in the words of numpy.exceptions.AxisError', () => {
    expect(checkAxis(-1, 3)).toBe(2)
    for (const axis of [3, -4]) {
      expect(() => checkAxis(axis, 3)).toThrow(new ShapeError(`axis ${axis} is out of bounds for array of dimension 3`))
    }
    expect(() => checkAxis(0.5, 3)).toThrow(ShapeError)
  })
})
