// .npz files: .zip files of .npy files, as numpy.savez writes them.
import type { DiskBackedNDArray } from '../array.js'
import type { WorkOptions } from '../call.js'
import { InvalidKeyError, InvalidSourceError } from '../core/errors.js'
import { checkPath, segmentOfKey } from '../core/path.js'
import { type CreateOptions, checkCreateOptions } from '../creation.js'
import { signalOnly } from '../work-options.js'
import { allOrNone, type Gate, untilGate } from './all-or-none.js'
import { ByteReader } from './byte-reader.js'
import type { ByteSource } from './byte-source.js'
import { counted, meterOf } from './metering.js'
import { type Exportable, npyFile } from './npy-export.js'
import { createFrom, elementsOf, ended, type OpenNpy, openNpy } from './npy-import.js'
import { openRandomAccess } from './random-access.js'
import { type ZipMember, zipMembers } from './zip-reader.js'
import { type ZipContent, zipped } from './zip-writer.js'

const SUFFIX = '.npy'

/** See index.ts of this folder. */
export async function fromNpz(
  source: ByteSource,
  options: CreateOptions = {},
): Promise<Map<string, DiskBackedNDArray>> {
  checkCreateOptions(options)
  const { signal } = options
  signal?.throwIfAborted()
  const file = await openRandomAccess(source, options)
  try {
    const members = await zipMembers(file)
    const names = members.map(({ name }) => nameOf(name))
    const onBytes = meterOf(members, options, file.readBytes)
    const tasks = members.map((member, i) => (gate: Gate) => {
      const path = options.cachePath && { cachePath: `${options.cachePath}/${segmentOfKey(names[i])}` }
      const { onProgress: _ofAll, ...each } = options
      return importMember(member, { ...each, ...path }, gate, onBytes)
    })
    const arrays = await allOrNone(tasks, (array) => array.purge())
    return new Map(arrays.map((array, i) => [names[i] as string, array])) // one for each
  } finally {
    await file.end()
  }
}

/** `onBytes` is called with the bytes of the member as they are read. Errors: as `fromNpy`. */
export async function importMember(
  member: ZipMember,
  options: CreateOptions,
  gate: Gate,
  onBytes: (byteLength: number) => void,
): Promise<DiskBackedNDArray> {
  const reader = new ByteReader(counted(member.open(options.signal), onBytes))
  return ended(reader, options.signal, async () => {
    const npy = await openMember(reader, member)
    return createFrom(untilGate(wholeOf(npy, options), gate), npy, options)
  })
}

/** Errors: as `openNpy`; InvalidSourceError where it has not as many bytes as its header says. */
export async function openMember(reader: ByteReader, { name, byteLength }: ZipMember): Promise<OpenNpy> {
  const npy = await openNpy(reader)
  if (npy.byteLength === byteLength) return npy
  throw new InvalidSourceError(`'${name}' has ${byteLength} bytes where its header announces ${npy.byteLength}`)
}

/** The elements, and then the end of the member, where its checksum is compared. */
export async function* wholeOf(npy: OpenNpy, options: CreateOptions): AsyncGenerator<Uint8Array, void, undefined> {
  yield* elementsOf(npy, options)
  if (!(await npy.reader.isAtEnd())) throw new InvalidSourceError('a member of this .zip file has more than it says')
}

/** See index.ts of this folder. */
export function npzChunks(
  entries: Iterable<readonly [string, Exportable]>,
  options: WorkOptions & { readonly signal: AbortSignal; readonly compressed?: boolean },
): AsyncGenerator<Uint8Array, void, undefined> {
  return zipped(contentsOf(entries, options), options)
}

async function* contentsOf(
  entries: Iterable<readonly [string, Exportable]>,
  options: WorkOptions,
): AsyncGenerator<ZipContent, void, undefined> {
  const all = [...entries]
  const names = new Set(all.map(([name]) => checkName(name)))
  if (names.size < all.length) throw new InvalidKeyError('two arrays of one name cannot be in one .npz file')
  const files = all.map(([name, array]) => ({ name: name + SUFFIX, ...npyFile(array, signalOnly(options)) }))
  const onBytes = meterOf(files, options)
  for (const file of files) yield { ...file, chunks: counted(file.chunks, onBytes) }
}

/** Errors: InvalidKeyError. */
function checkName(name: string): string {
  try {
    if (!name.includes('\\')) return checkPath(name)
  } catch (error) {
    throw new InvalidKeyError(`'${name}' is no name in a .npz file`, { cause: error })
  }
  throw new InvalidKeyError(`'${name}' is no name in a .npz file: it has a backslash`)
}

/** Errors: InvalidSourceError. */
function nameOf(member: string): string {
  if (member.endsWith(SUFFIX) && member !== SUFFIX) return member.slice(0, -SUFFIX.length)
  throw new InvalidSourceError(`'${member}' in this .npz file is no .npy file`)
}
