// A disk that is a cache, under a quota that Chromium can be told to have.
import { expect, test } from '../support/fixtures.js'

test.describe.configure({ timeout: 180_000 })

test('a disk with a policy goes on where the quota ends: what was used least recently goes, also after a reload', async ({
  session,
}) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    await open({ evictionPolicy: 'least-recently-used' })
  })
  await page.setQuota(100 << 20)
  const seen = await page.evaluate(async () => {
    const { disk } = await import('/tests/support/kept.ts')
    const evicted: string[] = []
    let pressures = 0
    disk().addEventListener('evict', ({ detail }) => evicted.push(`${detail.path} ${detail.reason}`))
    disk().addEventListener('pressure', () => pressures++)
    for (let i = 0; i < 30; i++) {
      const made = await disk().array(new Uint8Array(8 << 20).fill(i), { cachePath: `tile/${i}`, transfer: true })
      await made.close()
    }
    const tiles = await disk().store('tiles')
    for (let i = 0; i < 200; i++) await tiles.set(`${i}`, new Uint8Array(600_000).fill(i))
    await (await disk().array(new Uint8Array(5 << 20).fill(9), { cachePath: 'large' })).close()
    const left = await disk().list()
    const values = await Promise.all(left.map(async ({ path }) => (await disk().openArray(path)).item(-1)))
    const expected = left.map(({ path }) => (path === 'large' ? 9 : Number(path.split('/')[1])))
    const { evictions } = await disk().stats()
    const { problems } = await disk().check()
    const isAll = evicted.length === evictions.disk && evicted.every((one) => one.endsWith(' disk'))
    return { left: left.length, values, expected, pressures, problems, evicted: evicted.slice(0, 3), isAll }
  })
  expect(seen.values).toEqual(seen.expected)
  expect(seen).toMatchObject({ pressures: 0, problems: [], isAll: true })
  expect(seen.evicted).toEqual(['tile/0 disk', 'tile/1 disk', 'tile/2 disk'])
  expect(seen.left).toBeGreaterThan(30)

  const oldest = await page.evaluate(async () => {
    const { disk } = await import('/tests/support/kept.ts')
    const used = (await disk().list())
      .map(({ path }) => path)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    const oldest = used.find((path) => path.startsWith('tiles/')) ?? ''
    await (await disk().openArray(oldest)).close()
    await disk().close()
    return oldest
  })
  await page.reload()
  const after = await page.evaluate(async (oldest) => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const disk = await open({ evictionPolicy: 'least-recently-used' })
    const before = (await disk.list()).length
    const large = await disk.array(new Uint8Array(20 << 20).fill(3), { cachePath: 'after' })
    const tooLarge = await outcome(disk.array(new Uint8Array(150 << 20), { cachePath: 'too large' }))
    const { name } = tooLarge
    return {
      went: before - (await disk.list()).length > 10,
      stays: await disk.has(oldest),
      last: await large.item(-1),
      name,
    }
  }, oldest)
  expect(after).toEqual({ went: true, stays: true, last: 3, name: 'QuotaExceededError' })
  await page.setQuota(undefined)
})
