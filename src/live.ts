// What of an array is in memory.
import { checkDType, type DType, type TypedArray } from './core/dtype.js'
import { ShapeError } from './core/errors.js'
import { byteLengthOf, checkShape, shapeText } from './core/shape.js'
import { isTypedArray } from './core/typed-array.js'
import { FairLock } from './fair-lock.js'
import { DEFAULT_PRIORITY, type Priority } from './priority.js'
import type { JsonObject } from './protocol.js'

/**
 * numpy.memmap's modes. r: changes are refused or dropped. r+: written back. w+: written back, and zeros to begin with.
 * c: kept in memory, dropped on offload.
 */
export type LoadMode = 'r' | 'r+' | 'w+' | 'c'

/** All elements of an array, in C order. */
export interface Live {
  readonly data: TypedArray
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly mode: LoadMode
  /** Memory holds changes that the disk does not. */
  dirty: boolean
  /** `data()` gave the buffer away for writing, so it may change at any time. */
  out: boolean
  /** User code may hold the buffer: it is neither detached nor used again. */
  shared: boolean
}

/** An object's buffer, as `describeBuffer` gives it. */
export interface BufferDescription {
  /** The length of each axis. */
  readonly shape: readonly number[]
  /** What `data` holds. */
  readonly dtype: DType
  /** The buffer itself, in C order. */
  readonly data: TypedArray
}

/** What the `describeBuffer` of a class has given. Errors: TypeError, DTypeError, ShapeError. */
export function checkDescription(given: BufferDescription, className: string): BufferDescription {
  const { data } = (given ?? {}) as Partial<BufferDescription>
  if (!isTypedArray(data)) {
    throw new TypeError(`${className}.describeBuffer() gave no { shape, dtype, data } with a typed array as data`)
  }
  const { byteLength } = data
  const dtype = checkDType(given.dtype)
  const shape = checkShape(given.shape)
  if (byteLength === byteLengthOf(shape, dtype)) return given
  const expected = `shape ${shapeText(shape)} of ${dtype} has ${byteLengthOf(shape, dtype)}`
  throw new ShapeError(`${className}.describeBuffer() gave data of ${byteLength} bytes where ${expected}`)
}

/** An object with a buffer, as the library sees it: its hooks. */
export interface Occupant {
  /** The object keeps the buffer itself, so the library cannot see what is written to it. */
  keepsBuffer: boolean
  describeBuffer(): BufferDescription
  setBuffer(data: TypedArray): void
  dropBuffer(): void
  describeExtra(): unknown
  onLoad(): void | Promise<void>
  onOffload(): void | Promise<void>
}

/** Where the bytes of an object are whose caching is off; `live` is undefined where the object keeps them itself. */
export class InMemory {
  readonly lock: FairLock
  live: Live | undefined
  attributes: JsonObject
  /** For when it is on disk. */
  priority: Priority = DEFAULT_PRIORITY

  constructor(live?: Live, attributes: JsonObject = {}, lock = new FairLock()) {
    this.live = live
    this.attributes = attributes
    this.lock = lock
  }
}

/** Memory that nothing on disk stands behind. */
export function unbacked(data: TypedArray, shape: readonly number[], dtype: DType): Live {
  return { data, shape, dtype, mode: 'r+', dirty: false, out: false, shared: true }
}

export function isWrittenBack(mode: LoadMode): boolean {
  return mode === 'r+' || mode === 'w+'
}
