// Plain entries as they lie in the catalog's bytes: most arrays of a disk are not used after an opening, and objects for all of
// them are what opening would spend its time on.
import { viewOf } from './bytes.js'
import { blockCount, blockLength, isPosition } from './layout.js'

/** Calls `visit` with position and length of blocks that have a place. */
export type VisitPlace = (position: number, byteLength: number) => void

/**
 * An entry without attributes, clients, tags, state, purge and end, whose path is ASCII. Everything that reading the whole of it
 * checks is checked.
 */
export class PackedEntry {
  /** As a change it puts the entry. */
  readonly kind = 'packed'

  readonly bytes: Uint8Array
  /** Of the entry in `bytes`; `pathAt` and `blocksAt` likewise. */
  readonly at: number
  readonly incarnation: number
  readonly nbytes: number
  /** Of the path. */
  readonly hash: number
  readonly pathAt: number
  readonly pathLength: number
  readonly blocksAt: number

  constructor(
    place: { readonly bytes: Uint8Array; readonly at: number; readonly pathAt: number; readonly pathLength: number },
    hash: number,
    incarnation: number,
    nbytes: number,
    blocksAt: number,
  ) {
    this.bytes = place.bytes
    this.at = place.at
    this.incarnation = incarnation
    this.nbytes = nbytes
    this.hash = hash
    this.pathAt = place.pathAt
    this.pathLength = place.pathLength
    this.blocksAt = blocksAt
  }

  get path(): string {
    return String.fromCharCode.apply(null, this.bytes.subarray(this.pathAt, this.pathAt + this.pathLength) as never)
  }

  isAt(path: string): boolean {
    if (path.length !== this.pathLength) return false
    for (let i = 0; i < path.length; i++) if (path.charCodeAt(i) !== this.bytes[this.pathAt + i]) return false
    return true
  }

  isWhere({ bytes, pathAt, pathLength }: PackedEntry): boolean {
    if (pathLength !== this.pathLength) return false
    for (let i = 0; i < pathLength; i++) if (bytes[pathAt + i] !== this.bytes[this.pathAt + i]) return false
    return true
  }

  eachPlace(visit: VisitPlace): void {
    const view = viewOf(this.bytes)
    const count = blockCount(this.nbytes)
    for (let i = 0; i < count; i++) {
      const position = view.getFloat64(this.blocksAt + 16 * i, true)
      if (position >= 0) visit(position, blockLength(i, this.nbytes))
    }
  }

  /** Whether every block is where one can be. */
  get hasPositions(): boolean {
    const view = viewOf(this.bytes)
    const count = blockCount(this.nbytes)
    for (let i = 0; i < count; i++) {
      if (!isPosition(view.getFloat64(this.blocksAt + 16 * i, true), blockLength(i, this.nbytes))) return false
    }
    return true
  }
}

export const FIRST_HASH = 0x811c9dc5

export function hashed(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193)
}

/** Invariant: every path and every incarnation is there once. */
export class PackedEntries {
  /** In the order they came; undefined where one was taken out. */
  #entries: (PackedEntry | undefined)[] = []
  #size = 0
  /** Hash tables with open addressing: one more than the index of an entry, 0 where there is none. */
  #byPath = new Uint32Array(64)
  #byIncarnation = new Uint32Array(64)

  get size(): number {
    return this.#size
  }

  /** false where its path or its incarnation is there, and then nothing is done. */
  add(entry: PackedEntry): boolean {
    if (2 * this.#entries.length >= this.#byPath.length) this.#rehash()
    const pathSlot = this.#slotOf(this.#byPath, entry.hash, (one) => one.hash === entry.hash && one.isWhere(entry))
    const { incarnation } = entry
    const slot = this.#slotOf(this.#byIncarnation, spread(incarnation), (one) => one.incarnation === incarnation)
    if (this.#byPath[pathSlot] !== 0 || this.#byIncarnation[slot] !== 0) return false
    this.#entries.push(entry)
    this.#size++
    this.#byPath[pathSlot] = this.#entries.length
    this.#byIncarnation[slot] = this.#entries.length
    return true
  }

  take(incarnation: number): PackedEntry | undefined {
    if (this.#size === 0) return undefined
    return this.#takeOut(
      this.#byIncarnation,
      this.#slotOf(this.#byIncarnation, spread(incarnation), (one) => one.incarnation === incarnation),
    )
  }

  takeAt(path: string): PackedEntry | undefined {
    if (this.#size === 0) return undefined
    let hash = FIRST_HASH
    for (let i = 0; i < path.length; i++) hash = hashed(hash, path.charCodeAt(i))
    return this.#takeOut(
      this.#byPath,
      this.#slotOf(this.#byPath, hash, (one) => one.hash === hash && one.isAt(path)),
    )
  }

  takeAll(): readonly PackedEntry[] {
    const all = this.#entries.filter((entry) => entry !== undefined)
    this.#entries = []
    this.#size = 0
    this.#byPath = new Uint32Array(64)
    this.#byIncarnation = new Uint32Array(64)
    return all
  }

  eachPlace(visit: VisitPlace): void {
    for (const entry of this.#entries) entry?.eachPlace(visit)
  }

  #takeOut(table: Uint32Array, slot: number): PackedEntry | undefined {
    const index = (table[slot] as number) - 1
    if (index < 0) return undefined
    const entry = this.#entries[index]
    this.#entries[index] = undefined
    this.#size--
    return entry
  }

  /** The slot of the entry that is it, or the empty one where the search ends. */
  #slotOf(table: Uint32Array, hash: number, isIt: (entry: PackedEntry) => boolean): number {
    const mask = table.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const value = table[slot] as number
      if (value === 0) return slot
      const entry = this.#entries[value - 1]
      if (entry !== undefined && isIt(entry)) return slot
    }
  }

  #rehash(): void {
    const entries = this.#entries.filter((entry) => entry !== undefined)
    const length = 2 ** Math.ceil(Math.log2(4 * entries.length + 64))
    this.#entries = []
    this.#size = 0
    this.#byPath = new Uint32Array(length)
    this.#byIncarnation = new Uint32Array(length)
    for (const entry of entries) this.add(entry)
  }
}

/** Incarnations are mostly neighbours, and those have neighbouring slots. */
function spread(incarnation: number): number {
  return incarnation % 2 ** 31
}
