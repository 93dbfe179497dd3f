// The storage engine of one disk: reserves room, commits changes, makes them durable, gives room back.
import { KeyExistsError, NotFoundError, QuotaExceededError, StaleArrayError } from '../core/errors.js'
import type { Catalog } from './catalog.js'
import { DataFiles } from './data-files.js'
import { Draft, draftLengths } from './draft.js'
import type { Change, Description, Entry } from './entry.js'
import { type ArrayIndex, type Extents, eachStored } from './index-of-arrays.js'
import { type BlockTable, emptyBlocks, positionOf } from './layout.js'
import { recover } from './recovery.js'
import { fileOf, Space } from './space.js'
import type { Directory, Scheduler } from './storage.js'

/** What is committed is durable at most this much later, */
const MARK_AFTER_MS = 1000
/** or as soon as the engine is idle once this much is not on the platter. A flush of 512 MiB takes 0.2 s. */
const MARK_AFTER_BYTES = 32 << 20

/** What a put makes; the engine adds incarnation, version and time. */
export type NewEntry = Omit<Entry, 'incarnation' | 'version' | 'modified' | 'hasState'>

export class Engine {
  readonly #scheduler: Scheduler
  readonly data: DataFiles
  readonly #space = new Space()
  readonly #catalog: Catalog
  readonly #index: ArrayIndex
  #durable: number
  /** Given up by the commit with that sequence; in order of it. */
  readonly #given: { readonly sequence: number; readonly extents: Extents }[] = []
  /** Sequences at which readers that still run began, in order. */
  readonly #readers: number[] = []
  #cancelMark: (() => void) | undefined
  /** Milliseconds the scheduled mark had to wait; infinite where none is scheduled. */
  #markWait = Number.POSITIVE_INFINITY
  #snapshotting: Promise<void> | undefined
  /** Told when a mark that came by itself failed; the next one tries again. */
  onMarkFailed: (error: unknown) => void = () => undefined

  /** Opens the disk in `directory` and makes what it finds durable. Errors: ProtocolVersionError, QuotaExceededError. */
  static async open(directory: Directory, scheduler: Scheduler): Promise<Engine> {
    const data = new DataFiles(directory)
    const pause = (): Promise<void> => scheduler.pause()
    // A disk of a newer version is refused by this, and left as it is.
    const { catalog, index, clean } = await recover(directory, data, pause)
    const engine = new Engine(scheduler, data, catalog, index)
    try {
      await data.openAll()
      await data.reach(0)
      engine.#placeEntries()
      if (!clean) await engine.#settle()
      return engine
    } catch (error) {
      engine.abandon()
      throw error
    }
  }

  private constructor(scheduler: Scheduler, data: DataFiles, catalog: Catalog, index: ArrayIndex) {
    this.#scheduler = scheduler
    this.data = data
    this.#catalog = catalog
    this.#index = index
    this.#durable = catalog.sequence
  }

  get arrays(): Pick<ArrayIndex, 'size' | 'liveBytes' | 'get' | 'at' | 'values'> {
    return this.#index
  }

  get usage(): { liveBytes: number; freeBytes: number; diskBytes: number; arrays: number; openHandles: number } {
    const diskBytes = this.data.byteLength + this.#catalog.byteLength
    const freeBytes = this.data.byteLength - this.#space.usedBytes
    return {
      liveBytes: this.#index.liveBytes,
      freeBytes,
      diskBytes,
      arrays: this.#index.size,
      openHandles: this.data.count + 2,
    }
  }

  /** Errors: StaleArrayError. */
  entry(incarnation: number): Entry {
    const entry = this.#index.get(incarnation)
    if (entry !== undefined) return entry
    throw new StaleArrayError(
      'this array was replaced, deleted or purged: open it again by its path, if there is a new one',
    )
  }

  /** Errors: NotFoundError. */
  entryAt(path: string): Entry {
    const entry = this.#index.at(path)
    if (entry === undefined) throw new NotFoundError(`there is no array at '${path}'`)
    return entry
  }

  /** Errors: KeyExistsError. */
  checkFree(path: string): void {
    if (this.#index.at(path) !== undefined) throw new KeyExistsError(`there is an array at '${path}' already`)
  }

  /** Keeps the blocks of every entry there is now until `work` has settled. */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    const began = this.#catalog.sequence
    this.#readers.push(began)
    try {
      return await work()
    } finally {
      this.#readers.splice(this.#readers.indexOf(began), 1)
      this.#reclaim()
    }
  }

  /** Finds room and makes the files long enough, before any byte is written. Errors: QuotaExceededError, nothing reserved. */
  async reserve(lengths: readonly number[]): Promise<number[]> {
    try {
      return await this.#place(lengths)
    } catch (error) {
      // What was given up is room again once that is durable.
      if (!(error instanceof QuotaExceededError) || this.#given.length === 0) throw error
      this.mark()
      return this.#place(lengths)
    }
  }

  async #place(lengths: readonly number[]): Promise<number[]> {
    const positions = lengths.map((length) => this.#space.allocate(length))
    try {
      await this.data.reach(positions.reduce((last, position) => Math.max(last, position), 0))
      const files = new Set(positions.map(fileOf))
      for (const index of files) this.data.grow(index, this.#space.fileEnd(index))
    } catch (error) {
      this.release(positions, lengths)
      throw error
    }
    return positions
  }

  /** Gives back room that no commit named. */
  release(positions: readonly number[], lengths: readonly number[]): void {
    for (const [i, position] of positions.entries()) this.#space.release(position, lengths[i] as number)
  }

  /** A value of that size with its room; `kept` are the blocks of its first `keptBytes`. Errors: QuotaExceededError. */
  async draft(nbytes: number, kept: BlockTable = new Float64Array(0), keptBytes = 0): Promise<Draft> {
    const blocks = emptyBlocks(nbytes)
    blocks.set(kept)
    const lengths = draftLengths(nbytes, keptBytes)
    const positions = await this.reserve(lengths)
    for (const [i, position] of positions.entries()) blocks[kept.length + 2 * i] = position
    return new Draft(this.data, nbytes, blocks, keptBytes)
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

  takeIncarnation(): number {
    return this.#index.takeIncarnation()
  }

  /**
   * Appends the changes in one frame: all of them are seen, or none. Synchronous, so that what its caller has just checked
   * still holds. Errors: QuotaExceededError, and then nothing has changed.
   */
  commit(make: (sequence: number, modified: number) => readonly Change[]): number {
    let changes: readonly Change[] = []
    const sequence = this.#catalog.append((next) => {
      changes = make(next, this.#scheduler.now())
      return changes
    })
    for (const change of changes) {
      const extents = this.#index.apply(change)
      if (extents.length > 0) this.#given.push({ sequence, extents })
    }
    this.#scheduleMark()
    return sequence
  }

  /** `replaced` goes in the same commit. */
  describe(entry: Entry, description: Partial<Description>, replaced?: Entry): Entry {
    const { path, attributes, ephemeral, purge, hasState, clients } = { ...entry, ...description }
    const change: Change = {
      kind: 'describe',
      incarnation: entry.incarnation,
      description: { path, attributes, ephemeral, purge, hasState, clients },
    }
    const gone: Change[] = replaced === undefined ? [] : [{ kind: 'delete', incarnation: replaced.incarnation }]
    this.commit(() => [...gone, change])
    return this.entry(entry.incarnation)
  }

  /** Makes everything committed durable, and gives back what nothing needs any more. Errors: QuotaExceededError. */
  mark(): void {
    this.#unscheduleMark()
    const committed = this.#catalog.sequence
    if (committed > this.#durable) {
      // Crash order: data before the mark that vouches for it; the mark counts once the catalog is flushed.
      this.data.flush()
      this.#catalog.append(() => [{ kind: 'durable', sequence: committed }])
      this.#catalog.flush()
      this.#durable = this.#catalog.sequence
    }
    this.#reclaim()
    if (this.#catalog.wantsSnapshot) this.snapshot().catch((error) => this.onMarkFailed(error))
  }

  /** Rewrites the catalog without what is past. */
  snapshot(): Promise<void> {
    this.#snapshotting ??= this.#snapshot().finally(() => {
      this.#snapshotting = undefined
    })
    return this.#snapshotting
  }

  /** The engine's own room book, for compaction. */
  get space(): Space {
    return this.#space
  }

  /** Cuts the free tails of the data files. Only right after mark(). */
  cutTails(): void {
    if (this.#given.length === 0) this.data.cutTails(this.#space)
  }

  async close(): Promise<void> {
    await this.#snapshotting?.catch(() => undefined)
    this.mark()
    await this.#snapshotting?.catch(() => undefined)
    this.cutTails()
    this.abandon()
  }

  /** Lets go of the files as they are. */
  abandon(): void {
    this.#unscheduleMark()
    this.data.close()
    this.#catalog.close()
  }

  async #snapshot(): Promise<void> {
    // What a snapshot holds counts as durable when it is read again, so it must be.
    this.data.flush()
    const pause = (): Promise<void> => this.#scheduler.pause()
    await this.#catalog.snapshot([...this.#index.values()], { nextIncarnation: this.#index.nextIncarnation }, pause)
  }

  /** After an unclean end: what was verified may not be on the platter, and what was not must not be found again. */
  async #settle(): Promise<void> {
    this.data.flush(true)
    await this.#snapshot()
    this.#durable = this.#catalog.sequence
  }

  #placeEntries(): void {
    for (const entry of this.#index.values()) {
      eachStored(entry, (position, byteLength) => this.#space.occupy(position, byteLength))
    }
  }

  #scheduleMark(): void {
    const wait = this.data.dirtyBytes < MARK_AFTER_BYTES ? MARK_AFTER_MS : 0
    // One that is due soon is not put off: commits may come faster than the shortest timer runs.
    if (this.#markWait <= wait) return
    this.#unscheduleMark()
    this.#markWait = wait
    this.#cancelMark = this.#scheduler.after(wait, () => {
      try {
        this.mark()
      } catch (error) {
        this.onMarkFailed(error)
      }
    })
  }

  #unscheduleMark(): void {
    this.#cancelMark?.()
    this.#markWait = Number.POSITIVE_INFINITY
  }

  /** Room is free again only when the frame that gave it up is durable and no reader began before that frame. */
  #reclaim(): void {
    const limit = Math.min(this.#durable, this.#readers[0] ?? this.#durable)
    while (this.#given.length > 0 && (this.#given[0] as { sequence: number }).sequence <= limit) {
      const { extents } = this.#given.shift() as { extents: Extents }
      for (let i = 0; i < extents.length; i += 2) this.#space.release(extents[i] as number, extents[i + 1] as number)
    }
  }
}
