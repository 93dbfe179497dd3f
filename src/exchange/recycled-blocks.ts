// The elements of an array on disk as bytes, read into the same memory again and again.
import { blockSelections, DEFAULT_BLOCK_BYTES } from '../block-selections.js'
import type { WorkOptions } from '../call.js'
import type { DType, TypedArray } from '../core/dtype.js'
import type { Selection } from '../core/selection.js'
import { allocate, bytesOf, wrap } from '../core/typed-array.js'
import { findCustody } from '../custodies.js'
import { findView } from '../frames.js'
import { ReadAhead } from '../read-ahead.js'
import type { Readable } from '../view.js'

/** In C order, about 4 MiB at a time; each is over when the next is asked for, which is read meanwhile. Errors: as `get`. */
export async function* recycledBlocks<D extends DType>(
  array: Readable<D>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { dtype, itemsize, shape, size } = array
  const atMost = Math.min(size, Math.max(1, Math.floor(DEFAULT_BLOCK_BYTES / itemsize)))
  const free: TypedArray<D>[] = []
  const read = async (selection: Selection, work: WorkOptions): Promise<TypedArray<D>> => {
    const [block] = await array.getMany([selection], { ...work, into: free.pop() ?? allocate(dtype, atMost) })
    return (block as { data: TypedArray<D> }).data // one selection, one array
  }
  const ahead = new ReadAhead(findCustody(findView(array)?.array ?? array), read, signal)
  const selections = blockSelections(shape, itemsize, DEFAULT_BLOCK_BYTES)
  try {
    for (let block = selections.next(); !block.done; ) {
      const data = await ahead.take(block.value)
      block = selections.next()
      if (!block.done) ahead.begin(block.value, data.byteLength)
      yield bytesOf(data)
      free.push(wrap(data.buffer, dtype))
    }
  } finally {
    ahead.end()
  }
}
