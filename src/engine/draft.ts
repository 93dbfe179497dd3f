// A value on its way to disk: blocks with reserved room, filled before the commit that names them.
import { partOf } from '../core/typed-array.js'
import { BLOCK_BYTES } from '../protocol.js'
import { checksums } from './checksum.js'
import type { DataFiles } from './data-files.js'
import {
  type BlockTable,
  blockAt,
  blockCount,
  blockLength,
  blockStart,
  FILE_BYTES,
  neighbouringBytes,
  positionOf,
} from './layout.js'
import { readRange } from './reading.js'
import { AbortedError, type Steps } from './work.js'

/** A write costs some 70 us beside its bytes. While more are written at once, others wait longer. */
const MAX_WRITE_BYTES = 4 * BLOCK_BYTES

/** The bytes of a value that come next. */
export interface NextBytes {
  readonly draft: Draft
  readonly bytes: Uint8Array
}

/** Blocks of a value, from block `first` on, that lie one after the other on disk, and what they are to hold. */
interface Stretch {
  readonly draft: Draft
  readonly first: number
  readonly lengths: readonly number[]
  readonly position: number
  readonly bytes: Uint8Array
}

/** Stretches that lie one after the other on disk and in memory. */
type Run = readonly [Stretch, ...Stretch[]]

export class Draft {
  readonly nbytes: number
  readonly blocks: BlockTable
  readonly #data: DataFiles
  /** Bytes from the start that are written. */
  #filled: number
  #closed = false

  /** `blocks` has the reserved positions; the first `keptBytes` are blocks of an older value. */
  constructor(data: DataFiles, nbytes: number, blocks: BlockTable, keptBytes: number) {
    this.#data = data
    this.nbytes = nbytes
    this.blocks = blocks
    this.#filled = keptBytes
  }

  get filled(): number {
    return this.#filled
  }

  get complete(): boolean {
    return this.#filled === this.nbytes
  }

  /** Its room is somebody else's from now on: writes under way stop at their next step. */
  close(): void {
    this.#closed = true
  }

  /** Fills `target` with bytes from `start` on, which are written. */
  read(start: number, target: Uint8Array): void {
    readRange(this.#data, { path: 'a value being written', nbytes: this.nbytes, blocks: this.blocks }, start, target)
  }

  /** Whether so many bytes can come next. Errors: RangeError where there are too many, and where they do not end with a block. */
  checkNext(byteLength: number): void {
    const rest = this.nbytes - this.#filled
    if (byteLength > rest) throw new RangeError(`${byteLength} bytes came where ${rest} are missing`)
    const end = this.#filled + byteLength
    if (end !== this.nbytes && blockStart(blockAt(end, this.nbytes), this.nbytes) !== end) {
      throw new RangeError(`a piece of ${byteLength} bytes at ${this.#filled} does not end with a block`)
    }
  }

  /** The bytes that come next: whole blocks, but for the last piece. Errors: RangeError, AbortedError. */
  write(bytes: Uint8Array, steps: Steps): Promise<void> {
    return Draft.writeAll([{ draft: this, bytes }], steps)
  }

  /** The same of several drafts of one disk: what is neighbours on disk and in memory goes in one write. */
  static async writeAll(next: readonly NextBytes[], steps: Steps): Promise<void> {
    for (const { draft, bytes } of next) draft.checkNext(bytes.byteLength)
    const stretches = next.flatMap(({ draft, bytes }) => draft.#stretches(draft.#filled, bytes))
    for (const run of runsOf(stretches)) {
      const byteLength = Draft.#writeRun(run)
      for (const { draft, bytes } of run) draft.#filled += bytes.byteLength
      if (steps.spend(byteLength)) await steps.pause()
    }
  }

  /**
   * Whole blocks from byte `start` on, in any order, instead of `write`: whoever puts them sees to it that none is missing.
   * `known`: their checksums, where they are. Errors: AbortedError.
   */
  put(start: number, bytes: Uint8Array, known?: readonly number[]): void {
    const before = blockAt(start, this.nbytes)
    for (const stretch of this.#stretches(start, bytes))
      Draft.#writeRun([stretch], known?.slice(stretch.first - before))
  }

  #stretches(start: number, bytes: Uint8Array): Stretch[] {
    const found: Stretch[] = []
    for (let done = 0; done < bytes.byteLength; ) {
      const first = blockAt(start + done, this.nbytes)
      const wanted = Math.min(bytes.byteLength - done, MAX_WRITE_BYTES)
      const length = neighbouringBytes(this.blocks, this.nbytes, first, wanted)
      const lengths: number[] = []
      for (let rest = length; rest > 0; rest -= lengths.at(-1) ?? 0) {
        lengths.push(blockLength(first + lengths.length, this.nbytes))
      }
      const position = positionOf(this.blocks, first)
      found.push({ draft: this, first, lengths, position, bytes: partOf(bytes, done, length) })
      done += length
    }
    return found
  }

  /** Returns how many bytes. */
  static #writeRun(run: Run, known?: readonly number[]): number {
    if (run.some(({ draft }) => draft.#closed)) throw new AbortedError('this value was given up')
    const [{ draft, position, bytes }] = run
    const byteLength = run.reduce((sum, stretch) => sum + stretch.bytes.byteLength, 0)
    const all = run.length === 1 ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, byteLength)
    const lengths = run.flatMap((stretch) => stretch.lengths)
    const sums = (known ?? checksums(all, lengths)).values()
    for (const { draft, first, lengths } of run) {
      for (const nth of lengths.keys()) draft.blocks[2 * (first + nth) + 1] = sums.next().value as number // one for each block
    }
    draft.#data.write(all, position)
    return byteLength
  }
}

/** Puts what goes in one write together, in order. */
function* runsOf(stretches: readonly Stretch[]): Generator<Run> {
  let run: [Stretch, ...Stretch[]] | undefined
  let byteLength = 0
  for (const stretch of stretches) {
    byteLength += stretch.bytes.byteLength
    if (run !== undefined && byteLength <= MAX_WRITE_BYTES && follows(run.at(-1) as Stretch, stretch)) {
      run.push(stretch)
      continue
    }
    if (run !== undefined) yield run
    run = [stretch]
    byteLength = stretch.bytes.byteLength
  }
  if (run !== undefined) yield run
}

/** Whether `next` lies behind `last`, on disk and in memory; two data files are neighbours in numbers only. */
function follows(last: Stretch, next: Stretch): boolean {
  const { byteLength, byteOffset, buffer } = last.bytes
  const isNextInMemory = next.bytes.buffer === buffer && next.bytes.byteOffset === byteOffset + byteLength
  return isNextInMemory && next.position === last.position + byteLength && next.position % FILE_BYTES !== 0
}

/** Collects bytes of any length into the pieces a draft takes. */
export class DraftWriter {
  readonly #draft: Draft
  readonly #steps: Steps
  readonly #staging: Uint8Array
  #staged = 0

  /** How much it collects. */
  static stagingBytes(draft: Draft): number {
    return Math.min(BLOCK_BYTES, draft.nbytes - draft.filled)
  }

  /** `staging`: where. */
  constructor(draft: Draft, steps: Steps, staging: Uint8Array = new Uint8Array(DraftWriter.stagingBytes(draft))) {
    this.#draft = draft
    this.#steps = steps
    this.#staging = staging
  }

  /** Room for the next bytes, at least one; fill from its start and call filled(). */
  get room(): Uint8Array {
    return this.#staging.subarray(this.#staged)
  }

  async filled(byteLength: number): Promise<void> {
    this.#staged += byteLength
    const rest = this.#draft.nbytes - this.#draft.filled
    if (this.#staged < Math.min(BLOCK_BYTES, rest)) return
    await this.#draft.write(this.#staging.subarray(0, this.#staged), this.#steps)
    this.#staged = 0
  }

  /** Fills `target` with bytes from `start` on, which came before. */
  readBack(start: number, target: Uint8Array): void {
    const { filled } = this.#draft
    const written = target.subarray(0, Math.max(0, filled - start))
    this.#draft.read(start, written)
    const from = start + written.byteLength - filled
    target.set(this.#staging.subarray(from, from + target.byteLength - written.byteLength), written.byteLength)
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.byteLength; ) {
      const part = bytes.subarray(done, done + this.room.byteLength)
      this.room.set(part)
      done += part.byteLength
      await this.filled(part.byteLength)
    }
  }
}

/** The lengths of the blocks from `keptBytes` on. */
export function draftLengths(nbytes: number, keptBytes: number): number[] {
  const lengths: number[] = []
  const count = blockCount(nbytes)
  for (let i = keptBytes / BLOCK_BYTES; i < count; i++) lengths.push(blockLength(i, nbytes))
  return lengths
}
