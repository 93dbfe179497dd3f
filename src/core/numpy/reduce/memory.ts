// Accumulations, matrix products, histograms and percentiles of arrays in memory.

import { castTyped } from '../../cast.js'
import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import { NDArray, toContiguous } from '../../ndarray.js'
import { sizeOf } from '../../shape.js'
import { gather } from '../../strided.js'
import { allocate } from '../../typed-array.js'
import { checkOutDType } from '../out.js'
import { tileReader, tileSize } from '../tiles.js'
import { type AccumulateName, planAccumulate } from './accumulate.js'
import type { HistogramOptions } from './bins.js'
import { drive } from './drive.js'
import { type Counts, planHistogram } from './histogram.js'
import { multiplyBlocks, roundSums } from './matmul.js'
import { checkMatmulOut, type MatmulPlan, planMatmul } from './matmul-plan.js'
import { checkAccumulateOut } from './out-shape.js'
import { type PercentileOptions, planPercentile } from './percentile.js'
import { accumulationWithOut, isScalarResult } from './results.js'

interface AccumulateOptions {
  readonly axis?: number | undefined
  readonly dtype?: DType | undefined
  readonly out?: NDArray | undefined
}

export function accumulateArray(name: AccumulateName, array: NDArray, options: AccumulateOptions): NDArray {
  const { axis, out } = options
  const dtype = options.dtype ?? (out && accumulationWithOut(name, array.dtype, out.dtype))
  const accumulator = planAccumulate(name, array, { axis, dtype })
  const { width } = DTYPES[accumulator.out]
  const data = allocate(accumulator.out, array.size)
  const tile = Math.max(1, Math.min(tileSize(), array.size))
  const reader = tileReader(array, tile)
  for (let start = 0; start < array.size; start += tile) {
    const count = Math.min(tile, array.size - start)
    accumulator.push(reader.read(start, count), count, data.subarray(start * width, (start + count) * width))
  }
  const result = NDArray.fromParts({ data, shape: array.shape, dtype: accumulator.out })
  if (out === undefined) return result
  checkAccumulateOut(out, result, name)
  out.set([], result)
  return out
}

/** Elements of a panel of a matrix product: it stays in the cache. */
const PANEL = 2 ** 15

export function matmulArrays(
  a: NDArray,
  b: NDArray,
  { dtype, out }: { readonly dtype?: DType | undefined; readonly out?: NDArray | undefined },
): NDArray {
  const plan = planMatmul(a, b, { dtype })
  if (out !== undefined) checkMatmulOut(out.shape, plan)
  const { rows, columns, batch, shapes, computed } = plan
  const [left, right] = [a, b].map((array, i) => {
    const data = castTyped(toContiguous(array), array.dtype, computed)
    const packed = NDArray.fromParts({ data, shape: shapes[i] as readonly number[], dtype: computed })
    return packed.broadcastTo([...batch, ...packed.shape.slice(-2)])
  }) as [NDArray, NDArray] // two operands
  const sums = allocate(computed, sizeOf(batch) * rows * columns)
  const { width } = DTYPES[computed]
  batchOffsets(batch, left, right).forEach(([from, other], index) => {
    const target = sums.subarray(index * rows * columns * width, (index + 1) * rows * columns * width)
    multiplyMatrices(plan, target, left.data.subarray(from * width), right.data.subarray(other * width))
  })
  const result = NDArray.fromParts({ data: roundSums(plan, sums), shape: plan.shape, dtype: plan.dtype })
  if (out === undefined) return result
  checkOutDType(out.dtype, result.dtype, 'matmul')
  out.set([], result)
  return out
}

/** Where each matrix of the batch begins in either operand. */
function batchOffsets(batch: readonly number[], left: NDArray, right: NDArray): [number, number][] {
  return Array.from({ length: sizeOf(batch) }, (_, index) => {
    let [rest, a, b] = [index, 0, 0]
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const length = batch[axis] ?? 1
      a += (rest % length) * (left.strides[axis] ?? 0)
      b += (rest % length) * (right.strides[axis] ?? 0)
      rest = Math.floor(rest / length)
    }
    return [a, b]
  })
}

/** Whole matrices in C order, by panels of the inner axis: that of `b` is read again for every row. */
function multiplyMatrices(plan: MatmulPlan, sums: TypedArray, a: TypedArray, b: TypedArray): void {
  const { rows, inner, columns, computed } = plan
  const { width } = DTYPES[computed]
  const depth = Math.max(1, Math.min(inner, Math.floor(PANEL / Math.max(1, columns))))
  for (let k = 0; k < inner; k += depth) {
    const count = Math.min(depth, inner - k)
    const panel = gather(computed, [rows, count], { data: a, strides: [inner, 1], offset: k })
    const other = b.subarray(k * columns * width, (k + count) * columns * width)
    multiplyBlocks(plan, sums, panel, other, { rows, inner: count, columns })
  }
}

export function histogramOf(array: NDArray, options: HistogramOptions): Counts {
  return drive(planHistogram(array, options), array)
}

/** A number where neither `axis` nor `keepdims` nor an array of percentages asks for an array. */
export function percentileOf(
  array: NDArray,
  q: number | readonly number[],
  options: PercentileOptions,
): number | NDArray {
  const result = NDArray.fromParts(drive(planPercentile(array, q, options), array))
  return typeof q === 'number' && isScalarResult(options) ? Number(result.item()) : result
}
