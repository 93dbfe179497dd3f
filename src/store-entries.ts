// The entries of a store: what is in memory of them, what is on the shelf, and whose turn each key is.
import { DiskBackedNDArray } from './array.js'
import { LazyDiskCache } from './cache.js'
import type { LazyDiskCacheSettings } from './config.js'
import { type ArrayData, contentOf } from './creation.js'
import { custodyOf } from './custodies.js'
import { FairLock } from './fair-lock.js'
import { toState } from './keeping.js'
import { putTogether } from './put-together.js'
import type { Shelf } from './shelf.js'
import { isReadable } from './view.js'

/** All but `turn`, `forget` and `refresh` are called in their key's turn. */
export class StoreEntries<T extends LazyDiskCache> {
  readonly shelf: Shelf<T>
  /** undefined: on disk only, or an array of a cache. */
  readonly values = new Map<string, T | undefined>()
  /** Arrays of a cache: kept here, they would keep their bytes from going. */
  readonly #lent = new Map<string, WeakRef<T>>()
  readonly #locks = new Map<string, FairLock>()
  /** Hold ephemeral entries whose objects were given up. */
  readonly #keepers = new Map<string, LazyDiskCache>()

  constructor(shelf: Shelf<T>) {
    this.shelf = shelf
  }

  /** For a new entry. Automatic offloading needs a place that was chosen. */
  settings(overrides: LazyDiskCacheSettings = {}): LazyDiskCacheSettings {
    const { config, isEphemeral } = this.shelf
    const automaticOffloading = config.automaticOffloading && !isEphemeral
    return { ...config.asKwargs(), automaticOffloading, ...overrides }
  }

  /** Runs `task` when all that was asked of these keys before is done. Errors: InvalidKeyError, the task's. */
  async turn<R>(keys: readonly string[], task: () => Promise<R>): Promise<R> {
    for (const key of keys) this.shelf.pathOf(key)
    // In one order, so that two tasks never wait for each other.
    const locks = [...keys].sort().map((key) => this.#lockOf(key))
    const enter = (at: number): Promise<R> => locks[at]?.alone(() => enter(at + 1)) ?? task()
    try {
      return await enter(0)
    } finally {
      for (const key of keys) if (this.#locks.get(key)?.isIdle === true) this.#locks.delete(key)
    }
  }

  /** The value in memory, if it still stands for what is under the key. */
  present(key: string): T | undefined {
    const value = this.values.get(key) ?? this.#lent.get(key)?.deref()
    if (value === undefined) return undefined
    const { isClosed, residency } = custodyOf(value)
    return isClosed || residency?.isGone === true ? undefined : value
  }

  async get(key: string): Promise<T | undefined> {
    const value = this.present(key)
    const isLent = this.#lent.has(key)
    if (value !== undefined && !isLent) return value
    // What is lent may have expired meanwhile: then it is no entry any more.
    const isSame = async (lent: T) =>
      custodyOf(lent).residency?.meta.incarnation === (await this.shelf.find(key))?.incarnation
    if (value !== undefined && (await isSame(value))) return value
    const onDisk = await this.shelf.get(key)
    if (onDisk !== undefined) return this.keep(key, onDisk)
    this.#drop(key)
    return undefined
  }

  async has(key: string): Promise<boolean> {
    const isHere = !this.#lent.has(key) && this.present(key) !== undefined
    return isHere || (await this.shelf.find(key)) !== undefined
  }

  /** As `set`, of a value that nobody waits for: an array made of data is not kept in memory where the store is a cache. */
  async put(key: string, value: T | ArrayData): Promise<void> {
    const kept = await this.set(key, value)
    if (kept !== value && this.#lent.has(key)) await kept.close()
  }

  async set(key: string, value: T | ArrayData): Promise<T> {
    if (!(value instanceof LazyDiskCache)) return this.keep(key, await this.shelf.make(key, value, this.settings()))
    const checked = this.shelf.check(value)
    await this.shelf.place(key, checked)
    return this.keep(key, checked)
  }

  /** As many `set`s; data in memory that need neither factory nor check are written in one commit. */
  async setMany(wanted: readonly (readonly [string, T | ArrayData])[]): Promise<void> {
    const { config, disk, hasNoRules } = this.shelf
    const isTogether = hasNoRules && config.enableCaching && disk !== undefined
    const data = isTogether ? wanted.filter(isInMemory) : []
    if (disk !== undefined && data.length > 0) {
      const contents = data.map(async ([key, value]) => {
        const settings = this.settings({ cachePath: this.shelf.pathOf(key) })
        return { settings, content: await contentOf(value, settings), lifetime: this.shelf.lifetime }
      })
      const arrays = await putTogether(disk, await Promise.all(contents))
      for (const [i, [key]] of data.entries()) {
        const value = this.keep(key, this.shelf.check(arrays[i]))
        if (this.#lent.has(key)) await value.close()
      }
    }
    const keys = new Set(data.map(([key]) => key))
    for (const [key, value] of wanted) if (!keys.has(key)) await this.put(key, value)
  }

  keep(key: string, value: T): T {
    const mayBeMadeAnew = value.cacheEnabled && !value.purgeDiskOnGc && value.constructor === DiskBackedNDArray
    const isLent = this.shelf.isCache && mayBeMadeAnew
    this.values.set(key, isLent ? undefined : value)
    if (isLent) this.#lent.set(key, new WeakRef(value))
    else this.#lent.delete(key)
    this.#endKeeper(key)
    return value
  }

  /** Removes entries and their bytes; returns whether there were any. */
  async delete(keys: readonly string[]): Promise<boolean> {
    const wereHere = keys.some((key) => this.present(key) !== undefined)
    const wereOnDisk = await this.shelf.remove(keys)
    for (const key of keys) {
      this.#drop(key)
      this.#endKeeper(key)
    }
    return wereHere || wereOnDisk
  }

  forget(key: string): boolean {
    const value = this.values.get(key)
    if (value === undefined) return this.#lent.delete(key)
    if (value.cacheEnabled) this.values.set(key, undefined)
    else this.values.delete(key)
    return true
  }

  /** Keeps the object's own fields and drops it from memory; its bytes stay. */
  async pickle(key: string, value: T): Promise<void> {
    if (value.ephemeral) this.#keepers.set(key, await this.shelf.keeperOf(value))
    else await toState(custodyOf(value))
    this.values.set(key, undefined)
  }

  /** Learns what others put on the shelf, or took from it. */
  async refresh(): Promise<void> {
    const onDisk = new Set(await this.shelf.keys())
    for (const key of this.values.keys()) {
      if (!onDisk.has(key) && !this.#keepers.has(key) && this.present(key) === undefined) this.#drop(key)
    }
    for (const key of onDisk) if (!this.values.has(key)) this.values.set(key, undefined)
  }

  #drop(key: string): void {
    this.values.delete(key)
    this.#lent.delete(key)
  }

  #lockOf(key: string): FairLock {
    const lock = this.#locks.get(key) ?? new FairLock()
    this.#locks.set(key, lock)
    return lock
  }

  #endKeeper(key: string): void {
    void this.#keepers.get(key)?.close()
    this.#keepers.delete(key)
  }
}

function isInMemory<T>(entry: readonly [string, T | ArrayData]): entry is readonly [string, ArrayData] {
  return !(entry[1] instanceof LazyDiskCache) && !isReadable(entry[1])
}
