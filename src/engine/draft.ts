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
  neighbouringBytes,
  positionOf,
} from './layout.js'
import { readRange } from './reading.js'
import { AbortedError, type Steps } from './work.js'

/** A write costs some 70 us beside its bytes. While more are written at once, others wait longer. */
const MAX_WRITE_BYTES = 4 * BLOCK_BYTES

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
  async write(bytes: Uint8Array, steps: Steps): Promise<void> {
    this.checkNext(bytes.byteLength)
    for (let done = 0; done < bytes.byteLength; ) {
      const left = partOf(bytes, done, bytes.byteLength - done)
      const length = this.#putNeighbours(blockAt(this.#filled, this.nbytes), left, undefined)
      this.#filled += length
      done += length
      if (steps.spend(length)) await steps.pause()
    }
  }

  /**
   * Whole blocks from byte `start` on, in any order, instead of `write`: whoever puts them sees to it that none is missing.
   * `known`: their checksums, where they are. Errors: AbortedError.
   */
  put(start: number, bytes: Uint8Array, known?: readonly number[]): void {
    const first = blockAt(start, this.nbytes)
    for (let done = 0; done < bytes.byteLength; ) {
      const index = blockAt(start + done, this.nbytes)
      const left = partOf(bytes, done, bytes.byteLength - done)
      done += this.#putNeighbours(index, left, known?.slice(index - first))
    }
  }

  /** Writes blocks that lie one after the other, at least one; returns how many bytes of `bytes` they took. */
  #putNeighbours(first: number, bytes: Uint8Array, known: readonly number[] | undefined): number {
    if (this.#closed) throw new AbortedError('this value was given up')
    const wanted = Math.min(bytes.byteLength, MAX_WRITE_BYTES)
    const length = neighbouringBytes(this.blocks, this.nbytes, first, wanted)
    const lengths: number[] = []
    for (let rest = length; rest > 0; rest -= lengths.at(-1) ?? 0) {
      lengths.push(blockLength(first + lengths.length, this.nbytes))
    }
    for (const [nth, sum] of (known?.slice(0, lengths.length) ?? checksums(bytes, lengths)).entries()) {
      this.blocks[2 * (first + nth) + 1] = sum
    }
    this.#data.write(partOf(bytes, 0, length), positionOf(this.blocks, first))
    return length
  }
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
