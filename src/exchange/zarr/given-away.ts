// Memory of chunks that nobody else has: it is given back at once, and does not wait for the garbage collector.
import * as zarr from 'zarrita'
import { free } from '../../free.js'

const stores = new WeakSet<zarr.Readable>()
const decoded = new WeakSet<ArrayBufferLike>()

/** What `store` gives is the caller's alone. */
export function givesAway<S extends zarr.Readable>(store: S): S {
  stores.add(store)
  return store
}

/** Whether what it gives is the caller's alone: of others' stores nobody knows, and one that caches gives the same again. */
export function isGivingAway(store: zarr.Readable): boolean {
  const { get, getRange } = zarr.FetchStore.prototype
  return stores.has(store) || (store.get === get && store.getRange === getRange) // neither extended nor wrapped
}

/** Of a decoder: `bytes` are in memory that it has made for them. */
export function madeAnew<B extends Uint8Array>(bytes: B): B {
  decoded.add(bytes.buffer)
  return bytes
}

/** Ends a chunk that `source` gave. Returns whether its memory is free: else it is the collector's. */
export function giveBack({ buffer, byteLength }: ArrayBufferView, source: zarr.Array<zarr.DataType>): boolean {
  if (source.getChunk !== zarr.Array.prototype.getChunk) return false // it is extended, and may keep what it gives
  if (!decoded.has(buffer) && !isGivingAway(source.store)) return false
  return byteLength === buffer.byteLength && free(buffer)
}
