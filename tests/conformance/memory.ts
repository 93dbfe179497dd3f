// In and out of memory: load modes, live buffers, what is written back when, the budget.
import { type Disk, type LoadMode, type MemoryBudgetError, slice } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted, MIB, noise, sameBytes, table } from './numbers.js'

/** What is on disk at `path`, whatever is in memory. */
async function onDisk(disk: Disk, path: string): Promise<unknown> {
  const copy = await disk.openArray(path)
  await copy.load('c', { discard: true })
  const values = (await copy.get()).toNested()
  await copy.offload()
  return values
}

export const memoryCases: Case[] = [
  {
    name: 'loading and offloading twice is no harm',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3))
      await array.offload()
      await array.offload()
      deepEqual([array.offloaded, array.mode], [true, undefined])
      await array.load()
      await array.load('c')
      deepEqual([array.offloaded, array.mode], [false, 'r+'])
      deepEqual(await array.toArray(), counted(3))
      await rejects(array.load('rw' as LoadMode), 'TypeError', /rw/)
    },
  },
  {
    name: 'what is written through data() is on disk after offload',
    async run(t) {
      const disk = await t.openDisk()
      for (const size of [3, MIB]) {
        const array = await disk.array(counted(size), { cachePath: `a${size}` })
        await array.offload()
        const data = await array.data()
        ok(array.is('float64'))
        data[1] = 77
        ok(array.dirty)
        await array.offload()
        deepEqual([array.offloaded, array.dirty, data.length], [true, false, size])
        equal(await array.item(1), 77)
        equal(await array.item(size - 1), size - 1)
      }
      const again = await t.reopen(disk)
      equal(await (await again.openArray('a3')).item(1), 77)
    },
  },
  {
    name: 'flush writes back and stays loaded; what is written later is written again',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a', dtype: 'float64' })
      const data = await array.data()
      data[0] = 5
      await array.flush()
      deepEqual([array.offloaded, array.dirty], [false, false])
      data[0] = 6
      await array.offload()
      equal(await array.item(0), 6)
    },
  },
  {
    name: 'closing the disk writes back what was changed; discard does not',
    async run(t) {
      const disk = await t.openDisk()
      const data = await (await disk.array(counted(3), { cachePath: 'a' })).data()
      data[0] = 5
      const again = await t.reopen(disk)
      const array = await again.openArray('a')
      equal(await array.item(0), 5)
      const more = await array.data()
      more[0] = 6
      await again.close({ discard: true })
      equal(await (await (await t.openDisk()).openArray('a')).item(0), 5)
    },
  },
  {
    name: 'mode r refuses set and drops what is written to its buffer',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(table(2, 2), { cachePath: 'a' })
      await array.offload()
      await array.load('r')
      equal(array.mode, 'r')
      await rejects(array.set([0], 1), 'ReadOnlyError', /'a'.*'r'/)
      await rejects(array.append(table(1, 2)), 'ReadOnlyError')
      const data = await array.data()
      data.fill(9 as never)
      equal(array.dirty, false)
      await array.offload()
      deepEqual(await array.toArray(), counted(4))
    },
  },
  {
    name: 'mode c keeps changes in memory and drops them',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(table(2, 2), { cachePath: 'a' })
      await array.offload()
      await array.load('c')
      await array.set([0], 50)
      await array.append(table(1, 2))
      const data = await array.data()
      data[3] = 53
      deepEqual((await array.get()).toNested(), [
        [50, 50],
        [2, 53],
        [0, 1],
      ])
      await array.flush()
      await array.offload()
      deepEqual(array.shape, [2, 2])
      deepEqual(await array.toArray(), counted(4))
    },
  },
  {
    name: 'mode w+ starts from zeros, on disk too',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(table(2, 2), { cachePath: 'a' })
      await array.offload()
      await array.load('w+')
      deepEqual([array.mode, await array.toArray()], ['w+', new Float64Array(4)])
      await array.set([0, 1], 5)
      await array.offload()
      const again = await t.reopen(disk)
      deepEqual(await (await again.openArray('a')).toArray(), Float64Array.of(0, 5, 0, 0))
    },
  },
  {
    name: 'an array opened with mode r refuses changes through that object only',
    async run(t) {
      const disk = await t.openDisk()
      const writable = await disk.array(table(2, 2), { cachePath: 'a' })
      const array = await disk.openArray('a', { mode: 'r' })
      await rejects(array.set([0], 1), 'ReadOnlyError')
      await rejects(array.append(table(1, 2)), 'ReadOnlyError')
      await rejects(array.setAttributes({}), 'ReadOnlyError')
      await rejects(array.load('r+'), 'ReadOnlyError')
      await array.data()
      equal(array.dirty, false)
      await writable.set([0], 1)
      equal(await array.item(0, 1), 1)
      await array.offload()
      await array.load()
      equal(array.mode, 'r')
      await rejects(disk.openArray('a', { mode: 'w+' as 'r' }), 'TypeError', /w\+/)
    },
  },
  {
    name: 'objects on one path share what is in memory',
    async run(t) {
      const disk = await t.openDisk()
      const one = await disk.array(counted(3), { cachePath: 'a' })
      const two = await disk.openArray('a')
      equal(await two.data(), await one.data())
      deepEqual([one.dirty, two.dirty], [true, true])
      equal((await disk.usage()).residentBytes, 24)
      await two.offload()
      ok(one.offloaded)
      await one.load()
      ok(!two.offloaded)
    },
  },
  {
    name: 'concurrent calls of data() share one read',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(noise(MIB), { automaticOffloading: true })
      const before = (await disk.stats()).loads
      const [a, b, c] = await Promise.all([array.data(), array.data({ readOnly: true }), array.data()])
      ok(a === b && b === c, 'they are different buffers')
      equal((await disk.stats()).loads - before, 1)
    },
  },
  {
    name: 'reading leaves an array clean, and offloading it writes nothing',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(noise(MIB))
      await array.get([slice(0, 5)])
      await array.data({ readOnly: true })
      await array.use((data) => data.length, { readOnly: true })
      for await (const block of array.blocks()) ok(block)
      equal(array.dirty, false)
      const before = (await disk.stats()).bytesWritten
      await array.offload()
      equal((await disk.stats()).bytesWritten, before)
    },
  },
  {
    name: 'use keeps the buffer in memory while work runs, and lets go of it where that is automatic',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a', automaticOffloading: true })
      const result = await array.use(async (data) => {
        await Promise.resolve()
        ok(!array.offloaded)
        data[0] = 42
        return data.length
      })
      deepEqual([result, array.offloaded], [3, true])
      equal(await array.item(0), 42)
      array.automaticOffloading = false
      await array.use((data) => data.fill(1 as never))
      deepEqual([array.offloaded, array.dirty], [false, true])
      await array.offload()
      equal(await array.item(2), 1)
    },
  },
  {
    name: 'of uses that overlap the last one lets go, and writes once',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a', dtype: 'float64', automaticOffloading: true })
      const before = (await disk.stats()).bytesWritten
      await array.use((data) => data.fill(1))
      const once = (await disk.stats()).bytesWritten - before
      const ends: (() => void)[] = []
      const use = (value: number) =>
        array.use(async (data) => {
          await new Promise<void>((resolve) => ends.push(resolve))
          data.fill(value)
        })
      const [first, second] = [use(1), use(2)]
      while (ends.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
      ends[0]?.()
      await first
      ok(!array.offloaded)
      equal((await disk.stats()).bytesWritten - before, once)
      ends[1]?.()
      await second
      deepEqual([array.offloaded, await array.item(2)], [true, 2])
      equal((await disk.stats()).bytesWritten - before, 2 * once)
    },
  },
  {
    name: 'offloading what is in use writes at once and lets go at the end; nothing is lost, nothing waits for itself',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a', dtype: 'float64' })
      await array.use(async (data) => {
        data[0] = 1
        await array.offload()
        ok(!array.offloaded)
        data[1] = 2
      })
      ok(array.offloaded)
      deepEqual(await array.toArray(), Float64Array.of(1, 2, 2))
      const using = array.use(async (data) => {
        await new Promise((resolve) => setTimeout(resolve, 10))
        data[2] = 3
      })
      await Promise.all([using, array.offload()])
      ok(array.offloaded)
      deepEqual(await array.toArray(), Float64Array.of(1, 2, 3))
    },
  },
  {
    name: 'a use that ends while offloading writes leaves nothing in memory, and nothing is lost',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a', dtype: 'float64' })
      await array.load()
      let end = () => {}
      const isWriting = new Promise<void>((resolve) => {
        end = resolve
      })
      const using = array.use(async (data) => {
        data[1] = 2
        await isWriting
        data[2] = 3
      })
      await array.offload({ onProgress: () => end() })
      await using
      ok(array.offloaded)
      deepEqual(await array.toArray(), Float64Array.of(0, 2, 3))
    },
  },
  {
    name: 'what was written to a buffer that is given back after a flush, or during one, is a change',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a', dtype: 'float64' })
      const data = await array.data()
      await array.flush()
      data[0] = 1
      array.release()
      await array.offload()
      deepEqual(await array.toArray(), Float64Array.of(1, 1, 2))
      const again = await array.data()
      const giveBack = () => {
        again[0] = 2
        array.release()
      }
      const flushed = array.flush({ onProgress: ({ doneBytes }) => doneBytes > 0 && giveBack() })
      await flushed
      await array.offload()
      deepEqual(await array.toArray(), Float64Array.of(2, 1, 2))
    },
  },
  {
    name: 'work that throws is rejected with its error, and the next call works',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { automaticOffloading: true, dtype: 'float64' })
      await rejects(
        array.use((data) => {
          data[0] = 9
          throw new RangeError('mine')
        }),
        'RangeError',
        /mine/,
      )
      ok(array.offloaded)
      equal(await array.item(0), 9)
    },
  },
  {
    name: 'a pin keeps an array in memory until it is disposed of',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 100 })
      const array = await disk.array(counted(8), { automaticOffloading: true })
      const pin = await array.pin()
      ok(!array.offloaded)
      const other = await disk.array(counted(8), { automaticOffloading: true })
      await rejects(other.load(), 'MemoryBudgetError')
      await array.offload()
      ok(!array.offloaded)
      pin[Symbol.dispose]()
      pin[Symbol.dispose]()
      await array.get()
      await other.load()
      ok(array.offloaded)
    },
  },
  {
    name: 'offload never takes a buffer that user code may hold, but with transfer',
    async run(t) {
      const disk = await t.openDisk()
      for (const size of [8, 2 * MIB]) {
        const array = await disk.array(noise(size), { cachePath: `a${size}`, dtype: 'uint8' })
        const kept = await array.data()
        kept[0] = 1
        await array.offload()
        equal(kept.byteLength, size)
        const given = await array.data()
        given[1] = 2
        await array.offload({ transfer: true })
        equal(given.byteLength, 0)
        const expected = noise(size)
        expected.set([1, 2])
        ok(sameBytes(await array.toArray(), expected))
      }
    },
  },
  {
    name: 'a clean array makes room for another; one that is held does not',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 20 * 8 })
      const evicted: string[] = []
      disk.addEventListener('evict', (event) => evicted.push(`${event.detail.path} ${event.detail.reason}`))
      const make = (path: string) => disk.array(counted(8), { cachePath: path, dtype: 'float64' })
      const [a, b, c] = [await make('a'), await make('b'), await make('c')]
      deepEqual([a.offloaded, b.offloaded, c.offloaded], [true, false, false])
      await b.get()
      await a.load()
      deepEqual([a.offloaded, b.offloaded, c.offloaded], [false, false, true])
      deepEqual(evicted, ['a memory', 'c memory'])
      ;(await a.data())[0] = 5
      ;(await b.data())[0] = 6
      const error = (await rejects(c.load(), 'MemoryBudgetError', /64 bytes/)) as MemoryBudgetError
      deepEqual([error.requested, error.holders.map(({ path }) => path).sort()], [64, ['a', 'b']])
      ok(c.offloaded)
      await a.offload()
      await c.load()
      equal(await a.item(0), 5)
      equal((await disk.stats()).evictions.memory, 2)
    },
  },
  {
    name: 'what does not fit the budget is created all the same, and not loaded',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 100 })
      const array = await disk.array(counted(100), { cachePath: 'a' })
      ok(array.offloaded)
      equal((await array.get([slice(0, 100)])).size, 100)
      await rejects(array.data(), 'MemoryBudgetError')
      await array.set([0], 5)
      equal(await array.item(0), 5)
      equal((await disk.usage()).residentBytes, 0)
    },
  },
  {
    name: 'a budget that is lowered is met as arrays are written out',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 1000 })
      const clean = await disk.array(counted(10))
      const released = await disk.array(counted(10), { cachePath: 'released' })
      ;(await released.data())[0] = 5
      released.release()
      const held = await disk.array(counted(10), { cachePath: 'held' })
      ;(await held.data())[0] = 6
      let isMet = false
      const met = disk.setMemoryBudget(40).then(() => {
        isMet = true
      })
      equal(disk.memoryBudget, 40)
      ok(clean.offloaded)
      while (!released.offloaded) await new Promise((resolve) => setTimeout(resolve, 1))
      deepEqual([isMet, (await disk.usage()).memoryBudget], [false, 80])
      await rejects(clean.load(), 'MemoryBudgetError')
      await held.offload()
      await met
      deepEqual([(await disk.usage()).memoryBudget, (await disk.usage()).residentBytes], [40, 0])
      deepEqual(await onDisk(disk, 'released').catch(() => 'too large'), 'too large')
      await disk.setMemoryBudget(1000)
      equal(((await onDisk(disk, 'released')) as number[])[0], 5)
      await rejects(disk.setMemoryBudget(Number.NaN), 'TypeError')
    },
  },
  {
    name: 'loading with discard takes what is on disk in place of what was changed',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(3), { cachePath: 'a' })
      ;(await array.data())[0] = 5
      await array.load('r+', { discard: true })
      deepEqual([array.dirty, await array.toArray()], [false, counted(3)])
    },
  },
  {
    name: 'loads and offloads are told by events and counted',
    async run(t) {
      const disk = await t.openDisk()
      const told: string[] = []
      for (const type of ['load', 'offload'] as const) {
        disk.addEventListener(type, ({ detail }) => {
          ok(detail.milliseconds >= 0)
          told.push(`${type} ${detail.path} ${detail.byteLength}`)
        })
      }
      const array = await disk.array(counted(3), { cachePath: 'a' })
      await array.offload()
      await array.load()
      await array.get()
      deepEqual(told, ['offload a 24', 'load a 24'])
      const { loads, offloads, hits } = await disk.stats()
      deepEqual([loads, offloads, hits > 0], [1, 1, true])
    },
  },
]
