// From an object of this library to its custody.
import type { Custody } from './custody.js'

const custodies = new WeakMap<object, Custody>()

/** Said once, by the custody. */
export function noteCustody(owner: object, custody: Custody): void {
  custodies.set(owner, custody)
}

/** Of an object of this library; undefined for anything else. */
export function findCustody(value: unknown): Custody | undefined {
  return typeof value === 'object' && value !== null ? custodies.get(value) : undefined
}

/** Errors: TypeError for what is no object of this library. */
export function custodyOf(object: object): Custody {
  const custody = findCustody(object)
  if (custody === undefined) throw new TypeError(`expected a LazyDiskCache, got ${String(object)}`)
  return custody
}
