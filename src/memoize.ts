// Functions whose results are kept on disk by their arguments.
import { takeArguments } from './argument-key.js'
import type { DiskBackedNDArray } from './array.js'
import { segmentOfKey } from './core/path.js'
import type { ArrayData } from './creation.js'
import type { Disk } from './disk.js'
import { checkLifetime, type Lifetime } from './lifetime.js'

/** Of `disk.memoize`. */
export interface MemoizeOptions<A extends unknown[]> extends Lifetime {
  /** Results are kept at `memoized/<name>/<key>`: other functions have other names, or share results. */
  name: string
  /** Tells arguments apart. Default: by their values; those without a text of their own are a TypeError. */
  key?: (...args: A) => string
}

const FOLDER = 'memoized'
const OPTIONS: readonly string[] = ['name', 'key', 'expire', 'tags']

/** Errors: TypeError, InvalidKeyError for a name that is no key. */
export function memoize<A extends unknown[]>(
  disk: Disk,
  compute: (...args: A) => Promise<ArrayData>,
  options: MemoizeOptions<A>,
): (...args: A) => Promise<DiskBackedNDArray> {
  if (typeof compute !== 'function') throw new TypeError(`memoize takes a function, got ${String(compute)}`)
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`memoize takes options with a name: { name: 'slope' }, got ${String(options)}`)
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option))
  if (unknown !== undefined) throw new TypeError(`memoize: unknown option '${unknown}'`)
  const { name, key } = options
  if (key !== undefined && typeof key !== 'function')
    throw new TypeError(`memoize: key is a function, got ${String(key)}`)
  const folder = `${FOLDER}/${segmentOfKey(name)}`
  const lifetime = checkLifetime(options)
  return async (...args) => {
    const taken = key === undefined ? await takeArguments(args) : { key: key(...args), copies: args }
    return disk.getOrCreate(`${folder}/${segmentOfKey(taken.key)}`, () => compute(...taken.copies), lifetime)
  }
}
