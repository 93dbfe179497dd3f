// LazyDiskCache: the base of everything that can be in memory or on disk.
import type { WorkOptions } from './call.js'
import type { LazyDiskCacheConfig } from './config.js'
import type { DType, TypedArray } from './core/dtype.js'
import { custodyOf } from './custodies.js'
import { Custody } from './custody.js'
import type { Disk } from './disk.js'
import { asyncDispose } from './disposal.js'
import { sessionOf } from './handles.js'
import * as keeping from './keeping.js'
import { type BufferDescription, checkDescription, type LoadMode } from './live.js'
import { checkState, type LazyDiskCacheState } from './state.js'

/**
 * An object with one buffer that can be kept on disk. Subclasses keep the buffer themselves and say by four hooks how to get
 * at it; after construction they call `initFromConfig`. Calls on one object run one after the other, in call order.
 * Source: LazyDiskCache of GSEGUtils.
 */
export abstract class LazyDiskCache implements AsyncDisposable {
  readonly #custody: Custody

  protected constructor() {
    this.#custody = new Custody(this, {
      keepsBuffer: true,
      describeBuffer: () => checkDescription(this.describeBuffer(), this.constructor.name),
      setBuffer: (data) => this.setBuffer(data),
      dropBuffer: () => this.dropBuffer(),
      describeExtra: () => this.describeExtra(),
      onLoad: () => this.onLoad(),
      onOffload: () => this.onOffload(),
    })
  }

  /** As a decorator: on async methods. As a function: wraps a sync or async one into an async one. The method runs loaded. */
  static ensureLoaded<This extends LazyDiskCache, A extends unknown[], R>(
    method: (this: This, ...args: A) => R,
    _context?: ClassMethodDecoratorContext<This>,
  ): (this: This, ...args: A) => Promise<Awaited<R>> {
    return async function (this: This, ...args: A): Promise<Awaited<R>> {
      const custody = custodyOf(this)
      const isWriting = () => custody.occupant.keepsBuffer && !custody.isReadOnly
      return custody.use(() => method.apply(this, args), isWriting, {})
    }
  }

  /**
   * A new object of the class this is called on, made without arguments, on the array that `state` tells of: offloaded, its
   * own fields restored, purge armed again where it was. Errors: NotFoundError, what `restoreExtra` throws; the bytes stay.
   */
  static async revive(state: LazyDiskCacheState, disk: Disk): Promise<LazyDiskCache> {
    const checked = checkState(state)
    const session = sessionOf(disk)
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit it
    const object = Reflect.construct(this, []) as LazyDiskCache // `this` is a class below LazyDiskCache
    await keeping.reviveOn(session, custodyOf(object), checked, (extra) => object.restoreExtra(extra))
    return object
  }

  /** The buffer is on disk and not in memory. */
  get offloaded(): boolean {
    const { residency } = this.#custody
    return residency !== undefined && residency.live === undefined
  }

  /** Whether the bytes are kept on disk at all. */
  get cacheEnabled(): boolean {
    return this.#custody.residency !== undefined
  }

  /** Where the bytes are kept, or would be; undefined: nowhere for longer than this page. */
  get cachePath(): string | undefined {
    const { residency, config } = this.#custody
    if (residency === undefined) return config.cachePath
    return residency.meta.ephemeral ? undefined : residency.meta.path
  }

  /** The bytes go with the last object on them. */
  get purgeDiskOnGc(): boolean {
    const { residency, config } = this.#custody
    return residency?.purge ?? config.purgeDiskOnGc
  }

  /** It never outlives its page. */
  get ephemeral(): boolean {
    return this.cachePath === undefined
  }

  /** Memory holds changes that are not on disk. Writes through a buffer that was given away are not seen. */
  get dirty(): boolean {
    return this.#custody.residency?.live?.dirty ?? false
  }

  /** How it was loaded; undefined while it is offloaded, 'r+' while caching is off. */
  get mode(): LoadMode | undefined {
    const { residency } = this.#custody
    return residency === undefined ? 'r+' : residency.live?.mode
  }

  /** Whether memory is let go of after every use that had to load. */
  get automaticOffloading(): boolean {
    return this.#custody.automaticOffloading
  }

  set automaticOffloading(isAutomatic: boolean) {
    if (typeof isAutomatic !== 'boolean')
      throw new TypeError(`automaticOffloading is a boolean, got ${String(isAutomatic)}`)
    this.#custody.automaticOffloading = isAutomatic
  }

  /**
   * Reads the buffer into memory; ignored when it is there. `discard` forgets what is in memory first. `shared` reads it into
   * a SharedArrayBuffer, for workers to have at the same time, which it stays over evictions until it is offloaded. Errors:
   * MemoryBudgetError, StaleArrayError, ReadOnlyError (opened with mode 'r'), CorruptDataError; with `shared`
   * StorageUnavailableError where the page is not cross-origin isolated, TypeError where it is loaded otherwise with changes or
   * in use, or while caching is off.
   */
  load(mode?: LoadMode, options: WorkOptions & { discard?: boolean; shared?: boolean } = {}): Promise<void> {
    return this.#custody.load(mode, options)
  }

  /**
   * Writes back what was changed (not in modes r and c) and lets go of memory; ignored while caching is off, or when offloaded.
   * While `use` or an `ensureLoaded` method runs, memory is let go of at its end. `transfer` gives the buffer up, to be used
   * again: whoever holds it has it no more, and a worker that is lost meanwhile takes the changes along. Errors: StaleArrayError,
   * QuotaExceededError, and the array stays loaded then; WorkerFailedError.
   */
  offload(options: WorkOptions & { transfer?: boolean } = {}): Promise<void> {
    return this.#custody.offload(options)
  }

  /** Starts keeping the bytes on disk, in place of what is at cachePath; offloads where that is automatic. Ignored when on. */
  async enableCaching(): Promise<void> {
    await this.convertToDisk()
    if (this.automaticOffloading) await this.offload()
  }

  /**
   * Loads, and is in memory only from then on. What is at cachePath stays there for others, but goes where purge is armed and
   * there are no others. Ignored when off. Errors: those of `load`.
   */
  disableCaching(): Promise<void> {
    return this.convertToMemory()
  }

  /** The bytes are to go with the last object on them, in any tab. */
  enablePurge(): Promise<void> {
    return keeping.setPurge(this.#custody, true)
  }

  /** The bytes are to stay. */
  disablePurge(): Promise<void> {
    return keeping.setPurge(this.#custody, false)
  }

  /** Writes back what was changed and makes it durable; it stays loaded. Errors: StaleArrayError, QuotaExceededError. */
  flush(options: WorkOptions = {}): Promise<void> {
    return this.#custody.flush(options)
  }

  /** Removes the bytes from disk now; every object on them rejects with StaleArrayError from then on. */
  purge(): Promise<void> {
    return keeping.purge(this.#custody)
  }

  /** Writes back and gives up its hold on the bytes, as its collection would. Later calls reject with DiskClosedError. */
  close(): Promise<void> {
    return keeping.close(this.#custody)
  }

  /** As `close()`, for `await using`. */
  [asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Offloads and describes itself for `revive`; purge is durably disarmed before it resolves, so that the bytes are there then.
   * Errors: TypeError while caching is off, what `describeExtra` throws.
   */
  toState(): Promise<LazyDiskCacheState> {
    return keeping.toState(this.#custody)
  }

  /**
   * Takes the settings; with caching on, writes the buffer to `disk` (default: the one named 'default'), and offloads where
   * that is automatic. Called once, by the subclass. Errors: those of writing; nothing is left on disk then.
   */
  protected async initFromConfig(config: LazyDiskCacheConfig, disk?: Disk): Promise<void> {
    this.#custody.configure(config, disk === undefined ? undefined : sessionOf(disk))
    if (!config.enableCaching) return
    await this.convertToDisk()
    if (config.automaticOffloading) await this.offload()
  }

  /** The buffer and what it is. `data` has all elements of `shape`, in C order. */
  protected abstract describeBuffer(): BufferDescription
  /** As `describeBuffer`, also while there is no buffer. */
  protected abstract describeShapeDtype(): { shape: readonly number[]; dtype: DType }
  /** Forgets the buffer. */
  protected abstract dropBuffer(): void
  /** Takes a buffer that was read. */
  protected abstract setBuffer(data: TypedArray): void

  /** Writes the buffer to disk and keeps it in memory, where the budget lets it. Nothing happens while caching is on. */
  protected convertToDisk(): Promise<void> {
    return keeping.toDisk(this.#custody)
  }

  /** Loads and leaves the disk. Nothing happens while caching is off. */
  protected convertToMemory(): Promise<void> {
    return keeping.toMemory(this.#custody)
  }

  /** Called after the buffer was read. An error here becomes an 'error' event of the disk and changes nothing else. */
  protected onLoad(): void | Promise<void> {}
  /** Called after the buffer was let go of. Errors: as `onLoad`. */
  protected onOffload(): void | Promise<void> {}

  /** The subclass's own fields, structured-cloneable; undefined: it has none. */
  protected describeExtra(): unknown {
    return undefined
  }

  /** Takes what `describeExtra` gave. */
  protected restoreExtra(_extra: unknown): void {}
}
