// Stores as folders that Python's DiskBackedStore reads: in a directory, or in a .zip file.

import { DiskBackedNDArray } from '../array.js'
import type { LazyDiskCache } from '../cache.js'
import type { WorkOptions } from '../call.js'
import { classNameOf } from '../classes.js'
import { StorageUnavailableError } from '../core/errors.js'
import { wholeLayout } from '../core/layout.js'
import { NDArray } from '../core/ndarray.js'
import { custodyOf } from '../custodies.js'
import { InMemory } from '../live.js'
import { readParts } from '../reading.js'
import type { DiskBackedStore } from '../store.js'
import { Reader } from '../view.js'
import { signalOnly } from '../work-options.js'
import { counted, meterOf } from './metering.js'
import { type Exportable, npyFile } from './npy-export.js'
import { checkKeysForPython, META_SUFFIX, metaText, NPY_SUFFIX } from './store-entry.js'
import { type ZipContent, zipped } from './zip-writer.js'

/** A file of the folder, not yet begun. */
interface FolderFile {
  readonly name: string
  readonly byteLength: number
  chunks(): AsyncIterable<Uint8Array>
}

/** See index.ts of this folder. */
export async function exportStore(
  store: DiskBackedStore<LazyDiskCache>,
  directory: FileSystemDirectoryHandle,
  options: WorkOptions = {},
): Promise<void> {
  const { signal } = options
  signal?.throwIfAborted()
  const files = await filesOf(store, signal)
  const onBytes = meterOf(files, options)
  const made: string[] = []
  try {
    for (const file of files) {
      if (!(await has(directory, file.name))) made.push(file.name)
      await writeFile(directory, file, signal, onBytes)
    }
  } catch (error) {
    for (const name of made) await directory.removeEntry(name).catch(() => undefined) // it was not begun
    throw error
  }
}

/** See index.ts of this folder. */
export async function* exportChunks(
  store: DiskBackedStore<LazyDiskCache>,
  options: WorkOptions & { readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array, void, undefined> {
  const files = await filesOf(store, options.signal)
  yield* zipped(contentsOf(files, meterOf(files, options)), options)
}

async function* contentsOf(
  files: readonly FolderFile[],
  onBytes: (byteLength: number) => void,
): AsyncGenerator<ZipContent, void, undefined> {
  for (const { name, byteLength, chunks } of files) yield { name, byteLength, chunks: counted(chunks(), onBytes) }
}

/** The description of an entry follows its elements: where there is one, they are whole. Errors: InvalidKeyError, as `get`. */
async function filesOf(store: DiskBackedStore<LazyDiskCache>, signal: AbortSignal | undefined): Promise<FolderFile[]> {
  const keys = await store.keys()
  checkKeysForPython(keys)
  const files: FolderFile[] = []
  for (const key of keys) {
    const value = await store.get(key)
    if (value === undefined) continue // deleted meanwhile
    signal?.throwIfAborted()
    const elements = await elementsOf(value)
    const { byteLength } = npyFile(elements, {})
    const text = new TextEncoder().encode(metaText(metaOf(value, elements)))
    files.push(
      {
        name: key + NPY_SUFFIX,
        byteLength,
        chunks: () => npyFile(elements, signalOnly({ ...(signal && { signal }) })).chunks,
      },
      { name: key + META_SUFFIX, byteLength: text.byteLength, chunks: () => once(text) },
    )
  }
  return files
}

async function elementsOf(value: LazyDiskCache): Promise<Exportable> {
  if (value instanceof DiskBackedNDArray) return value
  const custody = custodyOf(value)
  const { place } = custody
  if (place instanceof InMemory) return NDArray.fromParts(place.live ?? custody.occupant.describeBuffer())
  await value.flush() // the object may have another buffer by now
  const { shape, dtype } = place.meta
  const source = { array: undefined, read: readParts.bind(undefined, custody) }
  return new Reader(source, dtype, () => ({ base: shape, layout: wholeLayout(shape) }))
}

function metaOf(value: LazyDiskCache, { shape, dtype }: Exportable) {
  const { place, occupant } = custodyOf(value)
  return {
    className: place instanceof InMemory ? classNameOf(value) : place.meta.className,
    shape,
    dtype,
    purgeDiskOnGc: value.purgeDiskOnGc,
    automaticOffloading: value.automaticOffloading,
    enableCaching: value.cacheEnabled,
    attributes: place instanceof InMemory ? place.attributes : place.meta.attributes,
    extra: occupant.describeExtra(),
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

async function has(directory: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await directory.getFileHandle(name)
    return true
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return false
    throw error
  }
}

/** What was there stays until all is written. */
async function writeFile(
  directory: FileSystemDirectoryHandle,
  { name, chunks }: FolderFile,
  signal: AbortSignal | undefined,
  onBytes: (byteLength: number) => void,
): Promise<void> {
  const file = await directory.getFileHandle(name, { create: true })
  if (typeof file.createWritable !== 'function') {
    throw new StorageUnavailableError('this browser does not write files', { missing: 'createWritable' })
  }
  const target = await file.createWritable()
  try {
    for await (const chunk of chunks()) {
      signal?.throwIfAborted()
      await target.write(chunk as Uint8Array<ArrayBuffer>) // no chunk is of shared memory
      onBytes(chunk.byteLength)
    }
    signal?.throwIfAborted()
    await target.close()
  } catch (error) {
    await target.abort().catch(() => undefined) // it has failed already
    throw error
  }
}
