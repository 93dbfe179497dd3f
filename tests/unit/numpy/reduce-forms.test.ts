// What reductions take and give: scalars and arrays, `out`, special values, errors in NumPy's words.
import { describe, expect, test } from 'vitest'
import { DTypeError, ShapeError } from '../../../src/core/errors.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { planReduction } from '../../../src/core/numpy/reduce/plan.js'
import {
  accumulate,
  all,
  any,
  argmax,
  argmin,
  countNonzero,
  histogram,
  matmul,
  max,
  mean,
  min,
  percentile,
  std,
  sum,
  var_,
} from '../../../src/core/numpy/reduce/sync.js'

const matrix = NDArray.from([
  [1, 2, 3],
  [4, 5, 6],
])
const ints = NDArray.from(Int8Array.of(100, 100, -3))

function nested(value: unknown): unknown {
  return (value as NDArray).toNested()
}

describe('results', () => {
  test('are scalars of the dtype without axis and keepdims', () => {
    expect(sum(ints)).toBe(197n)
    expect(sum(ints, { dtype: 'float64' })).toBe(197)
    expect(sum(NDArray.from([{ re: 1, im: 2 }]))).toEqual({ re: 1, im: 2 })
    expect(any(matrix)).toBe(true)
    expect([argmax(ints), countNonzero(ints)]).toEqual([0, 3])
    expect(max(NDArray.from(BigUint64Array.of(2n ** 64n - 1n)))).toBe(2n ** 64n - 1n)
  })

  test('are arrays with an axis, even where all go', () => {
    expect(nested(sum(matrix, { axis: -1 }))).toEqual([6, 15])
    expect(nested(sum(ints, { axis: 0 }))).toBe(197n)
    expect(nested(countNonzero(5, { axis: 0 }))).toBe(1n)
    expect(percentile(NDArray.zeros([0, 2]), [], { axis: 0 })).toMatchObject({ shape: [0, 2] })
    expect((sum(matrix, { axis: [0, 1], keepdims: true }) as NDArray).shape).toEqual([1, 1])
    expect(nested(sum(NDArray.from([true]), { axis: [] }))).toEqual([1n])
  })

  test('go into out, cast, even where that is the operand', () => {
    const out = NDArray.zeros([2], 'float32')
    expect(sum(matrix, { axis: 1, out })).toBe(out)
    expect(out.toNested()).toEqual([6, 15])
    const array = NDArray.from([[3, 1]])
    expect(min(array, { axis: 0, out: array.reshape([2]) }).toNested()).toEqual([3, 1])
  })

  test('in a wider out are computed in its dtype', () => {
    const array = NDArray.from(Float32Array.of(2 ** 24, 1, 1))
    expect(sum(array)).toBe(2 ** 24)
    expect(sum(array, { out: NDArray.zeros([], 'float64') }).item()).toBe(2 ** 24 + 2)
  })
})

describe('special values', () => {
  test('NaN is the least and the greatest, and where it is first', () => {
    const array = NDArray.from([1, Number.NaN, 0, Number.NaN])
    expect([min(array), max(array), argmin(array), argmax(array)]).toEqual([Number.NaN, Number.NaN, 1, 1])
  })

  test('places are counted in C order, and the first of equals wins', () => {
    const transposed = NDArray.from([
      [1, 9],
      [9, 1],
    ]).transpose()
    expect([argmax(transposed), argmin(transposed)]).toEqual([1, 0])
    expect(nested(argmax(transposed.view([{ start: null, stop: null, step: -1 }]), { axis: 0 }))).toEqual([0n, 1n])
  })

  test('an extreme may be the end of the dtype', () => {
    expect([min(NDArray.from([Infinity, Infinity])), argmin(NDArray.from([Infinity]))]).toEqual([Infinity, 0])
    expect(max(NDArray.from(Int8Array.of(-128)))).toBe(-128)
  })

  test('empty arrays sum to 0 and have no mean', () => {
    const empty = NDArray.zeros([0, 2])
    expect([sum(empty), mean(empty), any(empty), all(empty)]).toEqual([0, Number.NaN, false, true])
    expect(nested(sum(empty, { axis: 0 }))).toEqual([0, 0])
    expect(nested(max(empty, { axis: 1 }))).toEqual([])
  })

  test('integer sums wrap at 64 bits and are exact below', () => {
    const highest = NDArray.from(BigInt64Array.of(2n ** 63n - 1n, 1n))
    expect(sum(highest)).toBe(-(2n ** 63n))
    expect(sum(NDArray.from(Uint32Array.from({ length: 3_000_000 }, () => 2 ** 32 - 1)))).toBe(
      3_000_000n * (2n ** 32n - 1n),
    )
    expect(nested(sum(NDArray.from(BigInt64Array.of(2n ** 62n, -5n)).reshape([2, 1]), { axis: 0 }))).toEqual([
      2n ** 62n - 5n,
    ])
  })

  test('too few degrees of freedom give infinity or NaN', () => {
    expect(std(matrix, { ddof: 6 })).toBe(Infinity)
    expect(var_(NDArray.from([1, 1]), { ddof: 2 })).toBeNaN()
  })
})

describe('errors', () => {
  test.each<[string, () => unknown, new (message: string) => Error]>([
    ["duplicate value in 'axis'", () => sum(matrix, { axis: [0, -2] }), ShapeError],
    ['axis 2 is out of bounds for array of dimension 2', () => mean(matrix, { axis: 2 }), ShapeError],
    ['axis 0 is out of bounds for array of dimension 0', () => mean(3, { axis: 0 }), ShapeError],
    ['attempt to get argmax of an empty sequence', () => argmax(NDArray.zeros([0])), ShapeError],
    [
      'zero-size array to reduction operation maximum which has no identity',
      () => max(NDArray.zeros([0, 2]), { axis: 0 }),
      ShapeError,
    ],
    [
      'zero-size array to reduction operation maximum which has no identity',
      () => max(NDArray.zeros([0, 0]), { axis: 0 }),
      ShapeError,
    ],
    ['attempt to get argmax of an empty sequence', () => argmax(NDArray.zeros([2, 0, 0]), { axis: 1 }), ShapeError],
    [
      'output parameter for reduction operation add has the wrong number of dimensions: Found 1 but expected 0',
      () => sum(matrix, { out: NDArray.zeros([1]) }),
      ShapeError,
    ],
    [
      'operands could not be broadcast together with remapped shapes [original->remapped]: (3,)->(3,newaxis) (2,3) ',
      () => sum(matrix, { axis: 1, out: NDArray.zeros([3]) }),
      ShapeError,
    ],
    [
      'operand was set up as a reduction along axis 0, but the length of the axis is 2 (it has to be 1)',
      () => sum(matrix, { axis: 0, keepdims: true, out: NDArray.zeros([2, 3]) }),
      ShapeError,
    ],
    [
      "Cannot cast ufunc 'add' output from dtype('float64') to dtype('int32') with casting rule 'same_kind'",
      () => sum(matrix, { out: NDArray.zeros([], 'int32') }),
      DTypeError,
    ],
    ['a must be an array of real numbers', () => percentile(NDArray.zeros([1], 'complex64'), 5), DTypeError],
    ['Percentiles must be in the range [0, 100]', () => percentile(matrix, [5, 101]), ShapeError],
    ['index -1 is out of bounds for axis 0 with size 0', () => percentile(NDArray.zeros([0]), 5), ShapeError],
    ['max must be larger than min in range parameter.', () => histogram(matrix, { range: [2, 1] }), ShapeError],
    ['`bins` must increase monotonically, when an array', () => histogram(matrix, { bins: [2, 1] }), ShapeError],
    ['autodetected range of [nan, nan] is not finite', () => histogram(NDArray.from([Number.NaN])), ShapeError],
    ['cannot accumulate on a scalar', () => accumulate('add', 3), TypeError],
    [
      "non-broadcastable output operand with shape (2,1) doesn't match the broadcast shape (2,3)",
      () => accumulate('add', matrix, { out: NDArray.zeros([2, 1]) }),
      ShapeError,
    ],
    [
      'matmul: Output operand 0 has a mismatch in its core dimension 1, with gufunc signature (n?,k),(k,m?)->(n?,m?) ' +
        '(size 2 is different from 1)',
      () => matmul(matrix, NDArray.zeros([3, 1]), { out: NDArray.zeros([2, 2]) }),
      ShapeError,
    ],
  ])('%s', (message, call, kind) => {
    expect(call).toThrow(kind)
    expect(call).toThrow(message)
  })

  test('options and percentages of the wrong kind are TypeErrors', () => {
    const wrong = (call: (given: never) => unknown, given: unknown) => () => call(given as never)
    for (const given of [0, null, matrix, [0]]) {
      expect(wrong((axis) => sum(matrix, axis), given)).toThrow(/options are an object such as/)
    }
    expect(wrong((ddof) => std(matrix, { ddof }), '1')).toThrow('ddof is a number, got 1')
    for (const q of ['50', undefined, ['50'], BigInt64Array.of(5n)]) {
      expect(wrong((given) => percentile(matrix, given), q)).toThrow(/^percentages are a number or an array of numbers/)
    }
    expect(nested(percentile(matrix, Float64Array.of(0, 100) as unknown as number[]))).toEqual([1, 6])
  })

  test('argmin takes one axis', () => {
    // @ts-expect-error: what the types forbid
    expect(() => argmin(matrix, { axis: [0] })).toThrow("'tuple' object cannot be interpreted as an integer")
  })
})

describe('the other functions', () => {
  test('accumulate into the operand', () => {
    const array = NDArray.from([1, 2, 3])
    expect(accumulate('multiply', array, { out: array })).toBe(array)
    expect(array.toNested()).toEqual([1, 2, 6])
  })

  test('matmul of large matrices is summed in panels', () => {
    const a = NDArray.from(Float64Array.from({ length: 3 * 20_000 }, (_, i) => i % 7)).reshape([3, 20_000])
    const b = NDArray.from(Float64Array.from({ length: 20_000 * 4 }, (_, i) => i % 5)).reshape([20_000, 4])
    const product = matmul(a, b)
    const expected = Array.from({ length: 20_000 }, (_, k) => ((20_000 + k) % 7) * ((4 * k + 2) % 5))
    expect(product.item(1, 2)).toBe(expected.reduce((total, term) => total + term, 0))
    expect(matmul(b.transpose(), a.transpose()).item(2, 1)).toBe(product.item(1, 2))
  })

  test('a single percentile without axis is a number', () => {
    expect(percentile(matrix, 50)).toBe(3.5)
    expect(nested(percentile(matrix, [0, 100], { axis: 0 }))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(percentile(NDArray.from([1, Number.NaN]), 50)).toBeNaN()
  })
})

test('any of one output is settled by the first element that is not 0', () => {
  const reducer = planReduction('any', { shape: [4], dtype: 'uint8' })
  reducer.push(Uint8Array.of(0))
  expect(reducer.settled).toBe(false)
  reducer.push(Uint8Array.of(7))
  expect(reducer.settled).toBe(true)
  expect(reducer.endPass()).toBe(false)
  expect(reducer.finish().data).toEqual(Uint8Array.of(1))
})
