// The disk: opening and sharing, what it tells of itself, getOrCreate, closing.
import { DiskBackedNDArray, deleteDisk, listDisks, openDisk } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted, MIB, noise } from './numbers.js'
import { PointCloud } from './point-cloud.js'

export const diskCases: Case[] = [
  {
    name: 'a disk that is open is shared, and closes with its last handle',
    async run(t) {
      const one = await t.openDisk({ memoryBudget: 1000 })
      const two = await t.openDisk({ memoryBudget: 2000 })
      ok(one !== two)
      deepEqual([one.name, one.backend, one.role, one.fallbackReason], [t.diskName, t.backend, 'owner', undefined])
      deepEqual([one.memoryBudget, two.memoryBudget], [2000, 2000])
      const array = await one.array(counted(3), { cachePath: 'a' })
      await one.close()
      await one.close()
      await rejects(one.list(), 'DiskClosedError', new RegExp(t.diskName))
      await rejects(one.array([1]), 'DiskClosedError')
      equal(await array.item(1), 1)
      ok(await two.has('a'))
      await two.close()
      await rejects(array.item(1), 'DiskClosedError')
      await rejects(array.offload(), 'DiskClosedError')
      await array.close()
    },
  },
  {
    name: 'opening at the same time shares one connection',
    async run(t) {
      const [one, two] = await Promise.all([t.openDisk(), t.openDisk()])
      await one.array([1], { cachePath: 'a' })
      ok(await two.has('a'))
      await Promise.all([one.close(), two.close()])
      ok(await (await t.openDisk()).has('a'))
    },
  },
  {
    name: 'opening while the last handle closes waits, and opens anew',
    async run(t) {
      const one = await t.openDisk()
      await one.array([1], { cachePath: 'a' })
      const closing = one.close()
      const two = await t.openDisk()
      await closing
      ok(await two.has('a'))
    },
  },
  {
    name: 'an open disk keeps its backend and durability',
    async run(t) {
      const disk = await t.openDisk({ durability: 'strict' })
      const name = t.diskName
      const other = t.backend === 'memory' ? 'opfs' : 'memory'
      await rejects(openDisk({ name, backend: other }), 'TypeError', /backend/)
      await rejects(openDisk({ name, backend: t.backend, durability: 'relaxed' }), 'TypeError', /durability/)
      const same = await openDisk({ name, backend: 'auto', durability: 'strict' })
      await same.close()
      await disk.array([1], { cachePath: 'a' })
      ok(await disk.has('a'))
    },
  },
  {
    name: 'options that are none are refused by name',
    async run(t) {
      await rejects(openDisk({ name: t.diskName, backends: 'opfs' } as object), 'TypeError', /backends/)
      await rejects(openDisk({ name: '' }), 'TypeError', /name/)
      await rejects(openDisk({ name: t.diskName, memoryBudget: -1 }), 'TypeError', /memoryBudget/)
    },
  },
  {
    name: 'an open that is aborted rejects with the reason, and others are not disturbed',
    async run(t) {
      await rejects(t.openDisk({ signal: AbortSignal.abort(new RangeError('no')) }), 'RangeError', /no/)
      const controller = new AbortController()
      const aborted = rejects(t.openDisk({ signal: controller.signal }), 'RangeError', /stop/)
      const other = t.openDisk()
      controller.abort(new RangeError('stop'))
      await aborted
      const disk = await other
      await disk.array([1], { cachePath: 'a' })
      ok(await disk.has('a'))
    },
  },
  {
    name: 'disks are listed, and deleted when nobody has them open',
    async run(t) {
      const disk = await t.openDisk()
      await disk.array([1], { cachePath: 'a' })
      ok((await listDisks()).includes(t.diskName))
      await rejects(deleteDisk(t.diskName), 'DiskLockedError', new RegExp(t.diskName))
      ok(await disk.has('a'))
      await disk.close()
      await deleteDisk(t.diskName)
      ok(!(await listDisks()).includes(t.diskName))
      deepEqual(await (await t.openDisk()).list(), [])
    },
  },
  {
    name: 'usage and stats count what is in memory and on disk',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 64 * MIB })
      const array = await disk.array(noise(3 * MIB), { cachePath: 'a' })
      const usage = await disk.usage()
      deepEqual([usage.residentBytes, usage.memoryBudget, usage.arrays], [3 * MIB, 64 * MIB, 1])
      equal(usage.liveBytes, 3 * MIB)
      ok(usage.diskBytes >= usage.liveBytes && usage.freeBytes >= 0 && usage.openHandles > 0)
      ok(usage.originBytes >= 0 && usage.quotaBytes >= 0)
      await array.offload()
      equal((await disk.usage()).residentBytes, 0)
      await array.data({ readOnly: true })
      await array.data({ readOnly: true })
      const stats = await disk.stats()
      deepEqual([stats.hits, stats.misses, stats.loads, stats.offloads], [1, 1, 1, 1])
      ok(stats.bytesWritten >= 3 * MIB && stats.bytesRead >= 3 * MIB)
      deepEqual(stats.evictions, { memory: 0, disk: 0, expired: 0, tag: 0 })
    },
  },
  {
    name: 'check finds nothing wrong with a disk that was used, and compact gives room back',
    async run(t) {
      const disk = await t.openDisk()
      for (let i = 0; i < 8; i++)
        await disk.array(noise(2 * MIB, i + 1), { cachePath: `a${i}`, automaticOffloading: true })
      const full = (await disk.usage()).diskBytes
      for (const i of [0, 2, 4, 6, 7]) await disk.delete(`a${i}`)
      await disk.compact()
      ok((await disk.usage()).diskBytes < full)
      deepEqual(await disk.check(), { problems: [], fixed: true })
      const array = await disk.openArray('a5')
      deepEqual((await array.get()).data, noise(2 * MIB, 6))
    },
  },
  {
    name: 'flush writes back and makes durable, connect gives a port',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      ;(await array.data())[0] = 5
      const progress: number[] = []
      await disk.flush({ onProgress: ({ doneBytes }) => progress.push(doneBytes) })
      deepEqual([progress[0], progress.at(-1), array.dirty], [0, 24, false])
      const port = await disk.connect()
      ok(port instanceof MessagePort)
      port.close()
    },
  },
  {
    name: 'flush and close write all that is there, and are no failure for what is replaced, moved upon or deleted meanwhile',
    async run(t) {
      // The race is between messages to the worker: each round lets the removal go a little earlier.
      for (let ticks = 0; ticks < 12; ticks++) {
        const disk = await t.openDisk()
        for (const cachePath of ['replaced', 'moved upon', 'kept']) {
          const array = await disk.array(counted(3), { cachePath })
          ;(await array.data())[0] = 5
        }
        const from = { disk, enableCaching: true, cachePath: 'moved upon', purgeDiskOnGc: false, name: 'tower' }
        const removals = [
          disk.array(counted(4), { cachePath: 'replaced' }),
          PointCloud.create(Float32Array.of(1, 2, 3), from),
        ]
        for (let tick = 0; tick < ticks; tick++) await undefined
        await Promise.all([...removals, disk.flush()])
        deepEqual(
          (await disk.list()).map(({ path }) => path),
          ['kept', 'moved upon', 'replaced'],
        )
        const kept = await disk.openArray('kept')
        await kept.load('r', { discard: true })
        equal(await kept.item(0), 5)
        equal((await disk.openArray('replaced')).size, 4)
        await Promise.all([disk.clear(), disk.close()])
      }
    },
  },
  {
    name: 'persist tells whether the browser agreed not to evict',
    async run(t) {
      const disk = await t.openDisk()
      // Firefox asks its user, who is not here.
      if (t.backend === 'memory') equal(await disk.persist(), false)
    },
  },
  {
    name: 'getOrCreate computes once for all who ask at the same time',
    async run(t) {
      const disk = await t.openDisk()
      let computed = 0
      const make = async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        computed++
        return counted(3)
      }
      const arrays = await Promise.all([1, 2, 3].map(() => disk.getOrCreate('a', make)))
      equal(computed, 1)
      for (const array of arrays) deepEqual(await array.toArray(), counted(3))
      await arrays[0]?.close()
      equal(await arrays[1]?.item(1), 1)
      const again = await t.reopen(disk)
      equal(await (await again.getOrCreate('a', make)).item(2), 2)
      equal(computed, 1)
      await rejects(again.getOrCreate('a', make, { dtype: 'int8' }), 'DTypeError')
    },
  },
  {
    name: 'a computation that fails fails for all who wait, and is tried again by the next',
    async run(t) {
      const disk = await t.openDisk()
      const fail = async (): Promise<never> => {
        throw new RangeError('mine')
      }
      const [one, two] = [disk.getOrCreate('a', fail), disk.getOrCreate('a', async () => counted(1))]
      await rejects(one, 'RangeError', /mine/)
      await rejects(two, 'RangeError', /mine/)
      equal(await (await disk.getOrCreate('a', async () => counted(2))).item(1), 1)
    },
  },
  {
    name: 'who aborts a shared computation does not take it from others',
    async run(t) {
      const disk = await t.openDisk()
      const controller = new AbortController()
      const { signal } = controller
      const slow = async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        signal.throwIfAborted()
        return counted(1)
      }
      const one = rejects(disk.getOrCreate('a', slow, { signal }), 'RangeError', /stop/)
      const two = disk.getOrCreate('a', async () => counted(2))
      controller.abort(new RangeError('stop'))
      await one
      deepEqual((await two).shape, [2])
    },
  },
  {
    name: 'the snapshot is the same object until something changed, and listeners are told',
    async run(t) {
      const disk = await t.openDisk()
      const { subscribe, getSnapshot } = disk
      let told = 0
      const end = subscribe(() => told++)
      const before = getSnapshot()
      equal(getSnapshot(), before)
      deepEqual([before.residentBytes, before.arrays, before.role], [0, 0, 'owner'])
      await disk.array(noise(MIB), { cachePath: 'a' })
      while (getSnapshot().arrays === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      deepEqual([getSnapshot().residentBytes, getSnapshot().liveBytes, getSnapshot().arrays], [MIB, MIB, 1])
      ok(told >= 1)
      end()
      const count = told
      await disk.array(noise(MIB), { cachePath: 'b' })
      equal(told, count)
    },
  },
  {
    name: 'events reach every handle of a disk, while it is open',
    async run(t) {
      const one = await t.openDisk()
      const two = await t.openDisk()
      const told: string[] = []
      one.addEventListener('offload', () => told.push('one'))
      two.addEventListener('offload', () => told.push('two'), { once: true })
      const array = await one.array([1])
      await array.offload()
      deepEqual(told, ['one', 'two'])
      await one.close()
      await array.load()
      await array.offload()
      deepEqual(told, ['one', 'two'])
    },
  },
  {
    name: 'arrays cannot be put on what is no disk',
    async run() {
      await rejects(DiskBackedNDArray.create([1], { disk: {} as never, enableCaching: true }), 'TypeError', /openDisk/)
    },
  },
]
