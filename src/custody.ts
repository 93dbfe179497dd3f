// The library's side of one object: where its bytes are, in whose turn they are used, how they get in and out of memory.
import type { WorkOptions } from './call.js'
import { LazyDiskCacheConfig, type LazyDiskCacheSettings } from './config.js'
import type { DType, TypedArray } from './core/dtype.js'
import { DiskClosedError, ReadOnlyError } from './core/errors.js'
import { noteCustody } from './custodies.js'
import { InMemory, isWrittenBack, type Live, type LoadMode, type Occupant } from './live.js'
import { loadShared } from './loading.js'
import type { ArrayMeta } from './protocol.js'
import { type LoadOptions, Residency } from './residency.js'
import type { Session } from './session.js'
import { checkShareable, dropUnshared } from './shared-memory.js'

export type Place = InMemory | Residency

const MODES: readonly LoadMode[] = ['r', 'r+', 'w+', 'c']

export class Custody {
  readonly owner: object
  readonly occupant: Occupant
  config = new LazyDiskCacheConfig()
  /** Where caching goes, also while it is off; undefined: the disk named 'default'. */
  session: Session | undefined
  place: Place = new InMemory()
  automaticOffloading = false
  /** Opened in mode 'r'. */
  isReadOnly = false
  isClosed = false

  constructor(owner: object, occupant: Occupant) {
    this.owner = owner
    this.occupant = occupant
    noteCustody(owner, this)
  }

  /** What is on disk and shared; undefined while caching is off. */
  get residency(): Residency | undefined {
    return this.place instanceof Residency ? this.place : undefined
  }

  /** Shape and dtype as they are now. Errors: TypeError for an array that `create` has not made. */
  get described(): { readonly shape: readonly number[]; readonly dtype: DType } {
    const { place, occupant } = this
    if (place.live !== undefined) return place.live
    if (place instanceof Residency) return place.meta
    if (occupant.keepsBuffer) return occupant.describeBuffer()
    throw new TypeError('this array has no elements yet: arrays are made by create(), not by new')
  }

  /**
   * All elements as they are in memory, whoever keeps them; undefined where they are on disk only. In a turn.
   * Errors: DTypeError, ShapeError, what `describeBuffer` throws.
   */
  get buffer(): TypedArray | undefined {
    const { place, occupant } = this
    if (place instanceof InMemory) return place.live?.data ?? occupant.describeBuffer().data
    return place.live && (place.occupants.bufferOf(place.meta, occupant) ?? place.live.data)
  }

  /** The settings as they are now. */
  get settings(): LazyDiskCacheSettings {
    const { residency, automaticOffloading } = this
    const settings = { ...this.config.asKwargs(), automaticOffloading }
    if (residency === undefined) return { ...settings, enableCaching: false }
    const { purge, meta } = residency
    const path = meta.ephemeral ? {} : { cachePath: meta.path }
    return { ...settings, ...path, enableCaching: true, purgeDiskOnGc: purge }
  }

  configure(config: LazyDiskCacheConfig, session: Session | undefined): void {
    this.config = config
    this.session = session
    this.automaticOffloading = config.automaticOffloading
  }

  /** Takes the array on disk that a call told of, and the hold it took. Errors: what `setBuffer` throws; the hold is given up. */
  async adopt(session: Session, meta: ArrayMeta): Promise<void> {
    const residency = session.residencyOf(meta)
    residency.attach(this.occupant)
    const { live } = residency
    try {
      if (live !== undefined) this.occupant.setBuffer(live.data)
    } catch (error) {
      await residency.detach(this.occupant)
      throw error
    }
    if (live !== undefined && this.occupant.keepsBuffer) live.out = live.shared = true
    this.session = session
    this.place = residency
  }

  /** Runs `task` in its turn: alone, or together with others. Errors: DiskClosedError, StaleArrayError, the signal's reason. */
  async turn<T>(
    kind: 'alone' | 'together',
    task: (place: Place) => T | Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    this.checkNotClosed()
    this.residency?.session.checkOpen()
    const checked = () => {
      this.check()
      const { residency } = this
      return residency?.isDoubtful === true ? residency.renew().then(() => task(this.place)) : task(this.place)
    }
    return this.place.lock[kind](checked, signal)
  }

  /** Errors: DiskClosedError, StaleArrayError. */
  check(): void {
    this.checkNotClosed()
    this.residency?.check()
  }

  /** Errors: DiskClosedError. */
  checkNotClosed(): void {
    if (this.isClosed) throw new DiskClosedError('this object was closed: what is on disk is opened again by its path')
  }

  /** Errors: ReadOnlyError. */
  checkWritable(): void {
    const { residency } = this
    const mode = residency?.live?.mode ?? residency?.usualMode // as it is loaded, or will be
    if (this.isReadOnly || mode === 'r') throw this.readOnlyError()
  }

  /** Errors: TypeError, ReadOnlyError; those of reading. */
  async load(mode: LoadMode | undefined, options: LoadOptions & { discard?: boolean }): Promise<void> {
    if (mode !== undefined && !MODES.includes(mode))
      throw new TypeError(`mode is one of ${MODES.join(', ')}, got ${mode}`)
    if (mode !== undefined && this.isReadOnly && isWrittenBack(mode)) throw this.readOnlyError()
    if (options.shared === true) {
      checkShareable()
      if (this.residency === undefined)
        throw new TypeError(
          'caching is off, so nothing is loaded that could be shared: make the object with enableCaching: true',
        )
    }
    const prepare = async (place: Residency) => {
      if (options.discard !== true) {
        if (options.shared === true) dropUnshared(place)
        return
      }
      place.drop()
      if (place.isDoubtful) await place.renew()
    }
    await loadShared(this, mode, options, () => this.stayLoaded(), prepare)
  }

  /** Runs `task` on what is in memory, loaded where it was not. Errors: those of reading. */
  async loaded<T>(options: WorkOptions, task: (live: Live | undefined, hasLoaded: boolean) => T): Promise<T> {
    return loadShared(this, undefined, options, (place, hasLoaded) => {
      if (hasLoaded) this.#countUse(place, 'misses')
      else this.count(place)
      return task(place.live, hasLoaded)
    })
  }

  /**
   * Runs `work` while the buffer stays in memory; offloads again what was loaded for it where that is automatic.
   * Errors: those of reading, of `work`, of writing back.
   */
  async use<R>(
    work: (live: Live | undefined) => R,
    isWriting: (live: Live) => boolean,
    options: WorkOptions,
  ): Promise<Awaited<R>> {
    let end = async () => {}
    const live = await this.loaded(options, (now, hasLoaded) => {
      end = this.beginUse(now !== undefined && isWriting(now), hasLoaded)
      return now
    })
    let result: Awaited<R>
    try {
      result = await work(live)
    } catch (error) {
      await end().catch((failure: unknown) => this.tell(failure, 'write-back'))
      throw error
    }
    await end()
    return result
  }

  /** In a turn: the end of uses that began before lets memory be. */
  stayLoaded(): void {
    if (this.residency !== undefined) this.residency.uses.dropsAfter = false
  }

  /** In a turn. Returns how to end the use; that rejects where writing back fails. */
  beginUse(isWriting: boolean, hasLoaded: boolean): () => Promise<void> {
    const { residency } = this
    if (residency === undefined) return async () => {}
    residency.beginUse(isWriting)
    return async () => {
      residency.endUse(isWriting)
      if (hasLoaded && this.automaticOffloading) residency.uses.dropsAfter = true
      const isOver = residency.uses.count === 0 && residency.uses.dropsAfter
      if (isOver && residency.live !== undefined && this.place === residency) await this.offload({})
    }
  }

  /** Nothing happens while caching is off, or what is on disk is not in memory. Errors: those of writing; it stays loaded then. */
  async offload(options: WorkOptions & { transfer?: boolean }): Promise<void> {
    const isGone = await this.turn(
      'alone',
      async (place) => {
        if (place instanceof InMemory || place.live === undefined) return false
        await this.saveExtra(place)
        return place.offload(options, this.occupant)
      },
      options.signal,
    )
    if (isGone) await this.residency?.occupants.run('onOffload')
  }

  /** As `beginUse`, for as long as user code likes. */
  pin(hasLoaded: boolean): () => Promise<void> {
    const { residency } = this
    if (residency !== undefined) residency.uses.pins++
    let end: (() => Promise<void>) | undefined = this.beginUse(false, hasLoaded)
    return async () => {
      if (end !== undefined && residency !== undefined) residency.uses.pins--
      const unpinned = end?.()
      end = undefined
      await unpinned
    }
  }

  /** Writes back what was changed and makes it durable. */
  async flush(options: WorkOptions): Promise<void> {
    await this.turn(
      'alone',
      async (place) => {
        if (place instanceof InMemory) return
        await place.writeBack(options, this.occupant)
        await this.saveExtra(place)
        await place.session.call('flush', {})
      },
      options.signal,
    )
  }

  /** Keeps what the object tells of itself; what `describeExtra` throws becomes an 'error' event. */
  async saveExtra(residency: Residency): Promise<void> {
    let extra: unknown
    try {
      extra = this.occupant.describeExtra()
    } catch (error) {
      this.tell(error, 'hook')
    }
    if (extra !== undefined) await residency.saveState(this.settings, extra)
  }

  /** Counts a use, and makes it the most recent one. */
  count(place: Place): void {
    this.#countUse(place, place.live === undefined ? 'misses' : 'hits')
  }

  readOnlyError(): ReadOnlyError {
    const path = this.residency?.path
    return new ReadOnlyError(`array${path === undefined ? '' : ` '${path}'`} was opened or loaded in mode 'r'`)
  }

  #countUse(place: Place, as: 'hits' | 'misses'): void {
    if (place instanceof InMemory) return
    place.session.counted[as]++
    place.memory.touch()
  }

  /** What nobody waits for is told by an 'error' event. */
  tell(error: unknown, during: 'hook' | 'write-back'): void {
    const { residency, session } = this
    if (residency !== undefined) residency.session.emit('error', { error, path: residency.path, during })
    else session?.emit('error', { error, during })
  }
}
