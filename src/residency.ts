// An array on disk as all objects of this page on it share it: what the service says of it, what is in memory, whose turn it is.
import { ArrayMemory } from './array-memory.js'
import type { WorkOptions } from './call.js'
import type { LazyDiskCacheSettings } from './config.js'
import type { TypedArray } from './core/dtype.js'
import { StaleArrayError } from './core/errors.js'
import { bytesOf } from './core/typed-array.js'
import { FairLock } from './fair-lock.js'
import { isWrittenBack, type Live, type LoadMode, type Occupant } from './live.js'
import { Occupants } from './occupants.js'
import type { ArrayMeta, WriteTarget } from './protocol.js'
import type { Reservation } from './reservation.js'
import type { Session } from './session.js'
import { isShared } from './shared-memory.js'
import type { StoredState } from './state.js'
import { writeBytes } from './transfer.js'
import { Uses } from './uses.js'
import { readWhole, zeroed } from './whole.js'
import { takeOver, writeOut } from './write-back.js'

/** `shared`: into memory that workers can have at the same time. */
export type LoadOptions = WorkOptions & { shared?: boolean }

/** What changes `live` or the bytes is called in the turn that `lock` gives. */
export class Residency {
  readonly session: Session
  readonly lock: FairLock
  readonly occupants: Occupants
  readonly memory: ArrayMemory
  #meta: ArrayMeta
  /** Whether the bytes go with the last object. */
  purge: boolean
  live: Live | undefined
  readonly uses = new Uses()
  /** How often user code was done writing to memory. */
  #changes = 0
  /** Of what was let go of without being asked to: it is loaded again so. */
  #modeBefore: 'r' | undefined
  #wasShared = false
  #gone: string | undefined
  #isDoubtful = false
  /** What is in memory is of an older version than what is on disk; `meta` tells of the older one meanwhile. */
  #isOutdated = false
  #renewing: Promise<void> | undefined

  constructor(session: Session, meta: ArrayMeta, purge: boolean, lock = new FairLock()) {
    this.session = session
    this.#meta = meta
    this.purge = purge
    this.lock = lock
    this.memory = new ArrayMemory(this)
    this.occupants = new Occupants((error) => session.emit('error', { error, path: this.path, during: 'hook' }))
  }

  get meta(): ArrayMeta {
    return this.#meta
  }

  set meta(meta: ArrayMeta) {
    const { path, version, shape, nbytes } = this.#meta
    if (this.#isDoubtful && this.live !== undefined && meta.version !== version) this.#isOutdated = true
    this.#meta = this.#isOutdated ? { ...meta, version, shape, nbytes } : meta
    if (meta.path !== path) this.session.moved(this, path)
  }

  get path(): string {
    return this.meta.path
  }

  get isGone(): boolean {
    return this.#gone !== undefined
  }

  /** Errors: StaleArrayError, DiskClosedError. */
  check(): void {
    if (this.#gone !== undefined) throw new StaleArrayError(`array '${this.path}' ${this.#gone}`)
    this.session.checkNotClosed()
  }

  /** The array is no more, for the reason that ends the sentence "array … ". */
  markGone(reason: string): void {
    if (this.#gone !== undefined) return
    this.#gone = reason
    this.drop()
  }

  /** Others may have changed the array: a turn calls `renew` first. What has changes in memory is of use without the disk. */
  get isDoubtful(): boolean {
    return this.#isDoubtful && !this.hasChanges
  }

  /** Others may have changed the array, or have written that version. */
  doubt(version?: number): void {
    this.#isDoubtful = true
    if (version !== undefined && version !== this.meta.version) this.#isOutdated = this.live !== undefined
  }

  /** Takes what the service said of the array outside of its turns. */
  learn(meta: ArrayMeta): void {
    if (meta.version < this.meta.version) return // said before the last change
    if (meta.version > this.meta.version) this.doubt(meta.version)
    this.meta = meta
  }

  /**
   * Finds out what others have changed. What is clean in memory goes, and is read again when it is wanted; what has changes
   * stays as it is, of its old version. Errors: StaleArrayError.
   */
  async renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined
    })
    await this.#renewing
    this.check()
  }

  async #renew(): Promise<void> {
    const { incarnation } = this.meta
    const meta = await this.session.call('stat', { incarnation })
    if (meta === undefined) return this.session.gone([incarnation], 'was replaced, deleted or purged')
    this.meta = meta
    const { live } = this
    if (this.#isOutdated && (live?.dirty || live?.out || this.uses.count > 0)) return // in doubt until it is let go of
    this.#isDoubtful = false
    if (!this.#isOutdated) return
    this.drop()
    this.meta = meta
    void this.occupants.run('onOffload')
  }

  /** Gives the hold that came with the array's meta to an object. */
  attach(occupant: Occupant): void {
    this.session.watch(occupant, this, this.occupants.add(occupant))
  }

  /** Resolves when the hold is given up. */
  detach(occupant: Occupant): Promise<void> {
    this.occupants.remove(occupant)
    this.session.unwatch(occupant)
    return this.session.release(this)
  }

  beginUse(isWriting: boolean): void {
    this.uses.begin()
    if (isWriting && this.live !== undefined) this.live.dirty = true
  }

  endUse(isWriting: boolean): void {
    this.uses.end()
    if (isWriting) this.#noteChange()
    this.session.budget.serve()
  }

  /** What `data()` gave away for writing is not written to any more. */
  release(): void {
    if (this.live?.out === true) this.#noteChange()
    if (this.live !== undefined) this.live.out = false
    this.session.budget.serve()
  }

  /** Outside of turns: what was written to memory since it was written back, or while it is, is a change again. */
  #noteChange(): void {
    if (this.live === undefined) return
    this.live.dirty = true
    this.#changes++
  }

  /** Whether offloading has something to write. */
  get hasChanges(): boolean {
    const { live } = this
    if (live === undefined || !isWrittenBack(live.mode)) return false
    return live.dirty || live.out
  }

  /** How it is loaded where nobody says. */
  get usualMode(): LoadMode {
    return this.#modeBefore ?? 'r+'
  }

  evict(): void {
    const { live } = this
    this.drop()
    this.#modeBefore = live?.mode === 'r' ? live.mode : undefined
    this.#wasShared = live !== undefined && isShared(live.data)
    this.session.counted.evictions++
    this.session.emit('evict', { path: this.path, byteLength: this.meta.nbytes, reason: 'memory' })
    void this.occupants.run('onOffload')
  }

  /**
   * Reads the array, or makes zeros of it on disk and in memory; in a turn in which `memory.hasRoom()`. Errors: those of
   * reading, `setBuffer`'s, the readers' signal.
   */
  async load(mode: LoadMode, options: LoadOptions, by: Occupant): Promise<void> {
    const shared = options.shared ?? this.#wasShared
    const started = performance.now()
    const room = this.memory.readers.takeRoom() as Reservation // callers see to it that there is
    try {
      const data = mode === 'w+' ? await zeroed(this, shared) : await readWhole(this, { ...options, shared }, room)
      this.check()
      this.live = this.#fresh(data, mode, by, by.keepsBuffer)
      by.setBuffer(data)
    } catch (error) {
      this.live = undefined
      room.release()
      throw error
    }
    room.handTo(this.memory)
    this.#modeBefore = undefined
    this.#wasShared = false
    this.occupants.setBuffer(this.live.data, by)
    this.session.counted.loads++
    this.session.emit('load', this.#told(started))
  }

  /** Takes what `by` has in memory already for the array's bytes. Returns whether it may stay: the budget decides. */
  async keep(data: TypedArray, shared: boolean, by: Occupant): Promise<boolean> {
    const room = await this.session.budget.tryReserve(
      this.meta.nbytes,
      this.path,
      ({ resident }) => resident.isEvictable,
    )
    if (room === undefined) return false
    room.handTo(this.memory)
    this.live = this.#fresh(data, 'r+', by, shared)
    return true
  }

  /** Writes back what was changed. Errors: those of writing; memory is as before then. */
  async writeBack(options: WorkOptions, by?: Occupant): Promise<void> {
    const { live } = this
    if (live === undefined || !this.hasChanges) return
    const data = this.occupants.bufferOf(this.meta, by) ?? live.data
    const changes = this.#changes
    const { meta } = await writeBytes(this.session, this.target, bytesOf(data), options)
    this.written(meta)
    live.dirty = this.#changes > changes
    if (data !== live.data && this.live === live) this.live = { ...live, data }
  }

  /** Writes back and lets go of memory: at once, or when nobody uses it any more. Returns whether it is gone now. */
  async offload(options: WorkOptions & { transfer?: boolean }, by?: Occupant): Promise<boolean> {
    const started = performance.now()
    if (this.uses.count > 0) await this.writeBack(options, by)
    // Uses end outside of turns: the last one may have ended during the write.
    if (this.uses.count > 0) {
      this.uses.dropsAfter = true
      return false
    }
    if (options.transfer === true) {
      takeOver(this, by)
      await writeOut(this, options)
    }
    await this.writeBack(options, by)
    this.drop()
    this.session.counted.offloads++
    this.session.emit('offload', this.#told(started))
    return true
  }

  /** Lets go of memory, changes and all. */
  drop(): void {
    const { live } = this
    if (live === undefined) return
    this.live = undefined
    this.uses.dropsAfter = false
    this.#isOutdated = false
    this.#modeBefore = undefined
    this.#wasShared = false
    this.occupants.dropBuffer()
    const { buffer } = live.data
    const isSpare = !live.shared && buffer.byteLength === this.meta.nbytes && buffer instanceof ArrayBuffer
    this.session.budget.remove(this.memory, isSpare ? buffer : undefined)
  }

  /** Keeps what an object tells of itself beside its bytes. */
  async saveState(settings: LazyDiskCacheSettings, extra: unknown): Promise<void> {
    const state: StoredState = extra === undefined ? { version: 1, settings } : { version: 1, settings, extra }
    this.meta = await this.session.call('saveState', { incarnation: this.meta.incarnation, state })
  }

  #fresh(data: TypedArray, mode: LoadMode, by: Occupant, shared: boolean): Live {
    const { shape, dtype } = this.meta
    return { data, shape, dtype, mode, dirty: false, out: by.keepsBuffer, shared }
  }

  /** A whole value was written over the version known here, so nobody had written another. */
  written(meta: ArrayMeta): void {
    this.#isDoubtful = false
    this.#isOutdated = false
    this.meta = meta
  }

  /** A new value of what is loaded. */
  get target(): WriteTarget {
    return { replace: { incarnation: this.meta.incarnation, version: this.meta.version } }
  }

  #told(started: number): { path: string; byteLength: number; milliseconds: number } {
    return { path: this.path, byteLength: this.meta.nbytes, milliseconds: performance.now() - started }
  }
}
