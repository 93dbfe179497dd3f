// Finding room for blocks before they are written: within the disk's budget, and within what the browser allows.
import { QuotaExceededError } from '../core/errors.js'
import { BLOCK_BYTES } from '../protocol.js'
import type { Catalog } from './catalog.js'
import type { DataFiles } from './data-files.js'
import { Draft, draftLengths } from './draft.js'
import type { Change, Entry } from './entry.js'
import { type BlockTable, emptyBlocks, positionOf } from './layout.js'
import { fileOf, type Space } from './space.js'

/** A value that is to give its bytes up for the one that room is reserved for. */
export interface Replaced {
  readonly incarnation: number
  readonly byteLength: number
}

/** How much may be stored, and what goes for it. */
export interface Limits {
  /** Bytes of arrays there may be. */
  readonly diskBudget: number
  /** Makes the budget hold for so much more. Errors: QuotaExceededError, and then nothing was evicted. */
  admit(growth: number): void
  /** Evicts arrays of at least that many bytes; false, and nothing is evicted, where there are not as many. */
  evict(byteLength: number): boolean
  /** Is told of every new array that was committed, */
  made(entry: Entry): void
  /** and after every commit. */
  changed(): void
}

export const UNLIMITED: Limits = {
  diskBudget: Number.POSITIVE_INFINITY,
  admit: () => undefined,
  evict: () => false,
  made: () => undefined,
  changed: () => undefined,
}

/** What can be done where the browser has refused more. */
export interface Making {
  /** Gives back what nothing needs any more; returns whether there was anything. Errors: QuotaExceededError. */
  reclaim(): boolean
  /** Rewrites the catalog without what is past. */
  snapshot(): Promise<void>
}

/** What a frame takes: position and checksum of every block, and the rest, which is more for very large attributes only. */
const FRAME_BYTES_A_BLOCK = 16
const FRAME_BYTES = 16 * 1024

interface Reservation {
  /** Bytes by which the disk is to grow. */
  readonly growth: number
  readonly replaced: readonly Replaced[]
  /** Where its first block is to be. */
  first: number | undefined
}

export class Room {
  readonly #data: DataFiles
  readonly #space: Space
  readonly #catalog: Catalog
  readonly #making: Making
  readonly #limits: () => Limits
  /** Neither committed nor given back. */
  readonly #reservations = new Set<Reservation>()

  constructor(data: DataFiles, space: Space, catalog: Catalog, making: Making, limits: () => Limits) {
    this.#data = data
    this.#space = space
    this.#catalog = catalog
    this.#making = making
    this.#limits = limits
  }

  /** Bytes by which the disk is to grow by what is being written. */
  get promisedBytes(): number {
    let bytes = 0
    for (const { growth } of this.#reservations) bytes += growth
    return bytes
  }

  /** A value that is being written is to replace the array's. */
  isReplaced(incarnation: number): boolean {
    for (const { replaced } of this.#reservations) {
      if (replaced.some((one) => one.incarnation === incarnation)) return true
    }
    return false
  }

  /**
   * Finds room and makes the files long enough, before any byte is written; arrays are evicted for it where the policy allows.
   * Errors: QuotaExceededError, nothing reserved.
   */
  async reserve(lengths: readonly number[], replaced: readonly Replaced[]): Promise<number[]> {
    const byteLength = lengths.reduce((sum, length) => sum + length, 0)
    const growth = replaced.reduce((rest, one) => rest - one.byteLength, byteLength)
    const kept = { growth: 0, replaced, first: undefined }
    this.#reservations.add(kept)
    try {
      this.#limits().admit(growth)
    } finally {
      this.#reservations.delete(kept)
    }
    const reservation: Reservation = { growth: Math.max(0, growth), replaced, first: undefined }
    this.#reservations.add(reservation)
    try {
      const positions = await this.#placeEvicting(lengths, byteLength)
      reservation.first = positions[0]
      if (positions.length === 0) this.#reservations.delete(reservation)
      return positions
    } catch (error) {
      this.#reservations.delete(reservation)
      throw error
    }
  }

  /** A value of that size with its room; `kept` are the blocks of its first `keptBytes`. Errors: QuotaExceededError. */
  async draft(
    nbytes: number,
    replaced: readonly Replaced[] = [],
    kept: BlockTable = new Float64Array(0),
    keptBytes = 0,
  ): Promise<Draft> {
    const positions = await this.reserve(draftLengths(nbytes, keptBytes), replaced)
    return this.#draftAt(positions, nbytes, kept, keptBytes)
  }

  /** Values of those sizes, for one commit. Errors: QuotaExceededError. */
  async drafts(sizes: readonly number[], replaced: readonly Replaced[]): Promise<Draft[]> {
    const lengths = sizes.map((nbytes) => draftLengths(nbytes, 0))
    const positions = await this.reserve(lengths.flat(), replaced)
    let end = 0
    return sizes.map((nbytes, i) => {
      const begin = end
      end += (lengths[i] as number[]).length
      return this.#draftAt(positions.slice(begin, end), nbytes)
    })
  }

  /** Gives back what a draft reserved. */
  discard(draft: Draft, keptBytes = 0): void {
    draft.close()
    const lengths = draftLengths(draft.nbytes, keptBytes)
    const first = draft.blocks.length / 2 - lengths.length
    this.release(
      lengths.map((_, i) => positionOf(draft.blocks, first + i)),
      lengths,
    )
  }

  /** As `reserve`, for bytes that are on the disk already: nothing is evicted for them. */
  async place(lengths: readonly number[]): Promise<number[]> {
    try {
      return await this.#place(lengths)
    } catch (error) {
      if (!(error instanceof QuotaExceededError) || !this.#making.reclaim()) throw error
      return this.#place(lengths)
    }
  }

  /** Gives back room that no commit named. */
  release(positions: readonly number[], lengths: readonly number[]): void {
    for (const [i, position] of positions.entries()) this.#space.release(position, lengths[i] as number)
    this.#end((first) => first === positions[0])
  }

  /** The change names blocks that were reserved. */
  committed(change: Change): void {
    if (this.#reservations.size === 0 || (change.kind !== 'put' && change.kind !== 'remap')) return
    const blocks = change.kind === 'put' ? change.entry.blocks : change.blocks
    const named = new Set<number>()
    for (let i = 0; 2 * i < blocks.length; i++) named.add(positionOf(blocks, i))
    this.#end((first) => named.has(first))
  }

  #draftAt(positions: readonly number[], nbytes: number, kept: BlockTable = new Float64Array(0), keptBytes = 0): Draft {
    const blocks = emptyBlocks(nbytes)
    blocks.set(kept)
    for (const [i, position] of positions.entries()) blocks[kept.length + 2 * i] = position
    return new Draft(this.#data, nbytes, blocks, keptBytes)
  }

  #end(isOver: (first: number) => boolean): void {
    for (const reservation of this.#reservations) {
      if (reservation.first !== undefined && isOver(reservation.first)) this.#reservations.delete(reservation)
    }
  }

  async #placeEvicting(lengths: readonly number[], byteLength: number): Promise<number[]> {
    for (;;) {
      try {
        return await this.#place(lengths)
      } catch (error) {
        if (!(error instanceof QuotaExceededError) || !(await this.#makeRoom(lengths, byteLength))) throw error
      }
    }
  }

  /** Returns whether there may be room now. */
  async #makeRoom(lengths: readonly number[], byteLength: number): Promise<boolean> {
    if (this.#making.reclaim()) return true
    if (!this.#catalog.hasRoomFor(frameBytes(lengths))) return this.#shrinkCatalog()
    // What readers need for long is no room, so nothing more goes for it.
    return this.#evict(byteLength - (this.#data.byteLength - this.#space.usedBytes)) && this.#making.reclaim()
  }

  /** Where the log has hardly grown since its snapshot, only fewer arrays make the next one smaller. */
  async #shrinkCatalog(): Promise<boolean> {
    const share = Math.max(1, this.#space.usedBytes / 16)
    if (!this.#catalog.isShrinkable && !this.#limits().evict(share)) return false
    await this.#making.snapshot()
    return true
  }

  /** Where nothing is missing in sum, what is free is in pieces: then a little goes at a time, so that slots become free. */
  #evict(missing: number): boolean {
    const limits = this.#limits()
    if (missing > 0) return limits.evict(missing)
    return [BLOCK_BYTES, BLOCK_BYTES / 16, 1].some((byteLength) => limits.evict(byteLength))
  }

  async #place(lengths: readonly number[]): Promise<number[]> {
    const positions = lengths.map((length) => this.#space.allocate(length))
    try {
      await this.#data.reach(positions.reduce((last, position) => Math.max(last, position), 0))
      const files = new Set(positions.map(fileOf))
      for (const index of files) this.#data.grow(index, this.#space.fileEnd(index))
      this.#catalog.reserve(frameBytes(lengths))
    } catch (error) {
      for (const [i, position] of positions.entries()) this.#space.release(position, lengths[i] as number)
      throw error
    }
    return positions
  }
}

function frameBytes(lengths: readonly number[]): number {
  return FRAME_BYTES + FRAME_BYTES_A_BLOCK * lengths.length
}

export function budgetExceeded(requested: number, quota: number): QuotaExceededError {
  return new QuotaExceededError(
    `${requested} more bytes would exceed the disk budget of ${quota}; nothing stored before is affected`,
    { requested, quota },
  )
}
