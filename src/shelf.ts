// Where a store keeps its entries: the arrays under one path, made, found again and removed.
import { DiskBackedNDArray } from './array.js'
import { LazyDiskCache } from './cache.js'
import { classNamed } from './classes.js'
import { LazyDiskCacheConfig, type LazyDiskCacheSettings } from './config.js'
import { NotFoundError } from './core/errors.js'
import { keyOfSegment, segmentOfKey } from './core/path.js'
import type { ArrayData } from './creation.js'
import { custodyOf } from './custodies.js'
import type { Custody } from './custody.js'
import { diskNamed } from './default-disk.js'
import type { Disk } from './disk.js'
import { boundSession, sessionOf } from './handles.js'
import { purge, setPurge } from './keeping.js'
import { checkLifetime, type Lifetime } from './lifetime.js'
import { DEFAULT_DISK_NAME } from './options.js'
import type { ArrayMeta } from './protocol.js'
import type { Residency } from './residency.js'
import { EPHEMERAL_FOLDER, type Session } from './session.js'
import { checkStoredState, type LazyDiskCacheState } from './state.js'

/** By its shape, so that classes without a public constructor are some too. */
export interface Class<T> {
  readonly name: string
  readonly prototype: T
  [Symbol.hasInstance](value: unknown): boolean
}

/** What a store gives its `factory` for a new entry. */
export type FactorySettings = LazyDiskCacheSettings & { cachePath: string; disk: Disk; shape?: readonly number[] }

/** `expire` and `tags` are given to the arrays that the store makes itself. */
export interface ShelfRules<T extends LazyDiskCache> extends Lifetime {
  /** Makes values of data, at `settings.cachePath`. Default: DiskBackedNDArray.create. */
  factory?(data: ArrayData, settings: FactorySettings): T | Promise<T>
  /** What values are; anything else is a TypeError. */
  valueType?: Class<T> | readonly Class<T>[]
  /** Whether a value may be in the store; one that may not is a TypeError. */
  validator?(value: LazyDiskCache): boolean
}

/** The name under which DiskBackedNDArray is registered. */
const PLAIN_CLASS = 'DiskBackedNDArray'

let memoryShelves = 0

export class Shelf<T extends LazyDiskCache> {
  readonly config: LazyDiskCacheConfig
  readonly cacheDir: string
  /** Undefined for a store in memory only. */
  readonly disk: Disk | undefined
  readonly lifetime: Lifetime
  readonly #rules: ShelfRules<T>
  #staged = 0

  private constructor(config: LazyDiskCacheConfig, disk: Disk | undefined, rules: ShelfRules<T>) {
    this.config = config
    this.disk = disk
    this.#rules = rules
    this.lifetime = checkLifetime(rules)
    const ephemeral = () =>
      disk === undefined ? `${EPHEMERAL_FOLDER}/${memoryShelves++}` : sessionOf(disk).ephemeralPath()
    this.cacheDir = config.cachePath ?? ephemeral()
  }

  /** A disk is opened only where something is, or is to be, on it. Errors: those of opening the disk named 'default'. */
  static async open<T extends LazyDiskCache>(
    config: LazyDiskCacheConfig,
    disk: Disk | undefined,
    rules: ShelfRules<T>,
  ): Promise<Shelf<T>> {
    const needsDisk = config.enableCaching || config.cachePath !== undefined
    return new Shelf(config, disk ?? (needsDisk ? await diskNamed(DEFAULT_DISK_NAME) : undefined), rules)
  }

  /** Nothing on it outlives the page. */
  get isEphemeral(): boolean {
    return this.config.cachePath === undefined
  }

  /** Whether data become arrays without a word of the user's. */
  get hasNoRules(): boolean {
    const { factory, valueType, validator } = this.#rules
    return factory === undefined && valueType === undefined && validator === undefined
  }

  /** What is on it may go while nobody holds it, so the store must not. */
  get isCache(): boolean {
    if (this.disk === undefined || this.isEphemeral) return false
    return this.lifetime.expire !== undefined || boundSession(this.disk).connection.evictionPolicy !== 'none'
  }

  /** Errors: InvalidKeyError. */
  pathOf(key: string): string {
    return `${this.cacheDir}/${segmentOfKey(key)}`
  }

  /** The keys of what is on disk. */
  async keys(): Promise<string[]> {
    if (this.disk === undefined) return []
    const prefix = `${this.cacheDir}/`
    const metas = await this.#session.run(() => this.#session.call('list', { prefix }))
    return metas.map(({ path }) => keyOfSegment(path.slice(prefix.length))).filter((key) => key !== undefined)
  }

  async find(key: string): Promise<ArrayMeta | undefined> {
    const path = this.pathOf(key)
    return this.disk === undefined ? undefined : this.#session.run(() => this.#session.call('stat', { path }))
  }

  /** What is under the key, as `#revive` gives it: of a plain array in one call. Errors: as `#revive`. */
  async get(key: string): Promise<T | undefined> {
    if (this.disk === undefined) return undefined
    const cachePath = this.pathOf(key)
    const session = this.#session
    const opened = await session.run(async () => {
      const meta = await session.call('open', { path: cachePath }).catch(unlessNotFound)
      if (meta === undefined || meta.hasState || meta.className !== PLAIN_CLASS) return { meta }
      const value: DiskBackedNDArray = Reflect.construct(DiskBackedNDArray, [])
      const { automaticOffloading } = this.config
      const settings = { automaticOffloading, enableCaching: true, cachePath, purgeDiskOnGc: false }
      custodyOf(value).configure(new LazyDiskCacheConfig(settings), session)
      await custodyOf(value).adopt(session, meta)
      return { meta, value }
    })
    const { meta, value } = opened
    if (value !== undefined) return this.#checked(value)
    if (meta === undefined) return undefined
    try {
      return await this.#revive(meta)
    } finally {
      // The object has a hold of its own; where that of `open` is not given up, its worker is lost.
      await session.call('release', { incarnations: [meta.incarnation] }).catch(() => undefined)
    }
  }

  /**
   * The value on disk, as the class it was stored as, purge armed again where it was. Errors: NotFoundError for a class that is
   * not registered, TypeError for a value that is refused; the bytes stay.
   */
  async #revive(meta: ArrayMeta): Promise<T> {
    const session = this.#session
    const { path: cachePath, className, shape, dtype, incarnation } = meta
    const cls = classNamed(className)
    const stored = meta.hasState ? checkStoredState(await session.call('loadState', { incarnation })) : undefined
    const { automaticOffloading } = this.config
    const { purgeDiskOnGc = false, ...settings } = stored?.settings ?? { automaticOffloading }
    const state: LazyDiskCacheState = {
      ...{ version: 1, className, disk: session.name, cachePath, shape, dtype },
      settings: { ...settings, enableCaching: true, cachePath, purgeDiskOnGc: false },
      ...(stored !== undefined && 'extra' in stored && { extra: stored.extra }),
    }
    const value = await cls.revive(state, this.disk as Disk) // there was something on it
    return this.#checked(value, async () => {
      if (purgeDiskOnGc) await setPurge(custodyOf(value), true)
    })
  }

  /** What is refused is closed. Errors: as `check`, those of `then`. */
  async #checked(value: LazyDiskCache, then?: () => Promise<void>): Promise<T> {
    try {
      const checked = this.check(value)
      await then?.()
      return checked
    } catch (error) {
      await value.close()
      throw error
    }
  }

  /** Errors: TypeError; what `validator` throws. */
  check(value: unknown): T {
    const { valueType, validator } = this.#rules
    if (!(value instanceof LazyDiskCache))
      throw new TypeError(`a store keeps LazyDiskCache objects, got ${String(value)}`)
    const types = valueType === undefined ? [LazyDiskCache] : isOneClass(valueType) ? [valueType] : valueType
    if (!types.some((type) => value instanceof type)) {
      const names = types.map(({ name }) => name).join(' or ')
      throw new TypeError(`this store keeps objects of ${names}, got a ${value.constructor.name}`)
    }
    if (validator !== undefined && validator(value) !== true) {
      throw new TypeError(`the store's validator refused a ${value.constructor.name}`)
    }
    return value as T // of valueType, or whatever the user calls T
  }

  /**
   * Makes a value of data, in place of what is at `key`; what is there stays until the new value is accepted.
   * Errors: the factory's, TypeError for a value that is refused; nothing new is left on disk.
   */
  async make(key: string, data: ArrayData, settings: LazyDiskCacheSettings, shape?: readonly number[]): Promise<T> {
    const path = this.pathOf(key)
    const isTaken = !this.hasNoRules && settings.enableCaching === true && (await this.find(key)) !== undefined
    const cachePath = isTaken ? this.#stagingPath() : path
    const value = await this.#manufacture(data, { ...settings, cachePath, ...(shape && { shape }) })
    if (isTaken) await this.#move(custodyOf(value), path, settings.purgeDiskOnGc ?? this.config.purgeDiskOnGc)
    return value
  }

  /**
   * Takes a value the user made: what is on this disk is moved to its place in the store, what is in memory only stays there.
   * Errors: TypeError for what is on another disk.
   */
  async place(key: string, value: T): Promise<void> {
    const custody = custodyOf(value)
    const { residency } = custody
    if (residency === undefined) {
      if (!this.isEphemeral) await this.remove([key])
    } else if (residency.session !== (this.disk && this.#session)) {
      throw new TypeError(`the value for '${key}' is on disk '${residency.session.name}', the store is not`)
    } else if (!this.isEphemeral && residency.path !== this.pathOf(key)) {
      await this.#move(custody, this.pathOf(key), this.config.purgeDiskOnGc)
    }
  }

  /** An object that holds a value's bytes in place of the value. */
  async keeperOf(value: T): Promise<LazyDiskCache> {
    const { residency } = custodyOf(value)
    return (this.disk as Disk).openArray(residency?.path ?? '') // what is cached is on a disk, at a path
  }

  /** Returns whether anything was there. */
  async remove(keys: readonly string[]): Promise<boolean> {
    return this.#removePaths(keys.map((key) => this.pathOf(key)))
  }

  async #removePaths(paths: readonly string[]): Promise<boolean> {
    if (this.disk === undefined || paths.length === 0) return false
    const session = this.#session
    const remove = () => session.call('delete', { paths })
    const [path = ''] = paths
    const gone = await (paths.length === 1 ? session.at(path, remove) : session.run(remove))
    session.gone(gone, 'was deleted')
    return gone.length > 0
  }

  get #session(): Session {
    return sessionOf(this.disk as Disk) // asked only where there is one
  }

  async #manufacture(data: ArrayData, settings: Omit<FactorySettings, 'disk'>): Promise<T> {
    const { factory } = this.#rules
    const disk = this.disk ?? (settings.enableCaching === true ? await diskNamed(DEFAULT_DISK_NAME) : undefined)
    // Without a disk the store is in memory only, and so is the value: nobody reads `disk` then.
    const given = (disk === undefined ? settings : { ...settings, disk }) as FactorySettings
    let value: unknown
    try {
      value = factory === undefined ? await this.#create(data, given) : await factory(data, given)
      const { residency } = custodyOf(this.check(value))
      if (settings.enableCaching === true && residency?.path !== settings.cachePath) {
        throw new TypeError(`the store's factory must create at settings.cachePath ('${settings.cachePath}')`)
      }
      return value as T // checked above
    } catch (error) {
      if (value instanceof LazyDiskCache) await purge(custodyOf(value))
      // Nothing was there before: what a factory left behind is its own.
      if (factory !== undefined && settings.enableCaching === true) await this.#removePaths([settings.cachePath])
      throw error
    }
  }

  #create(data: ArrayData, settings: FactorySettings): Promise<DiskBackedNDArray> {
    const lifetime = settings.enableCaching === true ? this.lifetime : {}
    return DiskBackedNDArray.create(data, { ...settings, ...lifetime })
  }

  /** One step, whatever is at `to`. What was ephemeral is kept from now on, where the store is. */
  async #move(custody: Custody, to: string, purge: boolean): Promise<void> {
    const session = this.#session
    const task = async (place: Custody['place']): Promise<void> => {
      const residency = place as Residency // callers have seen to it
      const isToBeKept = residency.meta.ephemeral && !this.isEphemeral
      const moved = { from: residency.path, to, overwrite: true }
      residency.meta = await session.call('rename', isToBeKept ? { ...moved, purge } : moved)
      if (isToBeKept) residency.purge = purge
    }
    await custody.turn('alone', task, undefined)
  }

  #stagingPath(): string {
    return `${EPHEMERAL_FOLDER}/${this.#session.connection.client}/staged-${this.#staged++}`
  }
}

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof NotFoundError)) throw error
}

function isOneClass<T>(types: Class<T> | readonly Class<T>[]): types is Class<T> {
  return typeof types === 'function'
}
