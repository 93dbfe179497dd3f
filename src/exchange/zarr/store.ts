// A store as the storage of Zarr: a key of Zarr is one of the store, its bytes are an array of uint8.
import type { AbsolutePath, AsyncMutable, RangeQuery } from 'zarrita'
import { DiskBackedNDArray } from '../../array.js'
import { StaleArrayError } from '../../core/errors.js'
import type { Selection } from '../../core/selection.js'
import type { DiskBackedStore } from '../../store.js'
import { signalOnly } from '../../work-options.js'
import { givesAway } from './given-away.js'
import { selectionOf } from './range.js'

/** What zarrita reads from and writes to; `has` and `delete` are those of its own stores. */
export interface ZarrStore extends AsyncMutable {
  /** The bytes; undefined where there are none. */
  get(key: AbsolutePath, options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined>
  /** What a range has beyond the end is left out. */
  getRange(key: AbsolutePath, range: RangeQuery, options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined>
  /** Copies; resolves when the bytes are committed. */
  set(key: AbsolutePath, value: Uint8Array): Promise<void>
  /** Whether there are bytes. */
  has(key: AbsolutePath): Promise<boolean>
  /** Returns whether there was something. */
  delete(key: AbsolutePath): Promise<boolean>
}

/**
 * The store as zarrita takes it, to create Zarr arrays and groups in and to open them: the bytes of key '/a/zarr.json' are a
 * one-dimensional array of uint8 at 'a/zarr.json'. `set` copies, and resolves when its bytes are committed; what is read is
 * the value before or after a `set`, whole. Errors of the methods: InvalidKeyError, QuotaExceededError, TypeError for an entry
 * that is no such array, the signal's reason. Source: AsyncReadable and AsyncWritable of zarrita.
 */
export function zarrStore(store: DiskBackedStore): ZarrStore {
  const read = async (key: AbsolutePath, selection: Selection, options: { signal?: AbortSignal } = {}) => {
    for (;;) {
      options.signal?.throwIfAborted()
      const array = await store.get(keyOf(key))
      if (array === undefined) return undefined
      if (!(array instanceof DiskBackedNDArray) || array.dtype !== 'uint8' || array.ndim !== 1) {
        throw new TypeError(`the entry '${keyOf(key)}' of the store is no array of bytes`)
      }
      try {
        return (await array.get(selection, signalOnly(options))).data as Uint8Array
      } catch (error) {
        const isReplaced = error instanceof StaleArrayError && (await store.get(keyOf(key))) !== array
        if (!isReplaced) throw error
      }
    }
  }
  return givesAway({
    get: (key, options) => read(key, [], options),
    getRange: (key, range, options) => read(key, [selectionOf(range)], options),
    set: async (key, value) => {
      if (!(value instanceof Uint8Array)) throw new TypeError(`the value of '${key}' is no Uint8Array`)
      await store.set(keyOf(key), value.slice())
    },
    has: async (key) => store.has(keyOf(key)),
    delete: async (key) => store.delete(keyOf(key)),
  })
}

function keyOf(key: AbsolutePath): string {
  if (typeof key !== 'string' || !key.startsWith('/')) throw new TypeError(`a key of Zarr begins with '/', got ${key}`)
  return key.slice(1)
}
