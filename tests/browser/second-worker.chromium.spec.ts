// A second worker computes beside the owner's, where there are two cores and a file can be open twice.
import { availableParallelism } from 'node:os'
import { expect, test } from '../support/fixtures.js'

test.skip(availableParallelism() < 2, 'one core')
test.describe.configure({ timeout: 120_000 })

test('large element-wise results are right in every block, and the disk closes, opens and goes at once', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { deleteDisk, openDisk } = await import('/src/index.ts')
    const { add, multiply } = await import('/src/numpy.ts')
    const options = { name: 'two' }
    const disk = await openDisk(options)
    const size = 6 * 2 ** 20 + 1234
    const a = await disk.array(Float32Array.from({ length: size }, (_, i) => i % 4099))
    const out = await disk.zeros([size], 'float32', { cachePath: 'out' })
    const isThere = async () => {
      const { held = [] } = await navigator.locks.query()
      return held.some(({ name }) => name === 'lazy-disk-cache:second:two')
    }
    while (!(await isThere())) await add(a, a, { out })
    // Those that the second worker begins with have a part of it.
    for (let i = 0; i < 3; i++) await multiply(a, 3, { out })
    const wrong = (await out.data({ readOnly: true })).findIndex((value, i) => value !== 3 * (i % 4099))
    const { problems } = await disk.check()
    await disk.close()
    const isThereStill = await isThere()
    const again = await openDisk(options)
    const last = await (await again.openArray('out')).item(size - 1)
    await again.close()
    await deleteDisk('two')
    return { wrong, problems, isThereStill, last: Number(last), expected: 3 * ((size - 1) % 4099) }
  })
  expect(seen).toEqual({ ...seen, wrong: -1, problems: [], last: seen.expected })
})

test('a page that goes in the middle leaves the value before or the one after', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { add } = await import('/src/numpy.ts')
    const disk = await open()
    const size = 24 * 2 ** 20
    const a = await disk.full([size], 1, 'float32', { cachePath: 'a' })
    const out = await disk.zeros([size], 'float32', { cachePath: 'out' })
    for (let i = 0; i < 3; i++) await add(out, a, { out })
    void (async () => {
      for (;;) await add(out, a, { out })
    })()
  })
  await page.reload()
  const seen = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { max, min } = await import('/src/numpy.ts')
    const disk = await open()
    const out = await disk.openArray('out')
    return { least: Number(await min(out)), most: Number(await max(out)), problems: (await disk.check()).problems }
  })
  expect(seen.least).toBe(seen.most)
  expect(seen.least).toBeGreaterThanOrEqual(3)
  expect(seen.problems).toEqual([])
})
