// In the page: everything that goes in and out, each with what it needs, as work that can be watched and aborted.
import { tableToIPC } from 'apache-arrow'
import { writeArrayBuffer } from 'geotiff'
import { root } from 'zarrita'
import { fromArrow, toArrow, toArrowBatches } from '../../src/arrow.js'
import { fromGeoTiff } from '../../src/geotiff.js'
import { fromImage, toImageData } from '../../src/image.js'
import {
  type Disk,
  exportStore,
  exportStoreZip,
  fromNpy,
  fromNpz,
  importStore,
  LazyDiskCacheConfig,
  openRemoteNpy,
  toNpy,
  toNpz,
  type WorkOptions,
} from '../../src/index.js'
import { fromZarr, toZarr } from '../../src/zarr.js'

type Work = (options: WorkOptions) => Promise<unknown>

export interface Outcome {
  readonly name: string
  /** What was done each time it was told, in bytes. */
  readonly told: readonly number[]
  /** All there is to do, as it was told last. */
  readonly total: number | undefined
  /** What it rejects with, aborted before it begins and as soon as it says that something is done. */
  readonly aborted: readonly unknown[]
  /** What is there after that, and was not before. */
  readonly left: readonly unknown[]
}

/** More than goes to the disk at a time, */
const [HEIGHT, WIDTH] = [1152, 1024]
/** and more than goes from and to Zarr at a time. */
const LARGE = [9, 2 ** 20]

export async function outcomes(disk: Disk): Promise<Outcome[]> {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('exported', { create: true })
  const found: Outcome[] = []
  const works = await worksOn(disk, folder)
  const before = await stateOf(disk, folder)
  for (const [name, work] of Object.entries(works)) {
    const told: number[] = []
    let total: number | undefined
    const onProgress: WorkOptions['onProgress'] = ({ doneBytes, totalBytes }) => {
      told.push(doneBytes)
      total = totalBytes
    }
    await work({ onProgress })
    await clear(disk, folder)
    const aborted = [await abortedBefore(work), await abortedOnTheWay(work)]
    found.push({ name, told, total, aborted, left: await difference(disk, folder, before) })
    await clear(disk, folder)
  }
  return found
}

async function worksOn(disk: Disk, folder: FileSystemDirectoryHandle): Promise<Record<string, Work>> {
  const bytes = Uint8Array.from({ length: 4 * HEIGHT * WIDTH }, (_, i) => i % 251)
  const array = await disk.array(bytes, { shape: [HEIGHT, WIDTH, 4], cachePath: 'kept/a' })
  const store = await disk.store('kept-store')
  await store.set('a', bytes)
  const blobOf = (stream: ReadableStream) => new Response(stream).blob()
  const [npy, npz, zip] = [
    await blobOf(toNpy(array)),
    await blobOf(toNpz([['a', array]])),
    await blobOf(exportStoreZip(store)),
  ]
  const url = URL.createObjectURL(npy)
  const table = new Blob([tableToIPC(await toArrow([['a', array]])) as Uint8Array<ArrayBuffer>])
  const tiff = new Blob([writeArrayBuffer(bytes, { height: HEIGHT, width: WIDTH * 4, BitsPerSample: [8] })])
  const large = await disk.zeros(LARGE, 'uint8', { cachePath: 'kept/large' })
  const zarr = await toZarr(large, new Map() as never)
  const picture = await createImageBitmap(await toImageData(array))
  const into = { disk, cachePath: 'new' }
  const config = new LazyDiskCacheConfig({ cachePath: 'new' })
  const drained = (stream: ReadableStream) => stream.pipeTo(new WritableStream())
  const remote = await openRemoteNpy(url)
  return {
    fromNpy: (options) => fromNpy(npy, { ...into, ...options }),
    fromNpz: (options) => fromNpz(npz, { ...into, ...options }),
    importStore: (options) => importStore(zip, { disk, config, ...options }),
    fromGeoTiff: (options) => fromGeoTiff(tiff, { ...into, ...options }),
    fromArrow: (options) => fromArrow(table, { ...into, ...options }),
    fromImage: (options) => fromImage(picture, { ...into, ...options }),
    fromZarr: (options) => fromZarr(zarr, { ...into, ...options }),
    openRemoteNpy: (options) => remote.get([], options),
    toNpy: (options) => drained(toNpy(array, options)),
    toNpz: (options) => drained(toNpz([['a', array]], { ...options, compressed: true })),
    exportStore: (options) => exportStore(store, folder, options),
    exportStoreZip: (options) => drained(exportStoreZip(store, options)),
    toArrow: (options) => toArrow(array, options),
    toArrowBatches: async (options) => {
      for await (const _ of toArrowBatches([['a', array]], options));
    },
    toImageData: (options) => toImageData(array, options),
    toZarr: (options) => toZarr(large, root(new Map() as never).resolve('a'), options),
  }
}

async function abortedBefore(work: Work): Promise<unknown> {
  return outcomeOf(work({ signal: AbortSignal.abort('before') }))
}

async function abortedOnTheWay(work: Work): Promise<unknown> {
  const abort = new AbortController()
  const onProgress: WorkOptions['onProgress'] = ({ doneBytes }) => doneBytes > 0 && abort.abort('on the way')
  return outcomeOf(work({ signal: abort.signal, onProgress }))
}

function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'resolved',
    (error: unknown) => (typeof error === 'string' ? error : String(error)),
  )
}

interface State {
  readonly paths: string
  readonly files: string
  readonly liveBytes: number
}

async function stateOf(disk: Disk, folder: FileSystemDirectoryHandle): Promise<State> {
  const paths = (await disk.list()).map(({ path }) => path).sort()
  const { liveBytes } = await disk.usage()
  return { paths: paths.join(), files: (await namesIn(folder)).join(), liveBytes }
}

/** Nobody waits for the end of what was aborted: it may come a little later. */
async function difference(disk: Disk, folder: FileSystemDirectoryHandle, before: State): Promise<unknown[]> {
  for (let rounds = 0; ; rounds++) {
    const now = await stateOf(disk, folder)
    const names = (Object.keys(before) as (keyof State)[]).filter((name) => now[name] !== before[name])
    const { problems } = await disk.check()
    const left = [...names.map((name) => `${name}: ${now[name]}`), ...problems]
    if (left.length === 0 || rounds === 100) return left
  }
}

async function clear(disk: Disk, folder: FileSystemDirectoryHandle): Promise<void> {
  for (const { path } of await disk.list()) if (!path.startsWith('kept')) await disk.delete(path)
  for (const name of await namesIn(folder)) await folder.removeEntry(name)
}

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = []
  for await (const name of folder.keys()) names.push(name)
  return names
}
