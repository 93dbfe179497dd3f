// Reading an array's bytes: ranges from its blocks, and selections from ranges, never more than a step at a time.
import { DTYPES, type DType } from '../core/dtype.js'
import { stridesOf } from '../core/shape.js'
import { copyElements, type Layout } from '../core/strided.js'
import { wrap } from '../core/typed-array.js'
import type { DataFiles } from './data-files.js'
import type { Entry } from './entry.js'
import { blockAt, blockLength, blockStart, FILE_BYTES, HOLE, missingFrom, positionOf } from './layout.js'
import { MAX_SPAN_BYTES, type Plan, type Span, spansOf } from './plan.js'
import type { Work } from './work.js'

/** Fills `target` with the bytes from `start` on. Errors: CorruptDataError. */
export function readRange(data: DataFiles, entry: Entry, start: number, target: Uint8Array): void {
  let done = 0
  while (done < target.byteLength) {
    const index = blockAt(start + done, entry.nbytes)
    const within = start + done - blockStart(index, entry.nbytes)
    const position = positionOf(entry.blocks, index)
    const length = neighbouringBytes(entry, index, target.byteLength - done + within) - within
    const part = target.subarray(done, done + length)
    const missing = missingFrom(position)
    if (missing !== undefined) throw data.missing(missing, entry.path)
    if (position === HOLE) part.fill(0)
    else data.read(part, position + within, entry.path)
    done += part.byteLength
  }
}

/** How many bytes from block `first` on lie one after the other in a file (or are all holes), up to `wanted`. */
function neighbouringBytes(entry: Entry, first: number, wanted: number): number {
  const { blocks, nbytes } = entry
  const position = positionOf(blocks, first)
  let length = blockLength(first, nbytes)
  for (let index = first + 1; length < wanted && 2 * index < blocks.length; index++) {
    if (positionOf(blocks, index) !== (position === HOLE ? HOLE : position + length)) break
    // Two data files are neighbours in numbers only.
    if (position !== HOLE && (position + length) % FILE_BYTES === 0) break
    length += blockLength(index, nbytes)
  }
  return Math.min(length, wanted)
}

/** Fills `target` with the planned bytes in C order; it begins at a multiple of the item size. Errors: CorruptDataError, AbortedError. */
export async function readPlan(
  data: DataFiles,
  entry: Entry,
  plan: Plan,
  target: Uint8Array,
  work: Work,
): Promise<void> {
  let scratch: Uint8Array | undefined
  for (const span of spansOf(plan)) {
    const part = target.subarray(span.offset, span.offset + span.byteLength)
    if (span.axes.length === 0) readRange(data, entry, span.low, part)
    else {
      scratch ??= new Uint8Array(MAX_SPAN_BYTES)
      const bytes = scratch.subarray(0, span.extent)
      readRange(data, entry, span.low, bytes)
      pick(entry.dtype, span, bytes, part)
    }
    if (work.spend(span.extent, span.byteLength)) await work.pause()
  }
}

/** Copies the span's runs out of its `bytes`, all from its lowest byte on. */
function pick(dtype: DType, span: Span, bytes: Uint8Array, target: Uint8Array): void {
  const { shape, inSpan, inOrder } = layouts(dtype, span, bytes, target)
  copyElements(dtype, shape, inOrder, inSpan)
}

/** Copies `source`, in C order, to where the span's runs are in its `bytes`. */
export function place(dtype: DType, span: Span, bytes: Uint8Array, source: Uint8Array): void {
  const { shape, inSpan, inOrder } = layouts(dtype, span, bytes, source)
  copyElements(dtype, shape, inSpan, inOrder)
}

function layouts(
  dtype: DType,
  { axes, runBytes, start, low }: Span,
  bytes: Uint8Array,
  ordered: Uint8Array,
): { shape: number[]; inSpan: Layout; inOrder: Layout } {
  const { itemsize } = DTYPES[dtype]
  const shape = [...axes.map(({ count }) => count), runBytes / itemsize]
  const strides = [...axes.map(({ stride }) => stride / itemsize), 1]
  const elements = (of: Uint8Array) => wrap(of.buffer, dtype, of.byteOffset, of.byteLength / itemsize)
  return {
    shape,
    inSpan: { data: elements(bytes), strides, offset: (start - low) / itemsize },
    inOrder: { data: elements(ordered), strides: stridesOf(shape), offset: 0 },
  }
}
