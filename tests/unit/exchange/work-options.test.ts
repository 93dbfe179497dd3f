// Options of work that are none: what goes in and out says so before it begins.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromArrow, toArrow, toArrowBatches } from '../../../src/arrow.js'
import { fromGeoTiff } from '../../../src/geotiff.js'
import { fromImage, toImageData } from '../../../src/image.js'
import {
  type Disk,
  type DiskBackedNDArray,
  exportStore,
  exportStoreZip,
  fromNpy,
  fromNpz,
  importStore,
  openDisk,
  toNpy,
  toNpz,
  type WorkOptions,
} from '../../../src/index.js'
import { fromZarr, toZarr } from '../../../src/zarr.js'

let disk: Disk
let array: DiskBackedNDArray
beforeAll(async () => {
  disk = await openDisk({ backend: 'memory' })
  array = await disk.array(new Uint8Array(4), { shape: [2, 2], cachePath: 'a' })
})
afterAll(() => disk.close())

const source = () => new Blob(['x'])
const WORK: Readonly<Record<string, (options: WorkOptions) => unknown>> = {
  fromNpy: (options) => fromNpy(source(), { disk, ...options }),
  fromNpz: (options) => fromNpz(source(), { disk, ...options }),
  importStore: (options) => importStore(source(), { disk, ...options }),
  fromGeoTiff: (options) => fromGeoTiff(source(), { disk, ...options }),
  fromArrow: (options) => fromArrow(source(), { disk, ...options }),
  fromImage: (options) => fromImage(source(), { disk, ...options }),
  fromZarr: async (options) => fromZarr(await toZarr(array, new Map() as never), { disk, ...options }),
  toNpy: (options) => toNpy(array, options),
  toNpz: (options) => toNpz([['a', array]], options),
  exportStore: async (options) => exportStore(await disk.store('s'), {} as FileSystemDirectoryHandle, options),
  exportStoreZip: async (options) => exportStoreZip(await disk.store('s'), options),
  toArrow: (options) => toArrow(array, options),
  toArrowBatches: (options) => toArrowBatches([['a', array]], options).next(),
  toImageData: (options) => toImageData(array, options),
  toZarr: (options) => toZarr(array, new Map() as never, options),
}

for (const [name, work] of Object.entries(WORK)) {
  test(`${name} refuses an onProgress and a signal that are none`, async () => {
    for (const option of ['onProgress', 'signal']) {
      const refused = (async () => work({ [option]: 5 } as never))()
      await expect(refused).rejects.toMatchObject({ name: 'TypeError', message: expect.stringContaining(option) })
    }
    expect((await disk.list()).map(({ path }) => path)).toEqual(['a'])
  })
}
