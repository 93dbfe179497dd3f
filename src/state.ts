// What is kept of an object beside its bytes, and how that is checked when it comes back.
import { LazyDiskCacheConfig, type LazyDiskCacheSettings } from './config.js'
import { checkDType, type DType } from './core/dtype.js'
import { checkPath } from './core/path.js'
import { checkShape } from './core/shape.js'

/** From `toState()`, for `revive` and `fromState`: structured-cloneable as long as `extra` is. */
export interface LazyDiskCacheState {
  /** Of this form. */
  readonly version: 1
  /** The name its class is registered under. */
  readonly className: string
  /** The disk's name. */
  readonly disk: string
  /** Where its bytes are on that disk. */
  readonly cachePath: string
  /** The length of each axis. */
  readonly shape: readonly number[]
  /** One of NumPy's fourteen. */
  readonly dtype: DType
  /** As the object was made with. */
  readonly settings: LazyDiskCacheSettings
  /** The subclass's own fields, from `describeExtra()`. */
  readonly extra?: unknown
}

/** What the disk keeps of a container, beside what it knows of the array. */
export interface StoredState {
  readonly version: 1
  readonly settings: LazyDiskCacheSettings
  readonly extra?: unknown
}

/** Errors: TypeError, InvalidPathError, ShapeError, DTypeError. */
export function checkState(state: unknown): LazyDiskCacheState {
  const fields = checkVersion(state)
  const { className, disk, cachePath, shape, dtype, settings } = fields
  if (typeof className !== 'string' || typeof disk !== 'string') throw notState(state)
  const checked = {
    version: 1,
    className,
    disk,
    cachePath: checkPath(cachePath),
    shape: checkShape(shape),
    dtype: checkDType(dtype),
    settings: new LazyDiskCacheConfig(settings as LazyDiskCacheSettings).asKwargs(), // checked by the constructor
  } as const
  return 'extra' in fields ? { ...checked, extra: fields['extra'] } : checked
}

/** Undefined for what is no stored state. */
export function checkStoredState(stored: unknown): StoredState | undefined {
  if (stored === undefined || stored === null) return undefined
  const { settings, ...fields } = checkVersion(stored)
  const config = new LazyDiskCacheConfig(settings as LazyDiskCacheSettings) // checked by the constructor
  return 'extra' in fields
    ? { version: 1, settings: config.asKwargs(), extra: fields['extra'] }
    : { version: 1, settings: config.asKwargs() }
}

/** From a store's `toState()`. */
export interface DiskBackedStoreState {
  /** Of this form. */
  readonly version: 1
  /** The disk's name. */
  readonly disk: string
  /** Of its entries; `cachePath` is where they are. */
  readonly settings: LazyDiskCacheSettings
}

/** Errors: TypeError, InvalidPathError. */
export function checkStoreState(state: unknown): DiskBackedStoreState {
  const { disk, settings } = checkVersion(state)
  if (typeof disk !== 'string') throw notState(state)
  const config = new LazyDiskCacheConfig(settings as LazyDiskCacheSettings) // checked by the constructor
  return { version: 1, disk, settings: config.asKwargs() }
}

function checkVersion(state: unknown): Record<string, unknown> {
  if (typeof state !== 'object' || state === null) throw notState(state)
  const fields: Record<string, unknown> = { ...state }
  if (fields['version'] === 1) return fields
  throw new TypeError(
    `a state of version ${String(fields['version'])} cannot be revived by this version of the library`,
  )
}

function notState(state: unknown): TypeError {
  return new TypeError(`expected a state made by toState(), got ${typeof state}`)
}
