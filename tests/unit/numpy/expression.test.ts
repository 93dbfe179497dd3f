// Expressions: checked when built, plain data, and fused to the same values as step by step.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DTYPE_NAMES, type DType } from '../../../src/core/dtype.js'
import { DTypeError, ShapeError } from '../../../src/core/errors.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { describe as planText } from '../../../src/core/numpy/describe.js'
import { evaluate } from '../../../src/core/numpy/evaluate.js'
import { apply, cast, clip, leaf, type Node, type Term, where } from '../../../src/core/numpy/expression.js'
import { KERNELS } from '../../../src/core/numpy/kernels/index.js'
import { compile } from '../../../src/core/numpy/program.js'
import { setTileSize } from '../../../src/core/numpy/tiles.js'
import { weakOf } from '../../../src/core/numpy/weak.js'
import { bytesOf } from '../../../src/core/typed-array.js'

function evaluated(root: Node, leaves: readonly NDArray[], tile?: number): NDArray {
  setTileSize(tile)
  const [value] = evaluate({ roots: [root], leaves, ufunc: 'test' }, KERNELS)
  setTileSize()
  if (value === undefined) throw new Error('one root has one value')
  return value
}

const OPS = ['add', 'subtract', 'multiply', 'minimum', 'maximum', 'less', 'equal', 'logicalOr', 'divide'] as const

/** A random expression over two arrays, as a function of how one step is made. */
type Recipe = (step: (op: (typeof OPS)[number], a: Term, b: Term) => Node, leaves: readonly [Node, Node]) => Node

const recipe: fc.Arbitrary<Recipe> = fc.letrec<{ tree: Recipe }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Recipe[]>(
      (_step, leaves) => leaves[0],
      (_step, leaves) => leaves[1],
    ),
    fc.tuple(fc.constantFrom(...OPS), tie('tree'), tie('tree'), fc.option(fc.constantFrom(2, 0.5, true, 3n))).map(
      ([op, a, b, scalar]): Recipe =>
        (step, leaves) => {
          return step(op, a(step, leaves), scalar === null ? b(step, leaves) : weakOf(scalar))
        },
    ),
  ),
})).tree

describe('expressions', () => {
  test('give the same values fused as step by step, whatever the tile', () => {
    const dtype = fc.constantFrom(...DTYPE_NAMES)
    fc.assert(
      fc.property(recipe, dtype, dtype, fc.constantFrom(7, 64, 20_000), (make, a, b, tile) => {
        const arrays = [sample(a, [3, 11]), sample(b, [11])] as const
        const leaves = [leaf(0, a, [3, 11]), leaf(1, b, [11])] as const
        const built = build(() => make((op, x, y) => apply(op, [x, y]), leaves))
        if (built === undefined) return
        const known = new Map<Node, NDArray>([
          [leaves[0], arrays[0]],
          [leaves[1], arrays[1]],
        ])
        const stepwise = make((op, x, y) => alone(op, x, y, known), leaves)
        const expected = known.get(stepwise)
        const actual = evaluated(built, arrays, tile)
        expect(actual.dtype).toBe(expected?.dtype)
        expect(bytesOf(actual.toArray())).toEqual(bytesOf((expected as NDArray).toArray()))
      }),
      { numRuns: 300 },
    )
  })

  test('run in pieces that fit the cache, the last one shorter', () => {
    const n = 20_000
    const a = NDArray.from(Float32Array.from({ length: n }, (_, i) => i))
    const node = apply('add', [apply('multiply', [leaf(0, 'float32', [n]), weakOf(2)]), leaf(1, 'int16', [1])])
    const out = new Float32Array(n)
    compile([node], KERNELS).run(n, [a.data, Int16Array.of(3)], [out])
    expect(out).toEqual(Float32Array.from({ length: n }, (_, i) => 2 * i + 3))
  })

  test('are plain data that keep what they share on the way to a worker', () => {
    const difference = apply('subtract', [leaf(0, 'int64', [4]), weakOf(2n ** 60n)])
    const square = structuredClone(apply('multiply', [difference, difference]))
    if (square.kind !== 'apply') throw new Error('multiply is an operator')
    expect(square.inputs[0]).toBe(square.inputs[1])
    const array = NDArray.from(BigInt64Array.of(0n, 1n, 2n ** 60n, 2n ** 60n + 3n))
    expect(evaluated(square, [array]).toNested()).toEqual([0n, 1n - 2n ** 61n, 0n, 9n])
  })

  test('say what they will do', () => {
    const centred = apply('subtract', [leaf(0, 'float32', [3, 4]), leaf(1, 'float64', [])])
    expect(planText(apply('multiply', [centred, cast(centred, 'int32')]))).toBe(
      [
        'step 1: multiply: float64 (3,4)',
        '  step 2: subtract: float64 (3,4)',
        '    array 0: float32 (3,4)',
        '    array 1: float64 ()',
        '  step 3: astype: int32 (3,4)',
        '    step 2 again',
      ].join('\n'),
    )
  })

  test('refuse types and shapes when built', () => {
    const a = leaf(0, 'float64', [2, 3])
    expect(() => apply('bitwiseAnd', [a, a])).toThrow(DTypeError)
    expect(() => apply('add', [a, leaf(1, 'bool', [2])])).toThrow(ShapeError)
    expect(() => where(a, leaf(1, 'int8', [4]), weakOf(1))).toThrow(ShapeError)
    expect(() => clip(leaf(0, 'uint8', [2]), null, weakOf(-1))).toThrow('Python integer -1 out of bounds for uint8')
  })
})

function build(make: () => Node): Node | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof DTypeError) return undefined
    throw error
  }
}

/** One step evaluated by itself: a leaf of its own value. */
function alone(op: (typeof OPS)[number], x: Term, y: Term, known: Map<Node, NDArray>): Node {
  const arrays: NDArray[] = []
  const terms = [x, y].map((term) => {
    if ('weak' in term) return term
    const array = known.get(term) as NDArray
    return leaf(arrays.push(array) - 1, array.dtype, array.shape)
  })
  const value = evaluated(apply(op, terms), arrays)
  const node = leaf(0, value.dtype, value.shape)
  known.set(node, value)
  return node
}

function sample(dtype: DType, shape: readonly number[]): NDArray {
  const size = shape.reduce((product, length) => product * length, 1)
  const values = Float64Array.from({ length: size }, (_, i) =>
    dtype === 'bool' ? i % 2 : ((i * 7) % 11) + (i % 3) / 4,
  )
  return NDArray.from(values, { shape }).astype(dtype)
}
