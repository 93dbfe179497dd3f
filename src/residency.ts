// An array on disk as all objects of this page on it share it: what the service says of it, what is in memory, whose turn it is.
import type { Resident } from './budget.js'
import type { WorkOptions } from './call.js'
import type { LazyDiskCacheSettings } from './config.js'
import type { TypedArray } from './core/dtype.js'
import { DTypeError, ShapeError, StaleArrayError } from './core/errors.js'
import { sameShape, shapeText, sizeOf } from './core/shape.js'
import { allocate, bytesOf, wrap } from './core/typed-array.js'
import { FairLock } from './fair-lock.js'
import { isWrittenBack, type Live, type LoadMode, type Occupant } from './live.js'
import { Occupants } from './occupants.js'
import type { ArrayMeta, WriteTarget } from './protocol.js'
import type { Session } from './session.js'
import type { StoredState } from './state.js'
import { onlyResult, takeBuffer, writeBuffer, writeBytes } from './transfer.js'
import { workOptions } from './work-options.js'

/** What changes `live` or the bytes is called in the turn that `lock` gives. */
export class Residency implements Resident {
  readonly session: Session
  readonly lock: FairLock
  readonly occupants: Occupants
  meta: ArrayMeta
  /** Whether the bytes go with the last object. */
  purge: boolean
  live: Live | undefined
  /** Let go of memory as soon as nobody uses it. */
  dropsAfterUse = false
  #users = 0
  #gone: string | undefined

  constructor(session: Session, meta: ArrayMeta, purge: boolean, lock = new FairLock()) {
    this.session = session
    this.meta = meta
    this.purge = purge
    this.lock = lock
    this.occupants = new Occupants((error) => session.emit('error', { error, path: this.path, during: 'hook' }))
  }

  get path(): string {
    return this.meta.path
  }

  /** Work on the loaded buffer that takes longer than a turn. */
  get users(): number {
    return this.#users
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
    this.#users++
    if (isWriting && this.live !== undefined) this.live.dirty = true
  }

  /** What was written since an offload in between is a change again. */
  endUse(isWriting: boolean): void {
    this.#users--
    if (isWriting && this.live !== undefined) this.live.dirty = true
  }

  get isEvictable(): boolean {
    const { live } = this
    if (live === undefined || live.dirty || live.out || this.#users > 0) return false
    return this.lock.isIdle
  }

  /** Whether offloading has something to write. */
  get hasChanges(): boolean {
    const { live } = this
    if (live === undefined || !isWrittenBack(live.mode)) return false
    return live.dirty || live.out
  }

  evict(): void {
    this.drop()
    this.session.counted.evictions++
    this.session.emit('evict', { path: this.path, byteLength: this.meta.nbytes, reason: 'memory' })
    void this.occupants.run('onOffload')
  }

  /** Reads the array, or makes zeros of it on disk and in memory. Errors: MemoryBudgetError, those of reading, `setBuffer`'s. */
  async load(mode: LoadMode, options: WorkOptions, by: Occupant): Promise<void> {
    const started = performance.now()
    this.session.budget.admit(this, this.meta.nbytes)
    try {
      const data = mode === 'w+' ? await this.#zeroed() : await this.#readWhole(options)
      this.check()
      this.live = this.#fresh(data, mode, by, by.keepsBuffer)
      by.setBuffer(data)
    } catch (error) {
      this.live = undefined
      this.session.budget.remove(this)
      throw error
    }
    this.occupants.setBuffer(this.live.data, by)
    this.session.counted.loads++
    this.session.emit('load', this.#told(started))
  }

  /** Takes what `by` has in memory already for the array's bytes. Returns whether it may stay: the budget decides. */
  keep(data: TypedArray, shared: boolean, by: Occupant): boolean {
    try {
      this.session.budget.admit(this, this.meta.nbytes)
    } catch {
      return false
    }
    this.live = this.#fresh(data, 'r+', by, shared)
    return true
  }

  /** Writes back what was changed. Errors: those of writing; memory is as before then. */
  async writeBack(options: WorkOptions, by?: Occupant): Promise<void> {
    const { live } = this
    if (live === undefined || !this.hasChanges) return
    const data = this.#current(live, by)
    const { meta } = await writeBytes(this.session, this.#target(), bytesOf(data), options)
    this.meta = meta
    live.dirty = false
    if (data !== live.data && this.live === live) this.live = { ...live, data }
  }

  /** As `writeBack`, but gives the buffer away: the worker's end meanwhile loses the new value, never the old one. */
  async writeAway(options: WorkOptions, by?: Occupant): Promise<void> {
    const { live } = this
    if (live === undefined || !this.hasChanges) return
    const buffer = takeBuffer(this.#current(live, by))
    if (buffer === undefined) return this.writeBack(options, by)
    const { dtype } = this.meta
    this.live = { ...live, data: wrap(buffer, dtype), shared: false }
    try {
      const { result, buffer: given } = await writeBuffer(this.session, this.#target(), buffer, options)
      this.meta = result.meta
      this.live = { ...live, data: wrap(given, dtype), shared: false, dirty: false, out: false }
    } catch (error) {
      if (buffer.byteLength < this.meta.nbytes) this.drop()
      else this.occupants.setBuffer(this.live.data)
      throw error
    }
  }

  /** Writes back and lets go of memory: at once, or when nobody uses it any more. Returns whether it is gone now. */
  async offload(options: WorkOptions & { transfer?: boolean }, by?: Occupant): Promise<boolean> {
    const started = performance.now()
    if (this.#users > 0) {
      await this.writeBack(options, by)
      this.dropsAfterUse = true
      return false
    }
    await (options.transfer === true ? this.writeAway(options, by) : this.writeBack(options, by))
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
    this.dropsAfterUse = false
    this.session.budget.remove(this)
    this.occupants.dropBuffer()
    const { buffer, byteLength } = live.data
    if (!live.shared && byteLength > 0 && buffer.byteLength === byteLength && buffer instanceof ArrayBuffer) {
      this.session.budget.giveSpare(buffer)
    }
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

  async #readWhole(options: WorkOptions): Promise<TypedArray> {
    const { incarnation, dtype, shape, nbytes } = this.meta
    if (nbytes === 0) return allocate(dtype, 0)
    const into = this.session.budget.takeSpare(nbytes)
    const params = into === undefined ? { incarnation } : { incarnation, into }
    const transfer = into === undefined ? [] : [into]
    const { buffer, version } = await this.session.call('read', params, { ...workOptions(options), transfer })
    this.meta = { ...this.meta, version }
    return wrap(buffer, dtype, 0, sizeOf(shape))
  }

  async #zeroed(): Promise<TypedArray> {
    const data = allocate(this.meta.dtype, sizeOf(this.meta.shape))
    this.meta = onlyResult(await this.session.call('put', { puts: [{ target: this.#target() }] })).meta
    return data
  }

  /** The buffer, as its keeper describes it now. Errors: DTypeError, ShapeError where that is no longer this array. */
  #current(live: Live, by?: Occupant): TypedArray {
    const keeper = by?.keepsBuffer ? by : this.occupants.keeper
    if (keeper === undefined) return live.data
    const { path, meta } = this
    const { dtype, shape, data } = keeper.describeBuffer()
    if (dtype !== meta.dtype) throw new DTypeError(`array '${path}' is of ${meta.dtype}, its buffer of ${dtype}`)
    if (!sameShape(shape, meta.shape) || data.byteLength !== meta.nbytes) {
      const given = `${shapeText(shape)} with ${data.byteLength} bytes`
      throw new ShapeError(`array '${path}' is of shape ${shapeText(meta.shape)}, its buffer of ${given}`)
    }
    return data
  }

  #target(): WriteTarget {
    return { replace: { incarnation: this.meta.incarnation, version: this.meta.version } }
  }

  #told(started: number): { path: string; byteLength: number; milliseconds: number } {
    return { path: this.path, byteLength: this.meta.nbytes, milliseconds: performance.now() - started }
  }
}
