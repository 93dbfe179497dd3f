// A second worker computes beside the owner's, where there are two cores and a file can be open twice.
import { availableParallelism } from 'node:os'
import { expect, test } from '../support/fixtures.js'

test.skip(availableParallelism() < 2, 'one core')
test.describe.configure({ timeout: 120_000 })

test('a second worker has a part in large reductions, and goes when the disk is closed', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { deleteDisk, NDArray, openDisk } = await import('/src/index.ts')
    const { max, sum } = await import('/src/numpy.ts')
    const inMemory = await import('/src/numpy-sync.ts')
    const disk = await openDisk({ name: 'two' })
    const shape = [2048, 4099]
    const data = Float32Array.from({ length: 2048 * 4099 }, (_, i) => (i % 4099) / 7)
    const a = await disk.array(data, { shape })
    const isThere = async () => {
      const { held = [] } = await navigator.locks.query()
      return held.some(({ name }) => name === 'lazy-disk-cache:second:two')
    }
    while (!(await isThere())) await sum(a)
    const rows = await max(a, { axis: 1 })
    const seen = {
      // Those after the first begin with the second worker.
      sums: [await sum(a), await sum(a), await sum(a)],
      expected: inMemory.sum(NDArray.from(data, { shape })),
      rows: new Set(rows instanceof NDArray ? Array.from(rows.toArray() as Float32Array) : []),
      largest: Math.fround(4098 / 7),
    }
    await disk.close()
    await deleteDisk('two')
    while (await isThere()) await new Promise((resolve) => setTimeout(resolve, 10))
    return { ...seen, rows: [...seen.rows] }
  })
  expect(seen.sums).toEqual([seen.expected, seen.expected, seen.expected])
  expect(seen.rows).toEqual([seen.largest])
})

test('no worker is left of disks that were closed', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { openDisk } = await import('/src/index.ts')
    const { sum } = await import('/src/numpy.ts')
    for (let round = 0; round < 40; round++) {
      const disk = await openDisk({ name: 'again' })
      const a = await disk.array(new Uint8Array(40 << 20))
      for (let i = 0; i < 1 + (round % 3); i++) await sum(a) // it has just begun, or has computed
      await disk.close()
    }
  })
  await expect.poll(() => page.playwright.workers().length).toBe(0)
})

test('what goes to an array that it comes from is whole, when the second worker computes with it and when that ends amid it', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { openDisk } = await import('/src/index.ts')
    const { lazy } = await import('/src/numpy.ts')
    const disk = await openDisk({ name: 'two', workerUrl: '/tests/support/mortal-second.ts' })
    const size = 6 * 2 ** 20 + 4099
    const a = await disk.array(Float32Array.from({ length: size }, (_, i) => i % 1021))
    const b = await disk.array(Float32Array.from({ length: size }, (_, i) => i % 769))
    const channel = new BroadcastChannel('second-worker')
    let shared = 0
    let times = 0
    const isThere = async () => {
      const { held = [] } = await navigator.locks.query()
      return held.some(({ name }) => name === 'lazy-disk-cache:second:two')
    }
    const more = async () => {
      await lazy(a)
        .mod(2 ** 20)
        .add(b)
        .evaluate({ out: a }) // what is too easy is not shared
      times++
    }
    channel.onmessage = () => shared++
    while (shared < 2) await more()
    channel.onmessage = () => channel.postMessage('end')
    while (await isThere()) await more()
    await more()
    const values = (await a.toArray()) as Float32Array
    const wrong = values.findIndex((value, i) => value !== (i % 1021) + times * (i % 769))
    const { problems } = await disk.check()
    await disk.close()
    return { wrong, problems, times, shared }
  })
  expect(seen).toMatchObject({ wrong: -1, problems: [], shared: 2 })
})

test('a worker of the app computes alone: what else its script does is not done twice', async ({ session }) => {
  const page = await session.open()
  /** Whether there is a second worker after `sums` sums, or before. */
  const isShared = (from: 'worker' | 'workerUrl', sums: number) =>
    page.evaluate(
      async (from, sums) => {
        const { openDisk } = await import('/src/index.ts')
        const { sum } = await import('/src/numpy.ts')
        const address = '/dist/worker.js'
        const worker = () => new Worker(address, { type: 'module' })
        const disk = await openDisk({ name: from, ...(from === 'worker' ? { worker } : { workerUrl: address }) })
        const a = await disk.array(new Float32Array(9 << 20).fill(1))
        const isThere = async () => {
          const { held = [] } = await navigator.locks.query()
          return held.some(({ name }) => name === `lazy-disk-cache:second:${from}`)
        }
        for (let count = 0; count < sums && !(await isThere()); count++) await sum(a)
        const shared = await isThere()
        await disk.close()
        return shared
      },
      from,
      sums,
    )
  expect(await isShared('workerUrl', 1000)).toBe(true)
  expect(await isShared('worker', 10)).toBe(false)
})
