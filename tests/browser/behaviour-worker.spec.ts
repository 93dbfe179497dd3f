// A storage worker that is lost, calls that are given up: what is in memory stays, what is on disk is whole.
import { expect, test } from '../support/fixtures.js'

test.describe.configure({ timeout: 180_000 })

test('a worker that is lost in the middle of an offload leaves the array loaded, and the next call has another', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const workers: Worker[] = []
    const worker = (): Worker => {
      const made = new Worker('/worker/entry.ts', { type: 'module' })
      workers.push(made)
      return made
    }
    const disk = await open({ worker })
    const array = await disk.array(new Uint8Array(32 << 20), { cachePath: 'a' })
    const ephemeral = await disk.array(new Int16Array([7, 8]))
    await ephemeral.offload()
    const data = (await array.data()) as Uint8Array
    data.fill(5)
    const onProgress = ({ doneBytes }: { doneBytes: number }): void => {
      if (doneBytes > 0 && workers.length === 1) workers[0]?.terminate()
    }
    const lost = await outcome(array.offload({ onProgress }))
    const after = { offloaded: array.offloaded, dirty: array.dirty, isSame: (await array.data()) === data }
    const onDisk = await (await disk.openArray('a', { mode: 'r' })).view([0]).item()
    await array.offload()
    return {
      lost: lost.name,
      after,
      onDisk,
      ends: [await array.item(0), await array.item(-1)],
      ephemeral: (await ephemeral.get()).toNested(),
      arrays: (await disk.usage()).arrays,
      workers: workers.length,
      problems: (await disk.check()).problems,
    }
  })
  expect(seen).toEqual({
    lost: 'WorkerFailedError',
    after: { offloaded: false, dirty: true, isSame: true },
    onDisk: 5, // of the buffer in memory, which objects on one array share
    ends: [5, 5],
    ephemeral: [7, 8],
    arrays: 2,
    workers: 2,
    problems: [],
  })
})

test('a worker that is lost while it has a buffer that was given up leaves the value before', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const workers: Worker[] = []
    const worker = (): Worker => {
      const made = new Worker('/worker/entry.ts', { type: 'module' })
      workers.push(made)
      return made
    }
    const disk = await open({ worker })
    const array = await disk.array(new Uint8Array(32 << 20).fill(1), { cachePath: 'a' })
    ;((await array.data()) as Uint8Array).fill(5)
    const onProgress = ({ doneBytes }: { doneBytes: number }): void => {
      if (doneBytes > 0 && workers.length === 1) workers[0]?.terminate()
    }
    const lost = await outcome(array.offload({ transfer: true, onProgress }))
    const after = { offloaded: array.offloaded, dirty: array.dirty, residentBytes: (await disk.usage()).residentBytes }
    const whole = (await array.data({ readOnly: true })) as Uint8Array
    return { lost: lost.name, after, isBefore: whole.length === 32 << 20 && whole.every((byte) => byte === 1) }
  })
  expect(seen).toEqual({
    lost: 'WorkerFailedError',
    after: { offloaded: true, dirty: false, residentBytes: 0 },
    isBefore: true,
  })
})

test('an offload that is aborted leaves the array loaded and the old bytes on disk', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const disk = await open()
    const array = await disk.array(new Uint8Array(32 << 20).fill(1), { cachePath: 'a' })
    const seen: unknown[] = []
    for (const transfer of [false, true]) {
      const data = (await array.data()) as Uint8Array
      data.fill(2)
      const abort = new AbortController()
      const onProgress = ({ doneBytes }: { doneBytes: number }): void => {
        if (doneBytes > 0) abort.abort(new RangeError('enough'))
      }
      const { name } = await outcome(array.offload({ transfer, signal: abort.signal, onProgress }))
      const { length } = (await array.data({ readOnly: true })) as Uint8Array
      seen.push([name, array.offloaded, array.dirty, length, await array.item(0)])
    }
    await array.load('r+', { discard: true })
    seen.push(await array.item(0), (await disk.usage()).liveBytes)
    return seen
  })
  expect(seen).toEqual([
    ['RangeError', false, true, 32 << 20, 2],
    ['RangeError', false, true, 32 << 20, 2],
    1,
    32 << 20,
  ])
})

test('a disk that is closed and opened again and again keeps its bytes and leaves nothing behind', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { locks } = await import('/tests/support/boundary.ts')
    const { listDisks, deleteDisk } = await import('/src/index.ts')
    for (let i = 0; i < 6; i++) {
      const [first, second] = await Promise.all([open({ lockTimeout: 0 }), open({ lockTimeout: 0 })])
      const array = await first.getOrCreate('a', async () => new Float64Array(8))
      await array.set([i], i)
      // A write under way is done before the disk closes.
      const large = second.array(new Uint8Array(8 << 20).fill(i), { cachePath: 'large' })
      await Promise.all([first.close(), second.close(), large])
    }
    const disk = await open()
    const values = (await (await disk.openArray('a')).get()).toNested()
    const last = await (await disk.openArray('large')).item(-1)
    await disk.close()
    await deleteDisk('behaviour')
    const disks = await listDisks()
    for (let i = 0; i < 50 && (await locks()).length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 100))
    return { values, last, disks, locks: await locks() }
  })
  expect(seen).toEqual({ values: [0, 1, 2, 3, 4, 5, 0, 0], last: 5, disks: [], locks: [] })
})
