// The storage engine of one disk: reserves room, commits changes, makes them durable, gives room back.
import { KeyExistsError, NotFoundError, StaleArrayError } from '../core/errors.js'
import { callOf, type Origin } from './calls.js'
import type { Catalog } from './catalog.js'
import type { ChangedArrays } from './changed-arrays.js'
import { DataFiles } from './data-files.js'
import { type Change, type Description, descriptionOf, type Entry } from './entry.js'
import { GivenUp } from './given-up.js'
import type { ArrayIndex } from './index-of-arrays.js'
import { MarkTimer } from './mark-timer.js'
import { type Recovered, recover } from './recovery.js'
import { budgetExceeded, Room, UNLIMITED } from './room.js'
import { Space } from './space.js'
import type { Directory, Scheduler } from './storage.js'

/** What is committed is durable at most this much later, */
const MARK_AFTER_MS = 1000
/** or as soon as the engine is idle once this much is not on the platter. A flush of 512 MiB takes 0.2 s. */
const MARK_AFTER_BYTES = 32 << 20

/** When a mark that came by itself and failed is tried again. */
const RETRY_MARK_AFTER_MS = 5000

/** What is only known of uses is not worth a frame of its own sooner. */
const MARK_USES_AFTER_MS = 10_000

/** What a put makes; the engine adds incarnation, version and times. */
export type NewEntry = Omit<Entry, 'incarnation' | 'version' | 'modified' | 'hasState' | 'expires'> & {
  /** Milliseconds it is to be found; Infinity: for ever. */
  readonly expire: number
}

export class Engine {
  readonly #scheduler: Scheduler
  readonly data: DataFiles
  /** The book of what is in use, for compaction too. */
  readonly space = new Space()
  readonly #catalog: Catalog
  readonly #index: ArrayIndex
  #durable: number
  readonly #changed: ChangedArrays
  readonly #givenUp = new GivenUp(this.space)
  readonly room: Room
  readonly #markTimer: MarkTimer
  #snapshotting: Promise<void> | undefined
  limits = UNLIMITED
  /** How many arrays the recovery may have lost without a trace. */
  lost: number
  /** Told when a mark that came by itself failed; the next one tries again. */
  onMarkFailed: (error: unknown) => void = () => undefined
  /** Told when everything committed is durable. */
  onMarked: () => void = () => undefined

  /** Opens the disk in `directory` and makes what it finds durable. Errors: ProtocolVersionError, QuotaExceededError. */
  static async open(directory: Directory, scheduler: Scheduler): Promise<Engine> {
    const data = new DataFiles(directory)
    // A disk of a newer version is refused by this, and left as it is.
    const recovered = await recover(directory, data, () => scheduler.pause())
    const engine = new Engine(scheduler, data, recovered)
    const { index, intact, marked } = recovered
    try {
      await data.reach(0)
      index.occupy(engine.space)
      if (!intact || !marked) await engine.#settle(intact)
      return engine
    } catch (error) {
      engine.abandon()
      throw error
    }
  }

  private constructor(scheduler: Scheduler, data: DataFiles, { catalog, index, changed, lost }: Recovered) {
    this.#scheduler = scheduler
    this.data = data
    this.#catalog = catalog
    this.#index = index
    this.lost = lost
    this.#durable = catalog.sequence
    this.#changed = changed
    this.#markTimer = new MarkTimer(scheduler, () => this.#markUnasked())
    const making = { reclaim: () => this.#markAndReclaim(), snapshot: () => this.snapshot() }
    this.room = new Room(data, this.space, catalog, making, () => this.limits)
  }

  get arrays(): Pick<ArrayIndex, 'size' | 'liveBytes' | 'get' | 'at' | 'values' | 'unpacked' | 'uses' | 'calls'> {
    return this.#index
  }

  get usage(): { liveBytes: number; freeBytes: number; diskBytes: number; arrays: number; openHandles: number } {
    const diskBytes = this.data.byteLength + this.#catalog.byteLength
    const freeBytes = this.data.byteLength - this.space.usedBytes
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

  /** The array at the path, unless it has expired. */
  find(path: string): Entry | undefined {
    const entry = this.#index.at(path)
    return entry === undefined || this.hasExpired(entry) ? undefined : entry
  }

  hasExpired({ expires }: Entry): boolean {
    return expires <= this.#scheduler.now()
  }

  /** Errors: NotFoundError. */
  entryAt(path: string): Entry {
    const entry = this.find(path)
    if (entry === undefined) throw new NotFoundError(`there is no array at '${path}'`)
    return entry
  }

  /** Errors: KeyExistsError. */
  checkFree(path: string): void {
    if (this.find(path) !== undefined) throw new KeyExistsError(`'${path}' is there already: delete it or take another`)
  }

  /**
   * Keeps the blocks of every entry there is now until `work` has settled; of those arrays only where incarnations are given,
   * and they are not evicted meanwhile.
   */
  async reading<T>(work: () => Promise<T>, incarnations?: readonly number[]): Promise<T> {
    const reader = { began: this.#catalog.sequence, incarnations }
    this.#givenUp.begin(reader)
    try {
      return await work()
    } finally {
      this.#givenUp.end(reader)
      this.#givenUp.reclaim(this.#durable)
    }
  }

  /** The array is read or written just now. */
  isInUse(incarnation: number): boolean {
    return this.#givenUp.isRead(incarnation) || this.room.isReplaced(incarnation)
  }

  /** What `liveBytes` is to be when all that is being written is committed. */
  get plannedBytes(): number {
    return this.#index.liveBytes + this.room.promisedBytes
  }

  /** Notes that the array was used; on disk it is noted with the next mark, soon or late. */
  noteUse(incarnation: number): void {
    this.#index.uses.note(incarnation, this.#scheduler.now())
    this.#markTimer.within(MARK_USES_AFTER_MS)
  }

  takeIncarnation(): number {
    return this.#index.takeIncarnation()
  }

  /**
   * Appends the changes in one frame: all of them are seen, or none. Synchronous, so that what its caller has just checked
   * still holds. `origin` is kept with them. Errors: QuotaExceededError, and then nothing has changed.
   */
  commit(make: (sequence: number, modified: number) => readonly Change[], origin?: Origin): number {
    let changes: readonly Change[] = []
    const sequence = this.#catalog.append((next) => {
      changes = make(next, this.#scheduler.now())
      if (origin !== undefined) changes = [...changes, callOf(origin, changes, (of) => this.#index.get(of)?.version)]
      this.#checkBudget(changes)
      return changes
    })
    for (const change of changes) {
      this.#changed.note(change, this.#index)
      const isNew = change.kind === 'put' && this.#index.get(change.entry.incarnation) === undefined
      const extents = this.#index.apply(change)
      const incarnation = change.kind === 'delete' ? change.incarnation : undefined
      this.#givenUp.add({ sequence, extents, incarnation })
      this.room.committed(change)
      if (isNew) this.limits.made(change.entry)
    }
    this.limits.changed()
    this.#markTimer.within(this.data.dirtyBytes < MARK_AFTER_BYTES ? MARK_AFTER_MS : 0)
    return sequence
  }

  /** `replaced` goes in the same commit. */
  describe(entry: Entry, description: Partial<Description>, origin?: Origin, replaced?: Entry): Entry {
    const { incarnation } = entry
    const change: Change = { kind: 'describe', incarnation, description: descriptionOf({ ...entry, ...description }) }
    const gone: Change[] = replaced === undefined ? [] : [{ kind: 'delete', incarnation: replaced.incarnation }]
    this.commit(() => [...gone, change], origin)
    return this.entry(entry.incarnation)
  }

  /** Makes everything committed durable, and gives back what nothing needs any more. Errors: QuotaExceededError. */
  mark(): void {
    this.#markTimer.stop()
    const committed = this.#catalog.sequence
    const { uses } = this.#index
    if (committed > this.#durable || uses.hasUnsaved) {
      // Crash order: data before the mark that vouches for it; the mark counts once the catalog is flushed.
      this.data.flush()
      const used: Change[] = uses.hasUnsaved ? [{ kind: 'used', uses: uses.unsaved() }] : []
      const { mirrored } = this.#catalog
      this.#durable = this.#catalog.appendDurably((sequence) => [
        ...used,
        { kind: 'reserved', nextIncarnation: this.#index.unreservedIncarnation },
        { kind: 'durable', sequence: committed },
        ...(mirrored ? [this.#changed.proof(sequence)] : []),
      ])
      uses.saved()
      if (mirrored) this.#changed.told(this.#durable)
    }
    this.#givenUp.reclaim(this.#durable)
    this.onMarked()
    if (this.#catalog.wantsSnapshot) this.snapshot().catch((error) => this.onMarkFailed(error))
  }

  /** Rewrites the catalog without what is past. */
  snapshot(): Promise<void> {
    this.#snapshotting ??= this.#snapshot().finally(() => {
      this.#snapshotting = undefined
    })
    return this.#snapshotting
  }

  /** Cuts the free tails of the data files. Only right after mark(). */
  cutTails(): void {
    if (this.#givenUp.size === 0) this.data.cutTails(this.space)
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
    this.#markTimer.stop()
    this.data.close()
    this.#catalog.close()
  }

  async #snapshot(): Promise<void> {
    // What a snapshot holds counts as durable when it is read again, so it must be.
    this.data.flush()
    const { uses, calls, unreservedIncarnation: nextIncarnation } = this.#index
    const entries = [...this.#index.values()]
    const state = { entries, uses: uses.table(), calls: [...calls.values()], nextIncarnation }
    await this.#catalog.snapshot(state, () => this.#scheduler.pause())
  }

  /**
   * After an unclean end: what was verified may not be on the platter, and what was not must not be found again. An intact catalog
   * has nothing of the kind, and a mark is enough.
   */
  async #settle(isIntact: boolean): Promise<void> {
    this.data.flush(true)
    if (!isIntact) await this.#snapshot()
    this.#durable = isIntact ? 0 : this.#catalog.sequence
    if (isIntact) this.mark()
    else this.#changed.told(this.#durable)
  }

  /** Room that an evicted array gave up is free as soon as that is durable, whatever else is read. */
  #markAndReclaim(): boolean {
    const { size } = this.#givenUp
    if (size === 0) return false
    this.mark()
    this.#givenUp.reclaimAll(this.#durable)
    return this.#givenUp.size < size
  }

  /** What was promised to be replaced may have been deleted or renamed meanwhile. Errors: QuotaExceededError. */
  #checkBudget(changes: readonly Change[]): void {
    const { diskBudget } = this.limits
    if (diskBudget === Number.POSITIVE_INFINITY) return
    const growth = changes.reduce((sum, change) => sum + this.#index.growthOf(change), 0)
    if (growth > 0 && this.#index.liveBytes + growth > diskBudget) throw budgetExceeded(growth, diskBudget)
  }

  #markUnasked(): void {
    try {
      this.mark()
    } catch (error) {
      this.#markTimer.within(RETRY_MARK_AFTER_MS)
      this.onMarkFailed(error)
    }
  }
}
