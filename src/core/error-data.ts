// Errors as data and back, for the way between page and worker: comlink alone keeps only name, message and stack.
import * as errors from './errors.js'

/** An error as data: comlink alone keeps only name, message and stack. */
export interface ErrorData {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** The class's own fields: missing, requested, holders, path, quota. */
  readonly fields: { readonly [field: string]: unknown }
  readonly cause: ErrorData | undefined
}

type Rebuild = (message: string, options: ErrorOptions, fields: ErrorData['fields']) => Error

const FIELDS = ['missing', 'requested', 'holders', 'path', 'quota'] as const
const MAX_CAUSES = 8

/** Any thrown value as structured-cloneable data. */
export function toErrorData(error: unknown): ErrorData {
  return dataOf(error, MAX_CAUSES)
}

/**
 * The error again, of the same class where it is one of this library's or TypeError or RangeError; else an Error that
 * keeps its name, such as a DOMException's 'AbortError'.
 */
export function fromErrorData(data: ErrorData): Error {
  const options = data.cause === undefined ? {} : { cause: fromErrorData(data.cause) }
  const rebuild = Object.hasOwn(REBUILD, data.name) ? REBUILD[data.name as keyof typeof REBUILD] : undefined
  const error = rebuild === undefined ? new Error(data.message, options) : rebuild(data.message, options, data.fields)
  if (error.name !== data.name) define(error, 'name', data.name)
  if (data.stack !== undefined) define(error, 'stack', data.stack)
  return error
}

function dataOf(error: unknown, causesLeft: number): ErrorData {
  if (!isErrorLike(error)) {
    return { name: 'Error', message: textOf(error), stack: undefined, fields: {}, cause: undefined }
  }
  const hasCause = error.cause !== undefined && causesLeft > 0
  return {
    name: error.name,
    message: error.message,
    stack: typeof error.stack === 'string' ? error.stack : undefined,
    fields: error instanceof errors.LazyDiskCacheError ? ownFields(error) : {},
    cause: hasCause ? dataOf(error.cause, causesLeft - 1) : undefined,
  }
}

/** Also of objects that have no toString. */
function textOf(thrown: unknown): string {
  return typeof thrown === 'object' ? Object.prototype.toString.call(thrown) : String(thrown)
}

/** DOMExceptions, and errors of other realms, are no instances of this realm's Error everywhere. */
function isErrorLike(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('message' in value)) return false
  return typeof value.name === 'string' && typeof value.message === 'string'
}

function ownFields(error: errors.LazyDiskCacheError): ErrorData['fields'] {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(error)
  return Object.fromEntries(entries.filter(([field]) => (FIELDS as readonly string[]).includes(field)))
}

function define(error: Error, property: 'name' | 'stack', value: string): void {
  Object.defineProperty(error, property, { value, configurable: true, writable: true, enumerable: false })
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const bytes = (value: unknown): number => (typeof value === 'number' ? value : 0)

function holdersOf(value: unknown): errors.MemoryBudgetError['holders'] {
  return Array.isArray(value) ? value : [] // made by ownFields from a MemoryBudgetError
}

/** Of a class that has no fields of its own. */
function plain(errorClass: new (message: string, options: ErrorOptions) => Error): Rebuild {
  return (message, options) => new errorClass(message, options)
}

const REBUILD = {
  TypeError: plain(TypeError),
  RangeError: plain(RangeError),
  LazyDiskCacheError: plain(errors.LazyDiskCacheError),
  KeyExistsError: plain(errors.KeyExistsError),
  NotFoundError: plain(errors.NotFoundError),
  StaleArrayError: plain(errors.StaleArrayError),
  InvalidKeyError: plain(errors.InvalidKeyError),
  InvalidPathError: plain(errors.InvalidPathError),
  InvalidSelectionError: plain(errors.InvalidSelectionError),
  DTypeError: plain(errors.DTypeError),
  ShapeError: plain(errors.ShapeError),
  ReadOnlyError: plain(errors.ReadOnlyError),
  InvalidSourceError: plain(errors.InvalidSourceError),
  DiskLockedError: plain(errors.DiskLockedError),
  DiskClosedError: plain(errors.DiskClosedError),
  WorkerFailedError: plain(errors.WorkerFailedError),
  ProtocolVersionError: plain(errors.ProtocolVersionError),
  StorageUnavailableError: (message, options, fields) =>
    new errors.StorageUnavailableError(message, { ...options, missing: text(fields['missing']) }),
  MemoryBudgetError: (message, options, fields) =>
    new errors.MemoryBudgetError(message, {
      ...options,
      requested: bytes(fields['requested']),
      holders: holdersOf(fields['holders']),
    }),
  CorruptDataError: (message, options, fields) =>
    new errors.CorruptDataError(message, { ...options, path: text(fields['path']) }),
  QuotaExceededError: (message, options, fields) =>
    new errors.QuotaExceededError(message, {
      ...options,
      requested: bytes(fields['requested']),
      quota: typeof fields['quota'] === 'number' ? fields['quota'] : null,
    }),
} as const satisfies Record<string, Rebuild>
