// Memory that manages itself: who waits, who goes, who shares, what is fetched ahead.
import type { Disk, DiskBackedNDArray, Priority } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted, MIB, noise, sameBytes } from './numbers.js'

/** Offloaded arrays of eight float64, which are all the path's number. */
async function make(disk: Disk, ...paths: string[]): Promise<DiskBackedNDArray<'float64'>[]> {
  const made: DiskBackedNDArray<'float64'>[] = []
  for (const path of paths) made.push(await disk.full([8], Number(path), 'float64', { cachePath: path }))
  return made
}

const loaded = (arrays: readonly DiskBackedNDArray[]) => arrays.map(({ offloaded }) => !offloaded)

async function eventually(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !holds(); turn++) await new Promise((resolve) => setTimeout(resolve, 5))
  ok(holds(), 'it did not come to hold')
}

export const budgetCases: Case[] = [
  {
    name: 'a load waits for room, which changed arrays that were released make by being written',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 2 * 64 })
      const evicted: string[] = []
      disk.addEventListener('evict', ({ detail }) => evicted.push(detail.path))
      const [a, b, c] = (await make(disk, '1', '2', '3')) as [DiskBackedNDArray, DiskBackedNDArray, DiskBackedNDArray]
      await a.use((data) => data.fill(10 as never))
      ;(await b.data()).fill(20 as never)
      b.release()
      await c.load()
      ok(!c.offloaded)
      ok(evicted[0] === '1', `${evicted} were evicted`)
      await disk.setMemoryBudget(0)
      deepEqual([await a.item(0), await b.item(7), await c.item(3)], [10, 20, 3])
      equal((await disk.usage()).residentBytes, 0)
    },
  },
  {
    name: 'more uses at once than memory has room for take turns',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 200 })
      const arrays = await make(disk, ...Array.from({ length: 20 }, (_, i) => `${i}`))
      const limits: boolean[] = []
      const add = (array: DiskBackedNDArray<'float64'>, i: number) =>
        array.use(async (data) => {
          limits.push(disk.getSnapshot().residentBytes <= 200)
          await new Promise((resolve) => setTimeout(resolve, 5))
          data[0] = (data[0] ?? 0) + i
        })
      await Promise.all([...arrays.map(add), ...arrays.map(add)])
      ok(limits.every(Boolean))
      for (const [i, array] of arrays.entries()) equal(await array.item(0), 3 * i)
    },
  },
  {
    name: 'a load for which only work that needs it could make room is a MemoryBudgetError, not a wait for ever',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 100 })
      const [a, b] = (await make(disk, '1', '2')) as [DiskBackedNDArray, DiskBackedNDArray]
      await a.use(async () => {
        const error = await rejects(b.load(), 'MemoryBudgetError')
        deepEqual((error as { holders?: unknown }).holders, [{ path: '1', byteLength: 64 }])
      })
      await b.load()
    },
  },
  {
    name: 'one read serves all who ask at once, and goes on when one of them is aborted',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(noise(8 * MIB), { automaticOffloading: true })
      const before = await disk.stats()
      const abort = new AbortController()
      const first = array.data({ readOnly: true, signal: abort.signal })
      const others = [array.data({ readOnly: true }), array.use((data) => data, { readOnly: true })]
      const aborted = rejects(first, 'RangeError', /enough/)
      await Promise.resolve()
      abort.abort(new RangeError('enough'))
      await aborted
      const [one, two] = await Promise.all(others)
      ok(one === two && one !== undefined && sameBytes(one, noise(8 * MIB)))
      const { loads, bytesRead } = await disk.stats()
      deepEqual([loads - before.loads, bytesRead - before.bytesRead], [1, 8 * MIB])
    },
  },
  {
    name: 'the last who asks ends the read by an abort, and what it took is free',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 9 * MIB })
      const array = await disk.array(noise(8 * MIB), { automaticOffloading: true })
      const abort = new AbortController()
      const asked = [0, 1].map(() => array.data({ signal: abort.signal }))
      abort.abort(new RangeError('enough'))
      for (const one of asked) await rejects(one, 'RangeError')
      ok(sameBytes(await array.data(), noise(8 * MIB)))
      equal((await disk.usage()).residentBytes, 8 * MIB)
    },
  },
  {
    name: 'who waits for room can be aborted; the others go on waiting',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 100 })
      const [a, b, c] = (await make(disk, '1', '2', '3')) as [DiskBackedNDArray, DiskBackedNDArray, DiskBackedNDArray]
      let end = () => {}
      const using = a.use(() => new Promise<void>((resolve) => (end = resolve)))
      await eventually(() => !a.offloaded)
      const abort = new AbortController()
      const aborted = rejects(b.load('r+', { signal: abort.signal }), 'RangeError')
      const waiting = c.load()
      await new Promise((resolve) => setTimeout(resolve, 5))
      abort.abort(new RangeError('enough'))
      await aborted
      deepEqual(loaded([b, c]), [false, false])
      end()
      await using
      await waiting
      deepEqual(loaded([a, b, c]), [false, false, true])
    },
  },
  {
    name: 'what is visible goes last, what was used recently first',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 3 * 64 })
      const [a, b, c, d] = (await make(disk, '1', '2', '3', '4')) as [
        DiskBackedNDArray,
        DiskBackedNDArray,
        DiskBackedNDArray,
        DiskBackedNDArray,
      ]
      a.priority = 'visible'
      b.priority = 'prefetch'
      for (const array of [a, b, c, d]) await array.load()
      deepEqual(loaded([a, b, c, d]), [true, true, false, true])
      d.priority = 'visible'
      await c.load()
      deepEqual(loaded([a, b, c, d]), [true, false, true, true])
      const e = await disk.array(counted(2), { priority: 'visible', cachePath: '5' })
      deepEqual(
        [e.priority, (await disk.openArray('5')).priority, b.priority, c.priority],
        ['visible', 'visible', 'prefetch', 'recent'],
      )
      equal((await disk.array(counted(2), { priority: 'visible', enableCaching: false })).priority, 'visible')
      await rejects(disk.array(counted(2), { priority: 'high' as Priority }), 'TypeError', /priority/)
      let error: unknown
      try {
        e.priority = 'high' as Priority
      } catch (thrown) {
        error = thrown
      }
      ok(error instanceof TypeError)
    },
  },
  {
    name: 'prefetch loads where nothing worth as much has to go, and is a hint',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 2 * 64 })
      const [a, b, c] = (await make(disk, '1', '2', '3')) as [DiskBackedNDArray, DiskBackedNDArray, DiskBackedNDArray]
      await a.prefetch()
      await b.prefetch()
      await c.prefetch() // worth as much as they are
      deepEqual(loaded([a, b, c]), [true, true, false])
      equal(a.priority, 'recent')
      await a.get()
      await c.prefetch()
      deepEqual(loaded([a, b, c]), [false, true, true])
      ;(await c.data()).fill(5 as never)
      await b.get()
      b.priority = 'visible'
      await a.prefetch()
      deepEqual(loaded([a, b, c]), [false, true, true])
      await a.prefetch([0])
      ok(a.offloaded)
      await rejects(a.prefetch([8]), 'InvalidSelectionError')
      await disk.delete('1')
      await a.prefetch()
    },
  },
  {
    name: 'an array that was evicted is loaded again as it was: what was read-only still is',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 64 })
      const [a, b] = (await make(disk, '1', '2')) as [DiskBackedNDArray, DiskBackedNDArray]
      await a.load('r')
      await b.load()
      ok(a.offloaded)
      await rejects(a.set([0], 5), 'ReadOnlyError')
      await a.get()
      await a.data()
      deepEqual([a.mode, a.dirty], ['r', false])
      await a.offload()
      await a.set([0], 5)
      await b.load('c')
      await b.set([0], 9)
      await rejects(a.load(), 'MemoryBudgetError')
      equal(await b.item(0), 9)
    },
  },
  {
    name: 'blocks gives each block as it is when it is asked for, whatever was read ahead',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(counted(64), { cachePath: 'a', automaticOffloading: true })
      const sums: number[] = []
      for await (const { selection, array: block } of array.blocks({ byteLength: 64 })) {
        sums.push(Number(block.item(0)))
        const { stop } = selection[0] as { stop: number }
        // Of the block that comes next; once without waiting for it.
        if (stop < 64) void (stop === 8 ? array.set([stop], -stop) : await array.set([stop], -stop))
      }
      deepEqual(sums, [0, -8, -16, -24, -32, -40, -48, -56])
      equal((await disk.usage()).residentBytes, 0)
      let first: unknown
      for await (const { array: block } of array.blocks({ byteLength: 64 })) {
        first = block.item(1)
        break
      }
      equal(first, 1)
      const abort = new AbortController()
      const all = array.blocks({ byteLength: 64, signal: abort.signal })[Symbol.asyncIterator]()
      await all.next()
      abort.abort(new RangeError('enough'))
      await rejects(all.next(), 'RangeError')
    },
  },
  {
    name: 'memory that is full of changes is told once, and offloaded in the background',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 640, memoryWatermarks: { high: 0.5, low: 0.25 } })
      const told: unknown[] = []
      disk.addEventListener('pressure', ({ detail }) => told.push(detail))
      const arrays = await make(disk, ...Array.from({ length: 6 }, (_, i) => `${i}`))
      for (const array of arrays) await array.use((data) => data.fill(100))
      await eventually(() => disk.getSnapshot().residentBytes <= 160)
      deepEqual(loaded(arrays), [false, false, false, false, true, true])
      equal(told.length, 1)
      const { kind, limitBytes } = told[0] as { kind: string; limitBytes: number }
      deepEqual([kind, limitBytes], ['memory', 640])
      for (const array of arrays) equal(await array.item(5), 100)
      for (const wrong of [{ high: 0.2 }, { high: 2 }, { low: -1 }, { low: Number.NaN }, 5]) {
        const options = { name: 'wrong', memoryWatermarks: wrong as { high: number } }
        await rejects(t.openDisk(options), 'TypeError', /memoryWatermarks/)
      }
    },
  },
  {
    name: 'a snapshot is the same object until something changed, and every listener is told whatever another throws',
    async run(t) {
      const disk = await t.openDisk()
      const { subscribe, getSnapshot } = disk
      const array = await disk.array(counted(3), { cachePath: 'a' })
      await eventually(() => getSnapshot().liveBytes === 24)
      const before = getSnapshot()
      await array.get()
      await disk.list()
      ok(getSnapshot() === before)
      let told = 0
      const listener = () => {
        told++
      }
      const ends = [
        subscribe(() => {
          throw new RangeError('of the page')
        }),
        subscribe(listener),
        subscribe(listener),
      ]
      // The test page keeps what was reported to it; Node has no such report.
      const { uncaught } = globalThis as { uncaught?: string[] }
      await array.offload()
      deepEqual([told, getSnapshot() === before, getSnapshot().residentBytes], [2, false, 0])
      ends[1]?.()
      await array.load()
      equal(told, 3)
      for (const end of ends) end()
      await array.offload()
      equal(told, 3)
      const reported = 'RangeError: of the page'
      deepEqual(uncaught?.splice(0), uncaught && [reported, reported])
    },
  },
]
