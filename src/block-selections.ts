// An array cut into blocks of about one size, in C order.
import type { Selection } from './core/selection.js'
import { sizeOf } from './core/shape.js'
import { slice } from './core/slice.js'

/** As many bytes as a read takes in one go. */
export const DEFAULT_BLOCK_BYTES = 4 * 2 ** 20

/**
 * The selections of blocks of at most `byteLength` bytes, but at least one element: as many whole rows of the first axis as
 * fit, or parts of one row where not even that fits. Together they cover the array once. None for an array of no elements.
 */
export function* blockSelections(
  shape: readonly number[],
  itemsize: number,
  byteLength: number,
): Generator<Selection, void, undefined> {
  if (sizeOf(shape) > 0) yield* cut(shape, itemsize, byteLength, [])
}

function* cut(
  shape: readonly number[],
  itemsize: number,
  byteLength: number,
  before: Selection,
): Generator<Selection, void, undefined> {
  const length = shape[before.length]
  if (length === undefined) {
    yield before
    return
  }
  const rowBytes = sizeOf(shape.slice(before.length + 1)) * itemsize
  const rows = Math.max(1, Math.floor(byteLength / rowBytes))
  for (let start = 0; start < length; start += rows) {
    const selection = [...before, slice(start, Math.min(start + rows, length))]
    if (rowBytes > byteLength) yield* cut(shape, itemsize, byteLength, selection)
    else yield selection
  }
}
