// The public signatures as they were agreed on. Classes stand as two interfaces, of their static and of their other members,
// and functions as properties, so that parameters are compared strictly; names of classes in them are the library's own.
import type {
  ArrayView,
  Disk,
  DiskBackedNDArray,
  DiskBackedStore,
  LazyDiskCache,
  LazyDiskCacheConfig,
  NDArray,
  Readable,
  StorageUnavailableError,
} from '../../../src/index.js'
import type { WeakOrStrongScalar } from '../../../src/numpy.js'

// Values

export type DType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64'
  | 'complex64'
  | 'complex128'
export interface Complex {
  readonly re: number
  readonly im: number
}
export type Scalar<D extends DType> = D extends 'bool'
  ? boolean
  : D extends 'int64' | 'uint64'
    ? bigint
    : D extends 'complex64' | 'complex128'
      ? Complex
      : number
export type TypedArray<D extends DType = DType> = D extends 'bool' | 'uint8'
  ? Uint8Array
  : D extends 'int8'
    ? Int8Array
    : D extends 'int16'
      ? Int16Array
      : D extends 'uint16'
        ? Uint16Array
        : D extends 'int32'
          ? Int32Array
          : D extends 'uint32'
            ? Uint32Array
            : D extends 'int64'
              ? BigInt64Array
              : D extends 'uint64'
                ? BigUint64Array
                : D extends 'float16'
                  ? Half
                  : D extends 'float32' | 'complex64'
                    ? Float32Array
                    : Float64Array
type Half = typeof globalThis extends { Float16Array: { prototype: infer F } } ? F : Uint16Array
export interface Slice {
  readonly start: number | null
  readonly stop: number | null
  readonly step: number | null
}
export type slice = (start?: number | null, stop?: number | null, step?: number | null) => Slice
export type Selection = readonly (number | null | Slice)[]
type Nested = number | bigint | boolean | readonly Nested[]
export type ArrayData =
  | TypedArray
  | Uint8ClampedArray
  | ArrayBuffer
  | readonly Nested[]
  | NDArray
  | DiskBackedNDArray
  | ArrayView
  | { data: TypedArray; shape: readonly number[]; stride: readonly number[]; offset?: number }
export interface WorkOptions {
  signal?: AbortSignal
  onProgress?(p: { doneBytes: number; totalBytes: number | undefined }): void
}
export type Casting = 'no' | 'equiv' | 'safe' | 'same_kind' | 'unsafe'
export type Operand = number | bigint | boolean | Complex | WeakOrStrongScalar | NDArray | DiskBackedNDArray | ArrayView
export type JsonObject = { readonly [key: string]: unknown }

// In memory

export interface NDArrayStatics {
  from: <D extends DType>(
    data: ArrayDataInMemory | Scalar<DType>,
    o?: { shape?: readonly number[]; dtype?: D },
  ) => NDArray<D>
  zeros: <D extends DType = 'float64'>(shape: readonly number[], dtype?: D) => NDArray<D>
}
/** What is on disk cannot be had without waiting. */
type ArrayDataInMemory = Exclude<ArrayData, DiskBackedNDArray | ArrayView>
export interface NDArrayMembers<D extends DType> {
  readonly data: TypedArray<D>
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
  readonly dtype: D
  readonly size: number
  readonly ndim: number
  readonly nbytes: number
  item: (...index: number[]) => Scalar<D>
  view: (selection: Selection) => NDArray<D>
  transpose: (axes?: readonly number[]) => NDArray<D>
  reshape: (shape: readonly number[]) => NDArray<D>
  broadcastTo: (shape: readonly number[]) => NDArray<D>
  set: (selection: Selection, value: Exclude<Operand, DiskBackedNDArray | ArrayView>) => void
  astype: <E extends DType>(dtype: E, o?: { casting?: Casting }) => NDArray<E>
  toArray: () => TypedArray<D>
  toNested: () => unknown
}

// On disk

export interface LazyDiskCacheSettings {
  enableCaching?: boolean
  cachePath?: string
  purgeDiskOnGc?: boolean
  automaticOffloading?: boolean
}
export interface LazyDiskCacheConfigStatics {
  new (settings?: LazyDiskCacheSettings): LazyDiskCacheConfig
  fromKwargs: (settings: LazyDiskCacheSettings) => LazyDiskCacheConfig
}
export interface LazyDiskCacheConfigMembers {
  readonly enableCaching: boolean
  readonly cachePath: string | undefined
  readonly purgeDiskOnGc: boolean
  readonly automaticOffloading: boolean
  asKwargs: () => LazyDiskCacheSettings
  updated: (overrides: LazyDiskCacheSettings) => LazyDiskCacheConfig
  extendCachePath: (newFolder: string) => LazyDiskCacheConfig
}
export type LoadMode = 'r' | 'r+' | 'w+' | 'c'
export interface LazyDiskCacheState {
  readonly version: 1
  readonly className: string
  readonly disk: string
  readonly cachePath: string
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly settings: LazyDiskCacheSettings
  readonly extra?: unknown
}
export interface LazyDiskCacheStatics {
  ensureLoaded: <This extends LazyDiskCache, A extends unknown[], R>(
    method: (this: This, ...args: A) => R,
    context?: ClassMethodDecoratorContext<This>,
  ) => (this: This, ...args: A) => Promise<Awaited<R>>
  revive: (state: LazyDiskCacheState, disk: Disk) => Promise<LazyDiskCache>
}
export interface LazyDiskCacheMembers {
  readonly offloaded: boolean
  readonly cacheEnabled: boolean
  readonly cachePath: string | undefined
  readonly purgeDiskOnGc: boolean
  readonly ephemeral: boolean
  readonly dirty: boolean
  readonly mode: LoadMode | undefined
  automaticOffloading: boolean
  load: (mode?: LoadMode, o?: WorkOptions & { discard?: boolean }) => Promise<void>
  offload: (o?: WorkOptions & { transfer?: boolean }) => Promise<void>
  enableCaching: () => Promise<void>
  disableCaching: () => Promise<void>
  enablePurge: () => Promise<void>
  disablePurge: () => Promise<void>
  flush: (o?: WorkOptions) => Promise<void>
  purge: () => Promise<void>
  close: () => Promise<void>
  toState: () => Promise<LazyDiskCacheState>
}
export type registerLazyDiskCacheClass = (
  name: string,
  cls: { prototype: LazyDiskCache; revive(state: LazyDiskCacheState, disk: Disk): Promise<LazyDiskCache> },
) => void

export interface ReadableMembers<D extends DType> {
  readonly shape: readonly number[]
  readonly dtype: D
  readonly ndim: number
  readonly size: number
  readonly itemsize: number
  readonly nbytes: number
  get: (selection?: Selection, o?: WorkOptions) => Promise<NDArray<D>>
  getMany: (selections: readonly Selection[], o?: WorkOptions & { into?: TypedArray<D> }) => Promise<NDArray<D>[]>
  item: (...index: number[]) => Promise<Scalar<D>>
  blocks: (o?: WorkOptions & { byteLength?: number }) => AsyncIterable<{ selection: Selection; array: NDArray<D> }>
  toArray: <E extends DType = D>(o?: WorkOptions & { dtype?: E; copy?: true }) => Promise<TypedArray<E>>
  view: (selection: Selection) => ArrayView<D>
  transpose: (axes?: readonly number[]) => ArrayView<D>
  reshape: (shape: readonly number[]) => ArrayView<D>
  broadcastTo: (shape: readonly number[]) => ArrayView<D>
  astype: <E extends DType>(
    dtype: E,
    o?: WorkOptions & { casting?: Casting; out?: NDArray | DiskBackedNDArray },
  ) => Promise<NDArray<E>>
}
export interface ArrayViewMembers<D extends DType> extends ReadableMembers<D> {
  readonly base: DiskBackedNDArray<D>
}
export interface CreateOptions<D extends DType = DType> extends LazyDiskCacheSettings, WorkOptions {
  disk?: Disk
  shape?: readonly number[]
  dtype?: D
  transfer?: boolean
  overwrite?: boolean
  attributes?: JsonObject
  expire?: number
  tags?: readonly string[]
  priority?: Priority
}
export type Priority = 'visible' | 'prefetch' | 'recent'
export type Creatable = ArrayData | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>
export interface DiskBackedNDArrayStatics {
  create: <D extends DType>(data: Creatable, o?: CreateOptions<D>) => Promise<DiskBackedNDArray<D>>
  fromState: (state: LazyDiskCacheState, o?: { disk?: Disk }) => Promise<DiskBackedNDArray>
}
export interface DiskBackedNDArrayMembers<D extends DType> extends LazyDiskCacheMembers, ReadableMembers<D> {
  data: (o?: WorkOptions & { readOnly?: boolean }) => Promise<TypedArray<D>>
  release: () => void
  prefetch: (selection?: Selection) => Promise<void>
  priority: Priority
  append: (data: ArrayData, axis?: number) => Promise<void>
  use: <R>(work: (data: TypedArray<D>) => R | Promise<R>, o?: WorkOptions & { readOnly?: boolean }) => Promise<R>
  pin: () => Promise<Disposable>
  set: (selection: Selection, value: Operand | TypedArray, o?: WorkOptions) => Promise<void>
  readonly attributes: JsonObject
  setAttributes: (a: JsonObject) => Promise<void>
}

// The disk

export interface DiskOptions {
  name?: string
  backend?: 'opfs' | 'memory' | 'auto'
  memoryBudget?: number
  diskBudget?: number
  evictionPolicy?: 'none' | 'least-recently-used' | 'least-frequently-used' | 'oldest'
  durability?: 'relaxed' | 'strict'
  worker?: () => Worker
  workerUrl?: string | URL
  port?: MessagePort
  signal?: AbortSignal
  lockTimeout?: number
}
export type openDisk = (options?: DiskOptions) => Promise<Disk>
export interface ArrayInfo {
  readonly path: string
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly nbytes: number
  readonly className: string
  readonly attributes: JsonObject
  readonly loaded: boolean
  readonly modified: Date
}
export interface Problem {
  readonly kind: 'checksum' | 'truncated' | 'interrupted-write' | 'foreign-file' | 'orphan-state'
  readonly path?: string
  readonly file: string
  readonly detail: string
  readonly fixed: boolean
}
export interface DiskEventMap {
  load: CustomEvent<{ path: string; byteLength: number; milliseconds: number }>
  offload: DiskEventMap['load']
  evict: CustomEvent<{ path: string; byteLength: number; reason: 'memory' | 'disk' | 'expired' | 'tag' }>
  purge: CustomEvent<{ path: string; byteLength: number }>
  pressure: CustomEvent<{ kind: 'memory' | 'disk'; usedBytes: number; limitBytes: number }>
  role: CustomEvent<{ role: 'owner' | 'guest' }>
  error: CustomEvent<{ error: unknown; path?: string; during: 'hook' | 'write-back' | 'eviction' | 'sweep' }>
}
export interface DiskMembers extends EventTarget {
  addEventListener<K extends keyof DiskEventMap>(
    type: K,
    listener: (e: DiskEventMap[K]) => void,
    o?: AddEventListenerOptions | boolean,
  ): void
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    o?: AddEventListenerOptions | boolean,
  ): void
  readonly name: string
  readonly backend: 'opfs' | 'memory'
  readonly role: 'owner' | 'guest'
  readonly fallbackReason: StorageUnavailableError | undefined
  memoryBudget: number
  setMemoryBudget: (bytes: number) => Promise<void>
  array: <D extends DType>(data: Creatable, o?: CreateOptions<D>) => Promise<DiskBackedNDArray<D>>
  zeros: <D extends DType>(shape: readonly number[], dtype: D, o?: CreateOptions<D>) => Promise<DiskBackedNDArray<D>>
  full: <D extends DType>(
    shape: readonly number[],
    value: Scalar<D>,
    dtype: D,
    o?: CreateOptions<D>,
  ) => Promise<DiskBackedNDArray<D>>
  getOrCreate: <D extends DType>(
    path: string,
    make: () => Promise<ArrayData>,
    o?: CreateOptions<D>,
  ) => Promise<DiskBackedNDArray<D>>
  memoize: <A extends unknown[]>(
    fn: (...args: A) => Promise<ArrayData>,
    o: { name: string; key?(...args: A): string; expire?: number; tags?: readonly string[] },
  ) => (...args: A) => Promise<DiskBackedNDArray>
  evict: (o: { tag: string }) => Promise<number>
  usage: () => Promise<DiskUsage>
  stats: () => Promise<DiskStats>
  check: (o?: WorkOptions & { fix?: boolean }) => Promise<{ problems: Problem[]; fixed: boolean }>
  flush: (o?: WorkOptions) => Promise<void>
  compact: (o?: WorkOptions) => Promise<void>
  clear: (o?: WorkOptions) => Promise<void>
  persist: () => Promise<boolean>
  connect: () => Promise<MessagePort>
  close: (o?: { discard?: boolean }) => Promise<void>
  list: (prefix?: string) => Promise<ArrayInfo[]>
  has: (path: string) => Promise<boolean>
  delete: (path: string) => Promise<boolean>
  rename: (from: string, to: string) => Promise<void>
  openArray: <D extends DType = DType>(
    path: string,
    o?: { dtype?: D; mode?: 'r' | 'r+'; signal?: AbortSignal },
  ) => Promise<DiskBackedNDArray<D>>
  store: <T extends LazyDiskCache = DiskBackedNDArray>(
    cachePath?: string,
    o?: Omit<StoreOptions<T>, 'config' | 'disk'> & Omit<LazyDiskCacheSettings, 'cachePath'>,
  ) => Promise<DiskBackedStore<T>>
  subscribe: (listener: () => void) => () => void
  getSnapshot: () => DiskSnapshot
}
export interface DiskUsage {
  readonly residentBytes: number
  readonly memoryBudget: number
  readonly liveBytes: number
  readonly freeBytes: number
  readonly diskBytes: number
  readonly originBytes: number
  readonly quotaBytes: number
  readonly arrays: number
  readonly openHandles: number
}
export interface DiskStats {
  readonly hits: number
  readonly misses: number
  readonly loads: number
  readonly offloads: number
  readonly evictions: { readonly memory: number; readonly disk: number; readonly expired: number; readonly tag: number }
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly compactions: number
}
export type DiskSnapshot = {
  readonly residentBytes: number
  readonly liveBytes: number
  readonly arrays: number
  readonly role: 'owner' | 'guest'
}
export type listDisks = () => Promise<string[]>
export type deleteDisk = (name: string) => Promise<void>

// The store

type Class<T> = abstract new (...args: never[]) => T
export interface StoreOptions<T extends LazyDiskCache> {
  config?: LazyDiskCacheConfig
  disk?: Disk
  factory?(
    data: ArrayData,
    settings: LazyDiskCacheSettings & { cachePath: string; disk: Disk; shape?: readonly number[] },
  ): T | Promise<T>
  valueType?: Class<T> | readonly Class<T>[]
  validator?(value: LazyDiskCache): boolean
  expire?: number
  tags?: readonly string[]
}
export interface DiskBackedStoreStatics {
  open: <T extends LazyDiskCache = DiskBackedNDArray>(o?: StoreOptions<T>) => Promise<DiskBackedStore<T>>
  fromState: (
    state: unknown,
    o?: { disk?: Disk; factory?: StoreOptions<LazyDiskCache>['factory'] },
  ) => Promise<DiskBackedStore<LazyDiskCache>>
}
export interface DiskBackedStoreMembers<T extends LazyDiskCache> {
  get: { (key: string): Promise<T | undefined>; <F>(key: string, fallback: F): Promise<T | F> }
  getMany: (keys: readonly string[]) => Promise<(T | undefined)[]>
  set: (key: string, value: T | ArrayData) => Promise<void>
  setMany: (entries: Iterable<readonly [string, T | ArrayData]>) => Promise<void>
  addDataToStore: (
    key: string,
    data: ArrayData,
    o?: {
      shape?: readonly number[]
      enableCachingOverride?: boolean
      automaticOffloadingOverride?: boolean
      purgeDiskOnGcOverride?: boolean
    },
  ) => Promise<T>
  has: (key: string) => Promise<boolean>
  delete: (key: string) => Promise<boolean>
  forget: (key: string) => boolean
  clear: () => Promise<void>
  pop: { (key: string): Promise<T | undefined>; <F>(key: string, fallback: F): Promise<T | F> }
  popitem: () => Promise<[string, T] | undefined>
  setdefault: (key: string, value: T | ArrayData) => Promise<T>
  update: (entries: Iterable<readonly [string, T | ArrayData]>) => Promise<void>
  keys: () => Promise<string[]>
  values: () => Promise<(T | undefined)[]>
  entries: () => Promise<[string, T | undefined][]>
  readonly store: ReadonlyMap<string, T | undefined>
  readonly size: number
  readonly cacheDir: string
  offload: (keys?: string | readonly string[], o?: WorkOptions & { pickleContainer?: boolean }) => Promise<void>
  toState: () => Promise<unknown>
  [Symbol.asyncIterator]: () => AsyncIterator<[string, T]>
}

// Errors

interface Failure extends Error {
  readonly name: string
  readonly code: string
}
export interface Failures {
  LazyDiskCacheError: Failure
  StorageUnavailableError: Failure & { readonly missing: string }
  KeyExistsError: Failure
  NotFoundError: Failure
  StaleArrayError: Failure
  InvalidKeyError: Failure
  InvalidPathError: Failure
  InvalidSelectionError: Failure
  DTypeError: Failure
  ShapeError: Failure
  ReadOnlyError: Failure
  MemoryBudgetError: Failure & {
    readonly requested: number
    readonly holders: readonly { path: string | undefined; byteLength: number }[]
  }
  CorruptDataError: Failure & { readonly path: string }
  DiskLockedError: Failure
  DiskClosedError: Failure
  WorkerFailedError: Failure
  ProtocolVersionError: Failure
  QuotaExceededError: Failure & { readonly requested: number; readonly quota: number | null }
}

// In and out

export type ByteSource = string | URL | Response | Blob | ReadableStream<Uint8Array>
export type fromNpy = (source: ByteSource, o?: CreateOptions<DType>) => Promise<DiskBackedNDArray>
export type toNpy = (a: DiskBackedNDArray | ArrayView | NDArray) => ReadableStream<Uint8Array>
export type fromNpz = (source: ByteSource, o?: CreateOptions<DType>) => Promise<Map<string, DiskBackedNDArray>>
export type toNpz = (entries: Iterable<readonly [string, DiskBackedNDArray | NDArray]>) => ReadableStream<Uint8Array>
export type openRemoteNpy = (url: string | URL, o?: { signal?: AbortSignal }) => Promise<Readable<DType>>
export type exportStore = (
  store: DiskBackedStore<LazyDiskCache>,
  directory: FileSystemDirectoryHandle,
  o?: WorkOptions,
) => Promise<void>
export type exportStoreZip = (store: DiskBackedStore<LazyDiskCache>) => ReadableStream<Uint8Array>
export type importStore = (
  source: FileSystemDirectoryHandle | ByteSource,
  o?: StoreOptions<LazyDiskCache> & WorkOptions,
) => Promise<DiskBackedStore<LazyDiskCache>>
