// DiskBackedStore: a mapping of keys to arrays, or other LazyDiskCache objects, kept under one path of a disk.
import type { DiskBackedNDArray } from './array.js'
import type { LazyDiskCache } from './cache.js'
import type { WorkOptions } from './call.js'
import { LazyDiskCacheConfig } from './config.js'
import { KeyExistsError, NotFoundError } from './core/errors.js'
import type { ArrayData } from './creation.js'
import { diskNamed } from './default-disk.js'
import type { Disk } from './disk.js'
import { Shelf, type ShelfRules } from './shelf.js'
import { checkStoreState, type DiskBackedStoreState } from './state.js'
import { StoreEntries } from './store-entries.js'
import { workOptions } from './work-options.js'

/** Of `DiskBackedStore.open`. */
export interface StoreOptions<T extends LazyDiskCache> extends ShelfRules<T> {
  /** Settings of entries; `cachePath` is where they are kept: without it nothing outlives the page. */
  config?: LazyDiskCacheConfig
  /** Default: the disk named 'default', opened where caching is on or there is a cachePath. */
  disk?: Disk
}

/**
 * Keys are strings, values objects, or undefined for what is on disk but not in memory; what is at the path is found again.
 * Calls on one key run one after the other. Source: DiskBackedStore of GSEGUtils.
 */
export class DiskBackedStore<T extends LazyDiskCache = DiskBackedNDArray> {
  readonly #entries: StoreEntries<T>

  private constructor(shelf: Shelf<T>) {
    this.#entries = new StoreEntries(shelf)
  }

  /** Errors: those of opening the disk named 'default' where one is needed and none is given. */
  static async open<T extends LazyDiskCache = DiskBackedNDArray>(
    options: StoreOptions<T> = {},
  ): Promise<DiskBackedStore<T>> {
    const { config = new LazyDiskCacheConfig(), disk, ...rules } = options
    if (!(config instanceof LazyDiskCacheConfig))
      throw new TypeError(`config is a LazyDiskCacheConfig, got ${String(config)}`)
    const store = new DiskBackedStore<T>(await Shelf.open(config, disk, rules))
    await store.#entries.refresh()
    return store
  }

  /** A store as `toState()` described it. Errors: TypeError for what is no such state, and as `open`. */
  static async fromState(
    state: unknown,
    options: { disk?: Disk; factory?: StoreOptions<LazyDiskCache>['factory'] } = {},
  ): Promise<DiskBackedStore<LazyDiskCache>> {
    const { disk: name, settings } = checkStoreState(state)
    const disk = options.disk ?? (await diskNamed(name))
    const config = new LazyDiskCacheConfig(settings)
    const { factory } = options
    return DiskBackedStore.open<LazyDiskCache>({ config, disk, ...(factory && { factory }) })
  }

  /** What is known here of every entry, as it is now; `keys()` asks the disk. */
  get store(): ReadonlyMap<string, T | undefined> {
    return new Map(this.#entries.values)
  }

  /** How many entries are known here. */
  get size(): number {
    return this.#entries.values.size
  }

  /** The path of the entries. */
  get cacheDir(): string {
    return this.#entries.shelf.cacheDir
  }

  /**
   * The value, brought back from disk where it is not in memory (its buffer stays offloaded); else `fallback`. Errors:
   * InvalidKeyError, NotFoundError for a class that is not registered, TypeError for a value that is refused.
   */
  get(key: string): Promise<T | undefined>
  get<F>(key: string, fallback: F): Promise<T | F>
  get<F>(key: string, fallback?: F): Promise<T | F | undefined> {
    return this.#entries.turn([key], async () => (await this.#entries.get(key)) ?? fallback)
  }

  /** Errors: as `get`. */
  getMany(keys: readonly string[]): Promise<(T | undefined)[]> {
    return Promise.all(keys.map((key) => this.get(key)))
  }

  /**
   * Keeps a value, or makes one of data by the factory, in place of what was there. A value on this disk is moved to its path
   * in the store; one whose caching is off stays in memory only. Errors: InvalidKeyError, TypeError for a value that is
   * refused, the factory's; what was there stays then.
   */
  set(key: string, value: T | ArrayData): Promise<void> {
    return this.#entries.turn([key], () => this.#entries.put(key, value))
  }

  /** As many `set`s; data that need neither factory nor check are written in one commit. Errors: as `set`. */
  async setMany(entries: Iterable<readonly [string, T | ArrayData]>): Promise<void> {
    const wanted = new Map(entries)
    await this.#entries.turn([...wanted.keys()], () => this.#entries.setMany([...wanted]))
  }

  /** As `setMany`. */
  update(entries: Iterable<readonly [string, T | ArrayData]>): Promise<void> {
    return this.setMany(entries)
  }

  /** Makes a value by the factory, the store's settings overridden. Errors: KeyExistsError, and as `set`. */
  addDataToStore(
    key: string,
    data: ArrayData,
    options: {
      shape?: readonly number[]
      enableCachingOverride?: boolean
      automaticOffloadingOverride?: boolean
      purgeDiskOnGcOverride?: boolean
    } = {},
  ): Promise<T> {
    const { shape, enableCachingOverride, automaticOffloadingOverride, purgeDiskOnGcOverride } = options
    return this.#entries.turn([key], async () => {
      if (await this.#entries.has(key))
        throw new KeyExistsError(`the store has an entry for ${JSON.stringify(key)} already`)
      const settings = this.#entries.settings({
        ...(enableCachingOverride !== undefined && { enableCaching: enableCachingOverride }),
        ...(automaticOffloadingOverride !== undefined && { automaticOffloading: automaticOffloadingOverride }),
        ...(purgeDiskOnGcOverride !== undefined && { purgeDiskOnGc: purgeDiskOnGcOverride }),
      })
      return this.#entries.keep(key, await this.#entries.shelf.make(key, data, settings, shape))
    })
  }

  /** The value there is, else the one that is set now. Errors: as `get` and `set`. */
  setdefault(key: string, value: T | ArrayData): Promise<T> {
    return this.#entries.turn(
      [key],
      async () => (await this.#entries.get(key)) ?? (await this.#entries.set(key, value)),
    )
  }

  /** Errors: InvalidKeyError. */
  has(key: string): Promise<boolean> {
    return this.#entries.turn([key], () => this.#entries.has(key))
  }

  /** Removes an entry and its bytes; returns whether there was one. Errors: InvalidKeyError. */
  delete(key: string): Promise<boolean> {
    return this.#entries.turn([key], () => this.#entries.delete([key]))
  }

  /** Drops what is in memory; the bytes stay, where purge is not armed. Returns whether there was anything. */
  forget(key: string): boolean {
    return this.#entries.forget(key)
  }

  /** Removes all entries and their bytes. */
  async clear(): Promise<void> {
    const keys = [...new Set([...(await this.keys()), ...this.#entries.values.keys()])]
    await this.#entries.turn(keys, () => this.#entries.delete(keys))
  }

  /** Removes an entry and gives its value: loaded, caching disabled, its bytes gone. Errors: MemoryBudgetError, and as `get`. */
  pop(key: string): Promise<T | undefined>
  pop<F>(key: string, fallback: F): Promise<T | F>
  pop<F>(key: string, fallback?: F): Promise<T | F | undefined> {
    return this.#entries.turn([key], async () => {
      const value = await this.#entries.get(key)
      if (value === undefined) return fallback
      await value.disableCaching()
      await this.#entries.delete([key])
      return value
    })
  }

  /** As `pop` of the first entry, with its key; undefined where there is none. */
  async popitem(): Promise<[string, T] | undefined> {
    for (const key of await this.keys()) {
      const value = await this.pop(key)
      if (value !== undefined) return [key, value]
    }
    return undefined
  }

  /** All keys, in their order on disk. Errors: DiskClosedError. */
  async keys(): Promise<string[]> {
    await this.#entries.refresh()
    return [...this.#entries.values.keys()]
  }

  /** undefined for what is not in memory; nothing is brought back. */
  async values(): Promise<(T | undefined)[]> {
    await this.#entries.refresh()
    return [...this.#entries.values.values()]
  }

  /** As `values`, with the keys. */
  async entries(): Promise<[string, T | undefined][]> {
    await this.#entries.refresh()
    return [...this.#entries.values]
  }

  /** Every entry, its value brought back. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[string, T], void, undefined> {
    for (const key of await this.keys()) {
      const value = await this.get(key)
      if (value !== undefined) yield [key, value]
    }
  }

  /**
   * Offloads entries, by default all that are in memory; those with caching off are skipped. `pickleContainer` also keeps each
   * object's own fields, drops it from memory, and the next `get` brings it back. Errors: NotFoundError for an unknown key,
   * those of writing back.
   */
  async offload(
    keys: string | readonly string[] = [...this.#entries.values.keys()],
    options: WorkOptions & { pickleContainer?: boolean } = {},
  ): Promise<void> {
    for (const key of typeof keys === 'string' ? [keys] : keys) {
      await this.#entries.turn([key], async () => {
        const value = this.#entries.present(key)
        if (value === undefined && !(await this.#entries.has(key))) {
          throw new NotFoundError(`the store has no entry for ${JSON.stringify(key)}`)
        }
        if (value?.cacheEnabled !== true) return
        await value.offload(workOptions(options))
        if (options.pickleContainer === true) await this.#entries.pickle(key, value)
      })
    }
  }

  /** Offloads everything, objects and all, and describes the store for `fromState`. Errors: TypeError for a store without a disk. */
  async toState(): Promise<DiskBackedStoreState> {
    const { shelf, values } = this.#entries
    const { disk, config, cacheDir } = shelf
    if (disk === undefined) throw new TypeError('toState: the store is in memory only, so there is nothing to refer to')
    for (const key of [...values.keys()]) {
      await this.#entries.turn([key], async () => {
        const value = this.#entries.present(key)
        if (value?.cacheEnabled !== true) return
        await value.toState()
        values.set(key, undefined)
      })
    }
    return { version: 1, disk: disk.name, settings: { ...config.asKwargs(), cachePath: cacheDir } }
  }
}
