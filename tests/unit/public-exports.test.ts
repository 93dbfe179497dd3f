// Every value the package exports. A change here is a change of the public API.
import { expect, test } from 'vitest'
import * as library from '../../src/index.js'

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

test('classes that are not made by new have no I/O behind it either', () => {
  const { DiskBackedNDArray } = library
  const bare = Reflect.construct(DiskBackedNDArray, [])
  expect([bare.offloaded, bare.cacheEnabled]).toEqual([false, false])
  expect(() => bare.shape).toThrow(/create/)
})
