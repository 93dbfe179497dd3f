// Stores as folders of Python's DiskBackedStore, there and back.
import { mkdtempSync, openAsBlob } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Disk,
  DiskBackedNDArray,
  exportStoreZip,
  importStore,
  LazyDiskCache,
  LazyDiskCacheConfig,
  openDisk,
  registerLazyDiskCacheClass,
  type TypedArray,
} from '../../../src/index.js'
import { python, withoutNumPy } from '../../support/numpy.js'

/** As `_store_entry` of GSEGUtils writes entries, and `_load_entry` reads them. */
const CODEC = `
import json, sys, os, zipfile, numpy as np
FLAGS = ('purge_disk_on_gc', 'automatic_offloading', 'enable_caching')
def store_entry(folder, key, arr, cls='DiskBackedNDArray', **flags):
    with open(os.path.join(folder, key + '.npy'), 'wb') as f: np.save(f, arr, allow_pickle=False)
    meta = {'schema_version': 1, 'lazy_disk_cache_class': cls, 'shape': list(arr.shape), 'dtype': np.dtype(arr.dtype).str, **flags}
    with open(os.path.join(folder, key + '.meta.json'), 'w', encoding='utf-8') as f: json.dump(meta, f, ensure_ascii=False)
def load_entry(folder, key):
    with open(os.path.join(folder, key + '.meta.json'), encoding='utf-8') as f: meta = json.load(f)
    assert isinstance(meta, dict) and meta.get('schema_version') == 1
    arr = np.load(os.path.join(folder, key + '.npy'), allow_pickle=False)
    assert list(arr.shape) == meta['shape'] and np.dtype(arr.dtype).str == meta['dtype']
    return arr, meta['lazy_disk_cache_class'], {k: meta[k] for k in FLAGS if k in meta}
def keys(folder): return sorted(f[:-4] for f in os.listdir(folder) if f.endswith('.npy'))
`

class Track extends LazyDiskCache {
  points: Float64Array | undefined
  title: unknown = ''
  static async create(points: Float64Array, title: string, disk: Disk): Promise<Track> {
    const track = new Track()
    track.points = points
    track.title = title
    await track.initFromConfig(new LazyDiskCacheConfig({ enableCaching: true }), disk)
    return track
  }
  protected override describeShapeDtype() {
    return { shape: [3, 2], dtype: 'float64' as const }
  }
  protected override describeBuffer() {
    if (this.points === undefined) throw new Error('offloaded')
    return { ...this.describeShapeDtype(), data: this.points }
  }
  protected override setBuffer(data: TypedArray): void {
    this.points = data as Float64Array // of the dtype described
  }
  protected override dropBuffer(): void {
    this.points = undefined
  }
  protected override describeExtra(): unknown {
    return this.title === '' ? undefined : { title: this.title }
  }
  protected override restoreExtra(extra: unknown): void {
    this.title = (extra as { title: unknown }).title
  }
}
registerLazyDiskCacheClass('Track', Track)

const folder = mkdtempSync(join(tmpdir(), 'store-'))
let disk: Disk
let disks = 0
beforeEach(async () => {
  disk = await openDisk({ name: `store-python-${disks++}`, backend: 'memory' })
})
afterAll(() => rm(folder, { recursive: true }))

describe.skipIf(withoutNumPy !== undefined)(`a folder (${withoutNumPy ?? 'which NumPy reads'})`, () => {
  test('of Python comes in with everything, and goes back as it was', async () => {
    python(
      `${CODEC}
os.mkdir('python')
store_entry('python', 'a', np.arange(6, dtype='>i4').reshape(2, 3), purge_disk_on_gc=True, automatic_offloading=False, enable_caching=True)
store_entry('python', 'rrim_pack_(range,r16,d8,z1e-05)', np.asfortranarray(np.ones((3, 4))), purge_disk_on_gc=False, automatic_offloading=True, enable_caching=True)
store_entry('python', 'ключ.npy', np.array(True), purge_disk_on_gc=False, automatic_offloading=False, enable_caching=True)
store_entry('python', 'track', np.arange(6.).reshape(3, 2), cls='Track', purge_disk_on_gc=True, automatic_offloading=False, enable_caching=True)
open('python/notes.txt', 'w').write('not of the store')
with zipfile.ZipFile('python.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    for name in os.listdir('python'): z.write('python/' + name, name)
`,
      folder,
    )
    const config = new LazyDiskCacheConfig({ cachePath: 'kept' })
    const reports: number[] = []
    const store = await importStore(await openAsBlob(join(folder, 'python.zip')), {
      disk,
      config,
      onProgress: ({ doneBytes, totalBytes }) => void reports.push(doneBytes / (totalBytes ?? Number.NaN)),
    })
    expect([reports[0], reports.at(-1)]).toEqual([0, 1])
    expect((await disk.list()).map(({ path }) => path)).toHaveLength(4)
    expect((await store.keys()).sort()).toEqual(['a', 'rrim_pack_(range,r16,d8,z1e-05)', 'track', 'ключ.npy'])
    const values = new Map(await store.entries())
    expect([...values.values()].map((value) => value?.purgeDiskOnGc)).toEqual([false, false, false, false])
    expect(values.get('rrim_pack_(range,r16,d8,z1e-05)')?.automaticOffloading).toBe(true)
    expect(values.get('a')?.automaticOffloading).toBe(false)
    const track = values.get('track')
    await track?.load()
    expect(track instanceof Track && [...(track.points ?? [])]).toEqual([0, 1, 2, 3, 4, 5])

    await writeFile(join(folder, 'back.zip'), exportStoreZip(store))
    const seen = python(
      `${CODEC}
zipfile.ZipFile('back.zip').extractall('back')
same = keys('python') == keys('back')
for key in keys('python'):
    (a, ca, fa), (b, cb, fb) = load_entry('python', key), load_entry('back', key)
    same = same and np.array_equal(a, b) and a.dtype == b.dtype.newbyteorder(a.dtype.byteorder) and ca == cb and a.shape == b.shape
print(json.dumps([same, load_entry('back', 'rrim_pack_(range,r16,d8,z1e-05)')[2]]))
`,
      folder,
    )
    expect(seen).toEqual([true, { purge_disk_on_gc: false, automatic_offloading: true, enable_caching: true }])
  })
})

describe('a store', () => {
  test('goes out and comes back with attributes, own fields and what was changed in memory only', async () => {
    const store = await disk.store<LazyDiskCache>('first')
    const array = await disk.array(new Int16Array([1, 2]), { cachePath: 'first/array', attributes: { unit: 'm' } })
    const data: unknown = await array.data()
    if (data instanceof Int16Array) data[0] = 7
    const track = await Track.create(new Float64Array(6), 'home', disk)
    await store.set('track', track)
    await track.load()
    track.points?.set([9], 5)
    await store.set('memory', await DiskBackedNDArray.create(new Uint8Array([4])))
    const blob = await new Response(exportStoreZip(store)).blob()

    const config = new LazyDiskCacheConfig({ cachePath: 'second' })
    const back = await importStore(blob.stream(), { disk, config, valueType: [Track, DiskBackedNDArray] })
    const copy = await back.get('array')
    if (!(copy instanceof DiskBackedNDArray)) throw new Error('of another class')
    expect([copy.attributes, [...(await copy.toArray())]]).toEqual([{ unit: 'm' }, [7, 2]])
    await back.offload()
    const again = await (await disk.store<LazyDiskCache>('second')).get('track')
    if (!(again instanceof Track)) throw new Error('of another class')
    await again.load()
    expect([again.title, again.points?.[5]]).toEqual(['home', 9])
    expect(await back.has('memory')).toBe(true)
  })

  test('without a path comes in for as long as the page lives', async () => {
    const store = await disk.store('some')
    await store.set('a', new Float32Array([1, 2, 3]))
    const back = await importStore(await new Response(exportStoreZip(store)).blob(), { disk })
    const value = await back.get('a')
    expect([value?.ephemeral, value?.purgeDiskOnGc, (await disk.list()).length]).toEqual([true, true, 1])
  })

  test('with keys that Python refuses says all of them before anything is written', async () => {
    const store = await disk.store('keys')
    const refused = ['a/b', 'a\\b', '..', 'C:x', 'new\nline', 'x'.repeat(250)]
    for (const key of [...refused, 'good', '.hidden', 'a.npy']) await store.set(key, new Uint8Array(1))
    const error = await new Response(exportStoreZip(store)).arrayBuffer().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'InvalidKeyError' })
    const { message } = error as Error
    expect(refused.filter((key) => !message.includes(JSON.stringify(key)))).toEqual([])
    expect(message).not.toMatch(/good|hidden|a\.npy/)
  })

  test('whose objects have fields that are no JSON is refused before anything is written', async () => {
    const store = await disk.store<LazyDiskCache>('extra')
    const track = await Track.create(new Float64Array(6), 'x', disk)
    track.title = Number.NaN
    await store.set('track', track)
    const [error] = await Promise.all([new Response(exportStoreZip(store)).text().catch((thrown: unknown) => thrown)])
    expect(String(error)).toMatch(/extra\.title is no JSON value/)
  })
})
