// Data in and out. What does it is fetched when it is first asked for: a page that exchanges nothing does not download it.
import type { DiskBackedNDArray } from '../array.js'
import type { DType } from '../core/dtype.js'
import type { NDArray } from '../core/ndarray.js'
import type { CreateOptions } from '../creation.js'
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
 * The array as a .npy file, read as the stream is, byte for byte what numpy.save writes. The stream fails with StaleArrayError
 * where the array is changed meanwhile, and as reading does. Source: numpy.save.
 */
export function toNpy(array: DiskBackedNDArray | ArrayView | NDArray): ReadableStream<Uint8Array> {
  return streamOf(async (signal) => (await import('./npy-export.js')).npyFile(array, { signal }).chunks)
}

/**
 * An array in a .npy file on a server, to be read by range requests: of a slice only the bytes that it needs, and what lies
 * within 16 KiB between them. Errors: InvalidSourceError where the server gives no ranges or the file is changed after it was
 * opened; as `fromNpy`.
 */
export async function openRemoteNpy(url: string | URL, options?: { signal?: AbortSignal }): Promise<Readable<DType>> {
  return (await import('./remote-npy.js')).openRemoteNpy(url, options)
}
