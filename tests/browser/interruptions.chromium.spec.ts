// Random work whose page is frozen in the middle of it, which only Chromium does on demand. KILL_SEED: of the work (random).
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
