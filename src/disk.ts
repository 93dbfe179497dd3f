// What can be asked of a disk.
import type { DiskBackedNDArray } from './array.js'
import type { LazyDiskCache } from './cache.js'
import type { WorkOptions } from './call.js'
import type { LazyDiskCacheSettings } from './config.js'
import type { DType, Scalar } from './core/dtype.js'
import type { StorageUnavailableError } from './core/errors.js'
import type { ArrayData, ByteStream, CreateOptions } from './creation.js'
import type { ArrayInfo, DiskEventMap, DiskSnapshot, DiskStats, DiskUsage } from './events.js'
import type { MemoizeOptions } from './memoize.js'
import type { Problem } from './protocol.js'
import type { DiskBackedStore, StoreOptions } from './store.js'

/** Of `store()`: the store's own options, and settings beside them. */
export type DiskStoreOptions<T extends LazyDiskCache> = Omit<StoreOptions<T>, 'config' | 'disk'> &
  Omit<LazyDiskCacheSettings, 'cachePath'>

/**
 * A handle on an open disk. What it makes has caching on, and is kept where it has a cachePath. Every method rejects with
 * DiskClosedError after `close()`.
 */
export interface Disk extends EventTarget, AsyncDisposable {
  addEventListener<K extends keyof DiskEventMap>(
    type: K,
    listener: (event: DiskEventMap[K]) => void,
    options?: AddEventListenerOptions | boolean,
  ): void
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: AddEventListenerOptions | boolean,
  ): void

  /** As it was opened. */
  readonly name: string
  /** Where the bytes are: 'memory' keeps nothing beyond the page. */
  readonly backend: 'opfs' | 'memory'
  /** Whether this page's worker serves the disk, or another tab's. */
  readonly role: 'owner' | 'guest'
  /** Why `backend: 'auto'` fell back to memory. */
  readonly fallbackReason: StorageUnavailableError | undefined
  /** Bytes that may be kept in memory for this page and its workers; setting it is `setMemoryBudget`, not waited for. */
  memoryBudget: number
  /** Resolves when it is met; from the call on nothing new is admitted above it. Errors: TypeError. */
  setMemoryBudget(bytes: number): Promise<void>

  /** An array of `data`. Errors: those of DiskBackedNDArray.create. */
  array<D extends DType>(data: ArrayData | ByteStream, options?: CreateOptions<D>): Promise<DiskBackedNDArray<D>>
  /** Zeros, which take no room: any size at once; not loaded. Errors: ShapeError, DTypeError, and as `array`. */
  zeros<D extends DType>(shape: readonly number[], dtype: D, options?: CreateOptions<D>): Promise<DiskBackedNDArray<D>>
  /** One value, repeated; not loaded. Errors: as `zeros`; DTypeError where the value does not fit. */
  full<D extends DType>(
    shape: readonly number[],
    value: Scalar<D>,
    dtype: D,
    options?: CreateOptions<D>,
  ): Promise<DiskBackedNDArray<D>>
  /** The array at `path`, else what `make` gives, kept there; concurrent callers share one computation. Errors: `make`'s, as `array`. */
  getOrCreate<D extends DType>(
    path: string,
    make: () => Promise<ArrayData>,
    options?: CreateOptions<D>,
  ): Promise<DiskBackedNDArray<D>>
  /**
   * A function that keeps its results on disk by its arguments, at `memoized/<name>/<key>`: while they are there `compute` is not
   * called again, and for calls at the same time it is called once. What fails is not kept. Errors: TypeError, InvalidKeyError;
   * of the function: TypeError for arguments without a text of their own where there is no `key`, those of `compute`, as `array`.
   */
  memoize<A extends unknown[]>(
    compute: (...args: A) => Promise<ArrayData>,
    options: MemoizeOptions<A>,
  ): (...args: A) => Promise<DiskBackedNDArray>
  /**
   * The array at `path`, offloaded unless it is loaded already. With mode 'r' this object refuses changes. Errors:
   * NotFoundError, DTypeError where it is not of `dtype`, InvalidPathError.
   */
  openArray<D extends DType = DType>(
    path: string,
    options?: { dtype?: D; mode?: 'r' | 'r+'; signal?: AbortSignal },
  ): Promise<DiskBackedNDArray<D>>
  /** The store at `cachePath`, what is under it found again; without one it is ephemeral. Errors: as DiskBackedStore.open. */
  store<T extends LazyDiskCache = DiskBackedNDArray>(
    cachePath?: string,
    options?: DiskStoreOptions<T>,
  ): Promise<DiskBackedStore<T>>

  /** What is kept at paths that begin with `prefix`, in order of path. */
  list(prefix?: string): Promise<ArrayInfo[]>
  /** Whether there is an array at `path`. Errors: InvalidPathError. */
  has(path: string): Promise<boolean>
  /** Returns whether there was something. Objects on it reject with StaleArrayError from then on. */
  delete(path: string): Promise<boolean>
  /** Objects on the array stay on it. Errors: NotFoundError, KeyExistsError, InvalidPathError. */
  rename(from: string, to: string): Promise<void>
  /** Removes every array, ephemeral ones too. */
  clear(options?: WorkOptions): Promise<void>

  /** Removes every array with that tag, as `delete` does; returns how many. Errors: TypeError. */
  evict(options: { tag: string }): Promise<number>

  /** Bytes in memory and on disk, as they are now. */
  usage(): Promise<DiskUsage>
  /** What was done since the disk was opened. */
  stats(): Promise<DiskStats>
  /** Reads everything and compares checksums; `fix` removes what belongs to no array, and names damaged parts for the last time. */
  check(options?: WorkOptions & { fix?: boolean }): Promise<{ problems: Problem[]; fixed: boolean }>
  /** Writes back every changed array and makes all that is committed durable. Errors: StaleArrayError, QuotaExceededError. */
  flush(options?: WorkOptions): Promise<void>
  /** Gives room that is free in our files back to the browser. */
  compact(options?: WorkOptions): Promise<void>
  /** Asks the browser not to evict this origin; returns whether it agreed. Firefox asks its user, and waits for the answer. */
  persist(): Promise<boolean>
  /** A port for `openDisk({ port })` in another worker of this page. */
  connect(): Promise<MessagePort>
  /**
   * Flushes; the disk closes with its last handle. Idempotent. Errors: those of writing back, everything being open as before;
   * none with `discard`, which gives up what was not written.
   */
  close(options?: { discard?: boolean }): Promise<void>

  /** Calls `listener` whenever the snapshot is another; returns how to end that. Bound. */
  subscribe: (listener: () => void) => () => void
  /** The same object until something changed. Bound. */
  getSnapshot: () => DiskSnapshot
}
