// Caching off and on, purge, ephemeral arrays, the end of objects, states.
import { type Disk, DiskBackedNDArray, type LazyDiskCacheState } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted } from './numbers.js'

const arraysOn = async (disk: Disk): Promise<number> => (await disk.usage()).arrays

export const cachingCases: Case[] = [
  {
    name: 'with caching off no disk is touched, and offload is ignored',
    async run(t) {
      const array = await DiskBackedNDArray.create(counted(3), { cachePath: 'a', dtype: 'float64' })
      deepEqual([array.cacheEnabled, array.offloaded, array.dirty, array.cachePath], [false, false, false, 'a'])
      await array.offload()
      await array.load()
      await array.flush()
      ok(!array.offloaded)
      ;(await array.data())[0] = 5
      await array.set([1], 6)
      deepEqual(await array.toArray(), Float64Array.of(5, 6, 2))
      await array.purge()
      await array.close()
      const disk = await t.openDisk()
      deepEqual(await disk.list(), [])
    },
  },
  {
    name: 'enabling caching writes what is in memory to its path, and disabling leaves it there',
    async run(t) {
      const disk = await t.openDisk()
      const options = { disk, cachePath: 'a', purgeDiskOnGc: false }
      const array = await DiskBackedNDArray.create(counted(3), options)
      await array.enableCaching()
      await array.enableCaching()
      deepEqual([array.cacheEnabled, array.offloaded], [true, false])
      await array.set([0], 5)
      await array.offload()
      await array.disableCaching()
      await array.disableCaching()
      deepEqual([array.cacheEnabled, array.offloaded, array.cachePath], [false, false, 'a'])
      await array.set([1], 6)
      deepEqual(await array.toArray(), Float64Array.of(5, 6, 2))
      deepEqual(await (await disk.openArray('a')).toArray(), Float64Array.of(5, 1, 2))
      await array.enableCaching()
      deepEqual(await (await disk.openArray('a')).toArray(), Float64Array.of(5, 6, 2))
    },
  },
  {
    name: 'disabling caching removes bytes that were to go with the object',
    async run(t) {
      const disk = await t.openDisk()
      const ephemeral = await disk.array(counted(3))
      const purged = await disk.array(counted(3), { cachePath: 'a', purgeDiskOnGc: true })
      equal(await arraysOn(disk), 2)
      await ephemeral.disableCaching()
      await purged.disableCaching()
      equal(await arraysOn(disk), 0)
      deepEqual(await purged.toArray(), counted(3))
    },
  },
  {
    name: 'disabling caching writes back what was changed where the bytes stay',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      ;(await array.data())[0] = 9
      await array.disableCaching()
      deepEqual([await array.item(0), await (await disk.openArray('a')).item(0)], [9, 9])
    },
  },
  {
    name: 'disabling caching of one object leaves another on the same path alone',
    async run(t) {
      const disk = await t.openDisk()
      const one = await disk.array(counted(3), { cachePath: 'a', purgeDiskOnGc: true })
      const two = await disk.openArray('a')
      await one.disableCaching()
      await one.set([0], 5)
      deepEqual([await one.item(0), await two.item(0)], [5, 0])
      ok(await disk.has('a'))
    },
  },
  {
    name: 'enabling caching with automatic offloading offloads',
    async run(t) {
      const disk = await t.openDisk()
      const array = await DiskBackedNDArray.create([1], { disk, automaticOffloading: true })
      ok(!array.offloaded)
      await array.enableCaching()
      ok(array.offloaded && array.ephemeral)
    },
  },
  {
    name: 'an array without a path is ephemeral: not listed, and gone with its last object',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3))
      deepEqual([array.ephemeral, array.cachePath], [true, undefined])
      deepEqual(await disk.list(), [])
      await array.close()
      await array.close()
      equal(await arraysOn(disk), 0)
      await rejects(array.get(), 'DiskClosedError', /closed/)
    },
  },
  {
    name: 'closing an object writes back what was changed',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      ;(await array.data())[0] = 5
      await array.close()
      equal((await disk.usage()).residentBytes, 0)
      equal(await (await disk.openArray('a')).item(0), 5)
      await rejects(array.data(), 'DiskClosedError')
      await rejects(array.offload(), 'DiskClosedError')
    },
  },
  {
    name: 'bytes that are to be purged stay while one object is on them',
    async run(t) {
      const disk = await t.openDisk()
      const purged: string[] = []
      disk.addEventListener('purge', ({ detail }) => purged.push(`${detail.path} ${detail.byteLength}`))
      const one = await disk.array(counted(3), { cachePath: 'a', purgeDiskOnGc: true })
      const two = await disk.openArray('a')
      ok(two.purgeDiskOnGc)
      await one.close()
      equal(await two.item(1), 1)
      await two.disablePurge()
      await two.enablePurge()
      await two.close()
      equal(await disk.has('a'), false)
      deepEqual(purged, ['a 24'])
    },
  },
  {
    name: 'what a page was to purge is gone after its disk was closed',
    async run(t) {
      const disk = await t.openDisk()
      await disk.array(counted(3), { cachePath: 'a', purgeDiskOnGc: true })
      const kept = await disk.array(counted(3), { cachePath: 'b', purgeDiskOnGc: true })
      await kept.disablePurge()
      await disk.array(counted(3))
      const again = await t.reopen(disk)
      deepEqual(
        (await again.list()).map(({ path }) => path),
        ['b'],
      )
      equal(await arraysOn(again), 1)
    },
  },
  {
    name: 'purge removes the bytes at once, whoever is on them',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      const other = await disk.openArray('a')
      await array.purge()
      await array.purge()
      equal(await disk.has('a'), false)
      await rejects(array.get(), 'StaleArrayError', /'a'/)
      await rejects(other.data(), 'StaleArrayError')
      await array.close()
    },
  },
  {
    name: 'a state finds the array again after the disk was closed, whatever purge was',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a', purgeDiskOnGc: true, automaticOffloading: true })
      await array.set([0], 5)
      const state = await array.toState()
      deepEqual(structuredClone(state), state)
      deepEqual(
        [state.version, state.className, state.disk, state.cachePath, state.shape, state.dtype],
        [1, 'DiskBackedNDArray', disk.name, 'a', [3], 'float64'],
      )
      equal(array.purgeDiskOnGc, false)
      const again = await t.reopen(disk)
      const revived = await DiskBackedNDArray.fromState(state, { disk: again })
      deepEqual([revived.purgeDiskOnGc, revived.automaticOffloading, revived.offloaded], [true, true, true])
      deepEqual(await revived.toArray(), Float64Array.of(5, 1, 2))
      const third = await t.reopen(again)
      equal(await third.has('a'), false)
    },
  },
  {
    name: 'a state of an ephemeral array keeps it',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3))
      const state = await array.toState()
      deepEqual([array.ephemeral, array.cachePath], [false, state.cachePath])
      const again = await t.reopen(disk)
      deepEqual(await (await DiskBackedNDArray.fromState(state, { disk: again })).toArray(), counted(3))
    },
  },
  {
    name: 'toState writes back and offloads',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      ;(await array.data())[1] = 7
      await array.toState()
      ok(array.offloaded)
      equal(await array.item(1), 7)
      await rejects((await disk.array([1], { enableCaching: false })).toState(), 'TypeError', /caching/)
    },
  },
  {
    name: 'a state that is none, of a class nobody registered, or of an array that is gone, is refused',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      const state = await array.toState()
      const revive = (changes: object) =>
        DiskBackedNDArray.fromState({ ...state, ...changes } as LazyDiskCacheState, { disk })
      await rejects(revive({ className: 'Nobody' }), 'NotFoundError', /Nobody/)
      await rejects(revive({ version: 2 }), 'TypeError', /version 2/)
      await rejects(revive({ cachePath: '../a' }), 'InvalidPathError')
      await rejects(revive({ cachePath: 'b' }), 'NotFoundError', /'b'/)
      await rejects(DiskBackedNDArray.fromState(null as unknown as LazyDiskCacheState, { disk }), 'TypeError')
      deepEqual(await (await revive({})).toArray(), counted(3))
    },
  },
  {
    name: 'a state finds its disk by name where it is open',
    async run(t) {
      const disk = await t.openDisk()
      const state = await (await disk.array(counted(3), { cachePath: 'a' })).toState()
      deepEqual(await (await DiskBackedNDArray.fromState(state)).toArray(), counted(3))
    },
  },
  {
    name: 'objects are disposed of by their symbol',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3))
      await array[Symbol.asyncDispose]()
      equal(await arraysOn(disk), 0)
      await disk[Symbol.asyncDispose]()
      await rejects(disk.list(), 'DiskClosedError')
    },
  },
]
