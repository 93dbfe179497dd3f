// Selections against a naive model of NumPy's basic indexing, and what each refusal says.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidSelectionError } from '../../../src/core/errors.js'
import { checkResolved, resolveSelection, type Selection, selectedShape } from '../../../src/core/selection.js'
import { type Slice, slice } from '../../../src/core/slice.js'

/** CPython's slice.indices followed by range(), written as its documentation puts it. */
function indicesOf({ start, stop, step }: Slice, size: number): number[] {
  const by = step ?? 1
  const [low, high] = by > 0 ? [0, size] : [-1, size - 1]
  const clip = (value: number) => {
    const fromStart = value < 0 ? value + size : value
    if (fromStart < low) return low
    return fromStart < high ? fromStart : high
  }
  const first = start === null ? (by > 0 ? low : high) : clip(start)
  const end = stop === null ? (by > 0 ? high : low) : clip(stop)
  const indices = []
  for (let i = first; by > 0 ? i < end : i > end; i += by) indices.push(i)
  return indices
}

const bound = fc.option(fc.integer({ min: -12, max: 12 }))
const sliceOf = fc.record({
  start: bound,
  stop: bound,
  step: fc.option(fc.integer({ min: -4, max: 4 }).filter((n) => n !== 0)),
})

function resolveOne(entry: Selection[number], size: number) {
  const [axis] = resolveSelection([entry], [size])
  if (axis === undefined) throw new Error('no axis')
  return axis
}

function refusal(selection: unknown, shape: readonly number[]): string {
  try {
    resolveSelection(selection as Selection, shape) // wrong on purpose in most tests
  } catch (error) {
    if (error instanceof InvalidSelectionError) return error.message
    throw error
  }
  return 'nothing was refused'
}

describe('slice', () => {
  it('takes one argument as the start, as Array.prototype.slice does', () => {
    expect(slice(2)).toEqual({ start: 2, stop: null, step: null })
    expect(resolveOne(slice(2), 5)).toEqual({ start: 2, step: 1, count: 3, keep: true })
  })

  it('is open wherever null or undefined is given', () => {
    expect(slice()).toEqual({ start: null, stop: null, step: null })
    expect(slice(undefined, null, 2)).toEqual({ start: null, stop: null, step: 2 })
  })
})

describe('resolveSelection', () => {
  it('selects what Python selects, for any slice', () => {
    fc.assert(
      fc.property(sliceOf, fc.integer({ min: 0, max: 9 }), (entry, size) => {
        const { start, step, count, keep } = resolveOne(entry, size)
        expect(Array.from({ length: count }, (_, i) => start + i * step)).toEqual(indicesOf(entry, size))
        expect(keep).toBe(true)
      }),
    )
  })

  it('gives only selections that checkResolved accepts, also after a structured clone', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(sliceOf, fc.integer({ min: 0, max: 9 })), { maxLength: 4 }), (axes) => {
        const shape = axes.map(([, size]) => size)
        const resolved = resolveSelection(
          axes.map(([entry]) => entry),
          shape,
        )
        expect(checkResolved(structuredClone(resolved), shape)).toEqual(resolved)
      }),
    )
  })

  it('counts negative indices from the end, and drops the axis', () => {
    expect(resolveOne(-1, 5)).toEqual({ start: 4, step: 1, count: 1, keep: false })
    expect(resolveOne(-5, 5)).toEqual({ start: 0, step: 1, count: 1, keep: false })
    expect(Object.is(resolveOne(-0, 5).start, 0)).toBe(true)
  })

  it('takes missing axes whole: fewer entries, none, undefined, null', () => {
    const whole = [2, 3].map((count) => ({ start: 0, step: 1, count, keep: true }))
    expect(resolveSelection([], [2, 3])).toEqual(whole)
    expect(resolveSelection(undefined, [2, 3])).toEqual(whole)
    expect(resolveSelection([null], [2, 3])).toEqual(whole)
    expect(resolveSelection([], [])).toEqual([])
  })

  it('keeps the axes of slices only', () => {
    expect(selectedShape(resolveSelection([0, slice(1), null], [2, 3, 4]))).toEqual([2, 4])
    expect(selectedShape(resolveSelection([0, 1], [2, 3]))).toEqual([])
  })

  it('accepts objects of the shape of a slice, as zarrita makes them', () => {
    expect(resolveOne({ start: 0, stop: 4, step: 2 }, 9).count).toBe(2)
  })

  it('stays exact on axes as long as numbers are', () => {
    const size = Number.MAX_SAFE_INTEGER
    expect(resolveOne(slice(null, null, -1), size)).toEqual({ start: size - 1, step: -1, count: size, keep: true })
    expect(resolveOne(slice(null, null, 3), size).count).toBe(Number((BigInt(size) + 2n) / 3n))
    expect(resolveOne(slice(1, 3, size), size)).toEqual({ start: 1, step: 1, count: 1, keep: true })
  })

  it('names index, axis and size where an index is out of bounds', () => {
    expect(refusal([0, 3], [2, 3])).toBe('index 3 is out of bounds for axis 1 with size 3')
    expect(refusal([-3], [2])).toBe('index -3 is out of bounds for axis 0 with size 2')
    expect(refusal([0], [0])).toBe('index 0 is out of bounds for axis 0 with size 0')
  })

  it('refuses a step of 0, naming axis and size', () => {
    expect(refusal([null, slice(0, 2, 0)], [2, 3])).toBe('slice step cannot be zero (axis 1 with size 3)')
  })

  it('refuses more entries than axes', () => {
    expect(refusal([0, 0, 0], [2, 3])).toContain(
      'too many indices for array: array is 2-dimensional, but 3 were indexed',
    )
    expect(refusal([null], [])).toContain('array is 0-dimensional, but 1 were indexed (shape ()')
  })

  it('refuses fractions, NaN and infinities, naming axis and size', () => {
    for (const value of [1.5, Number.NaN, Infinity]) {
      expect(refusal([value], [4])).toBe(`an index is an integer, got ${value} for axis 0 with size 4`)
      expect(refusal([slice(0, value)], [4])).toBe(
        `slice indices must be integers or null, got ${value} as stop for axis 0 with size 4`,
      )
    }
  })

  it.each([
    ['a mask', [[true, false]], 'an array'],
    ['an index array', [Int32Array.of(0, 1)], 'an array'],
    ['an array of another library', [{ dtype: 'bool', shape: [2] }], 'an array of bool'],
    ['a boolean', [true], 'the boolean true'],
    ['a string', ['newaxis'], 'the string "newaxis"'],
    ['a bigint', [1n], 'the bigint 1n'],
    ['undefined', [undefined], 'undefined'],
    ['an empty object', [{}], 'a value of type object'],
    ['a function', [() => 0], 'a value of type function'],
  ])('refuses %s and says what is not supported', (_, selection, given) => {
    const message = refusal(selection, [2])
    expect(message).toContain(`got ${given} for axis 0 with size 2`)
    expect(message).toContain('masks, index arrays, booleans, strings, ellipsis and newaxis are not supported')
  })

  it.each([
    ['a number', 3, '3'],
    ['a slice', slice(0, 1), 'a value of type object'],
    ['a mask', Uint8Array.of(1, 0), 'an array'],
  ])('refuses %s in place of the list of axes', (_, selection, given) => {
    expect(refusal(selection, [2])).toContain(`a selection is an array with one entry per axis, got ${given}`)
  })
})

describe('checkResolved', () => {
  const whole = { start: 0, step: 1, count: 3, keep: true }

  it.each([
    ['no array', 'x'],
    ['too few axes', []],
    ['no object', [null]],
    ['a start before the array', [{ ...whole, start: -1 }]],
    ['an end past the array', [{ ...whole, count: 4 }]],
    ['an end before the array', [{ ...whole, start: 1, step: -1 }]],
    ['a step of 0', [{ ...whole, step: 0 }]],
    ['a negative count', [{ ...whole, count: -1 }]],
    ['a fraction', [{ ...whole, start: 0.5, count: 1 }]],
    ['an index of several', [{ ...whole, keep: false }]],
    ['keep missing', [{ start: 0, step: 1, count: 3 }]],
    ['a step past every number', [{ ...whole, count: 2, step: Number.MAX_SAFE_INTEGER }]],
  ])('refuses %s', (_, selection) => {
    expect(() => checkResolved(selection, [3])).toThrow(InvalidSelectionError)
  })
})
