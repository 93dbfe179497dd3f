// .npy files as arrays on disk, written as they come.
import { DiskBackedNDArray } from '../array.js'
import type { WorkOptions } from '../call.js'
import type { DType } from '../core/dtype.js'
import { DTypeError, InvalidSourceError, ShapeError } from '../core/errors.js'
import { type NpyHeader, PREAMBLE_BYTES, parseNpyHeader, placeOfHeader } from '../core/npy-header.js'
import { byteLengthOf, shapeText, sizeOf } from '../core/shape.js'
import { type CreateOptions, checkCreateOptions } from '../creation.js'
import { checkBelievable } from './believed.js'
import { swapped } from './byte-order.js'
import { ByteReader } from './byte-reader.js'
import { type ByteSource, type OpenSource, openSource } from './byte-source.js'
import { inCOrder, ordersDiffer, SLAB_BYTES } from './fortran-order.js'

/** A .npy file whose header was read. */
export interface OpenNpy extends NpyHeader {
  readonly reader: ByteReader
  readonly nbytes: number
  /** Of header and elements. */
  readonly byteLength: number
}

/** See index.ts of this folder. */
export async function fromNpy(source: ByteSource, options: CreateOptions = {}): Promise<DiskBackedNDArray> {
  checkCreateOptions(options)
  const { signal } = options
  signal?.throwIfAborted()
  const opened = await openSource(source, signal)
  const reader = new ByteReader(opened.chunks)
  return ended(reader, signal, async () => {
    const npy = await openNpy(reader)
    checkSize(npy, opened)
    const { staging, ...creation } = withStaging(npy, options)
    return createFrom(elementsOf(npy, options, staging), npy, { ...options, ...creation })
  })
}

/** Runs `work`, and then, or when the signal is aborted, ends the source. */
export async function ended<T>(
  reader: ByteReader,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const cancel = () => reader.cancel()
  signal?.addEventListener('abort', cancel)
  try {
    return await work()
  } catch (error) {
    signal?.throwIfAborted() // what a source that was ended gives is no error of its own
    throw error
  } finally {
    signal?.removeEventListener('abort', cancel)
    cancel()
  }
}

/** Errors: InvalidSourceError, DTypeError, ShapeError. */
export async function openNpy(reader: ByteReader): Promise<OpenNpy> {
  // No header that can be read is so short that this takes any of the elements.
  const preamble = await reader.take(PREAMBLE_BYTES)
  const { start, end, encoding } = placeOfHeader(preamble)
  const rest = await reader.take(Math.max(0, end - PREAMBLE_BYTES))
  if (preamble.byteLength + rest.byteLength < end) throw new InvalidSourceError('this .npy file ends within its header')
  const text = new Uint8Array([...preamble.subarray(start, end), ...rest])
  const header = parseNpyHeader(new TextDecoder(encoding).decode(text))
  const nbytes = byteLengthOf(header.shape, header.dtype)
  return { ...header, reader, nbytes, byteLength: end + nbytes }
}

/** The elements, little-endian and in C order. */
export function elementsOf(
  { reader, nbytes, shape, dtype, fortranOrder, bigEndian }: OpenNpy,
  { disk, signal, enableCaching }: CreateOptions,
  onStaging?: WorkOptions['onProgress'],
): AsyncGenerator<Uint8Array, void, undefined> {
  const stored = reader.portions(nbytes)
  const native = bigEndian ? swapped(stored, dtype) : stored
  if (!fortranOrder || !ordersDiffer(shape)) return native
  // An array in memory only is no reason to use the disk.
  const slabBytes = enableCaching === false ? nbytes : SLAB_BYTES
  const staging = { ...(disk && { disk }), ...(signal && { signal }), ...(onStaging && { onProgress: onStaging }) }
  return inCOrder(new ByteReader(native), shape, dtype, staging, slabBytes)
}

/** Errors: DTypeError, ShapeError, those of DiskBackedNDArray.create. */
export function createFrom(
  elements: AsyncIterable<Uint8Array>,
  file: { readonly dtype: DType; readonly shape: readonly number[] },
  options: CreateOptions,
): Promise<DiskBackedNDArray> {
  const { dtype = file.dtype, shape = file.shape } = options
  if (dtype !== file.dtype) {
    throw new DTypeError(`a .npy file of ${file.dtype} is not read as ${dtype}: cast it with astype('${dtype}')`)
  }
  if (sizeOf(shape) !== sizeOf(file.shape)) {
    throw new ShapeError(`cannot reshape array of size ${sizeOf(file.shape)} into shape ${shapeText(shape)}`)
  }
  const kept = { enableCaching: true, purgeDiskOnGc: options.cachePath === undefined }
  return DiskBackedNDArray.create<DType>(elements, { ...kept, ...options, dtype, shape })
}

/** Elements that go over the disk first count twice. */
function withStaging(
  { nbytes, shape, fortranOrder }: OpenNpy,
  { onProgress, enableCaching }: CreateOptions,
): Pick<WorkOptions, 'onProgress'> & { staging?: NonNullable<WorkOptions['onProgress']> } {
  const isStaged = fortranOrder && ordersDiffer(shape) && nbytes > SLAB_BYTES && enableCaching !== false
  if (onProgress === undefined || !isStaged) return {}
  const totalBytes = 2 * nbytes
  let stagedBytes = 0
  return {
    staging: ({ doneBytes }) => {
      stagedBytes = doneBytes
      onProgress({ doneBytes, totalBytes })
    },
    onProgress: ({ doneBytes }) => onProgress({ doneBytes: stagedBytes + doneBytes, totalBytes }),
  }
}

/** What is behind the elements is nobody's concern, as in NumPy. Errors: InvalidSourceError. */
function checkSize({ byteLength, nbytes }: OpenNpy, { size }: OpenSource): void {
  if (size === undefined) checkBelievable(nbytes, 'this .npy file')
  if (size === undefined || size >= byteLength) return
  const found = Math.max(0, size - (byteLength - nbytes))
  throw new InvalidSourceError(`cut short: ${nbytes} bytes of data were announced, there are ${found}`)
}
