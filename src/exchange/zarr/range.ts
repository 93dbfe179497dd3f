// Ranges of bytes as zarrita asks for them.
import type { RangeQuery } from 'zarrita'
import { type Slice, slice } from '../../core/slice.js'

export function selectionOf(range: RangeQuery): Slice {
  if (!('suffixLength' in range)) return slice(range.offset, range.offset + range.length)
  return range.suffixLength === 0 ? slice(0, 0) : slice(-range.suffixLength)
}

/** The part of `bytes`, in memory of its own. */
export function partOf(bytes: Uint8Array, range: RangeQuery): Uint8Array {
  const { start, stop } = selectionOf(range)
  return bytes.slice(start ?? 0, stop ?? undefined)
}
