// Folders of Python's DiskBackedStore, or of ours, as stores.
import { DiskBackedNDArray } from '../array.js'
import type { LazyDiskCache } from '../cache.js'
import type { WorkOptions } from '../call.js'
import { classNamed, type LazyDiskCacheClass } from '../classes.js'
import { LazyDiskCacheConfig } from '../config.js'
import { InvalidSourceError } from '../core/errors.js'
import { sameShape } from '../core/shape.js'
import { custodyOf } from '../custodies.js'
import { diskNamed } from '../default-disk.js'
import type { Disk } from '../disk.js'
import { sessionOf } from '../handles.js'
import { placeOnDisk } from '../keeping.js'
import { DEFAULT_DISK_NAME } from '../options.js'
import { Shelf } from '../shelf.js'
import { DiskBackedStore, type StoreOptions } from '../store.js'
import { writeStream } from '../transfer.js'
import { signalOnly, workOptions } from '../work-options.js'
import { ByteReader } from './byte-reader.js'
import type { ByteSource } from './byte-source.js'
import { counted, meterOf } from './metering.js'
import { ended, type OpenNpy } from './npy-import.js'
import { openMember, wholeOf } from './npz.js'
import { openRandomAccess } from './random-access.js'
import { entriesOf, filesIn, type StoredEntry } from './store-files.js'
import { type ZipMember, zipMembers } from './zip-reader.js'

/** See index.ts of this folder. */
export async function importStore(
  source: FileSystemDirectoryHandle | ByteSource,
  options: StoreOptions<LazyDiskCache> & WorkOptions = {},
): Promise<DiskBackedStore<LazyDiskCache>> {
  const { signal, onProgress: _ofAll, config: given = new LazyDiskCacheConfig(), ...rules } = options
  signal?.throwIfAborted()
  const disk = rules.disk ?? (await diskNamed(DEFAULT_DISK_NAME))
  const config = given.updated({ enableCaching: true, purgeDiskOnGc: given.cachePath === undefined })
  if (isDirectory(source)) return importFiles(await filesIn(source), { ...rules, config, disk }, options, 0)
  const file = await openRandomAccess(source, { disk, ...workOptions(options) })
  try {
    return await importFiles(await zipMembers(file), { ...rules, config, disk }, options, file.readBytes)
  } finally {
    await file.end()
  }
}

type Target = StoreOptions<LazyDiskCache> & { readonly config: LazyDiskCacheConfig; readonly disk: Disk }

/** All entries are on disk, and accepted by the store, before the first is put into it. */
async function importFiles(
  files: readonly ZipMember[],
  { config, disk, ...rules }: Target,
  work: WorkOptions,
  readBytes: number,
): Promise<DiskBackedStore<LazyDiskCache>> {
  const entries = await entriesOf(files, work.signal)
  const classes = entries.map(({ meta }) => classNamed(meta.className))
  const store = await DiskBackedStore.open<LazyDiskCache>({ ...rules, config, disk })
  const shelf = await Shelf.open(config, disk, rules)
  const onBytes = meterOf(
    entries.map(({ npy }) => npy),
    work,
    readBytes,
  )
  const values: LazyDiskCache[] = []
  const kept: string[] = []
  try {
    for (const [i, entry] of entries.entries()) {
      const staged = await stage(entry, disk, work.signal, onBytes)
      values.push(staged)
      const value = await revived(staged, classes[i] as LazyDiskCacheClass, entry, disk) // one for each entry
      values[i] = value
      shelf.check(value)
    }
    work.signal?.throwIfAborted()
    for (const [i, { key }] of entries.entries()) {
      await store.set(key, values[i] as LazyDiskCache) // one for each entry
      kept.push(key)
    }
    return store
  } catch (error) {
    for (const key of kept) await store.delete(key)
    for (const value of values.slice(kept.length)) await value.purge()
    throw error
  }
}

/** Writes an entry to an ephemeral array under its class's name. Errors: as `fromNpy`. */
async function stage(
  { npy: member, meta }: StoredEntry,
  disk: Disk,
  signal: AbortSignal | undefined,
  onBytes: (byteLength: number) => void,
): Promise<LazyDiskCache> {
  const work = signalOnly({ ...(signal && { signal }) })
  const session = sessionOf(disk)
  const staged = Reflect.construct(DiskBackedNDArray, [])
  const custody = custodyOf(staged)
  custody.configure(new LazyDiskCacheConfig({ enableCaching: true }), session)
  const reader = new ByteReader(counted(member.open(signal), onBytes))
  await ended(reader, signal, async () => {
    const npy = await openMember(reader, member)
    checkAgreement(npy, member, meta)
    const { shape, dtype, attributes, className } = { ...npy, ...meta }
    await session.run(() =>
      placeOnDisk(custody, session, { shape, dtype, attributes, overwrite: true }, (create) =>
        writeStream(session, { create: { ...create, className } }, wholeOf(npy, { disk, ...work }), npy.nbytes, work),
      ),
    )
  })
  return staged
}

/** The object that the array stands for, its own settings and fields kept beside it; `staged` is over. */
async function revived(
  staged: LazyDiskCache,
  cls: LazyDiskCacheClass,
  { meta }: StoredEntry,
  disk: Disk,
): Promise<LazyDiskCache> {
  const { residency } = custodyOf(staged)
  if (residency === undefined) throw new TypeError('what was staged is on disk')
  const { path: cachePath } = residency
  const { className, shape, dtype, extra, automaticOffloading } = meta
  const settings = { enableCaching: true, cachePath, purgeDiskOnGc: false, automaticOffloading }
  await residency.saveState({ enableCaching: true, purgeDiskOnGc: false, automaticOffloading }, extra)
  const own = extra === undefined ? {} : { extra }
  const state = { version: 1, className, disk: disk.name, cachePath, shape, dtype, settings, ...own } as const
  const value = await cls.revive(state, disk)
  await staged.close()
  return value
}

/** Errors: InvalidSourceError where the two files of an entry tell of different arrays. */
function checkAgreement(npy: OpenNpy, { name }: ZipMember, meta: StoredEntry['meta']): void {
  if (npy.dtype === meta.dtype && sameShape(npy.shape, meta.shape)) return
  throw new InvalidSourceError(`'${name}' is of another shape or dtype than its description says`)
}

function isDirectory(source: FileSystemDirectoryHandle | ByteSource): source is FileSystemDirectoryHandle {
  return typeof source === 'object' && 'kind' in source && source.kind === 'directory'
}
