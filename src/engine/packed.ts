// Plain entries as they lie in the catalog's bytes: most arrays of a disk are not used after an opening, and objects for all of
// them are what opening would spend its time on.
import { unpacked } from './change-codec.js'
import type { Entry } from './entry.js'
import { type PackedRun, type PlainFrames, RECORD_BYTES, tableLength, WORK_BYTES } from './plain-frames.js'

/** 1 in the first word of a record: it is in the tables. */
const IS_THERE = 1
const IS_GONE = 2
const LIVE_BYTES = 272
const HIGHEST_INCARNATION = 280
const HIGHEST_POSITION = 288
const SLOT_BYTES = 1 << 20

/** Invariant: every path and every incarnation is there once. */
export class PackedEntries {
  readonly #frames: PlainFrames
  readonly #view: DataView
  readonly #mask: number
  readonly #byIncarnation: number
  #size = 0

  constructor(frames: PlainFrames) {
    const { bytes, tables, count } = frames
    const length = tableLength(count)
    this.#frames = frames
    this.#view = new DataView(bytes.buffer)
    this.#mask = length - 1
    this.#byIncarnation = tables + 4 * length
  }

  get size(): number {
    return this.#size
  }

  /** Bytes on disk of all that was ever here. */
  get liveBytes(): number {
    return this.#view.getFloat64(LIVE_BYTES, true)
  }

  get highestIncarnation(): number {
    return this.#view.getFloat64(HIGHEST_INCARNATION, true)
  }

  /** No block that was ever here is behind it. */
  get highestPosition(): number {
    return this.#view.getFloat64(HIGHEST_POSITION, true)
  }

  /**
   * Takes in entries from the first of the run on, up to one of which path or incarnation is here, or was noted; returns what is
   * left, without that one, and that one.
   */
  add({ from, to }: PackedRun): { readonly refused: Entry; readonly rest: PackedRun } | undefined {
    const { exports, records, tables, bits, bitBytes } = this.#frames
    const end = this.#recordAt(to)
    const first = this.#recordAt(from)
    const { insert } = exports
    const stopped = insert(first, end, records, tables, this.#byIncarnation, this.#mask, bits, 8 * bitBytes - 1)
    this.#size += (stopped - first) / RECORD_BYTES
    if (stopped === end) return undefined
    const rest: PackedRun = { kind: 'packed', from: (stopped - records) / RECORD_BYTES + 1, to }
    return { refused: this.#entryOf(stopped), rest }
  }

  /** What is in other tables: `add` refuses what is like it. */
  note({ path, incarnation }: Entry): void {
    const { bytes, bits, bitBytes } = this.#frames
    for (const number of [hashOf(path), incarnation]) {
      const bit = number & (8 * bitBytes - 1)
      const at = bits + (bit >> 3)
      bytes[at] = (bytes[at] as number) | (1 << (bit & 7))
    }
  }

  take(incarnation: number): Entry | undefined {
    const isIt = (record: number) => this.#view.getFloat64(record + 24, true) === incarnation
    return this.#takeOut(this.#find(this.#byIncarnation, incarnation, isIt))
  }

  takeAt(path: string): Entry | undefined {
    const hash = hashOf(path)
    return this.#takeOut(this.#find(this.#frames.tables, hash, (record) => this.#isAt(record, path, hash)))
  }

  takeAll(): Entry[] {
    const all: Entry[] = []
    for (let record = this.#frames.records; record < this.#end; record += RECORD_BYTES) {
      const entry = this.#takeOut(record)
      if (entry !== undefined) all.push(entry)
    }
    return all
  }

  /** Whether files of those lengths hold all blocks. */
  isWithin(lengths: readonly number[]): boolean {
    const { exports, records, work } = this.#frames
    const ends = [...lengths, 0]
    if (8 * ends.length > WORK_BYTES) return false
    new Float64Array(this.#frames.bytes.buffer, work, ends.length).set(ends)
    return exports.place(records, this.#end, work, 0n, 0n, work, ends.length) !== 0
  }

  /** Calls `occupy` with what blocks take of each of the slots from `first` on, until all slots were told. */
  eachSlots(occupy: (first: number, used: Uint32Array) => void): void {
    const { exports, records, work, bytes } = this.#frames
    const count = Math.floor(this.highestPosition / SLOT_BYTES) + 1
    for (let first = 0; first < count; first += WORK_BYTES / 4) {
      const used = new Uint32Array(bytes.buffer, work, Math.min(count - first, WORK_BYTES / 4))
      used.fill(0)
      exports.place(records, this.#end, work, BigInt(first), BigInt(used.length), work, 0)
      occupy(first, used)
    }
  }

  get #end(): number {
    return this.#recordAt(this.#frames.count)
  }

  #recordAt(nth: number): number {
    return this.#frames.records + RECORD_BYTES * nth
  }

  #entryOf(record: number): Entry {
    return unpacked(this.#frames.bytes, this.#view.getUint32(record + 4, true))
  }

  /** undefined where there is none that is in the tables. */
  #takeOut(record: number | undefined): Entry | undefined {
    if (record === undefined || this.#view.getUint32(record, true) !== IS_THERE) return undefined
    this.#view.setUint32(record, IS_GONE, true)
    this.#size--
    return this.#entryOf(record)
  }

  #isAt(record: number, path: string, hash: number): boolean {
    if (this.#view.getInt32(record + 8, true) !== hash) return false
    const [at, length] = [this.#view.getUint32(record + 12, true), this.#view.getUint32(record + 16, true)]
    if (length !== path.length) return false
    for (let i = 0; i < length; i++) if (path.charCodeAt(i) !== this.#frames.bytes[at + i]) return false
    return true
  }

  /** The record that is it and in the tables, which are of open addressing: one more than its number, 0 where the search ends. */
  #find(table: number, hash: number, isIt: (record: number) => boolean): number | undefined {
    if (this.#size === 0) return undefined
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const nth = this.#view.getUint32(table + 4 * slot, true)
      if (nth === 0) return undefined
      const record = this.#recordAt(nth - 1)
      if (this.#view.getUint32(record, true) === IS_THERE && isIt(record)) return record
    }
  }
}

/** FNV-1a, of units: those of ASCII are its bytes. */
function hashOf(path: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193)
  return hash | 0
}
