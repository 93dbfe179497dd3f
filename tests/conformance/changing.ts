// Changing: set, append, attributes.
import { type Disk, NDArray, type Operand, slice } from '../../src/index.js'
import { scalar } from '../../src/numpy.js'
import { deepEqual, equal, ok, rejects, throws } from '../support/assert.js'
import type { Case, CaseContext } from '../support/conformance.js'
import { counted, MIB, table } from './numbers.js'

/** In every state an array can be changed in: offloaded, loaded, in memory only. */
async function inEveryState(
  t: CaseContext,
  check: (make: (data: NDArray) => ReturnType<Disk['array']>) => Promise<void>,
): Promise<void> {
  const disk = await t.openDisk()
  await check((data) => disk.array(data, { automaticOffloading: true }))
  await check((data) => disk.array(data))
  await check((data) => disk.array(data, { enableCaching: false }))
}

export const changingCases: Case[] = [
  {
    name: 'set writes what the same set of an array in memory writes',
    async run(t) {
      await inEveryState(t, async (make) => {
        const changes: [Parameters<NDArray['set']>[0], Operand][] = [
          [[], 7],
          [[1], 8],
          [[null, slice(null, null, 2)], new Float64Array([1, 2, 3, 4, 5, 6])],
          [[slice(2, null, -1), 0], NDArray.from([1, 2, 3])],
          [[0], [5, 6, 7, 8]],
          [[slice(1, 3), slice(0, 2)], NDArray.from(new Int8Array([1, 2]))],
          [[slice(0, 0)], 9],
          [[2, 3], 1n],
          [[2, 0], scalar(6, 'int64')],
        ]
        for (const [selection, value] of changes) {
          const expected = table(3, 4)
          const array = await make(table(3, 4))
          expected.set(selection, value as Parameters<NDArray['set']>[1]) // none of them is on disk
          await array.set(selection, value)
          deepEqual((await array.get()).toNested(), expected.toNested())
        }
      })
    },
  },
  {
    name: 'set resolves when the change is on disk, also of an array that is loaded',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(table(2, 2), { cachePath: 'a' })
      await array.set([0], 5)
      equal(array.dirty, false)
      const again = await t.reopen(disk)
      deepEqual(await (await again.openArray('a')).toArray(), Float64Array.of(5, 5, 2, 3))
    },
  },
  {
    name: 'set takes arrays on disk and views of them, the array itself too',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(table(3, 3))
      await array.set([], array.transpose())
      deepEqual((await array.get()).toNested(), table(3, 3).transpose().toNested())
      const other = await disk.array(new Float32Array([1, 2, 3]))
      await array.set([2], other)
      deepEqual((await array.get([2])).toNested(), [1, 2, 3])
      await Promise.all([array.set([0], other), other.set([], array.view([1]))])
      deepEqual((await array.get([0])).toNested(), [1, 2, 3])
      deepEqual(await other.toArray(), Float32Array.of(1, 4, 7))
    },
  },
  {
    name: 'what does not fit is refused by set, and nothing changes',
    async run(t) {
      await inEveryState(t, async (make) => {
        const array = await make(NDArray.from(new Uint8Array(6), { shape: [2, 3] }))
        await rejects(array.set([0], 256), 'DTypeError', /256/)
        await rejects(array.set([0], 1.5), 'DTypeError')
        await rejects(array.set([0], new Float32Array(3)), 'DTypeError', /same_kind/)
        await rejects(array.set([0], new Uint8Array(2)), 'ShapeError', /2 elements.*\(3,\)/)
        await rejects(array.set([], NDArray.from(new Uint8Array(2))), 'ShapeError', /\(2,\) into shape \(2,3\)/)
        await rejects(array.set([0, 0], 'a' as unknown as number), 'TypeError')
        await rejects(array.set([2], 1), 'InvalidSelectionError', /axis 0 with size 2/)
        deepEqual(await array.toArray(), new Uint8Array(6))
      })
    },
  },
  {
    name: 'set leaves the memory it is given alone',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.zeros([4, MIB], 'float32')
      const value = new Float32Array(MIB).fill(3)
      await array.set([1], value)
      equal(value.length, MIB)
      equal(value[5], 3)
      equal(await array.item(1, MIB - 1), 3)
    },
  },
  {
    name: 'append grows an array along any axis, in every state, as concatenating does',
    async run(t) {
      await inEveryState(t, async (make) => {
        const array = await make(table(2, 3))
        await array.append(NDArray.from([[10, 11, 12]]))
        deepEqual(array.shape, [3, 3])
        await array.append([[20], [21], [22]], 1)
        deepEqual((await array.get()).toNested(), [
          [0, 1, 2, 20],
          [3, 4, 5, 21],
          [10, 11, 12, 22],
        ])
        await array.append(new Float64Array(8), 0)
        deepEqual(array.shape, [5, 4])
        await array.append(await make(table(5, 4)), -1)
        deepEqual([array.shape, await array.item(4, 7)], [[5, 8], 19])
      })
    },
  },
  {
    name: 'append keeps what was changed through data(), and gives data() a longer buffer',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      const before = await array.data()
      before[0] = 100
      await array.append([3, 4])
      deepEqual(before, Float64Array.of(100, 1, 2))
      deepEqual(await array.data({ readOnly: true }), Float64Array.of(100, 1, 2, 3, 4))
      equal(array.dirty, false)
      const again = await t.reopen(disk)
      deepEqual(await (await again.openArray('a')).toArray(), Float64Array.of(100, 1, 2, 3, 4))
    },
  },
  {
    name: 'append over many blocks keeps every byte',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(200_000), { cachePath: 'a', automaticOffloading: true })
      for (let turn = 0; turn < 5; turn++) await array.append(counted(100_000))
      deepEqual(array.shape, [700_000])
      const all = await array.toArray()
      ok(all.every((value, i) => value === (i < 200_000 ? i : (i - 200_000) % 100_000)))
    },
  },
  {
    name: 'what does not fit is refused by append, and nothing changes',
    async run(t) {
      await inEveryState(t, async (make) => {
        const array = await make(table(2, 3))
        await rejects(array.append([[1, 2]]), 'ShapeError', /\(1,2\).*\(2,3\)/)
        await rejects(array.append(new Float64Array(4)), 'ShapeError', /4 elements/)
        await rejects(array.append([[1, 2, 3]], 2), 'ShapeError', /axis 2/)
        await rejects(array.append(NDArray.from([[{ re: 1, im: 1 }]]).broadcastTo([1, 3])), 'DTypeError', /same_kind/)
        deepEqual((await array.get()).toNested(), table(2, 3).toNested())
        const single = await make(NDArray.from(5))
        await rejects(single.append([1]), 'ShapeError', /zero-dimensional/)
      })
    },
  },
  {
    name: 'attributes are kept with the array, as frozen copies',
    async run(t) {
      const disk = await t.openDisk()
      const given = { crs: 'EPSG:4326', bounds: [1, 2], nested: { a: null } }
      const array = await disk.array([1], { cachePath: 'a', attributes: given })
      given.bounds[0] = 99
      deepEqual(array.attributes, { crs: 'EPSG:4326', bounds: [1, 2], nested: { a: null } })
      equal(array.attributes, array.attributes)
      throws(() => ((array.attributes as typeof given).bounds[0] = 5), 'TypeError')
      throws(() => ((array.attributes as { crs: string }).crs = ''), 'TypeError')
      await array.setAttributes({ unit: 'm' })
      deepEqual(array.attributes, { unit: 'm' })
      for (const odd of [{ f: () => 1 }, { n: Number.NaN }, { d: new Date() }, [1], null, 'a']) {
        await rejects(array.setAttributes(odd as object as Record<string, unknown>), 'TypeError', /JSON/)
      }
      const again = await t.reopen(disk)
      deepEqual((await again.openArray('a')).attributes, { unit: 'm' })
      deepEqual((await again.list())[0]?.attributes, { unit: 'm' })
    },
  },
  {
    name: 'attributes of an array in memory only go with it to disk',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array([1], { enableCaching: false, cachePath: 'a', attributes: { a: 1 } })
      await array.setAttributes({ a: 2 })
      await array.enableCaching()
      deepEqual((await disk.list())[0]?.attributes, { a: 2 })
      await array.disableCaching()
      deepEqual(array.attributes, { a: 2 })
    },
  },
]
