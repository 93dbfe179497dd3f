// Zarr elsewhere behind a cache on a disk whose quota ends before the cache is full; Zarr arrays much larger than the memory they may
// take. LARGE_FILES=1: of 1 GiB, else of 256 MiB.
import { expect, test } from '../support/fixtures.js'
import { growthOfMemory } from '../support/process-memory.js'

const isLarge = process.env['LARGE_FILES'] !== undefined
const MEBIBYTES = isLarge ? 1024 : 256
const SIZE = isLarge ? '1 GiB' : '256 MiB'

test('where the quota ends what is read is given and not kept, and what was kept stays', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    await open()
  })
  await page.setQuota(60 << 20)
  const seen = await page.evaluate(async () => {
    const { cached } = await import('/src/zarr.ts')
    const { disk, outcome } = await import('/tests/support/kept.ts')
    let asked = 0
    const remote = { get: async (key: string) => new Uint8Array(4 << 20).fill(++asked && Number(key.slice(1))) }
    const store = cached(remote, { disk: disk(), maxBytes: 2 ** 30, cachePath: 'cache' })
    const keys = Array.from({ length: 30 }, (_, i) => `/${i}` as const)
    const found: unknown[] = []
    for (const key of keys) found.push((await store.get(key))?.[4_000_000])
    const { entries } = await store.usage()
    const before = asked
    const again: unknown[] = []
    for (const key of keys) again.push((await store.get(key))?.[4_000_000])
    const full = await outcome(disk().array(new Uint8Array(40 << 20).fill(1)))
    const { problems } = await disk().check()
    return { found, again, entries, asked: [before, asked - before], full: full.name, problems }
  })
  const all = Array.from({ length: 30 }, (_, i) => i)
  expect(seen).toMatchObject({ found: all, again: all, full: 'QuotaExceededError', problems: [] })
  expect(seen.entries).toBeGreaterThan(5)
  expect(seen.entries).toBeLessThan(30)
  expect(seen.asked).toEqual([30, 30 - seen.entries])
})

test(`${SIZE} of Zarr come in and go out with less than 64 MiB of memory`, async ({ session }) => {
  test.setTimeout(240_000)
  const page = await session.open()
  const move = (way: 'in' | 'out', chunks: number) =>
    page.evaluate(
      async ([way, chunks]) => {
        const { disk, keep, kept } = await import('/tests/support/kept.ts')
        const { fromZarr, toZarr } = await import('/src/zarr.ts')
        const { zarrToRead, zarrToWrite } = await import('/tests/support/large-zarr.ts')
        if (way === 'out') return void (await toZarr(kept('large'), await zarrToWrite(chunks)))
        const array = await fromZarr(await zarrToRead(chunks), { disk: disk(), cachePath: 'large' })
        keep('large', array)
        for (const row of [0, chunks >> 1, chunks - 1]) {
          const { data } = await array.get([row])
          if (!data.every((byte) => byte === row % 251)) throw new Error(`chunk ${row} is another`)
        }
      },
      [way, chunks] as const,
    )
  await page.evaluate(async () => void (await (await import('/tests/support/kept.ts')).open()))
  // What is fetched on first use, and what a buffer pool takes, is there before.
  for (const way of ['in', 'out'] as const) await move(way, 2)
  for (const way of ['in', 'out'] as const) {
    const growth = await growthOfMemory(() => move(way, MEBIBYTES))
    if (isLarge) console.log(`${SIZE} of Zarr, ${way}: ${(growth / 2 ** 20).toFixed(1)} MiB`)
    expect(growth).toBeLessThan(64 << 20)
  }
})
