// Operators under a memory budget: what is computed has room in it, which is waited for while nobody's turn is held.
import type { Disk, DiskBackedNDArray } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { MIB } from './numbers.js'

type Floats = DiskBackedNDArray<'float64'>

/** Offloaded arrays of 1 MiB, all 1, all 2, … */
async function make(disk: Disk, ...paths: string[]): Promise<Floats[]> {
  const made: Floats[] = []
  for (const [i, path] of paths.entries()) {
    made.push(await disk.full([MIB / 8], i + 1, 'float64', { cachePath: path }))
  }
  return made
}

/** What the disk had in memory whenever that was above the limit. */
function overLimit(disk: Disk, limit: number): number[] {
  const over: number[] = []
  disk.subscribe(() => {
    const { residentBytes } = disk.getSnapshot()
    if (residentBytes > limit) over.push(residentBytes)
  })
  return over
}

export const operatorMemoryCases: Case[] = [
  {
    name: 'a result waits for room, which its own changed operands make by being written',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 2 * MIB, memoryWatermarks: { high: 1, low: 1 } })
      const [a, b] = (await make(disk, 'a', 'b')) as [Floats, Floats]
      const over = overLimit(disk, 2 * MIB)
      for (const array of [a, b]) await array.use((data) => data.fill(10, 1))
      equal((await disk.usage()).residentBytes, 2 * MIB)
      const sum = await a.add(b)
      deepEqual([sum.item(0), sum.item(1), sum.item(-1)], [3, 20, 20])
      ok(a.offloaded || b.offloaded)
      const loaded = [a, b].filter(({ offloaded }) => !offloaded).length
      equal((await disk.usage()).residentBytes, loaded * MIB)
      deepEqual(over, [])
    },
  },
  {
    name: 'many operations at once, each with most of the memory and the turns of the others, all come to an end',
    async run(t) {
      const limit = 2.5 * MIB
      const disk = await t.openDisk({ memoryBudget: limit })
      const [a, b, c] = (await make(disk, 'a', 'b', 'c')) as [Floats, Floats, Floats]
      const over = overLimit(disk, limit)
      const pairs = [
        [a, b],
        [b, a],
        [b, c],
        [c, b],
        [a, c],
        [c, a],
      ] as const
      const sums: number[] = []
      const work = pairs.flatMap(([x, y]) => [
        x.add(y).then((sum) => sums.push(Number(sum.item(7)))),
        x.use((data) => data.fill(5, 0, 1)),
        x.add(y, { out: c }).then(() => c.subtract(y, { out: c })),
      ])
      await Promise.all(work)
      equal(sums.length, pairs.length)
      deepEqual([await a.item(0), await b.item(0), await a.item(9), await b.item(9)], [5, 5, 1, 2])
      deepEqual(over, [])
      await disk.setMemoryBudget(0)
      equal((await disk.usage()).residentBytes, 0)
    },
  },
  {
    name: 'who waits for the room of a result holds no turn, and can be aborted',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 1.5 * MIB })
      const [a, b] = (await make(disk, 'a', 'b')) as [Floats, Floats]
      let end = () => {}
      let begun = () => {}
      const isUsed = new Promise<void>((resolve) => (begun = resolve))
      const using = a.use(() => {
        begun()
        return new Promise<void>((resolve) => (end = resolve))
      })
      await isUsed
      const abort = new AbortController()
      const aborted = rejects(b.add(1, { signal: abort.signal }), 'RangeError', /enough/)
      const waiting = b.add(1)
      await b.set([0], 50)
      equal(await b.item(0), 50)
      abort.abort(new RangeError('enough'))
      await aborted
      equal((await disk.usage()).residentBytes, MIB)
      end()
      await using
      equal((await waiting).item(0), 51)
    },
  },
  {
    name: 'a result that only memory in the hands of the caller keeps from fitting is a MemoryBudgetError naming it',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 1.5 * MIB })
      const [a, b] = (await make(disk, 'a', 'b')) as [Floats, Floats]
      const data = await a.data()
      data[0] = 7
      const error = await rejects(b.add(1), 'MemoryBudgetError')
      deepEqual((error as { holders?: unknown }).holders, [{ path: 'a', byteLength: MIB }])
      const { bytesRead } = await disk.stats()
      await rejects(a.divmod(b), 'MemoryBudgetError')
      equal((await disk.stats()).bytesRead, bytesRead)
      equal(await b.sum(), MIB / 4)
      equal(await a.add(b, { out: b }), b)
      deepEqual([await b.item(0), await b.item(1)], [9, 3])
      a.release()
      equal((await a.add(1)).item(0), 8)
    },
  },
]
