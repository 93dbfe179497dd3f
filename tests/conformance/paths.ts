// Paths: what may be one, listing, renaming, deleting, and objects whose array is no more.
import { deepEqual, equal, ok, rejects, throws } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted, table } from './numbers.js'

export const pathCases: Case[] = [
  {
    name: 'a path is segments joined by slashes, none empty, a dot or two',
    async run(t) {
      const disk = await t.openDisk()
      for (const path of ['', '/', 'a/', '/a', 'a//b', '.', 'a/..', '../a', 'a/./b', '\ud800']) {
        await rejects(disk.array([1], { cachePath: path }), 'InvalidPathError')
        await rejects(disk.openArray(path), 'InvalidPathError')
        await rejects(disk.has(path), 'InvalidPathError')
        await rejects(disk.delete(path), 'InvalidPathError')
        await rejects(disk.rename('a', path), 'InvalidPathError')
      }
      for (const path of ['a', 'a.npy', 'CON', 'ключ/🗝', 'a b/c%2Fd', '...', 'x'.repeat(3000)]) {
        await disk.array([1], { cachePath: path })
        ok(await disk.has(path))
      }
    },
  },
  {
    name: 'list tells what is kept, in order of path, by prefix',
    async run(t) {
      const disk = await t.openDisk()
      const before = Date.now()
      await disk.array(table(2, 3), { cachePath: 'b/2' })
      await disk.zeros([5], 'int16', { cachePath: 'b/1' })
      await disk.array([1], { cachePath: 'bc' })
      await disk.array([1])
      deepEqual(
        (await disk.list()).map(({ path }) => path),
        ['b/1', 'b/2', 'bc'],
      )
      deepEqual(
        (await disk.list('b/')).map(({ path }) => path),
        ['b/1', 'b/2'],
      )
      deepEqual(await disk.list('nothing'), [])
      const [one, two] = await disk.list('b/')
      ok(one !== undefined)
      throws(() => (one.shape as number[]).push(1), 'TypeError')
      const array = await disk.openArray('b/1')
      throws(() => (array.shape as number[]).push(1), 'TypeError')
      deepEqual([one.loaded, two?.loaded], [false, true])
      deepEqual([two?.shape, two?.dtype, two?.nbytes, two?.className], [[2, 3], 'float64', 48, 'DiskBackedNDArray'])
      ok(two !== undefined && two.modified.getTime() >= before && two.modified.getTime() <= Date.now())
    },
  },
  {
    name: 'renaming moves the array, objects and all',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      await disk.rename('a', 'b/c')
      equal(array.cachePath, 'b/c')
      deepEqual([await disk.has('a'), await disk.has('b/c')], [false, true])
      await array.set([0], 5)
      equal(await (await disk.openArray('b/c')).item(0), 5)
      await rejects(disk.rename('a', 'd'), 'NotFoundError', /'a'/)
      await disk.array([1], { cachePath: 'a' })
      await rejects(disk.rename('a', 'b/c'), 'KeyExistsError', /'b\/c'/)
      await disk.rename('a', 'a')
      const again = await t.reopen(disk)
      deepEqual(
        (await again.list()).map(({ path }) => path),
        ['a', 'b/c'],
      )
    },
  },
  {
    name: 'deleting removes the array; objects on it say so from then on',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      const view = array.view([0])
      ok(await disk.delete('a'))
      equal(await disk.delete('a'), false)
      equal(await disk.has('a'), false)
      equal((await disk.usage()).residentBytes, 0)
      await rejects(array.get(), 'StaleArrayError', /'a'/)
      await rejects(view.get(), 'StaleArrayError')
      await rejects(array.append([1]), 'StaleArrayError')
      await rejects(array.setAttributes({}), 'StaleArrayError')
      await rejects(array.toState(), 'StaleArrayError')
      await rejects(array.disableCaching(), 'StaleArrayError')
      await rejects(array.flush(), 'StaleArrayError')
      await array.close()
      await rejects(disk.openArray('a'), 'NotFoundError', /'a'/)
    },
  },
  {
    name: 'clear removes everything',
    async run(t) {
      const disk = await t.openDisk()
      const kept = await disk.array(counted(3), { cachePath: 'a' })
      const ephemeral = await disk.array(counted(3))
      const progress: number[] = []
      await disk.clear({ onProgress: ({ doneBytes }) => progress.push(doneBytes) })
      equal(progress[0], 0)
      deepEqual([await disk.list(), (await disk.usage()).arrays], [[], 0])
      await rejects(kept.get(), 'StaleArrayError')
      await rejects(ephemeral.get(), 'StaleArrayError')
      await disk.array([1], { cachePath: 'a' })
      ok(await disk.has('a'))
    },
  },
  {
    name: 'an array is opened as the dtype it has, or not at all',
    async run(t) {
      const disk = await t.openDisk()
      await disk.array(new Int16Array(3), { cachePath: 'a', purgeDiskOnGc: true })
      equal((await disk.openArray('a', { dtype: 'int16' })).dtype, 'int16')
      await rejects(disk.openArray('a', { dtype: 'float32' }), 'DTypeError', /'a'.*int16.*float32/)
      ok(await disk.has('a'))
    },
  },
]
