// Calls that race on one array: one after the other, in call order.
import { slice } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted, MIB, table } from './numbers.js'

export const orderCases: Case[] = [
  {
    name: 'loading and offloading that race leave the state of the last call',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(MIB), { cachePath: 'a' })
      await Promise.all([array.offload(), array.load(), array.offload(), array.load()])
      ok(!array.offloaded)
      await Promise.all([array.load(), array.offload(), array.load(), array.offload()])
      ok(array.offloaded)
      equal(await array.item(MIB - 1), MIB - 1)
    },
  },
  {
    name: 'a get sees every set that was called before it and none after',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.zeros([4], 'int32')
      const seen: Promise<unknown>[] = []
      for (let turn = 1; turn <= 20; turn++) {
        void array.set([], turn)
        if (turn % 5 === 0) void array.load()
        if (turn % 7 === 0) void array.offload()
        seen.push(array.get().then((got) => got.toNested()))
      }
      deepEqual(
        await Promise.all(seen),
        Array.from({ length: 20 }, (_, i) => [i + 1, i + 1, i + 1, i + 1]),
      )
    },
  },
  {
    name: 'a get during an offload of many blocks gives the new value',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(2 * MIB), { dtype: 'float64' })
      const data = await array.data()
      data[2 * MIB - 1] = -1
      const [, got] = await Promise.all([array.offload(), array.item(-1)])
      equal(got, -1)
    },
  },
  {
    name: 'a selection is worked out when the call has its turn',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(table(1, 2))
      const appended = array.append(table(2, 2))
      const [last, item] = await Promise.all([array.get([-1]), array.item(2, 1), appended])
      deepEqual(last.toNested(), [2, 3])
      equal(item, 3)
    },
  },
  {
    name: 'calls through two objects on one path keep their order',
    async run(t) {
      const disk = await t.openDisk()
      const one = await disk.array(counted(4), { cachePath: 'a' })
      const two = await disk.openArray('a')
      const [, first, , second] = await Promise.all([
        one.set([0], 1),
        two.item(0),
        two.set([slice(0, 1)], 2),
        one.item(0),
      ])
      deepEqual([first, second], [1, 2])
    },
  },
  {
    name: 'deleting and renaming wait for what was called before',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(MIB), { cachePath: 'a' })
      ;(await array.data())[0] = 5
      await Promise.all([array.offload(), disk.rename('a', 'b')])
      equal(array.cachePath, 'b')
      equal(await array.item(0), 5)
      const [item, gone] = await Promise.all([array.item(1), disk.delete('b')])
      deepEqual([item, gone], [1, true])
    },
  },
  {
    name: 'turning caching off and on keeps the order of calls',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      const results = await Promise.all([
        array.disableCaching(),
        array.set([0], 10),
        array.item(0),
        array.enableCaching(),
        array.set([1], 11),
        array.item(1),
        array.offload(),
        array.toArray(),
      ])
      deepEqual([results[2], results[5], results[7]], [10, 11, Float64Array.of(10, 11, 2)])
      ok(array.cacheEnabled && array.offloaded)
    },
  },
  {
    name: 'calls made before the disk closes are done, later ones rejected',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(MIB), { cachePath: 'a', dtype: 'float64' })
      ;(await array.data())[0] = 5
      const before = [array.offload(), array.item(1), disk.array(counted(3), { cachePath: 'b' })]
      const closed = disk.close()
      const after = rejects(array.item(1), 'DiskClosedError')
      await Promise.all(before)
      await closed
      await after
      const again = await t.openDisk()
      equal(await (await again.openArray('a')).item(0), 5)
      ok(await again.has('b'))
    },
  },
]
