// Data in and out. What does it is fetched when it is first asked for: a page that exchanges nothing does not download it.
import type { DiskBackedNDArray } from '../array.js'
import type { LazyDiskCache } from '../cache.js'
import type { WorkOptions } from '../call.js'
import type { DType } from '../core/dtype.js'
import type { NDArray } from '../core/ndarray.js'
import type { CreateOptions } from '../creation.js'
import type { DiskBackedStore, StoreOptions } from '../store.js'
import type { ArrayView, Readable } from '../view.js'
import type { ByteSource } from './byte-source.js'
import { streamOf } from './lazy-stream.js'

export type { ByteSource } from './byte-source.js'

/**
 * A .npy file as an array on disk, written as it comes and committed at the end; kept where there is a cachePath. Any byte
 * order; Fortran order is brought to C order over the disk, which takes the room of the array once more meanwhile. Errors:
 * InvalidSourceError for what is no .npy file, is cut short or a response without success; DTypeError for elements that are no
 * numbers, and pickles; ShapeError; those of DiskBackedNDArray.create. Nothing is left on disk then. Source: numpy.load.
 */
export async function fromNpy(source: ByteSource, options?: CreateOptions): Promise<DiskBackedNDArray> {
  return (await import('./npy-import.js')).fromNpy(source, options)
}

/**
 * The array as a .npy file, read as the stream is, byte for byte what numpy.save writes: a byte stream, which fills a reader's own
 * buffer (`getReader({ mode: 'byob' })`) where the browser has those. It fails with StaleArrayError where the array is changed
 * meanwhile, with the signal's reason, and as reading does. Source: numpy.save.
 */
export function toNpy(
  array: DiskBackedNDArray | ArrayView | NDArray,
  options: WorkOptions = {},
): ReadableStream<Uint8Array> {
  const start = async (signal: AbortSignal) =>
    (await import('./npy-export.js')).npyFile(array, { ...options, signal }).chunks
  return streamOf(start, options)
}

/**
 * An array in a .npy file on a server, to be read by range requests: of a slice only the bytes that it needs, and what lies
 * within 16 KiB between them. Errors: InvalidSourceError where the server gives no ranges or the file is changed after it was
 * opened; as `fromNpy`.
 */
export async function openRemoteNpy(url: string | URL, options?: { signal?: AbortSignal }): Promise<Readable<DType>> {
  return (await import('./remote-npy.js')).openRemoteNpy(url, options)
}

/**
 * The arrays of a .npz file by name, all of them or none; with a cachePath each is kept under it, its name being one segment.
 * What can only be read from its start is put on disk first, for a .zip file has its contents at its end. Errors: as `fromNpy`;
 * InvalidSourceError for what is no .zip file, contradicts itself, or has names that lead elsewhere or are there twice.
 * Source: numpy.load.
 */
export async function fromNpz(source: ByteSource, options?: CreateOptions): Promise<Map<string, DiskBackedNDArray>> {
  return (await import('./npz.js')).fromNpz(source, options)
}

/**
 * Arrays as a .npz file, read as the stream is. The stream fails with InvalidKeyError for names that no file can have, and as
 * that of `toNpy`. Source: numpy.savez, and with `compressed` numpy.savez_compressed.
 */
export function toNpz(
  entries: Iterable<readonly [string, DiskBackedNDArray | ArrayView | NDArray]>,
  options: WorkOptions & { compressed?: boolean } = {},
): ReadableStream<Uint8Array> {
  const start = async (signal: AbortSignal) => (await import('./npz.js')).npzChunks(entries, { ...options, signal })
  return streamOf(start, options)
}

/**
 * Writes every entry of a store as `<key>.npy` and `<key>.meta.json`, as Python's DiskBackedStore has them. Files of those names are
 * replaced, each when the new one is whole. Errors: InvalidKeyError naming all keys that Python refuses, before anything is
 * written; NotFoundError for a class that is not registered; TypeError for own fields that are no JSON; those of the directory.
 * Files that were not there before are removed then.
 */
export async function exportStore(
  store: DiskBackedStore<LazyDiskCache>,
  directory: FileSystemDirectoryHandle,
  options?: WorkOptions,
): Promise<void> {
  return (await import('./store-export.js')).exportStore(store, directory, options)
}

/** As `exportStore`, the files in a .zip file, which is read as the stream is and fails with the same errors. */
export function exportStoreZip(
  store: DiskBackedStore<LazyDiskCache>,
  options: WorkOptions = {},
): ReadableStream<Uint8Array> {
  const start = async (signal: AbortSignal) =>
    (await import('./store-export.js')).exportChunks(store, { ...options, signal })
  return streamOf(start, options)
}

/**
 * The store in a directory, or in a .zip file, that `exportStore` or Python's DiskBackedStore wrote, each entry as the class it
 * was, none before all are on disk; with a cachePath in `config` it is kept there. Whether an entry is purged with its object
 * is for `config` to say, not for the file. Errors: InvalidSourceError, NotFoundError for a class that is not registered,
 * TypeError for a value that the store refuses, and as `fromNpz`. Nothing new is left on disk then.
 */
export async function importStore(
  source: FileSystemDirectoryHandle | ByteSource,
  options?: StoreOptions<LazyDiskCache> & WorkOptions,
): Promise<DiskBackedStore<LazyDiskCache>> {
  return (await import('./store-import.js')).importStore(source, options)
}
