// The files of an exported store, wherever they are: pairs of elements and description.
import { InvalidSourceError } from '../core/errors.js'
import { segmentOfKey } from '../core/path.js'
import { chunksOf } from '../transfer.js'
import { ByteReader } from './byte-reader.js'
import { type EntryMeta, MAX_META_BYTES, META_SUFFIX, NPY_SUFFIX, parseMeta } from './store-entry.js'
import type { ZipMember } from './zip-reader.js'

export interface StoredEntry {
  readonly key: string
  readonly npy: ZipMember
  readonly meta: EntryMeta
}

/** The files of a directory; folders in it are somebody else's. */
export async function filesIn(directory: FileSystemDirectoryHandle): Promise<ZipMember[]> {
  const files: ZipMember[] = []
  for await (const handle of directory.values()) {
    if (handle.kind !== 'file' || !isPart(handle.name)) continue
    const file = await handle.getFile()
    files.push({ name: handle.name, byteLength: file.size, open: () => contentOf(file) })
  }
  return files
}

async function* contentOf(file: File): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunksOf(file.stream())
}

/** Other files are passed over. Errors: InvalidSourceError for half an entry or a folder, InvalidKeyError, as `parseMeta`. */
export async function entriesOf(files: readonly ZipMember[], signal: AbortSignal | undefined): Promise<StoredEntry[]> {
  const byName = new Map(files.filter(({ name }) => isPart(name)).map((file) => [file.name, file]))
  const entries: StoredEntry[] = []
  for (const { name } of byName.values()) {
    if (name.includes('/')) throw new InvalidSourceError(`'${name}' is in a folder: the files of a store are in none`)
    const key = name.slice(0, -(name.endsWith(NPY_SUFFIX) ? NPY_SUFFIX : META_SUFFIX).length)
    segmentOfKey(key)
    const [npy, description] = [byName.get(key + NPY_SUFFIX), byName.get(key + META_SUFFIX)]
    if (npy === undefined || description === undefined) {
      throw new InvalidSourceError(
        `there is no ${key + (npy === undefined ? NPY_SUFFIX : META_SUFFIX)} beside '${name}'`,
      )
    }
    if (name === npy.name)
      entries.push({ key, npy, meta: parseMeta(description.name, await textOf(description, signal)) })
  }
  return entries
}

function isPart(name: string): boolean {
  return name.endsWith(NPY_SUFFIX) || name.endsWith(META_SUFFIX)
}

async function textOf({ name, byteLength, open }: ZipMember, signal: AbortSignal | undefined): Promise<string> {
  if (byteLength > MAX_META_BYTES) throw new InvalidSourceError(`'${name}' has ${byteLength} bytes: too long for one`)
  const reader = new ByteReader(open(signal))
  const bytes = await reader.take(byteLength)
  if (bytes.byteLength === byteLength && (await reader.isAtEnd())) return new TextDecoder().decode(bytes)
  throw new InvalidSourceError(`'${name}' has another length than it says`)
}
