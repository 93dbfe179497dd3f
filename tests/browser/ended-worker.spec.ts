// Random work whose worker is ended in the middle of a large write, again and again. KILL_SEED: of the work (random).
import { expect, test } from '../support/fixtures.js'
import { Lanes } from '../support/lanes.js'

const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1e6)
const ROUNDS = ['relaxed', 'strict', 'relaxed'] as const

test.describe.configure({ timeout: 240_000 })

test('a worker that is ended in the middle of random work loses nothing that had resolved, and the work goes on', async ({
  session,
}) => {
  await Lanes.with(SEED, async (lanes) => {
    const page = await session.open()
    for (const durability of ROUNDS) {
      await lanes.open(page, durability)
      await lanes.runIntoWrite(page)
      lanes.endWorker()
      await lanes.stop()
      await lanes.check(page)
    }
    expect(lanes.interrupted.rejected).toBeGreaterThanOrEqual(ROUNDS.length)
  })
})
