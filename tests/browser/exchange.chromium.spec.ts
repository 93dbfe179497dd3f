// A .npy file much larger than the memory it may take.
import { closeSync, mkdtempSync, openSync, truncateSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.js'
import { growthOfMemory } from '../support/process-memory.js'
import type { TestPage } from '../support/test-page.js'

test.describe.configure({ timeout: 240_000 })

const ROWS = 32_768
const COLUMNS = 16_384
const BYTES = ROWS * COLUMNS * 4

let folder: string
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'large-'))
})
test.afterAll(() => rm(folder, { recursive: true }))

/** 2 GiB of zeros, but for the first and the last number of every 1000th row. */
function makeFile(order: 'C' | 'Fortran'): string {
  const path = join(folder, `${order}.npy`)
  const shape = order === 'C' ? `(${ROWS}, ${COLUMNS})` : `(${COLUMNS}, ${ROWS})`
  const fortran = order === 'C' ? 'False' : 'True'
  const header = `\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': ${fortran}, 'shape': ${shape}, }`.padEnd(
    127,
  )
  const file = openSync(path, 'w')
  writeSync(file, Buffer.from(`${header}\n`, 'latin1'))
  for (let row = 0; row < ROWS; row += 1000) {
    const value = Buffer.from(new Float32Array([row + 1]).buffer)
    writeSync(file, value, 0, 4, 128 + row * COLUMNS * 4)
    writeSync(file, value, 0, 4, 128 + (row + 1) * COLUMNS * 4 - 4)
  }
  closeSync(file)
  truncateSync(path, 128 + BYTES)
  return path
}

async function give(page: TestPage, path: string): Promise<void> {
  await page.evaluate(() => {
    document.body.innerHTML = '<input type="file">'
  })
  // Playwright's own setInputFiles would send the bytes to a browser it is only connected to.
  const client = await page.playwright.context().newCDPSession(page.playwright)
  const { root } = await client.send('DOM.getDocument')
  const { nodeId } = await client.send('DOM.querySelector', { nodeId: root.nodeId, selector: 'input' })
  await client.send('DOM.setFileInputFiles', { nodeId, files: [path] })
  await client.detach()
}

for (const [order, mebibytes] of [
  ['C', 64],
  ['Fortran', 256], // of many small reads that are put together, what is collected late
] as const) {
  test(`2 GiB in ${order} order come in with less than ${mebibytes} MiB of memory, and with progress`, async ({
    session,
  }) => {
    const page = await session.open()
    await give(page, makeFile(order))
    await page.evaluate(async () => {
      const { open } = await import('/tests/support/kept.ts')
      const { fromNpy, toNpy, NDArray } = await import('/src/index.ts')
      const disk = await open()
      // What is fetched on first use, and what a buffer pool takes, is there before.
      const small = await new Response(toNpy(NDArray.zeros([1000, 100]).transpose())).blob()
      await (await fromNpy(small, { disk })).purge()
    })
    let seen: unknown
    const growth = await growthOfMemory(async () => {
      seen = await page.evaluate(async (isFortran) => {
        const { disk } = await import('/tests/support/kept.ts')
        const { fromNpy } = await import('/src/index.ts')
        const file = document.querySelector('input')?.files?.[0]
        if (file === undefined) throw new Error('no file')
        let reports = 0
        let last = 0
        const array = await fromNpy(file, {
          disk: disk(),
          cachePath: 'large',
          onProgress: ({ doneBytes, totalBytes }) => {
            reports++
            last = doneBytes / (totalBytes ?? Number.NaN)
          },
        })
        const at = (row: number, column: number) => (isFortran ? array.item(column, row) : array.item(row, column))
        const values = [
          await at(0, 0),
          await at(32_000, 0),
          await at(32_000, -1),
          await at(31_999, -1),
          await at(32_000, 1),
        ]
        return { shape: array.shape, values, last, isOften: reports > 400, offloaded: array.offloaded }
      }, order === 'Fortran')
    })
    expect(seen).toEqual({
      shape: order === 'C' ? [ROWS, COLUMNS] : [COLUMNS, ROWS],
      values: [1, 32_001, 32_001, 0, 0],
      last: 1,
      isOften: true,
      offloaded: true,
    })
    expect(growth).toBeLessThan(mebibytes << 20)
  })
}

test('2 GiB that come in are aborted within 200 ms and leave nothing', async ({ session }) => {
  const page = await session.open()
  for (const order of ['C', 'Fortran'] as const) {
    await give(page, makeFile(order))
    const seen = await page.evaluate(
      async (stop) => {
        const { open, outcome } = await import('/tests/support/kept.ts')
        const { fromNpy } = await import('/src/index.ts')
        const disk = await open()
        await disk.flush()
        const before = await disk.usage()
        const abort = new AbortController()
        let abortedAt = 0
        const importing = fromNpy(document.querySelector('input')?.files?.[0] as File, {
          disk,
          cachePath: 'large',
          signal: abort.signal,
          onProgress: ({ doneBytes, totalBytes }) => {
            if (doneBytes < stop * (totalBytes ?? 0) || abort.signal.aborted) return
            abortedAt = performance.now()
            abort.abort(new RangeError('enough'))
          },
        })
        const { name } = await outcome(importing)
        const milliseconds = performance.now() - abortedAt
        await disk.flush()
        await disk.compact()
        const { liveBytes, arrays, diskBytes } = await disk.usage()
        const problems = (await disk.check()).problems.length
        const left = [liveBytes - before.liveBytes, arrays - before.arrays, problems, await disk.has('large')]
        return { name, milliseconds, left, isGivenBack: diskBytes <= before.diskBytes + (8 << 20) }
      },
      order === 'C' ? 0.3 : 0.7,
    )
    expect(seen).toEqual({
      name: 'RangeError',
      milliseconds: seen.milliseconds,
      left: [0, 0, 0, false],
      isGivenBack: true,
    })
    expect(seen.milliseconds).toBeLessThan(200)
  }
})
