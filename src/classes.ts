// The names under which classes are stored with their arrays.
import type { LazyDiskCache } from './cache.js'
import { NotFoundError } from './core/errors.js'
import type { Disk } from './disk.js'
import type { LazyDiskCacheState } from './state.js'

/** A subclass of LazyDiskCache, as its static side looks. */
export interface LazyDiskCacheClass {
  /** Of its objects. */
  readonly prototype: LazyDiskCache
  /** An object on what is on disk, offloaded. Errors: NotFoundError, TypeError for a state that is none. */
  revive(state: LazyDiskCacheState, disk: Disk): Promise<LazyDiskCache>
}

const classes = new Map<string, LazyDiskCacheClass>()
const names = new Map<object, string>()

/**
 * Says under which name objects of `cls` are stored, so that a store gives them back as that class after a reload. The name
 * is required: minifiers rename classes, and the name is what is stored. Another class under a name takes its place.
 * Errors: TypeError.
 */
export function registerLazyDiskCacheClass(name: string, cls: LazyDiskCacheClass): void {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`a class is registered under a name, got ${String(name)}`)
  // As a caller without types may give it.
  if (typeof (cls as Partial<LazyDiskCacheClass> | undefined)?.revive !== 'function') {
    throw new TypeError(`the class registered as '${name}' must be a subclass of LazyDiskCache`)
  }
  classes.set(name, cls)
  names.set(cls, name)
}

/** Errors: NotFoundError naming the class. */
export function classNamed(name: string): LazyDiskCacheClass {
  const cls = classes.get(name)
  if (cls !== undefined) return cls
  throw new NotFoundError(
    `no class is registered as '${name}': call registerLazyDiskCacheClass('${name}', …) before its objects are revived`,
  )
}

/** The name an object's class is stored under: as registered, else its own. */
export function classNameOf(object: object): string {
  return names.get(object.constructor) ?? object.constructor.name
}
