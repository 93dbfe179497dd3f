// Random work whose page is set aside in the middle of it, which only Chromium does on demand: frozen, and kept in the back/forward
// cache. KILL_SEED: of the work (random).
import { expect, test } from '../support/fixtures.js'
import { Lanes } from '../support/lanes.js'
import { Random } from '../support/random.js'

const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1e6)
const ROUNDS = 3

test.describe.configure({ timeout: 240_000 })

test('a page frozen in the middle of random work and resumed loses nothing, and another sees nothing in part meanwhile', async ({
  session,
}) => {
  const random = new Random(SEED)
  await Lanes.with(SEED, async (lanes) => {
    const page = await session.open()
    const other = await session.open()
    await lanes.open(page, 'relaxed')
    let underWay = 0
    for (let round = 0; round < ROUNDS; round++) {
      await lanes.run(page, random.below(10) + 3)
      await page.setLifecycle('frozen')
      underWay += lanes.underWay
      await lanes.open(other, 'relaxed')
      await lanes.peek(other)
      await page.setLifecycle('active')
      await lanes.stop()
      await lanes.check(other)
      await lanes.peek(page)
    }
    expect(underWay).toBeGreaterThan(0)
  })
})

test('a page that goes into the back/forward cache in the middle of random work comes back with nothing lost', async ({
  session,
}) => {
  await Lanes.with(SEED, async (lanes) => {
    const page = await session.open()
    const other = await session.open()
    await lanes.open(page, 'relaxed')
    await lanes.run(page, 12)
    await page.evaluate(() => void setTimeout(() => location.assign('?elsewhere'), 0))
    await expect.poll(() => page.evaluate(() => location.search).catch(() => '')).toBe('?elsewhere')
    await page.evaluate(() => void setTimeout(() => history.back(), 0))
    expect(await lanes.persisted()).toBe(true)
    await lanes.stop()
    await lanes.open(other, 'relaxed')
    await lanes.check(other)
  })
})
