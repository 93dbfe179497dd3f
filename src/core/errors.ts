// The closed set of errors this library throws, and their form as data on the way across the worker boundary.

/** Base of every error of this library. `name` and `code` are literal and survive the way from the worker. */
export class LazyDiskCacheError extends Error {
  /** The class's name. */
  override readonly name: string = 'LazyDiskCacheError'
  /** 'ERR_' and the name in capitals, the same in every version. */
  readonly code: string = 'ERR_LAZY_DISK_CACHE'
}

/** The browser, or this context (private window, insecure origin), cannot keep arrays on disk. `missing` says which part. */
export class StorageUnavailableError extends LazyDiskCacheError {
  override readonly name = 'StorageUnavailableError'
  override readonly code = 'ERR_STORAGE_UNAVAILABLE'
  /** What there is none of, such as 'secure context'. */
  readonly missing: string
  constructor(message: string, options: ErrorOptions & { missing: string }) {
    super(message, options)
    this.missing = options.missing
  }
}

/** Something exists already where `overwrite: false`, `rename` or `addDataToStore` wanted to make it. */
export class KeyExistsError extends LazyDiskCacheError {
  override readonly name = 'KeyExistsError'
  override readonly code = 'ERR_KEY_EXISTS'
}

/** No array at that path, no entry under that key, or no class registered under that name. */
export class NotFoundError extends LazyDiskCacheError {
  override readonly name = 'NotFoundError'
  override readonly code = 'ERR_NOT_FOUND'
}

/** The object refers to an array that was replaced, deleted or purged, or writes back over a version it has not seen. */
export class StaleArrayError extends LazyDiskCacheError {
  override readonly name = 'StaleArrayError'
  override readonly code = 'ERR_STALE_ARRAY'
}

/** A store key that is empty, not well formed, too long or not a string. */
export class InvalidKeyError extends LazyDiskCacheError {
  override readonly name = 'InvalidKeyError'
  override readonly code = 'ERR_INVALID_KEY'
}

/** A cache path or folder that is not made of valid segments. */
export class InvalidPathError extends LazyDiskCacheError {
  override readonly name = 'InvalidPathError'
  override readonly code = 'ERR_INVALID_PATH'
}

/** A selection that does not fit the array: index out of range, too many axes, a step of 0. */
export class InvalidSelectionError extends LazyDiskCacheError {
  override readonly name = 'InvalidSelectionError'
  override readonly code = 'ERR_INVALID_SELECTION'
}

/** An unknown dtype, a cast that is not allowed, or a value that does not fit. NumPy's words where it has them. */
export class DTypeError extends LazyDiskCacheError {
  override readonly name = 'DTypeError'
  override readonly code = 'ERR_DTYPE'
}

/** A shape that is invalid, or does not fit the data or the other operand. NumPy's words where it has them. */
export class ShapeError extends LazyDiskCacheError {
  override readonly name = 'ShapeError'
  override readonly code = 'ERR_SHAPE'
}

/** A change to an array loaded or opened in mode `r`. */
export class ReadOnlyError extends LazyDiskCacheError {
  override readonly name = 'ReadOnlyError'
  override readonly code = 'ERR_READ_ONLY'
}

/** What was asked for does not fit the memory budget. Recover by releasing or offloading one of `holders` (largest first). */
export class MemoryBudgetError extends LazyDiskCacheError {
  override readonly name = 'MemoryBudgetError'
  override readonly code = 'ERR_MEMORY_BUDGET'
  /** Bytes that were asked for. */
  readonly requested: number
  /** What holds memory, largest first; `path` undefined: what has none, such as a result. */
  readonly holders: readonly { readonly path: string | undefined; readonly byteLength: number }[]
  constructor(message: string, options: ErrorOptions & { requested: number; holders: MemoryBudgetError['holders'] }) {
    super(message, options)
    this.requested = options.requested
    this.holders = options.holders
  }
}

/** Bytes on disk are missing or are not those that were written. `path` names the array. */
export class CorruptDataError extends LazyDiskCacheError {
  override readonly name = 'CorruptDataError'
  override readonly code = 'ERR_CORRUPT_DATA'
  /** The array's. */
  readonly path: string
  constructor(message: string, options: ErrorOptions & { path: string }) {
    super(message, options)
    this.path = options.path
  }
}

/** A file, stream or server to read from is not what it has to be: no such format, cut short, contradicting itself, changed. */
export class InvalidSourceError extends LazyDiskCacheError {
  override readonly name = 'InvalidSourceError'
  override readonly code = 'ERR_INVALID_SOURCE'
}

/** Another tab or worker holds the disk and did not let go within `lockTimeout`. */
export class DiskLockedError extends LazyDiskCacheError {
  override readonly name = 'DiskLockedError'
  override readonly code = 'ERR_DISK_LOCKED'
}

/** The disk was closed before or during the call. */
export class DiskClosedError extends LazyDiskCacheError {
  override readonly name = 'DiskClosedError'
  override readonly code = 'ERR_DISK_CLOSED'
}

/** The storage worker did not start, did not answer, or ended during the call. */
export class WorkerFailedError extends LazyDiskCacheError {
  override readonly name = 'WorkerFailedError'
  override readonly code = 'ERR_WORKER_FAILED'
}

/** Page and worker, or library and disk, are of different versions. The disk is left as it is. */
export class ProtocolVersionError extends LazyDiskCacheError {
  override readonly name = 'ProtocolVersionError'
  override readonly code = 'ERR_PROTOCOL_VERSION'
}

/** The browser refused to store more. Nothing that was stored before is affected. */
export class QuotaExceededError extends LazyDiskCacheError {
  override readonly name = 'QuotaExceededError'
  override readonly code = 'ERR_QUOTA_EXCEEDED'
  /** Bytes that were asked for. */
  readonly requested: number
  /** Bytes the browser says it would allow, or null where it does not say. */
  readonly quota: number | null
  constructor(message: string, options: ErrorOptions & { requested: number; quota: number | null }) {
    super(message, options)
    this.requested = options.requested
    this.quota = options.quota
  }
}
