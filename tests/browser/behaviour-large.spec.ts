// Arrays of hundreds of megabytes: kept, sliced, cancelled, and never in the way of the page.
import { expect, test } from '../support/fixtures.js'
import { growthOfMemory } from '../support/process-memory.js'

test.describe.configure({ timeout: 240_000 })

test('256 MiB are the same bytes after the browser was closed and started again', async ({ session }) => {
  const before = await session.open()
  await before.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { pattern } = await import('/tests/support/pattern.ts')
    const disk = await open()
    const array = await disk.array(pattern(64 << 20), { shape: [8192, 8192], cachePath: 'large' })
    await array.offload()
    if (!array.offloaded) throw new Error('still loaded')
  })
  await session.closeBrowser()
  const after = await session.open()
  const seen = await after.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { firstDifference } = await import('/tests/support/pattern.ts')
    const array = await (await open()).openArray('large')
    const data = await array.data()
    if (!(data instanceof Uint32Array)) throw new Error('of another class')
    return { shape: array.shape, dtype: array.dtype, length: data.length, differsAt: firstDifference(data) }
  })
  expect(seen).toEqual({ shape: [8192, 8192], dtype: 'uint32', length: 64 << 20, differsAt: -1 })
})

test('a row of a 933 MB array takes its bytes from disk and no more than two blocks', async ({ session }) => {
  const page = await session.open()
  const [rows, columns] = [10_801, 21_601]
  await page.evaluate(
    async (rows, columns) => {
      const { open } = await import('/tests/support/kept.ts')
      const { slice } = await import('/src/index.ts')
      const array = await (await open()).zeros([rows, columns], 'float32', { cachePath: 'heights' })
      // The rows around each row read below: its blocks are on disk, none is a hole.
      for (const first of [0, 5000, rows - 40]) {
        const values = new Float32Array(40 * columns).map((_, i) => first + Math.floor(i / columns))
        await array.set([slice(first, first + 40)], values)
      }
    },
    rows,
    columns,
  )
  await page.reload()
  const seen = await page.evaluate(
    async (rows, columns) => {
      const { open } = await import('/tests/support/kept.ts')
      const disk = await open()
      const array = await disk.openArray('heights')
      const reads: { row: number; bytes: number; isRight: boolean }[] = []
      // Row 12 and the last but one lie across the boundary of two blocks.
      for (const row of [0, 12, 24, 5020, rows - 2, rows - 1, -3]) {
        const { bytesRead } = await disk.stats()
        const got = await array.get([row])
        const bytes = (await disk.stats()).bytesRead - bytesRead
        const value = row < 0 ? rows + row : row
        const isRight = got.shape.join() === `${columns}` && got.toArray().every((one) => one === value)
        reads.push({ row, bytes, isRight })
      }
      return { reads, residentBytes: (await disk.usage()).residentBytes }
    },
    rows,
    columns,
  )
  for (const { row, bytes, isRight } of seen.reads) {
    expect(isRight, `row ${row}`).toBe(true)
    expect(bytes, `row ${row}`).toBeGreaterThanOrEqual(columns * 4)
    expect(bytes, `row ${row}`).toBeLessThanOrEqual(2 << 20)
  }
  expect(seen.residentBytes).toBe(0)
})

test('4 GiB of zeros are set and read at both ends in less than 64 MiB of memory', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open, keep } = await import('/tests/support/kept.ts')
    const disk = await open()
    const small = await disk.array(new Float32Array(1 << 16), { cachePath: 'small' })
    await small.get()
    keep('small', small)
  })
  const growth = await growthOfMemory(async () => {
    const seen = await page.evaluate(async () => {
      const { disk } = await import('/tests/support/kept.ts')
      const { slice } = await import('/src/index.ts')
      const array = await disk().zeros([16_384, 65_536], 'float32', { cachePath: 'zeros' })
      const ends = [
        [slice(0, 16), slice(0, 16_384)],
        [slice(-16), slice(-16_384)],
      ]
      for (const [i, end] of ends.entries()) await array.set(end, new Float32Array(16 * 16_384).fill(i + 1))
      const sums: number[] = []
      for (const end of ends) {
        const got = await array.get(end)
        sums.push(got.toArray().reduce((sum, value) => sum + value, 0))
      }
      const around = [await array.item(16, 0), await array.item(-17, -1), await array.item(8000, 8000)]
      const { liveBytes, residentBytes } = await disk().usage()
      return { sums, around, liveBytes, residentBytes, offloaded: array.offloaded }
    })
    expect(seen.sums).toEqual([16 * 16_384, 2 * 16 * 16_384])
    expect(seen.around).toEqual([0, 0, 0])
    expect(seen.offloaded).toBe(true)
    expect(seen.residentBytes).toBeLessThan(1 << 20)
    expect(seen.liveBytes).toBeLessThan(32 << 20)
  })
  expect(growth).toBeLessThan(64 << 20)
})

test('creating 256 MiB is aborted soon and leaves nothing', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const disk = await open()
    const data = new Uint32Array(64 << 20).fill(7)
    const outcomes: unknown[] = []
    const before = await disk.usage()
    for (const transfer of [false, true]) {
      const abort = new AbortController()
      let abortedAt = 0
      const creating = disk.array(transfer ? data.slice() : data, {
        cachePath: `large/${transfer}`,
        transfer,
        signal: abort.signal,
        onProgress: ({ doneBytes }) => {
          if (doneBytes === 0 || abort.signal.aborted) return
          abortedAt = performance.now()
          abort.abort(new RangeError('enough'))
        },
      })
      const { name } = await outcome(creating)
      outcomes.push({ name, isSoon: performance.now() - abortedAt < 600, has: await disk.has(`large/${transfer}`) })
    }
    const { arrays, liveBytes, residentBytes } = await disk.usage()
    // The room of the aborted ones is there for the next.
    const next = await disk.array(data, { cachePath: 'next' })
    await disk.flush()
    const { diskBytes } = await disk.usage()
    return {
      outcomes,
      usage: [arrays, liveBytes - before.liveBytes, residentBytes],
      problems: (await disk.check()).problems,
      listed: (await disk.list()).map(({ path }) => path),
      last: await next.item(-1),
      isTwice: diskBytes >= 2 * next.nbytes,
    }
  })
  expect(seen).toEqual({
    outcomes: [false, true].map(() => ({ name: 'RangeError', isSoon: true, has: false })),
    usage: [0, 0, 0],
    problems: [],
    listed: ['next'],
    last: 7,
    isTwice: false,
  })
})

test('an abort at any report, the last one too, rejects with nothing on disk', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const disk = await open()
    const data = new Uint8Array(20 << 20).fill(1)
    const array = await disk.array(new Uint8Array(20 << 20), { cachePath: 'kept' })
    await array.offload()
    const wrong: string[] = []
    for (let at = 0; at <= 20; at += 4) {
      const abort = new AbortController()
      const options = {
        signal: abort.signal,
        onProgress: ({ doneBytes }: { doneBytes: number }) => {
          if (doneBytes >= at << 20) abort.abort(new RangeError('enough'))
        },
      }
      const created = await outcome(disk.array(data, { ...options, cachePath: `new/${at}` }))
      if ((created.name === 'resolved') !== (await disk.has(`new/${at}`)))
        wrong.push(`create at ${at}: ${created.name}`)
    }
    for (let at = 0; at <= 20; at += 4) {
      const abort = new AbortController()
      const options = {
        signal: abort.signal,
        onProgress: ({ doneBytes }: { doneBytes: number }) => {
          if (doneBytes >= at << 20) abort.abort(new RangeError('enough'))
        },
      }
      const value = at + 2
      const before = await array.item(0)
      const set = await outcome(array.set([], value, options))
      const ends = [await array.item(0), await array.item(-1)]
      const expected = set.name === 'resolved' ? value : before
      if (ends.some((one) => one !== expected)) wrong.push(`set at ${at}: ${set.name}, ${before} became ${ends}`)
    }
    return wrong
  })
  expect(seen).toEqual([])
})

test('progress begins at 0, never goes back, and ends before the promise resolves', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { slice } = await import('/src/index.ts')
    const disk = await open()
    const said: Record<string, unknown> = {}
    const watch = async (what: string, work: (o: { onProgress(p: unknown): void }) => Promise<unknown>) => {
      const reports: { doneBytes: number; totalBytes: number | undefined }[] = []
      await work({ onProgress: (report) => reports.push(report as (typeof reports)[number]) })
      const count = reports.length
      await new Promise((resolve) => setTimeout(resolve, 50))
      const done = reports.map(({ doneBytes }) => doneBytes)
      const totals = new Set(reports.map(({ totalBytes }) => totalBytes))
      const isMonotone = done.every((value, i) => i === 0 || value >= (done[i - 1] ?? 0))
      const late = reports.length - count
      said[what] = { first: done[0], last: done.at(-1), totals: [...totals], isMonotone, late }
      if (count < 9 && ['create', 'stream', 'offload'].includes(what)) said[what] = `${count} reports of ${done}`
    }
    const data = new Uint8Array(32 << 20)
    const create = (o: object) => disk.array(data, { ...o, cachePath: 'a' })
    await watch('create', create)
    const array = await disk.openArray('a')
    await array.offload()
    const chunks = async function* () {
      for (let i = 0; i < 32; i++) yield new Uint8Array(1 << 20)
    }
    await watch('stream', (o) => disk.array(chunks(), { ...o, cachePath: 'b', shape: [32 << 20], dtype: 'uint8' }))
    await watch('get', (o) => array.get([slice(0, null)], o))
    await watch('load', (o) => array.load('r+', o))
    await array.data()
    await watch('offload', (o) => array.offload(o))
    await watch('toArray', (o) => array.toArray(o))
    await watch('set', (o) => array.set([], 1, o))
    return said
  })
  const whole = {
    first: 0,
    last: 32 << 20,
    totals: [32 << 20],
    isMonotone: true,
    late: 0,
  }
  expect(seen).toEqual({
    create: whole,
    stream: whole,
    get: whole,
    load: whole,
    offload: whole,
    toArray: whole,
    set: whole,
  })
})

test('small reads are served while 512 MiB are written, and the page stays free', { tag: '@alone' }, async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open({ memoryBudget: 2 ** 30 })
    const small = await disk.array(new Int32Array([1, 2, 3]), { cachePath: 'small' })
    await small.offload()
    const data = new Float64Array(64 << 20).fill(0.5)
    let isWriting = true
    let longestWait = 0
    const writing = disk.array(data, { cachePath: 'large' }).finally(() => {
      isWriting = false
    })
    let served = 0
    const serve = async (): Promise<void> => {
      while (isWriting) {
        const got = await small.get([1])
        if (got.item() !== 2) throw new Error('another value')
        if (isWriting) served++
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    const beat = async (): Promise<void> => {
      for (let last = performance.now(); isWriting; last = performance.now()) {
        await new Promise((resolve) => setTimeout(resolve, 1))
        longestWait = Math.max(longestWait, performance.now() - last)
      }
    }
    const start = performance.now()
    await Promise.all([writing, serve(), beat()])
    const took = performance.now() - start
    return { served, longestWait, took, last: (await writing).nbytes }
  })
  expect(seen.last).toBe(512 << 20)
  expect(seen.served).toBeGreaterThan(5)
  expect(seen.longestWait).toBeLessThan(Math.max(300, seen.took / 3))
})
