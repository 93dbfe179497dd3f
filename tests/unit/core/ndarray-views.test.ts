// NDArray's views: against a model made of nested arrays, and reshape against a search for strides.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ShapeError } from '../../../src/core/errors.js'
import { NDArray } from '../../../src/core/ndarray.js'
import type { Selection } from '../../../src/core/selection.js'
import { sizeOf, stridesOf } from '../../../src/core/shape.js'
import { slice } from '../../../src/core/slice.js'

const counting = (shape: readonly number[]) =>
  NDArray.from(
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => i),
    { shape, dtype: 'float64' },
  )

describe('views', () => {
  it('share memory in both directions', () => {
    const array = counting([3, 4])
    const view = array.view([slice(null, null, -1), slice(1, 3)])
    expect(view.toNested()).toEqual([
      [9, 10],
      [5, 6],
      [1, 2],
    ])
    view.set([0, 0], 99)
    expect(array.item(2, 1)).toBe(99)
    expect(view.data).toBe(array.data)
  })

  it('of transposed arrays swap shape and strides', () => {
    const array = counting([2, 3, 4])
    expect(array.transpose()).toMatchObject({ shape: [4, 3, 2], strides: [1, 4, 12] })
    expect(array.transpose([1, -1, 0])).toMatchObject({ shape: [3, 4, 2], strides: [4, 1, 12] })
    expect(array.transpose([1, 2, 0]).item(2, 3, 1)).toBe(array.item(1, 2, 3))
    expect(() => array.transpose([0, 1])).toThrow(/axes don't match array/)
    expect(() => array.transpose([0, 1, 1])).toThrow(/repeated axis in transpose/)
    expect(() => array.transpose([0, 1, 3])).toThrow('axis 3 is out of bounds for array of dimension 3')
  })

  it('of broadcast arrays repeat elements with strides of 0', () => {
    const array = NDArray.from([[1], [2]]).broadcastTo([2, 2, 3])
    expect(array).toMatchObject({ shape: [2, 2, 3], strides: [0, 1, 0], size: 12 })
    expect(array.view([1]).toNested()).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ])
    expect(() => NDArray.zeros([3]).broadcastTo([2])).toThrow(
      new ShapeError(
        'operands could not be broadcast together with remapped shapes [original->remapped]: (3,)  and requested shape (2,)',
      ),
    )
    expect(() => NDArray.zeros([2, 3]).broadcastTo([3])).toThrow(/more dimensions than allowed/)
    expect(() => NDArray.zeros([3]).broadcastTo([-3])).toThrow(ShapeError)
  })
})

/** Whether positions, listed in C order, are those of an array of that shape for some strides. */
function canStride(positions: readonly number[], shape: readonly number[]): boolean {
  const steps = stridesOf(shape)
  const first = positions[0] ?? 0
  const strides = shape.map((length, axis) => (length > 1 ? (positions[steps[axis] ?? 0] ?? 0) - first : 0))
  return positions.every((position, index) => {
    const along = shape.map((length, axis) => (Math.floor(index / (steps[axis] ?? 1)) % length) * (strides[axis] ?? 0))
    return position === along.reduce((sum, step) => sum + step, first)
  })
}

describe('reshape', () => {
  it('finds the one length that is left open, and refuses what NumPy refuses in its words', () => {
    expect(counting([2, 3, 4]).reshape([-1]).shape).toEqual([24])
    expect(counting([2, 3, 4]).reshape([4, -1, 2]).strides).toEqual([6, 2, 1])
    expect(NDArray.zeros([0, 3]).reshape([-1, 3]).shape).toEqual([0, 3])
    const refused = (wanted: number[]) => () => counting([2, 3]).reshape(wanted)
    expect(refused([-1, -1])).toThrow(new ShapeError('can only specify one unknown dimension'))
    expect(refused([4, -1])).toThrow(new ShapeError('cannot reshape array of size 6 into shape (4,newaxis)'))
    expect(refused([-1, 4])).toThrow(new ShapeError('cannot reshape array of size 6 into shape (4)'))
    expect(refused([0, -1])).toThrow(new ShapeError('cannot reshape array of size 6 into shape (0,newaxis)'))
    expect(() => NDArray.zeros([0]).reshape([0, -1])).toThrow(ShapeError)
  })

  it('is a view where strides allow it', () => {
    const array = counting([2, 3, 4])
    expect(array.reshape([6, 4]).data).toBe(array.data)
    expect(array.reshape([24]).item(23)).toBe(23)
    const even = array.view([null, null, slice(0, 4, 2)])
    expect(even.reshape([12])).toMatchObject({ data: array.data, strides: [2] })
    expect(even.reshape([4, 3]).toArray()).toEqual(even.toArray())
    expect(
      counting([4])
        .view([slice(null, null, -1)])
        .reshape([2, 2])
        .toNested(),
    ).toEqual([
      [3, 2],
      [1, 0],
    ])
  })

  it('refuses another size, and what only a copy could give', () => {
    expect(() => counting([2, 3]).reshape([4])).toThrow(
      new ShapeError('cannot reshape array of size 6 into shape (4,)'),
    )
    expect(() => counting([2, 3]).transpose().reshape([6])).toThrow(/is no view: make a copy with NDArray.from/)
    expect(() => counting([2, 3]).reshape([-2])).toThrow(ShapeError)
  })

  it('gives the same elements wherever strides can, and refuses where none can', () => {
    const axes = fc.shuffledSubarray([2, 3, 4, 1], { minLength: 4 })
    const steps = fc.array(fc.constantFrom(slice(), slice(null, null, -1), slice(null, null, 2)), { maxLength: 4 })
    const lengths = fc.shuffledSubarray([2, 3, 2, 2, 1], { minLength: 5 })
    fc.assert(
      fc.property(axes, fc.boolean(), steps, lengths, fc.nat(5), (shape, isTransposed, selection, parts, joined) => {
        const base = counting(shape).view(selection)
        const array = isTransposed ? base.transpose() : base
        const wanted = array.size === 24 ? [sizeOf(parts.slice(0, joined)), ...parts.slice(joined)] : [array.size]
        if (canStride([...array.toArray()], wanted)) {
          expect(array.reshape(wanted).toArray()).toEqual(array.toArray())
        } else {
          expect(() => array.reshape(wanted)).toThrow(ShapeError)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('leaves an empty array and a 0-d one reshapable', () => {
    expect(NDArray.zeros([0, 3]).transpose().reshape([5, 0]).toNested()).toEqual([[], [], [], [], []])
    expect(NDArray.from(5).reshape([1, 1]).toNested()).toEqual([[5]])
    expect(
      NDArray.from([[5]])
        .reshape([])
        .item(),
    ).toBe(5)
  })
})

type Model = number | Model[]

const flatten = (model: Model): number[] => (Array.isArray(model) ? model.flatMap(flatten) : [model])

function select(model: Model, [entry, ...rest]: Selection): Model {
  if (entry === undefined || !Array.isArray(model)) return model
  if (typeof entry === 'number') return select(model.at(entry) as Model, rest)
  const { start, stop, step } = entry ?? slice()
  const by = step ?? 1
  const indices = [...model.keys()]
  const rows = by > 0 ? indices.slice(start ?? 0, stop ?? undefined) : indices.reverse() // tests reverse whole axes only
  return rows.filter((_, i) => i % Math.abs(by) === 0).map((row) => select(model[row] as Model, rest))
}

const entries = fc.constantFrom<Selection[number]>(
  null,
  0,
  -1,
  slice(1),
  slice(0, -1),
  slice(null, null, 2),
  slice(null, null, -1),
  slice(null, null, -2),
)

describe('selections', () => {
  it('view and write the elements that a model of nested arrays selects', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 })
    fc.assert(
      fc.property(shapes, fc.array(entries, { maxLength: 3 }), (shape, wanted) => {
        const array = counting(shape)
        const selection = wanted.slice(0, shape.length)
        const expected = select(array.toNested() as Model, selection)
        const view = array.view(selection)
        expect(view.toNested()).toEqual(expected)
        expect([...view.toArray()]).toEqual(flatten(expected))
        const untouched = [...array.data].filter((value) => !flatten(expected).includes(value))
        array.set(selection, -1)
        expect([...array.data].filter((value) => value !== -1)).toEqual(untouched)
        expect([...view.toArray()].every((value) => value === -1)).toBe(true)
      }),
    )
  })
})
