// Every value the package exports. A change here is a change of the public API.
import { expect, test } from 'vitest'
import * as arrow from '../../src/arrow.js'
import * as geotiff from '../../src/geotiff.js'
import * as image from '../../src/image.js'
import * as library from '../../src/index.js'
import * as inspector from '../../src/inspector.js'
import * as numpy from '../../src/numpy.js'
import * as numpySync from '../../src/numpy-sync.js'
import * as zarr from '../../src/zarr.js'

test('the package exports these values and no others', () => {
  expect(Object.keys(library).sort()).toEqual([
    'CorruptDataError',
    'DTypeError',
    'DiskBackedNDArray',
    'DiskBackedStore',
    'DiskClosedError',
    'DiskLockedError',
    'InvalidKeyError',
    'InvalidPathError',
    'InvalidSelectionError',
    'InvalidSourceError',
    'KeyExistsError',
    'LazyDiskCache',
    'LazyDiskCacheConfig',
    'LazyDiskCacheError',
    'MemoryBudgetError',
    'NDArray',
    'NotFoundError',
    'ProtocolVersionError',
    'QuotaExceededError',
    'ReadOnlyError',
    'ShapeError',
    'StaleArrayError',
    'StorageUnavailableError',
    'WorkerFailedError',
    'deleteDisk',
    'exportStore',
    'exportStoreZip',
    'fromNpy',
    'fromNpz',
    'importStore',
    'listDisks',
    'openDisk',
    'openRemoteNpy',
    'registerLazyDiskCacheClass',
    'slice',
    'toNpy',
    'toNpz',
  ])
})

test('the inspector can be imported where there are no elements, and exports its class alone', () => {
  expect(typeof HTMLElement).toBe('undefined')
  expect(Object.keys(inspector)).toEqual(['LazyDiskCacheInspector'])
})

test('numpy has the functions of numpy-sync, and what is lazy', () => {
  const { lazy, LazyArray, ...functions } = numpy
  expect([typeof lazy, typeof LazyArray]).toEqual(['function', 'function'])
  expect(Object.keys(functions).sort()).toEqual(Object.keys(numpySync).sort())
})

test('the optional entries have these values and no others', () => {
  expect(Object.keys(zarr).sort()).toEqual(['cached', 'fromZarr', 'toZarr', 'zarrStore'])
  expect(Object.keys(geotiff)).toEqual(['fromGeoTiff'])
  expect(Object.keys(image).sort()).toEqual(['fromImage', 'toImageData'])
  expect(Object.keys(arrow).sort()).toEqual(['fromArrow', 'toArrow', 'toArrowBatches'])
})

test('classes that are not made by new have no I/O behind it either', () => {
  const { DiskBackedNDArray } = library
  const bare = Reflect.construct(DiskBackedNDArray, [])
  expect([bare.offloaded, bare.cacheEnabled]).toEqual([false, false])
  expect(() => bare.shape).toThrow(/create/)
})
