/**
 * N-dimensional arrays kept on disk in the browser, brought back when they are needed.
 *
 * ```ts
 * import { openDisk, slice } from 'lazy-disk-cache'
 *
 * const disk = await openDisk({ name: 'maps' })
 * const heights = await disk.zeros([10_801, 21_601], 'float32', { cachePath: 'geoid/heights' })
 * await heights.set([slice(0, 2), null], new Float32Array(2 * 21_601).fill(17))
 * const tile = await heights.get([slice(0, 256), slice(512, 768)]) // reads only these rows and columns
 * console.log(tile.shape, await heights.item(1, 5))
 * await disk.close() // after a reload: disk.openArray('geoid/heights')
 * ```
 *
 * @module
 */
export { DiskBackedNDArray } from './array.js'
export { LazyDiskCache } from './cache.js'
export type { WorkOptions } from './call.js'
export type { Operand } from './changing.js'
export { type LazyDiskCacheClass, registerLazyDiskCacheClass } from './classes.js'
export { LazyDiskCacheConfig, type LazyDiskCacheSettings } from './config.js'
export type { Casting } from './core/casting.js'
export type { ArrayDataInMemory } from './core/data.js'
export type { Complex, DType, Scalar, TypedArray } from './core/dtype.js'
export {
  CorruptDataError,
  DiskClosedError,
  DiskLockedError,
  DTypeError,
  InvalidKeyError,
  InvalidPathError,
  InvalidSelectionError,
  InvalidSourceError,
  KeyExistsError,
  LazyDiskCacheError,
  MemoryBudgetError,
  NotFoundError,
  ProtocolVersionError,
  QuotaExceededError,
  ReadOnlyError,
  ShapeError,
  StaleArrayError,
  StorageUnavailableError,
  WorkerFailedError,
} from './core/errors.js'
export type { ArrayLike, StridedData } from './core/given.js'
export { NDArray, type NDArrayParts } from './core/ndarray.js'
export type { Nested } from './core/nested.js'
export type { Selection } from './core/selection.js'
export type { SettableValue } from './core/set-value.js'
export { type Slice, slice } from './core/slice.js'
export type { ArrayData, ByteStream, CreateOptions } from './creation.js'
export type { Disk, DiskStoreOptions } from './disk.js'
export type { ArrayInfo, DiskEventMap, DiskSnapshot, DiskStats, DiskUsage } from './events.js'
export {
  type ByteSource,
  exportStore,
  exportStoreZip,
  fromNpy,
  fromNpz,
  importStore,
  openRemoteNpy,
  toNpy,
  toNpz,
} from './exchange/index.js'
export type { BufferDescription, LoadMode } from './live.js'
export type { MemoizeOptions } from './memoize.js'
export { deleteDisk, listDisks, openDisk } from './open-disk.js'
export type {
  AccumulateMethod,
  BinaryMethod,
  ClipMethod,
  DivmodMethod,
  MatmulMethod,
  OuterMethod,
  ReductionMethod,
  RoundMethod,
  UnaryMethod,
  WhereMethod,
} from './operators/method-types.js'
export type { DiskOptions, WorkerSource } from './options.js'
export type { Priority } from './priority.js'
export type { JsonObject, Problem } from './protocol.js'
export type { ReadOptions } from './reading.js'
export type { FactorySettings } from './shelf.js'
export type { DiskBackedStoreState, LazyDiskCacheState } from './state.js'
export { DiskBackedStore, type StoreOptions } from './store.js'
export type { ArrayView, Readable } from './view.js'
