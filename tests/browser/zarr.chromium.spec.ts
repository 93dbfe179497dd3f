// Zarr elsewhere behind a cache on a disk whose quota ends before the cache is full.
import { expect, test } from '../support/fixtures.js'

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
