// Writing a selection: the blocks it touches are read, changed and written to new places, in one pass.
import { DTYPES, type DType } from '../core/dtype.js'
import { type ResolvedAxis, type ResolvedSelection, selectedShape } from '../core/selection.js'
import { sameShape, sizeOf, stridesOf } from '../core/shape.js'
import { gather } from '../core/strided.js'
import { bytesOf, wrap } from '../core/typed-array.js'
import { selectedLayout } from '../core/view-layout.js'
import { BLOCK_BYTES } from '../protocol.js'
import { checksum } from './checksum.js'
import type { DataFiles } from './data-files.js'
import type { Entry } from './entry.js'
import { blockAt, blockLength, blockStart } from './layout.js'
import { MAX_SPAN_BYTES, type Plan, planOf, spansOf } from './plan.js'
import { place, readRange } from './reading.js'
import type { Work } from './work.js'

/** Values that have to be broadcast or reversed are laid out this much at a time. */
const MAX_SLAB_BYTES = 16 << 20

/** What is written: C order, of a shape that broadcasts to the selection's. */
export interface RegionValue {
  readonly bytes: Uint8Array
  readonly shape: readonly number[]
}

/** The selection with every step positive, and which axes of the value are reversed for it. */
interface Ascending {
  readonly selection: ResolvedSelection
  readonly reversed: readonly boolean[]
}

/** The blocks a selection touches, in order. */
export function touchedBlocks(entry: Entry, selection: ResolvedSelection): number[] {
  const indexes: number[] = []
  for (const { start, extent } of spansOf(planOfEntry(entry, ascending(selection).selection))) {
    const last = blockAt(start + extent - 1, entry.nbytes)
    const next = Math.max(blockAt(start, entry.nbytes), (indexes.at(-1) ?? -1) + 1)
    for (let index = next; index <= last; index++) indexes.push(index)
  }
  return indexes
}

/** Writes the touched blocks of `entry`, changed, at `positions`; returns the checksum of each. */
export async function writeRegion(
  data: DataFiles,
  entry: Entry,
  selection: ResolvedSelection,
  value: RegionValue,
  places: { readonly indexes: readonly number[]; readonly positions: readonly number[] },
  work: Work,
): Promise<number[]> {
  const { dtype } = entry
  const { itemsize } = DTYPES[dtype]
  const upward = ascending(selection)
  // Typed views need it so.
  const source = value.bytes.byteOffset % itemsize === 0 ? value : { ...value, bytes: new Uint8Array(value.bytes) }
  const rewriter = new BlockRewriter(data, entry, places.indexes, places.positions)
  let scratch: Uint8Array | undefined
  for (const slab of slabs(upward.selection, MAX_SLAB_BYTES / itemsize)) {
    const bytes = slabValue(source, dtype, upward, slab)
    for (const span of spansOf(planOfEntry(entry, slab))) {
      let part = bytes.subarray(span.to, span.to + span.byteLength)
      if (span.axes.length > 0) {
        scratch ??= new Uint8Array(MAX_SPAN_BYTES)
        part = scratch.subarray(0, span.extent)
        readRange(data, entry, span.start, part)
        place(dtype, span, part, bytes)
      }
      rewriter.write(span.start, part)
      if (work.spend(span.extent, span.byteLength)) await work.pause()
    }
  }
  return rewriter.finish()
}

function planOfEntry({ shape, dtype }: Entry, selection: ResolvedSelection): Plan {
  return planOf(selectedLayout(selection, { strides: stridesOf(shape), offset: 0 }), DTYPES[dtype].itemsize)
}

/** Holds one block at a time; writes come in ascending order, and what they leave of a block stays as it is. */
class BlockRewriter {
  readonly #data: DataFiles
  readonly #entry: Entry
  readonly #indexes: readonly number[]
  readonly #positions: readonly number[]
  readonly #checksums: number[] = []
  readonly #scratch: Uint8Array<ArrayBuffer>
  #block = new Uint8Array(0)
  #start = 0

  constructor(data: DataFiles, entry: Entry, indexes: readonly number[], positions: readonly number[]) {
    this.#data = data
    this.#entry = entry
    this.#indexes = indexes
    this.#positions = positions
    this.#scratch = new Uint8Array(Math.min(BLOCK_BYTES, entry.nbytes))
  }

  write(at: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.byteLength; ) {
      if (at + done >= this.#start + this.#block.byteLength) this.#move(at + done, bytes.byteLength - done)
      const part = bytes.subarray(done, done + this.#start + this.#block.byteLength - (at + done))
      this.#block.set(part, at + done - this.#start)
      done += part.byteLength
    }
  }

  finish(): number[] {
    this.#store()
    return this.#checksums
  }

  #move(at: number, byteLength: number): void {
    this.#store()
    const { nbytes } = this.#entry
    const index = blockAt(at, nbytes)
    this.#start = blockStart(index, nbytes)
    this.#block = this.#scratch.subarray(0, blockLength(index, nbytes))
    const whole = at === this.#start && byteLength >= this.#block.byteLength
    if (!whole) readRange(this.#data, this.#entry, this.#start, this.#block)
  }

  #store(): void {
    if (this.#block.byteLength === 0) return
    const nth = this.#checksums.length
    if (this.#indexes[nth] !== blockAt(this.#start, this.#entry.nbytes)) throw new RangeError('a block is out of order')
    this.#checksums.push(checksum(this.#block))
    this.#data.write(this.#block, this.#positions[nth] as number)
  }
}

function ascending(selection: ResolvedSelection): Ascending {
  const reversed = selection.map(({ step, count }) => step < 0 && count > 1)
  const upward = selection.map((axis, i): ResolvedAxis => {
    if (!reversed[i]) return axis
    return { ...axis, start: axis.start + (axis.count - 1) * axis.step, step: -axis.step }
  })
  return { selection: upward, reversed }
}

/** The selection in parts of at most `maxItems`, in ascending order. */
function* slabs(selection: ResolvedSelection, maxItems: number): Generator<ResolvedSelection> {
  const items = selection.reduce((product, { count }) => product * count, 1)
  const split = selection.findIndex(({ count }) => count > 1)
  if (items <= maxItems || split < 0) {
    if (items > 0) yield selection
    return
  }
  const axis = selection[split] as ResolvedAxis
  const inner = items / axis.count
  const rows = Math.max(1, Math.floor(maxItems / inner))
  for (let first = 0; first < axis.count; first += rows) {
    const part = { ...axis, start: axis.start + first * axis.step, count: Math.min(rows, axis.count - first) }
    yield* slabs(selection.with(split, part), maxItems)
  }
}

/** The slab's part of the value, in C order. */
function slabValue(value: RegionValue, dtype: DType, whole: Ascending, slab: ResolvedSelection): Uint8Array {
  if (slab === whole.selection && sameShape(value.shape, selectedShape(slab)) && !whole.reversed.includes(true)) {
    return value.bytes
  }
  const strides: number[] = []
  let offset = 0
  const kept = whole.selection.flatMap((axis, i) => (axis.keep ? [i] : []))
  const valueStrides = broadcastStrides(value.shape, kept.length)
  for (const [nth, i] of kept.entries()) {
    const full = whole.selection[i] as ResolvedAxis
    const part = slab[i] as ResolvedAxis
    const first = full.count > 1 ? (part.start - full.start) / full.step : 0
    const stride = valueStrides[nth] as number
    offset += stride * (whole.reversed[i] ? full.count - 1 - first : first)
    strides.push(whole.reversed[i] ? -stride : stride)
  }
  const { buffer, byteOffset } = value.bytes
  const data = wrap(buffer, dtype, byteOffset, sizeOf(value.shape))
  return bytesOf(gather(dtype, selectedShape(slab), { data, strides, offset }))
}

/** Strides in elements of a C-ordered array seen with `ndim` axes, 0 where it is repeated. */
function broadcastStrides(shape: readonly number[], ndim: number): number[] {
  const strides = stridesOf(shape)
  const missing = ndim - shape.length
  return Array.from({ length: ndim }, (_, i) =>
    i < missing || shape[i - missing] === 1 ? 0 : (strides[i - missing] as number),
  )
}
