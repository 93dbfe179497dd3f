// An operation that is to be done: which arrays it needs, on whose disk, and how much memory.
import { DTYPES } from '../core/dtype.js'
import type { ArrayType } from '../core/numpy/out.js'
import { sizeOf } from '../core/shape.js'
import { isAscending } from '../core/view-layout.js'
import { BLOCK_BYTES } from '../protocol.js'
import { layoutOf, type Source } from './leaves.js'
import type { Operation } from './operation.js'
import { isTarget, type Receiver } from './receiving.js'

/** An operation, its leaves numbered as its sources are. */
export interface Job extends Operation {
  readonly sources: readonly Source[]
}

/** Of results that come back from the service; a scalar takes no room. */
export function resultBytes({ results }: Job, receivers: readonly Receiver[]): number {
  const byteLength = results.reduce((sum, array, i) => sum + (isTarget(receivers[i]) ? 0 : bytesOf(array)), 0)
  return byteLength > DTYPES.complex128.itemsize ? byteLength : 0
}

/** What is read in the order in which it lies is computed tile by tile. */
const TILES_BYTES = 8 * BLOCK_BYTES
/** Windows of what lies in another order, the state of many sums, counts of percentiles, blocks of a matrix product. */
const WINDOWS_BYTES = 32 * BLOCK_BYTES

/** The most that a service keeps of operands and results at a time. */
export function scratchBytes({ computation, sources, results }: Job): number {
  const arrays = [...sources.map((source) => ({ dtype: source.dtype, shape: layoutOf(source).shape })), ...results]
  const isStraight = sources.every((source) => isAscending(layoutOf(source)))
  const isLittle = computation.kind === 'elementwise' || results.every((result) => bytesOf(result) <= BLOCK_BYTES)
  const isInTiles = isStraight && isLittle && computation.kind !== 'matmul' && computation.kind !== 'percentile'
  return Math.min(
    isInTiles ? TILES_BYTES : WINDOWS_BYTES,
    arrays.reduce((sum, array) => sum + bytesOf(array), 0),
  )
}

export function bytesOf({ shape, dtype }: ArrayType): number {
  return sizeOf(shape) * DTYPES[dtype].itemsize
}
