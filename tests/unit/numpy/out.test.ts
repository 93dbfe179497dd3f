// `out`: what it takes, and what happens where it lies over the operands.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DTypeError, ShapeError } from '../../../src/core/errors.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { setTileSize } from '../../../src/core/numpy/tiles.js'
import { slice } from '../../../src/core/slice.js'
import {
  add,
  clip,
  divmod,
  less,
  multiply,
  outer,
  round,
  scalar,
  sqrt,
  subtract,
  where,
} from '../../../src/numpy-sync.js'

const counting = (n: number) => NDArray.from(Int32Array.from({ length: n }, (_, i) => i))

describe('out', () => {
  beforeEach(() => setTileSize(7))
  afterEach(() => setTileSize())

  test('is given back, and holds the result', () => {
    const out = NDArray.zeros([3], 'float64')
    expect(add(counting(3), 0.5, { out })).toBe(out)
    expect(out.toNested()).toEqual([0.5, 1.5, 2.5])
  })

  test('may be an operand', () => {
    const a = counting(30)
    add(a, a, { out: a })
    expect(a.toNested()).toEqual(Array.from({ length: 30 }, (_, i) => 2 * i))
  })

  test.each([1, 3, 8])('may lie %s elements after an operand', (shift) => {
    const a = counting(40)
    const n = 40 - shift
    add(a.view([slice(0, n)]), 100, { out: a.view([slice(shift, null)]) })
    const expected = Array.from({ length: 40 }, (_, i) => (i < shift ? i : i - shift + 100))
    expect(a.toNested()).toEqual(expected)
  })

  test('may be an operand backwards, transposed, or its own bounds', () => {
    const a = counting(20)
    subtract(a, a.view([slice(null, null, -1)]), { out: a })
    expect(a.toNested()).toEqual(Array.from({ length: 20 }, (_, i) => 2 * i - 19))
    const square = counting(16).reshape([4, 4])
    add(square, square.transpose(), { out: square })
    expect(square.toNested()).toEqual([
      [0, 5, 10, 15],
      [5, 10, 15, 20],
      [10, 15, 20, 25],
      [15, 20, 25, 30],
    ])
    const b = counting(9)
    multiply(b, b.view([slice(8, 9)]), { out: b })
    expect(b.toNested()).toEqual([0, 8, 16, 24, 32, 40, 48, 56, 64])
  })

  test('may be both operands of divmod, the other way round', () => {
    const a = NDArray.from(Int32Array.from({ length: 20 }, (_, i) => i * 5))
    const b = NDArray.from(Int32Array.from({ length: 20 }, (_, i) => (i % 4) + 1))
    const expected = divmod(a, b).map((result) => result.toNested())
    const [q, r] = divmod(a, b, { out: [b, a] })
    expect([q, r]).toEqual([b, a])
    expect([q.toNested(), r.toNested()]).toEqual(expected)
  })

  test('may be a strided view, of another dtype', () => {
    const base = NDArray.zeros([4, 10], 'float32')
    const out = base.transpose().view([slice(null, null, 2)])
    where(NDArray.from([true, false, true, false]), counting(20).reshape([5, 4]), -1, { out })
    expect(out.toNested()).toEqual([0, 4, 8, 12, 16].map((i) => [i, -1, i + 2, -1]))
    expect(base.view([null, slice(1, null, 2)]).toNested()).toEqual(new Array(4).fill([0, 0, 0, 0, 0]))
  })

  test('of another shape or kind is refused, and left as it was', () => {
    const out = NDArray.zeros([3], 'int32')
    expect(() => add(counting(3), 0.5, { out })).toThrow(DTypeError)
    expect(() => less(counting(2), 1, { out })).toThrow(ShapeError)
    expect(() => add(counting(2), 0.5, { out })).toThrow(DTypeError) // NumPy looks at dtypes first
    expect(() => add(counting(3).reshape([3, 1]), counting(3), { out })).toThrow(
      "non-broadcastable output operand with shape (3,) doesn't match the broadcast shape (3,3)",
    )
    expect(() => add(counting(2), counting(4), { out })).toThrow(
      'operands could not be broadcast together with shapes (2,) (4,) (3,) ',
    )
    const [two, four, floats] = [counting(2), counting(4), NDArray.zeros([3], 'float64')]
    const together = 'operands could not be broadcast together with shapes'
    expect(() => divmod(two, four, { out: [out, floats] })).toThrow(`${together} (2,) (4,) (3,) (3,) `)
    expect(() => divmod(two, counting(2), { out: [floats, out] })).toThrow(`${together} (2,) (2,) (3,) (3,) `)
    expect(() => clip(two, four, 1, { out })).toThrow(`${together} (2,) (4,) () (3,) `)
    expect(() => clip(two, four, null, { out })).toThrow(`${together} (2,) (4,) (3,) `)
    expect(() => where(two, four, 1, { out })).toThrow(`${together} (2,) (4,) () (3,) `)
    expect(() => outer('add', two, four, { out })).toThrow(`${together} (2,1) (4,) (3,) `)
    expect(() => clip(two, four, 0.5, { out })).toThrow(DTypeError)
    expect(() => divmod(floats, four, { out: [out, floats] })).toThrow(DTypeError)
    expect(() => add(1, 2, { out: [] as unknown as NDArray })).toThrow(TypeError)
    expect(out.toNested()).toEqual([0, 0, 0])
  })
})

describe('operands', () => {
  test('may be scalars alone, weak or strong', () => {
    expect(add(1, 2).dtype).toBe('int64')
    expect(add(1, scalar(2, 'float')).dtype).toBe('float64')
    expect(add(scalar(1, 'uint8'), 255).item()).toBe(0)
    expect(add(NDArray.from(Float32Array.of(1)), scalar(1, 'float64')).dtype).toBe('float64')
    expect(sqrt(-0).item()).toBe(-0)
  })

  test('may be views of memory that scijs and zarrita lay out', () => {
    const strided = { data: Float64Array.of(1, 2, 3, 4), shape: [2, 2], stride: [1, 2] }
    expect(outer('subtract', strided, 1).toNested()).toEqual([
      [0, 2],
      [1, 3],
    ])
  })

  test('of the wrong kind are a TypeError', () => {
    expect(() => add('1' as unknown as number, 2)).toThrow(TypeError)
    expect(() => round(NDArray.zeros([2]), { decimals: 0.5 })).toThrow(TypeError)
    expect(() => scalar('1' as unknown as number, 'int')).toThrow(TypeError)
    const [array, other] = [NDArray.zeros([2]), NDArray.zeros([2])]
    expect(() => sqrt(array, other as never)).toThrow('options are an object such as { out }, got an array')
    expect(() => round(array, 1 as never)).toThrow('options are an object such as { out }, got number')
    expect(() => scalar(2.5, 'int')).toThrow(DTypeError)
    expect(() => scalar(300, 'int8')).toThrow('Python integer 300 out of bounds for int8')
  })
})
