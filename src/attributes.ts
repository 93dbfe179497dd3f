// Attributes: a JSON object kept with an array. What goes in and out are copies.
import type { JsonObject } from './protocol.js'

const frozen = new WeakMap<JsonObject, JsonObject>()

/** A copy that is frozen through and through; the same one for the same object. */
export function frozenAttributes(attributes: JsonObject): JsonObject {
  const known = frozen.get(attributes)
  if (known !== undefined) return known
  const copy = checkAttributes(attributes)
  frozen.set(attributes, copy)
  frozen.set(copy, copy)
  return copy
}

/** A frozen copy. Errors: TypeError naming what is no JSON value. */
export function checkAttributes(attributes: unknown): JsonObject {
  if (!isPlainObject(attributes))
    throw new TypeError(`attributes are an object of JSON values, got ${String(attributes)}`)
  return copyObject(attributes, 'attributes')
}

function copyValue(value: unknown, place: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return Object.freeze(value.map((inner, i) => copyValue(inner, `${place}[${i}]`)))
  if (isPlainObject(value)) return copyObject(value, place)
  throw new TypeError(
    `${place} is no JSON value: ${typeof value === 'object' ? 'an object of a class' : String(value)}`,
  )
}

/** Fields that are undefined are left out, as JSON does. */
function copyObject(object: object, place: string): JsonObject {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(object)
  const given = entries.filter(([, value]) => value !== undefined)
  return Object.freeze(Object.fromEntries(given.map(([key, value]) => [key, copyValue(value, `${place}.${key}`)])))
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}
