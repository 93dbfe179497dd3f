// Random work whose page is reloaded or left in the middle of it, which takes its worker along. KILL_SEED: of the work (random).
import { expect, test } from '../support/fixtures.js'
import { Lanes } from '../support/lanes.js'
import { Random } from '../support/random.js'
import { BLANK_PAGE } from '../support/session.js'

const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1e6)
const ROUNDS = 4

test.describe.configure({ timeout: 240_000 })

test('a page that is reloaded or left in the middle of random work loses nothing that had resolved', async ({
  session,
}) => {
  const random = new Random(SEED)
  await Lanes.with(SEED, async (lanes) => {
    const page = await session.open()
    let underWay = 0
    for (let round = 0; round < ROUNDS; round++) {
      await lanes.open(page, random.chance(0.5) ? 'strict' : 'relaxed')
      await lanes.run(page, random.below(20) + 3)
      underWay += lanes.underWay
      if (round % 2 === 0) await page.reload()
      else {
        await page.goto(`${BLANK_PAGE}?left`)
        await page.goto(BLANK_PAGE)
      }
      await lanes.open(page, 'relaxed')
      await lanes.check(page)
    }
    expect(underWay).toBeGreaterThan(0)
  })
})
