// Arrays in memory that workers have at the same time.
import { expect, test } from '../support/fixtures.js'

test('where the page is isolated a shared load gives a SharedArrayBuffer that another worker sees', async ({
  session,
}) => {
  const page = await session.openIsolated()
  const found = await page.evaluate(async () => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const disk = await open({ memoryBudget: 24 * 2 ** 20 })
    const size = 2 ** 20 + 3
    const array = await disk.array(
      Float64Array.from({ length: size }, (_, i) => i),
      { cachePath: 'a' },
    )
    const seen: number[] = []
    // Made loaded and clean, not shared: it is loaded anew.
    await array.load('r', { shared: true, onProgress: ({ doneBytes }) => seen.push(doneBytes) })
    const data = await array.data({ readOnly: true })
    const source = 'onmessage = ({ data }) => postMessage(data.reduce((sum, value) => sum + value, 0))'
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))
    const sum = await new Promise((resolve) => {
      worker.onmessage = (event) => resolve(event.data)
      worker.postMessage(data) // no copy
    })
    worker.terminate()
    const shared = () => array.data({ readOnly: true }).then(({ buffer }) => buffer instanceof SharedArrayBuffer)
    const isShared = [await shared()]
    const other = await disk.array(new Uint8Array(20 * 2 ** 20)) // takes its room
    const isEvicted = array.offloaded
    await other.purge()
    isShared.push(await shared())
    await array.offload()
    isShared.push(await shared())
    await array.offload()
    // Changes of shared memory are written back.
    await array.load('r+', { shared: true })
    const live = await array.data()
    live[5] = -1
    isShared.push(live.buffer instanceof SharedArrayBuffer)
    await array.load('r', { shared: true })
    await array.offload()
    const written = await array.item(5)
    await array.load()
    await array.data()
    const changed = await outcome(array.load('r', { shared: true }))
    await array.offload()
    const empty = await disk.zeros([0, 3], 'int16')
    await empty.load('r', { shared: true })
    isShared.push((await empty.data({ readOnly: true })).buffer instanceof SharedArrayBuffer)
    const inMemory = await disk.array([1, 2], { enableCaching: false })
    const off = await outcome(inMemory.load('r', { shared: true }))
    await disk.close()
    const names = [changed.name, off.name]
    return {
      isIsolated: crossOriginIsolated,
      first: seen[0],
      last: seen.at(-1),
      sum,
      isShared,
      isEvicted,
      written,
      names,
    }
  })
  const size = 2 ** 20 + 3
  expect(found).toEqual({
    ...{ isIsolated: true, first: 0, last: 8 * size, sum: (size * (size - 1)) / 2, isEvicted: true, written: -1 },
    isShared: [true, true, false, true, true],
    names: ['TypeError', 'TypeError'],
  })
})

test('elsewhere it says what is missing, and nothing changes', async ({ session }) => {
  const page = await session.open()
  const found = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const array = await disk.array([1, 2, 3], { automaticOffloading: true })
    const error = await array.load('r', { shared: true }).catch((thrown) => thrown)
    const { offloaded } = array
    await disk.close()
    return { name: error.name, missing: error.missing, offloaded }
  })
  expect(found).toEqual({ name: 'StorageUnavailableError', missing: 'crossOriginIsolated', offloaded: true })
})
