// More arrays than memory: the budget is kept at every moment, every value is right, and what is used stays.
import { expect, test } from '../support/fixtures.js'

test.describe.configure({ timeout: 300_000 })

test('200 arrays of 16 MiB at random under 256 MiB, operators too: never over the limit, all right, hits as an ideal cache has', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { runCrowd } = await import('/tests/support/crowd.ts')
    return runCrowd({ arrays: 200, arrayBytes: 16 << 20, memoryBudget: 256 << 20, touches: 600 })
  })
  expect([seen.wrong, seen.over, seen.errors]).toEqual([[], [], []])
  expect(seen.samples).toBeGreaterThan(100)
  expect(seen.evictions).toBeGreaterThan(100)
  expect(seen.hitRate).toBeGreaterThan(seen.idealHitRate - 0.05)
})

test('a worker of the page loads within the budget of the page, and what it had is free when it is terminated', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open({ memoryBudget: 64 << 20 })
    for (let i = 0; i < 12; i++) await disk.full([16 << 20], i, 'uint8', { cachePath: `${i}` })
    const over: number[] = []
    disk.subscribe(() => {
      const { residentBytes } = disk.getSnapshot()
      if (residentBytes > 64 << 20) over.push(residentBytes)
    })
    const script = `
      import { openDisk } from '${location.origin}/src/index.ts'
      onmessage = async ({ data: port }) => {
        const disk = await openDisk({ port })
        const wrong = []
        for (let turn = 1; turn <= 3; turn++) {
          for (let i = 0; i < 6; i++) {
            const array = await disk.openArray(String(i))
            await array.use((data) => {
              if (data[7] !== i + turn - 1) wrong.push([i, turn, data[7]])
              data[7] = i + turn
            })
          }
        }
        postMessage({ wrong, residentBytes: disk.getSnapshot().residentBytes, limit: disk.memoryBudget })
      }`
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
    const worker = new Worker(url, { type: 'module' })
    const told = new Promise<{ wrong: unknown[]; residentBytes: number; limit: number }>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
    })
    const port = await disk.connect()
    worker.postMessage(port, [port])
    const wrong: unknown[] = []
    for (let turn = 1; turn <= 3; turn++) {
      for (let i = 6; i < 12; i++) {
        const data = await (await disk.openArray(`${i}`)).data({ readOnly: true })
        if (data[7] !== i) wrong.push([i, turn, data[7]])
      }
    }
    const { wrong: wrongThere, residentBytes, limit } = await told
    const shared = disk.getSnapshot().residentBytes
    worker.terminate()
    await disk.setMemoryBudget(0) // of the worker nothing is left to wait for
    return { wrong, wrongThere, over, limit, isCounted: shared >= residentBytes && residentBytes > 0 }
  })
  expect(seen).toEqual({ wrong: [], wrongThere: [], over: [], limit: 64 << 20, isCounted: true })
})
