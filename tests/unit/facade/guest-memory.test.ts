// Workers behind ports share the page's budget.
import { afterEach, expect, test } from 'vitest'
import { type Disk, openDisk } from '../../../src/index.js'

const MIB = 2 ** 20
const open: Disk[] = []
let names = 0

async function pageAndWorker(memoryBudget: number): Promise<{ page: Disk; worker: Disk }> {
  const page = await openDisk({ name: `guest-memory-${names++}`, backend: 'memory', memoryBudget })
  const worker = await openDisk({ port: await page.connect() })
  open.push(worker, page)
  return { page, worker }
}

const full = (disk: Disk, path: string) => disk.full([4 * MIB], 7, 'uint8', { cachePath: path })

async function eventually(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !holds(); turn++) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(holds()).toBe(true)
}

afterEach(async () => {
  for (const disk of open.splice(0)) await disk.close({ discard: true })
})

test('what a worker loads counts in the page, and is free when the worker lets go of it, or is gone', async () => {
  const { page, worker } = await pageAndWorker(20 * MIB)
  expect(worker.memoryBudget).toBe(20 * MIB)
  const array = await full(worker, 'a')
  await array.load()
  expect([page.getSnapshot().residentBytes, worker.getSnapshot().residentBytes]).toEqual([4 * MIB, 4 * MIB])
  await array.offload()
  await eventually(() => page.getSnapshot().residentBytes === 0)
  const created = await worker.array(new Uint8Array(MIB).fill(1), { cachePath: 'b' })
  expect([created.offloaded, page.getSnapshot().residentBytes]).toEqual([false, MIB])
  await worker.close({ discard: true })
  await eventually(() => page.getSnapshot().residentBytes === 0)
})

test('page and worker make room for each other, changes being written, and are never over the limit', async () => {
  const { page, worker } = await pageAndWorker(10 * MIB)
  const [mine, yours] = [await full(page, 'page'), await full(worker, 'worker')]
  const over: number[] = []
  page.subscribe(() => {
    const { residentBytes } = page.getSnapshot()
    if (residentBytes > 10 * MIB) over.push(residentBytes)
  })
  const [more, most] = [await full(page, 'more'), await full(worker, 'most')]
  for (let turn = 1; turn <= 5; turn++) {
    for (const array of [mine, yours, more, most]) {
      await array.use((data) => {
        data[0] = (data[0] ?? 0) + 1
      })
    }
    await Promise.all([mine, yours, more, most].map((array) => array.data({ readOnly: true })))
  }
  for (const array of [mine, yours, more, most]) expect(await array.item(0)).toBe(12)
  expect(over).toEqual([])
  expect((await worker.stats()).evictions.memory).toBeGreaterThan(0)
  expect((await page.stats()).evictions.memory).toBeGreaterThan(0)
})

test('what the one holds the other is refused, and told who holds it', async () => {
  const { page, worker } = await pageAndWorker(6 * MIB)
  const [mine, yours] = [await full(page, 'page'), await full(worker, 'worker')]
  const held = await mine.pin()
  await expect(yours.load()).rejects.toMatchObject({
    name: 'MemoryBudgetError',
    holders: [{ path: 'page', byteLength: 4 * MIB }],
  })
  expect(page.getSnapshot().residentBytes).toBe(4 * MIB)
  held[Symbol.dispose]()
  const holding = await yours.pin()
  expect([mine.offloaded, worker.getSnapshot().residentBytes]).toEqual([true, 4 * MIB])
  await expect(mine.load()).rejects.toThrow('do not fit')
  expect(mine.offloaded).toBe(true)
  holding[Symbol.dispose]()
  await new Promise((resolve) => setTimeout(resolve, 1100)) // it was asked in vain, and is asked again after a second
  await mine.load()
  await eventually(() => yours.offloaded)
})
