// Reading an array's bytes: ranges from its blocks, and selections from ranges, never more than a step at a time.
import { BLOCK_BYTES } from '../protocol.js'
import type { DataFiles } from './data-files.js'
import type { Entry } from './entry.js'
import { blockAt, blockLength, blockStart, HOLE, positionOf } from './layout.js'
import { type Plan, segmentStarts } from './plan.js'
import type { Work } from './work.js'

/** Runs closer than this are read in one go and picked from: a separate read costs about as much as 64 KiB. */
const MAX_GAP_BYTES = 64 * 1024

/** Fills `target` with the bytes from `start` on. Errors: CorruptDataError. */
export function readRange(data: DataFiles, entry: Entry, start: number, target: Uint8Array): void {
  let done = 0
  while (done < target.byteLength) {
    const index = blockAt(start + done, entry.nbytes)
    const within = start + done - blockStart(index, entry.nbytes)
    const position = positionOf(entry.blocks, index)
    const length = neighbouringBytes(entry, index, target.byteLength - done + within) - within
    const part = target.subarray(done, done + length)
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
    if (position !== HOLE && (position + length) % (4096 * BLOCK_BYTES) === 0) break
    length += blockLength(index, nbytes)
  }
  return Math.min(length, wanted)
}

/** Fills `target` with the planned bytes in C order. Errors: CorruptDataError, AbortedError. */
export async function readPlan(
  data: DataFiles,
  entry: Entry,
  plan: Plan,
  target: Uint8Array,
  work: Work,
): Promise<void> {
  const segmentBytes = plan.runBytes * plan.runCount
  let scratch: Uint8Array | undefined
  let done = 0
  for (const start of segmentStarts(plan)) {
    const part = target.subarray(done, done + segmentBytes)
    if (plan.runBytes >= BLOCK_BYTES / 2 || Math.abs(plan.runStride) > plan.runBytes + MAX_GAP_BYTES) {
      await readRuns(data, entry, plan, start, part, work)
    } else {
      scratch ??= new Uint8Array(BLOCK_BYTES)
      await pickRuns(data, entry, plan, start, part, scratch, work)
    }
    done += segmentBytes
  }
}

async function readRuns(
  data: DataFiles,
  entry: Entry,
  plan: Plan,
  start: number,
  target: Uint8Array,
  work: Work,
): Promise<void> {
  const { runBytes, runCount, runStride } = plan
  for (let run = 0; run < runCount; run++) {
    const from = start + run * runStride
    for (let done = 0; done < runBytes; ) {
      const length = Math.min(runBytes - done, BLOCK_BYTES - ((from + done) % BLOCK_BYTES))
      const at = run * runBytes + done
      readRange(data, entry, from + done, target.subarray(at, at + length))
      done += length
      if (work.spend(length)) await work.pause()
    }
  }
}

/** Reads spans that cover many runs and copies the runs out of them. */
async function pickRuns(
  data: DataFiles,
  entry: Entry,
  plan: Plan,
  start: number,
  target: Uint8Array,
  scratch: Uint8Array,
  work: Work,
): Promise<void> {
  const { runBytes, runCount, runStride } = plan
  const distance = Math.abs(runStride)
  const most = distance === 0 ? runCount : 1 + Math.floor((scratch.byteLength - runBytes) / distance)
  for (let first = 0; first < runCount; first += most) {
    const count = Math.min(most, runCount - first)
    const ends = [start + first * runStride, start + (first + count - 1) * runStride] as const
    const low = Math.min(...ends)
    const span = scratch.subarray(0, distance * (count - 1) + runBytes)
    readRange(data, entry, low, span)
    copyRuns(span, ends[0] - low, runStride, runBytes, count, target.subarray(first * runBytes))
    if (work.spend(span.byteLength)) await work.pause()
  }
}

/** Copies `count` runs, `stride` apart in `source` from `from` on, to the start of `target`. */
function copyRuns(
  source: Uint8Array,
  from: number,
  stride: number,
  runBytes: number,
  count: number,
  target: Uint8Array,
): void {
  const Word = widestWord(runBytes | stride | from | source.byteOffset | target.byteOffset)
  const width = runBytes / Word.BYTES_PER_ELEMENT
  if (width > MAX_WORDS_A_RUN) {
    for (let i = 0, at = from; i < count; i++, at += stride)
      target.set(source.subarray(at, at + runBytes), i * runBytes)
    return
  }
  const input = new Word(source.buffer, source.byteOffset, Math.floor(source.byteLength / Word.BYTES_PER_ELEMENT))
  const output = new Word(target.buffer, target.byteOffset, count * width)
  const step = stride / Word.BYTES_PER_ELEMENT
  let start = from / Word.BYTES_PER_ELEMENT
  for (let i = 0; i < output.length; start += step) {
    for (let word = 0; word < width; word++) output[i++] = input[start + word] as number
  }
}

type WordClass = {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Uint8Array | Uint16Array | Uint32Array
}

/** Runs longer than this are copied faster by TypedArray.set. */
const MAX_WORDS_A_RUN = 16

/** The largest unsigned word of which all of the numbers or-ed into `bits` are multiples. */
function widestWord(bits: number): WordClass {
  return (bits & 3) === 0 ? Uint32Array : (bits & 1) === 0 ? Uint16Array : Uint8Array
}
