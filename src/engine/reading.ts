// Reading an array's bytes: ranges from its blocks, and selections from ranges, never more than a step at a time.
import { DTYPES, type DType } from '../core/dtype.js'
import { checkResolved, type ResolvedSelection, resolveSelection } from '../core/selection.js'
import { stridesOf } from '../core/shape.js'
import { copyElements, type Layout } from '../core/strided.js'
import { partOf, wrap } from '../core/typed-array.js'
import { selectedLayout } from '../core/view-layout.js'
import type { DataFiles } from './data-files.js'
import type { Entry } from './entry.js'
import { blockAt, blockStart, HOLE, missingFrom, neighbouringBytes, positionOf } from './layout.js'
import { MAX_SPAN_BYTES, type Plan, pitchOf, planOf, type Span, spansToRead } from './plan.js'
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
    const part = partOf(target, done, length)
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
    await new PlanReader(data, entry, new Uint8Array(buffer, at, plan.byteLength)).read(plan, work)
    at += plan.byteLength
  }
  await work.end()
  return buffer
}

/** What is picked from lies in `room`, of MAX_SPAN_BYTES; `copy` as copyElements. */
interface PickingMeans {
  readonly room: () => Uint8Array
  readonly copy: typeof copyElements
}

/** Parts of the target that are kept as views. */
const MOST_VIEWS = 1024

/**
 * Fills memory with planned bytes, each where it goes; it begins at a multiple of the item size. Its views are used again plan after
 * plan: those that files have read into are dear to the garbage collector.
 */
export class PlanReader {
  readonly #data: DataFiles
  readonly #entry: Entry
  readonly #target: Uint8Array
  readonly #means: PickingMeans
  readonly #parts: Uint8Array[] = []
  #picked: Uint8Array | undefined
  /** Parts of what is picked from, for pieces of `#extent` bytes. */
  #pieces: Uint8Array[] = []
  #extent = 0

  constructor(data: DataFiles, entry: Entry, target: Uint8Array, means: Partial<PickingMeans> = {}) {
    this.#data = data
    this.#entry = entry
    this.#target = target
    this.#means = { room: () => new Uint8Array(MAX_SPAN_BYTES), copy: copyElements, ...means }
  }

  /** Errors: CorruptDataError, AbortedError. */
  async read(plan: Plan, steps: Steps): Promise<void> {
    let nth = 0
    for (const span of spansToRead(plan, this.#data.readCost)) {
      const { start, to, extent, byteLength, pieces } = span
      if (span.axes.length === 0) readRange(this.#data, this.#entry, start, this.#part(nth++, to, byteLength))
      else {
        const stride = span.axes[0]?.stride ?? 0
        for (let i = 0; i < pieces; i++) readRange(this.#data, this.#entry, start + i * stride, this.#piece(i, extent))
        this.#pick(span)
      }
      if (steps.spend(pieces * extent, byteLength)) await steps.pause()
    }
  }

  #part(nth: number, to: number, byteLength: number): Uint8Array {
    const known = this.#parts[nth]
    const byteOffset = this.#target.byteOffset + to
    if (known?.byteOffset === byteOffset && known.byteLength === byteLength) return known
    const part = this.#target.subarray(to, to + byteLength)
    if (nth < MOST_VIEWS) this.#parts[nth] = part
    return part
  }

  #piece(nth: number, extent: number): Uint8Array {
    if (extent !== this.#extent) this.#pieces = []
    this.#extent = extent
    this.#picked ??= this.#means.room()
    const at = nth * pitchOf(extent)
    this.#pieces[nth] ??= this.#picked.subarray(at, at + extent)
    return this.#pieces[nth]
  }

  #pick(span: Span): void {
    const [outer, ...rest] = span.axes as [Span['axes'][number], ...Span['axes']] // there is one
    const axes = span.pieces === 1 ? span.axes : [{ ...outer, stride: pitchOf(span.extent) }, ...rest]
    const { dtype } = this.#entry
    const { shape, inSpan, inView } = layouts(dtype, { ...span, axes }, this.#picked as Uint8Array, this.#target)
    this.#means.copy(dtype, shape, inView, inSpan)
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
