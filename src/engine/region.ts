// Writing a selection: the blocks it touches are read, changed and written to new places, in one pass.
import { DTYPES, type DType } from '../core/dtype.js'
import { type ResolvedAxis, type ResolvedSelection, selectedShape } from '../core/selection.js'
import { sameShape, sizeOf, stridesOf } from '../core/shape.js'
import { gather } from '../core/strided.js'
import { bytesOf, wrap } from '../core/typed-array.js'
import { BLOCK_BYTES } from '../protocol.js'
import { checksum } from './checksum.js'
import type { DataFiles } from './data-files.js'
import type { Entry } from './entry.js'
import { blockAt, blockCount, blockLength, blockStart, TAIL_BLOCK_BYTES } from './layout.js'
import { type Plan, planOf, segmentStarts } from './plan.js'
import { readRange } from './reading.js'
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
  const plan = planOf(ascending(selection).selection, entry.shape, DTYPES[entry.dtype].itemsize)
  const touched = new Uint8Array(blockCount(entry.nbytes))
  const touch = (from: number, byteLength: number): void => {
    const last = blockAt(from + byteLength - 1, entry.nbytes)
    for (let i = blockAt(from, entry.nbytes); i <= last; i++) touched[i] = 1
  }
  // Only the last block is shorter than a tail block, and touch() always marks the one it ends in.
  const dense = plan.runStride - plan.runBytes < TAIL_BLOCK_BYTES
  for (const start of segmentStarts(plan)) {
    if (dense) touch(start, (plan.runCount - 1) * plan.runStride + plan.runBytes)
    else for (let run = 0; run < plan.runCount; run++) touch(start + run * plan.runStride, plan.runBytes)
  }
  const indexes: number[] = []
  for (const [index, flag] of touched.entries()) if (flag === 1) indexes.push(index)
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
  const { itemsize } = DTYPES[entry.dtype]
  const upward = ascending(selection)
  const rewriter = new BlockRewriter(data, entry, places.indexes, places.positions)
  for (const slab of slabs(upward.selection, Math.max(1, MAX_SLAB_BYTES / itemsize))) {
    const bytes = slabValue(value, entry.dtype, upward, slab)
    await rewriteRuns(rewriter, planOf(slab, entry.shape, itemsize), bytes, work)
  }
  return rewriter.finish()
}

async function rewriteRuns(rewriter: BlockRewriter, plan: Plan, bytes: Uint8Array, work: Work): Promise<void> {
  const { runBytes, runCount, runStride } = plan
  let done = 0
  for (const start of segmentStarts(plan)) {
    for (let run = 0; run < runCount; run++, done += runBytes) {
      for (let written = 0; written < runBytes; ) {
        written += rewriter.write(start + run * runStride + written, bytes.subarray(done + written, done + runBytes))
        if (rewriter.moved && work.spend(BLOCK_BYTES)) await work.pause()
      }
    }
  }
}

/** Holds one block at a time; writes come in ascending order. */
class BlockRewriter {
  readonly #data: DataFiles
  readonly #entry: Entry
  readonly #indexes: readonly number[]
  readonly #positions: readonly number[]
  readonly #checksums: number[] = []
  readonly #scratch = new Uint8Array(BLOCK_BYTES)
  #block = new Uint8Array(0)
  #start = 0
  /** Whether the last write began another block. */
  moved = false

  constructor(data: DataFiles, entry: Entry, indexes: readonly number[], positions: readonly number[]) {
    this.#data = data
    this.#entry = entry
    this.#indexes = indexes
    this.#positions = positions
  }

  /** Takes as many of the bytes as fit the block they begin in; returns how many. */
  write(at: number, bytes: Uint8Array): number {
    this.moved = at >= this.#start + this.#block.byteLength
    if (this.moved) this.#move(at, bytes.byteLength)
    const part = bytes.subarray(0, this.#start + this.#block.byteLength - at)
    this.#block.set(part, at - this.#start)
    return part.byteLength
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
