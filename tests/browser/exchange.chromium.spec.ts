// .npy files much larger than the memory they may take, in and out. LARGE_FILES=1: of 2 GiB, else of 512 MiB.
import { closeSync, mkdtempSync, openSync, truncateSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.js'
import { growthOfMemory } from '../support/process-memory.js'
import type { TestPage } from '../support/test-page.js'

test.describe.configure({ timeout: 240_000 })

const isLarge = process.env['LARGE_FILES'] !== undefined
const SIZE = isLarge ? '2 GiB' : '512 MiB'
const ROWS = isLarge ? 32_768 : 8192
const LAST = ROWS - (ROWS % 1000)
const COLUMNS = 16_384
const BYTES = ROWS * COLUMNS * 4

let folder: string
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'large-'))
})
test.afterAll(() => rm(folder, { recursive: true }))

/** Zeros, but for the first and the last number of every 1000th row. */
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

for (const order of ['C', 'Fortran'] as const) {
  test(`${SIZE} in ${order} order come in with less than 64 MiB of memory, and with progress`, async ({ session }) => {
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
      seen = await page.evaluate(
        async ([isFortran, row]) => {
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
          const values = [await at(0, 0), await at(row, 0), await at(row, -1), await at(row - 1, -1), await at(row, 1)]
          return {
            shape: array.shape,
            values,
            last,
            isOften: reports > array.nbytes / (5 << 20),
            offloaded: array.offloaded,
          }
        },
        [order === 'Fortran', LAST] as const,
      )
    })
    expect(seen).toEqual({
      shape: order === 'C' ? [ROWS, COLUMNS] : [COLUMNS, ROWS],
      values: [1, LAST + 1, LAST + 1, 0, 0],
      last: 1,
      isOften: true,
      offloaded: true,
    })
    tell(`${SIZE} in, ${order} order`, growth)
    expect(growth).toBeLessThan(64 << 20)
  })
}

function tell(what: string, growth: number): void {
  if (isLarge) console.log(`${what}: ${(growth / 2 ** 20).toFixed(1)} MiB`)
}

for (const way of ['into a file', "into the reader's own buffer"] as const) {
  test(`${SIZE} go out ${way} with less than 64 MiB of memory, as they are read`, async ({ session }) => {
    const page = await session.open()
    await page.evaluate(async () => void (await (await import('/tests/support/kept.ts')).open()))
    await page.evaluate(goOut, [1024, 16_384, way] as const)
    let seen: unknown
    const growth = await growthOfMemory(async () => {
      seen = await page.evaluate(goOut, [ROWS, COLUMNS, way] as const)
    })
    const values = Array.from({ length: LAST / 1000 + 1 }, (_, i) => 1000 * i + 1)
    expect(seen).toEqual({ byteLength: 128 + BYTES, values })
    tell(`${SIZE} out, ${way}`, growth)
    expect(growth).toBeLessThan(64 << 20)
  })
}

/** In the page: how long the .npy file of such an array was, and the last elements of every thousandth row. */
async function goOut([rows, columns, way]: readonly [number, number, string]): Promise<unknown> {
  const { disk } = await import('/tests/support/kept.ts')
  const { toNpy } = await import('/src/index.ts')
  const array = await disk().zeros([rows, columns], 'float32')
  for (let row = 0; row < rows; row += 1000) await array.set([row, -1], row + 1)
  const offsetOf = (row: number) => 128 + (row + 1) * columns * 4 - 4
  let byteLength = 0
  const values: number[] = []
  if (way === 'into a file') {
    const file = await (await navigator.storage.getDirectory()).getFileHandle('out.npy', { create: true })
    await toNpy(array).pipeTo(await file.createWritable())
    const written = await file.getFile()
    byteLength = written.size
    for (let row = 0; row < rows; row += 1000) {
      const bytes = await written.slice(offsetOf(row), offsetOf(row) + 4).arrayBuffer()
      values.push(new DataView(bytes).getFloat32(0, true))
    }
  } else {
    const reader = toNpy(array).getReader({ mode: 'byob' })
    let buffer = new ArrayBuffer(2 ** 20 + 4)
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer))
      if (done) break
      for (let row = 0; row < rows; row += 1000) {
        const at = offsetOf(row) - byteLength
        if (at >= 0 && at < value.byteLength)
          values.push(new DataView(value.buffer, value.byteOffset).getFloat32(at, true))
      }
      byteLength += value.byteLength
      buffer = value.buffer
    }
  }
  await array.purge()
  return { byteLength, values }
}

test(`${SIZE} that go out are aborted within 200 ms, and no file is there`, { tag: '@alone' }, async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(
    async ([rows, columns]) => {
      const { open, outcome } = await import('/tests/support/kept.ts')
      const { toNpy } = await import('/src/index.ts')
      const disk = await open()
      const array = await disk.zeros([rows, columns], 'float32')
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('out', { create: true })
      const file = await folder.getFileHandle('a.npy', { create: true })
      const abort = new AbortController()
      let [doneBytes, abortedAt] = [0, 0]
      const counting = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          doneBytes += chunk.byteLength
          controller.enqueue(chunk)
          if (doneBytes < 0.3 * array.nbytes || abort.signal.aborted) return
          abortedAt = performance.now()
          abort.abort(new RangeError('enough'))
        },
      })
      const writable = await file.createWritable()
      const { name } = await outcome(toNpy(array).pipeThrough(counting).pipeTo(writable, { signal: abort.signal }))
      const milliseconds = performance.now() - abortedAt
      const { size } = await file.getFile()
      await array.purge() // nothing holds it any more
      await disk.flush()
      return { name, milliseconds, left: [size, (await disk.usage()).arrays] }
    },
    [ROWS, COLUMNS] as const,
  )
  expect(seen).toEqual({ name: 'RangeError', milliseconds: seen.milliseconds, left: [0, 0] })
  if (isLarge) console.log(`abort on the way out: ${seen.milliseconds.toFixed(0)} ms`)
  expect(seen.milliseconds).toBeLessThan(200)
})

test(`${SIZE} that come in are aborted within 200 ms and leave nothing`, { tag: '@alone' }, async ({ session }) => {
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
    if (isLarge) console.log(`abort on the way in, ${order} order: ${seen.milliseconds.toFixed(0)} ms`)
    expect(seen.milliseconds).toBeLessThan(200)
  }
})
