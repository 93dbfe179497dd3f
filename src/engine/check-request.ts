// What comes over the wire is checked here, once, before the engine acts on it.
import { checkDType } from '../core/dtype.js'
import { ShapeError } from '../core/errors.js'
import { checkPath } from '../core/path.js'
import { broadcastsTo, byteLengthOf, checkShape, shapeText, sizeOf } from '../core/shape.js'
import type { CreateSpec, JsonObject } from '../protocol.js'
import type { NewEntry } from './engine.js'

const MAX_CLASS_NAME_LENGTH = 256

/** Errors: InvalidPathError, DTypeError, ShapeError, TypeError. */
export function checkSpec(spec: CreateSpec, client: string): NewEntry {
  const dtype = checkDType(spec.dtype)
  const shape = [...checkShape(spec.shape)]
  const { ephemeral, purge, className, expire = Number.POSITIVE_INFINITY, tags = [] } = spec
  if (typeof className !== 'string' || className.length > MAX_CLASS_NAME_LENGTH) {
    throw new TypeError(
      `a class name is a string of at most ${MAX_CLASS_NAME_LENGTH} characters, not ${String(className)}`,
    )
  }
  if (!(expire >= 0)) throw new TypeError(`expire is a number of milliseconds, 0 or more, got ${String(expire)}`)
  return {
    path: checkPath(spec.path),
    dtype,
    shape,
    nbytes: byteLengthOf(shape, dtype),
    className,
    attributes: checkAttributes(spec.attributes),
    ephemeral: ephemeral === true,
    purge: purge === true,
    clients: ephemeral || purge ? [client] : [],
    expire,
    tags: [...new Set(tags)],
    blocks: new Float64Array(0),
  }
}

/** What JSON keeps of them. Errors: TypeError. */
export function checkAttributes(attributes: JsonObject): JsonObject {
  const text = JSON.stringify(attributes)
  if (text === undefined || text[0] !== '{') throw new TypeError('attributes are an object of JSON values')
  return JSON.parse(text)
}

/** Errors: ShapeError. */
export function checkByteLength(bytes: Uint8Array, shape: readonly number[], itemsize: number): void {
  const expected = sizeOf(checkShape(shape)) * itemsize
  if (bytes.byteLength === expected) return
  throw new ShapeError(`shape ${shapeText(shape)} takes ${expected} bytes, but ${bytes.byteLength} were given`)
}

/** Errors: ShapeError in NumPy's words. */
export function checkBroadcast(from: readonly number[], to: readonly number[]): void {
  if (broadcastsTo(from, to)) return
  throw new ShapeError(`could not broadcast input array from shape ${shapeText(from)} into shape ${shapeText(to)}`)
}

/** Errors: ShapeError in NumPy's words. */
export function checkAppendable(shape: readonly number[], added: readonly number[], axis: number): void {
  if (shape.length !== added.length) {
    throw new ShapeError(
      `all the input array dimensions must match: the array has ${shape.length} (${shapeText(shape)}), what is appended ${added.length} (${shapeText(added)})`,
    )
  }
  for (const [i, size] of shape.entries()) {
    if (i !== axis && size !== added[i]) {
      throw new ShapeError(
        `all the input array dimensions except for the concatenation axis must match exactly, but along dimension ${i}, ` +
          `the array at index 0 has size ${size} and the array at index 1 has size ${String(added[i])}`,
      )
    }
  }
}
