// Options of what makes arrays from data that say themselves what they are.
import { type CreateOptions, checkCreateOptions } from '../creation.js'

/** What CreateOptions has, but for what the data say themselves. */
export type ImportOptions = Omit<CreateOptions, 'shape' | 'dtype' | 'transfer'>

/** Caching is on, and what has a cachePath is kept, where nobody says otherwise. Errors: TypeError. */
export function importOptions(options: ImportOptions): ImportOptions {
  checkCreateOptions(options)
  const foreign = ['shape', 'dtype', 'transfer'].find((name) => name in options)
  if (foreign !== undefined) throw new TypeError(`unknown option '${foreign}': the data say what they are`)
  return { enableCaching: true, purgeDiskOnGc: options.cachePath === undefined, ...options }
}
