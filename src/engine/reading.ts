// Reading an array's bytes: ranges from its blocks, and selections from ranges, never more than a step at a time.
import { DTYPES, type DType } from '../core/dtype.js'
import { checkResolved, type ResolvedSelection, resolveSelection } from '../core/selection.js'
import { stridesOf } from '../core/shape.js'
import { copyElements, type Layout } from '../core/strided.js'
import { wrap } from '../core/typed-array.js'
import { selectedLayout } from '../core/view-layout.js'
import type { DataFiles } from './data-files.js'
import type { Entry } from './entry.js'
import { blockAt, blockStart, HOLE, missingFrom, neighbouringBytes, positionOf } from './layout.js'
import { MAX_SPAN_BYTES, type Plan, planOf, type Span, spansOf } from './plan.js'
import type { Steps, Work } from './work.js'

/** A value's bytes on disk. `path` is for messages. */
export type Stored = Pick<Entry, 'path' | 'nbytes' | 'blocks'>

/** Fills `target` with the bytes from `start` on. Errors: CorruptDataError. */
export function readRange(data: DataFiles, entry: Stored, start: number, target: Uint8Array): void {
  let done = 0
  while (done < target.byteLength) {
    const index = blockAt(start + done, entry.nbytes)
    const within = start + done - blockStart(index, entry.nbytes)
    const position = positionOf(entry.blocks, index)
    const length = neighbouringBytes(entry.blocks, entry.nbytes, index, target.byteLength - done + within) - within
    const part = target.subarray(done, done + length)
    const missing = missingFrom(position)
    if (missing !== undefined) throw data.missing(missing, entry.path)
    if (position === HOLE) part.fill(0)
    else data.read(part, position + within, entry.path)
    done += part.byteLength
  }
}

/**
 * The selections one after the other, or else the whole array, in the buffer that `room` gives.
 * Errors: InvalidSelectionError, CorruptDataError, AbortedError.
 */
export async function readSelections(
  data: DataFiles,
  entry: Entry,
  selections: readonly ResolvedSelection[] | undefined,
  room: (byteLength: number) => ArrayBuffer,
  work: Work,
): Promise<ArrayBuffer> {
  const { itemsize } = DTYPES[entry.dtype]
  const base = { strides: stridesOf(entry.shape), offset: 0 }
  const plans = (selections ?? [resolveSelection([], entry.shape)]).map((selection) =>
    planOf(selectedLayout(checkResolved(selection, entry.shape), base), itemsize),
  )
  const total = plans.reduce((sum, { byteLength }) => sum + byteLength, 0)
  work.begin(total)
  const buffer = room(total)
  let at = 0
  for (const plan of plans) {
    await readPlan(data, entry, plan, new Uint8Array(buffer, at, plan.byteLength), work)
    at += plan.byteLength
  }
  await work.end()
  return buffer
}

/**
 * Fills `target` with the planned bytes, each where it goes; it begins at a multiple of the item size. `room` gives MAX_SPAN_BYTES to
 * pick from. Errors: CorruptDataError, AbortedError.
 */
export async function readPlan(
  data: DataFiles,
  entry: Entry,
  plan: Plan,
  target: Uint8Array,
  steps: Steps,
  room: () => Uint8Array = () => new Uint8Array(MAX_SPAN_BYTES),
): Promise<void> {
  let scratch: Uint8Array | undefined
  for (const span of spansOf(plan)) {
    if (span.axes.length === 0) readRange(data, entry, span.start, target.subarray(span.to, span.to + span.byteLength))
    else {
      scratch ??= room()
      const bytes = scratch.subarray(0, span.extent)
      readRange(data, entry, span.start, bytes)
      const { shape, inSpan, inView } = layouts(entry.dtype, span, bytes, target)
      copyElements(entry.dtype, shape, inView, inSpan)
    }
    if (steps.spend(span.extent, span.byteLength)) await steps.pause()
  }
}

/** Copies the span's part of `source`, a view's elements in C order, to where its runs are in the span's `bytes`. */
export function place(dtype: DType, span: Span, bytes: Uint8Array, source: Uint8Array): void {
  const { shape, inSpan, inView } = layouts(dtype, span, bytes, source)
  copyElements(dtype, shape, inSpan, inView)
}

function layouts(
  dtype: DType,
  { axes, runBytes, to }: Span,
  bytes: Uint8Array,
  view: Uint8Array,
): { shape: number[]; inSpan: Layout; inView: Layout } {
  const { itemsize } = DTYPES[dtype]
  const elements = (of: Uint8Array) => wrap(of.buffer, dtype, of.byteOffset, Math.floor(of.byteLength / itemsize))
  return {
    shape: [...axes.map(({ count }) => count), runBytes / itemsize],
    inSpan: { data: elements(bytes), strides: [...axes.map(({ stride }) => stride / itemsize), 1], offset: 0 },
    inView: {
      data: elements(view),
      strides: [...axes.map((axis) => axis.to / itemsize), 1],
      offset: to / itemsize,
    },
  }
}
