// A browser killed in the middle of random work, again and again: everything that had resolved is there, what was under way whole
// or not at all. KILLS: how many (8). KILL_SEED: of the work (random).
import { expect, test } from '../support/fixtures.js'
import { Lanes } from '../support/lanes.js'
import { Random } from '../support/random.js'

const KILLS = Number(process.env['KILLS'] ?? 8)
const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1e6)

test.describe.configure({ timeout: 60_000 + KILLS * 30_000 })

test('a browser killed in the middle of random work loses nothing that had resolved, and shows nothing in part', async ({
  session,
}) => {
  const random = new Random(SEED)
  await Lanes.with(SEED, async (lanes) => {
    for (let kill = 0; kill <= KILLS; kill++) {
      const page = await session.open()
      await lanes.open(page, random.chance(0.5) ? 'strict' : 'relaxed')
      await lanes.check(page)
      await lanes.checkGone(page)
      if (kill === KILLS) break
      await (kill % 2 === 0 ? lanes.runIntoWrite(page) : lanes.run(page, random.below(60) + 3))
      await session.killBrowser()
    }
    const { undone, unanswered } = lanes.interrupted
    const told = `${KILLS} kills, seed ${SEED}: ${lanes.steps} steps; under way ${undone} undone, ${unanswered} done and not answered`
    console.log(`${session.browser}: ${told}`)
    expect(undone + unanswered, told).toBeGreaterThanOrEqual(KILLS / 2)
    expect(undone, told).toBeGreaterThanOrEqual(KILLS / 4)
  })
})
