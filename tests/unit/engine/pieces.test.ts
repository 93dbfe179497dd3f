// Reductions cut into pieces that are reduced apart.
import { expect, test } from 'vitest'
import type { DType } from '../../../src/core/dtype.js'
import { DTYPES } from '../../../src/core/dtype.js'
import type { ArrayParts } from '../../../src/core/given.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { planReduction, type ReductionOptions } from '../../../src/core/numpy/reduce/plan.js'
import type { ReductionName } from '../../../src/core/numpy/reduce/types.js'
import { bytesOf } from '../../../src/core/typed-array.js'
import { inPieces } from '../../../src/engine/operators/pieces.js'

const NAMES: readonly ReductionName[] = [
  'sum',
  'mean',
  'std',
  'min',
  'max',
  'any',
  'all',
  'argmax',
  'countNonzero',
  'prod',
]
const DTYPE_NAMES: readonly DType[] = ['bool', 'int8', 'uint64', 'float16', 'float32']
const SHAPES = [[9001], [301, 7], [2, 1, 4500]]
const OPTIONS: readonly ReductionOptions[] = [{}, { keepdims: true }, { axis: -1 }, { axis: 0 }, { dtype: 'float64' }]

function reduced(name: ReductionName, array: NDArray, options: ReductionOptions, part = array.shape): ArrayParts {
  const reducer = planReduction(name, array, options, part)
  do reducer.push(array.data)
  while (reducer.endPass())
  return reducer.finish()
}

test('what pieces give, joined, is what the whole gives, bit for bit', () => {
  let count = 0
  for (const dtype of DTYPE_NAMES) {
    for (const shape of SHAPES) {
      const size = shape.reduce((product, length) => product * length, 1)
      const numbers = Float64Array.from({ length: size }, (_, i) => (Math.imul(i + 7, 0x9e3779b1) >> 12) / 997)
      const array = NDArray.from(numbers, { shape })
        .astype(dtype === 'bool' ? 'int8' : dtype)
        .astype(dtype)
      const { width } = DTYPES[dtype]
      for (const name of NAMES) {
        for (const options of OPTIONS) {
          if ((name === 'mean' || name === 'std') && dtype === 'bool' && options.dtype === undefined) continue
          const plan = inPieces(name, array, options)
          if (plan === undefined) continue
          const parts = plan.pieces.map((piece) => {
            const data = array.data.subarray(piece.start * width, piece.end * width)
            const reducer = planReduction(piece.name, piece.input, piece.options, piece.part)
            do reducer.push(data as typeof array.data)
            while (reducer.endPass())
            return reducer.finish()
          })
          const [joined, whole] = [plan.join(parts), reduced(name, array, options)]
          expect(joined.dtype, `${name} ${dtype}`).toBe(whole.dtype)
          const isSame = Buffer.compare(bytesOf(joined.data), bytesOf(whole.data)) === 0
          expect(isSame, `${name} of ${dtype} [${shape}] ${JSON.stringify(options)}`).toBe(true)
          count++
        }
      }
    }
  }
  expect(count).toBeGreaterThan(200)
})
