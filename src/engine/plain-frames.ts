// Frames of a catalog that only put plain entries, each for a call or none, found and checked by WebAssembly (plain-frames.wat). Most frames of most disks are
// such, and JavaScript that looks through them has just been loaded and is slow.
//
// An entry is plain that has no attributes, clients, tags, state, purge and end, and whose path is ASCII. Everything that reading the
// whole of it (change-codec.ts) checks is checked; what is not plain, or not right, is left to that.
import { DTYPE_NAMES, DTYPES } from '../core/dtype.js'
import { textOf } from './bytes.js'
import type { CommittedCall } from './calls.js'
import { CHECKSUM_LANES, checksumOver } from './checksum.js'
import { CATALOG_FORMAT, type Frame } from './frame.js'
import { PLAIN_FRAMES_WASM } from './plain-frames-wasm.js'
import { createMemory, instantiate } from './web-assembly.js'

interface PlainFramesExports {
  /** Returns where the first frame that is not plain begins. */
  scan(at: number, fileEnd: number, epoch: number, format: number, log: number, records: number, last: number): number
  /** Returns the first record that was not inserted. */
  insert(
    record: number,
    last: number,
    records: number,
    paths: number,
    incarnations: number,
    mask: number,
    bits: number,
    bitMask: number,
  ): number
  /** Returns 0 where there are files and they do not cover what is placed. */
  place(
    record: number,
    last: number,
    used: number,
    firstSlot: bigint,
    slots: bigint,
    ends: number,
    files: number,
  ): number
}

/** Entries that frames put one after the other, as records of the `PlainFrames`; a change as a catalog has it. */
export interface PackedRun {
  readonly kind: 'packed'
  /** Numbers of records; `to` is behind the last. */
  readonly from: number
  readonly to: number
  /** Who has called for them, where anyone has, and the calls. */
  readonly client?: string | undefined
  readonly calls?: () => CommittedCall[]
}

export type PlainRun = Frame & { readonly changes: readonly PackedRun[] }

// What lies where in the memory, in bytes. All numbers are f64, but counts.
const SEEDS = 64
const ITEM_SIZES = 192
const TIP = 256
const SEQUENCE = 264
const COUNT = 296
const CLIENT = 304
const CLIENT_LENGTH = 308
const FILE = 320
/** For what is told or asked of blocks' places. */
export const WORK_BYTES = 1 << 20

/** A record: state, where the entry, hash of its path, where that, its length, where the blocks (u32), incarnation, bytes (f64). */
export const RECORD_BYTES = 40
/** Plain entries are rarely shorter; where there are more, they are read as others are. */
const BYTES_PER_RECORD = 32
/** The memory is some three times as large, and has at most 2 GiB everywhere. */
const MAX_FILE_BYTES = 256 << 20

export class PlainFrames {
  readonly bytes: Uint8Array
  readonly exports: PlainFramesExports
  readonly #view: DataView
  readonly #fileEnd: number
  /** Bits of what other tables have, so many as are a power of two; records; tables; work. */
  readonly bitBytes: number
  readonly bits: number
  readonly records: number
  readonly tables: number
  readonly work: number
  readonly #capacity: number

  /** Has a copy of the file. undefined where WebAssembly, its SIMD or the memory is not to be had, or is not worth it. */
  static over(file: Uint8Array): PlainFrames | undefined {
    if (file.byteLength === 0 || file.byteLength > MAX_FILE_BYTES) return undefined
    try {
      return new PlainFrames(file)
    } catch {
      return undefined
    }
  }

  private constructor(file: Uint8Array) {
    this.#fileEnd = FILE + file.byteLength
    this.#capacity = Math.ceil(file.byteLength / BYTES_PER_RECORD)
    this.bitBytes = 2 ** Math.ceil(Math.log2(this.#capacity))
    this.bits = Math.ceil(this.#fileEnd / 8) * 8
    this.records = this.bits + Math.ceil(this.bitBytes / 8) * 8
    this.tables = this.records + RECORD_BYTES * this.#capacity
    this.work = this.tables + 2 * 4 * tableLength(this.#capacity)
    const memory = createMemory(this.work + WORK_BYTES)
    const { absorb } = checksumOver(memory)
    this.exports = instantiate(PLAIN_FRAMES_WASM, { m: memory, absorb }) as PlainFramesExports // states what it has
    this.bytes = new Uint8Array(memory.buffer)
    this.#view = new DataView(memory.buffer)
    new Int32Array(memory.buffer, SEEDS, CHECKSUM_LANES.length).set(CHECKSUM_LANES)
    for (const [i, dtype] of DTYPE_NAMES.entries()) this.bytes[ITEM_SIZES + i] = DTYPES[dtype].itemsize
    this.bytes.set(file, FILE)
  }

  get count(): number {
    return this.#view.getInt32(COUNT, true)
  }

  get #client(): string | undefined {
    const length = this.#view.getUint32(CLIENT_LENGTH, true)
    const at = this.#view.getUint32(CLIENT, true)
    return length === 0 ? undefined : textOf(this.bytes.subarray(at, at + length))
  }

  /** The plain frames from `offset` of the file on that follow that one, as one frame; undefined where the next is none. */
  scan(offset: number, { epoch, log, sequence, checksum }: Frame): PlainRun | undefined {
    const { count: from } = this
    this.#view.setFloat64(TIP, checksum, true)
    this.#view.setFloat64(SEQUENCE, sequence, true)
    this.#view.setUint32(CLIENT_LENGTH, 0, true)
    const at = FILE + offset
    const end = this.exports.scan(at, this.#fileEnd, epoch, CATALOG_FORMAT, log, this.records, this.tables)
    if (end === at) return undefined
    return {
      epoch,
      log,
      sequence: this.#view.getFloat64(SEQUENCE, true),
      changes: [{ kind: 'packed', from, to: this.count, client: this.#client }],
      checksum: this.#view.getFloat64(TIP, true),
      byteLength: end - at,
    }
  }
}

/** Of a hash table for so many: a power of two. */
export function tableLength(count: number): number {
  return 2 ** Math.ceil(Math.log2(2 * count + 64))
}
