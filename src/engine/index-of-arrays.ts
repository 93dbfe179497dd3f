// The worker's index: the catalog as maps, changed only by applying the catalog's changes.
import { Calls } from './calls.js'
import type { DataFiles } from './data-files.js'
import type { Change, Entry, FoundChange } from './entry.js'
import { type BlockTable, blockLength, positionOf } from './layout.js'
import type { PackedEntries } from './packed.js'
import type { PackedRun } from './plain-frames.js'
import type { Space } from './space.js'
import { Uses } from './uses.js'

/** Places that nothing names any more: position and length, in turn. */
export type Extents = number[]

/** More arrays than are made between two marks; so many leave numbers for a quarter of a billion openings. */
const RESERVED_INCARNATIONS = 2 ** 24

/**
 * Invariant: both maps hold the same entries; every path and every incarnation is there once, in the maps or packed. An entry is
 * unpacked when it is asked for.
 */
export class ArrayIndex {
  readonly #byIncarnation = new Map<number, Entry>()
  readonly #byPath = new Map<string, Entry>()
  #packed: PackedEntries | undefined
  #liveBytes = 0
  #nextIncarnation = 1
  /** Of arrays that are here. */
  readonly uses = new Uses()
  readonly calls = new Calls()

  /** `packed`: what runs of entries go to. */
  constructor(packed?: PackedEntries) {
    this.#packed = packed
  }

  get size(): number {
    return this.#byIncarnation.size + (this.#packed?.size ?? 0)
  }

  /** Bytes on disk of all arrays; holes take none. */
  get liveBytes(): number {
    return this.#liveBytes
  }

  /** No array that is made before the next mark has this incarnation, or a higher one. */
  get unreservedIncarnation(): number {
    return this.#nextIncarnation + RESERVED_INCARNATIONS
  }

  takeIncarnation(): number {
    return this.#nextIncarnation++
  }

  get(incarnation: number): Entry | undefined {
    return this.#byIncarnation.get(incarnation) ?? this.#unpack(this.#packed?.take(incarnation))
  }

  at(path: string): Entry | undefined {
    return this.#byPath.get(path) ?? this.#unpack(this.#packed?.takeAt(path))
  }

  values(): IterableIterator<Entry> {
    const packed = this.#packed
    this.#packed = undefined
    for (const entry of packed?.takeAll() ?? []) this.#unpack(entry)
    return this.#byIncarnation.values()
  }

  /** All but those that are still packed: what nobody asked for, and has neither clients nor an end. */
  unpacked(): IterableIterator<Entry> {
    return this.#byIncarnation.values()
  }

  /** Notes the blocks of all arrays. */
  occupy(space: Space): void {
    for (const entry of this.#byIncarnation.values()) {
      eachStored(entry, (position, byteLength) => space.occupy(position, byteLength))
    }
    this.#packed?.eachSlots((first, used) => space.occupySlots(first, used))
  }

  /** Of no block one is behind it. */
  get lastPosition(): number {
    let last = this.#packed?.highestPosition ?? 0
    for (const entry of this.#byIncarnation.values()) {
      eachStored(entry, (position) => {
        if (position > last) last = position
      })
    }
    return last
  }

  /** Whether the data files hold all blocks. */
  isWithin(data: DataFiles): boolean {
    let isWithin = this.#packed?.isWithin(data.lengths) ?? true
    for (const entry of this.#byIncarnation.values()) {
      eachStored(entry, (position, byteLength) => {
        isWithin &&= data.covers(position, byteLength)
      })
    }
    return isWithin
  }

  /** Returns the places the change gives up. Changes of arrays that are not there have no effect. */
  apply(change: FoundChange): Extents {
    switch (change.kind) {
      case 'packed':
        return this.#putRun(change)
      case 'put':
        return this.#put(change.entry)
      case 'remap': {
        const entry = this.get(change.incarnation)
        return entry === undefined ? [] : this.#put(remapped(entry, change))
      }
      case 'describe': {
        const entry = this.get(change.incarnation)
        return entry === undefined ? [] : this.#put({ ...entry, ...change.description })
      }
      case 'delete': {
        const entry = this.get(change.incarnation)
        return entry === undefined ? [] : this.#drop(entry)
      }
      case 'reserved':
      case 'snapshot-begin':
        this.#nextIncarnation = Math.max(this.#nextIncarnation, change.nextIncarnation)
        return []
      case 'used':
        this.uses.load(change.uses)
        return []
      case 'call':
        this.calls.note(change)
        return []
      case 'snapshot-end':
      case 'durable':
      case 'proof':
        return []
    }
  }

  /** Bytes by which a change would make `liveBytes` larger. */
  growthOf(change: Change): number {
    switch (change.kind) {
      case 'put': {
        const { entry } = change
        const gone = new Set([this.get(entry.incarnation), this.at(entry.path)])
        return [...gone].reduce((growth, before) => growth - (before ? storedBytes(before) : 0), storedBytes(entry))
      }
      case 'remap': {
        const entry = this.get(change.incarnation)
        if (entry === undefined) return 0
        return change.indexes.reduce((growth, index, i) => {
          const [after, before] = [positionOf(change.blocks, i), positionOf(entry.blocks, index)]
          return growth + (Number(after >= 0) - Number(before >= 0)) * blockLength(index, entry.nbytes)
        }, 0)
      }
      default:
        return 0
    }
  }

  /** What is given up is not told: nothing is in use yet where runs come from. */
  #putRun(run: PackedRun): Extents {
    const packed = this.#packed
    if (packed === undefined) throw new RangeError('a run of entries belongs to no catalog')
    if (run.client !== undefined && run.calls !== undefined) this.calls.noteLater(run.client, run.calls)
    for (let rest: PackedRun | undefined = run; rest !== undefined; ) {
      const before = packed.liveBytes
      const stopped = packed.add(rest)
      this.#liveBytes += packed.liveBytes - before
      this.#nextIncarnation = Math.max(this.#nextIncarnation, packed.highestIncarnation + 1)
      if (stopped !== undefined) this.#put(stopped.refused)
      rest = stopped?.rest
    }
    return []
  }

  /** Where there is one, it is in the maps then. */
  #unpack(entry: Entry | undefined): Entry | undefined {
    if (entry !== undefined) this.#insert(entry)
    return entry
  }

  #insert(entry: Entry): void {
    this.#byIncarnation.set(entry.incarnation, entry)
    this.#byPath.set(entry.path, entry)
    this.#packed?.note(entry)
  }

  #put(entry: Entry): Extents {
    const before = this.get(entry.incarnation)
    const atPath = this.at(entry.path)
    const dropped = atPath !== undefined && atPath.incarnation !== entry.incarnation ? this.#drop(atPath) : []
    if (before !== undefined) {
      this.#byPath.delete(before.path)
      if (before.blocks !== entry.blocks) collectDropped(dropped, before, entry.blocks)
      this.#liveBytes -= before.blocks === entry.blocks ? 0 : storedBytes(before)
    }
    if (before?.blocks !== entry.blocks) this.#liveBytes += storedBytes(entry)
    this.#insert(entry)
    this.#nextIncarnation = Math.max(this.#nextIncarnation, entry.incarnation + 1)
    return dropped
  }

  #drop(entry: Entry): Extents {
    this.#byIncarnation.delete(entry.incarnation)
    this.uses.forget(entry.incarnation)
    this.#byPath.delete(entry.path)
    this.#liveBytes -= storedBytes(entry)
    const dropped: Extents = []
    collectDropped(dropped, entry, new Float64Array(0))
    return dropped
  }
}

export function remapped(entry: Entry, change: Change & { kind: 'remap' }): Entry {
  const blocks = entry.blocks.slice()
  for (const [i, index] of change.indexes.entries()) blocks.set(change.blocks.subarray(2 * i, 2 * i + 2), 2 * index)
  return { ...entry, version: change.version, modified: change.modified, blocks }
}

/** Calls `visit` for every block that has a place. */
export function eachStored(entry: Entry, visit: (position: number, byteLength: number, index: number) => void): void {
  for (let index = 0; 2 * index < entry.blocks.length; index++) {
    const position = positionOf(entry.blocks, index)
    if (position >= 0) visit(position, blockLength(index, entry.nbytes), index)
  }
}

/** Bytes it has on disk: holes have none. */
export function storedBytes(entry: Entry): number {
  let bytes = 0
  eachStored(entry, (_, byteLength) => {
    bytes += byteLength
  })
  return bytes
}

function collectDropped(dropped: Extents, entry: Entry, kept: BlockTable): void {
  const keptPositions = new Set<number>()
  for (let i = 0; i < kept.length; i += 2) keptPositions.add(kept[i] as number)
  eachStored(entry, (position, byteLength) => {
    if (!keptPositions.has(position)) dropped.push(position, byteLength)
  })
}
