// Random work whose worker is ended, or whose page is left, in the middle of a large write. KILL_SEED: of the work (random).
import { expect, test } from '../support/fixtures.js'
import { Lanes } from '../support/lanes.js'
import type { Session } from '../support/session.js'
import type { TestPage } from '../support/test-page.js'

const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1e6)
const ROUNDS = ['relaxed', 'strict', 'relaxed'] as const

test.describe.configure({ timeout: 240_000 })

/** Again and again runs the lanes in a page until one is in the middle of a large write. */
function rounds(session: Session, interrupt: (page: TestPage, lanes: Lanes) => Promise<void>): Promise<void> {
  return Lanes.with(SEED, async (lanes) => {
    const page = await session.open()
    for (const durability of ROUNDS) {
      await lanes.open(page, durability)
      await lanes.check(page)
      await lanes.runIntoWrite(page)
      await interrupt(page, lanes)
    }
    await lanes.open(page, 'relaxed')
    await lanes.check(page)
    expect(lanes.interrupted.rejected + lanes.interrupted.undone).toBeGreaterThanOrEqual(ROUNDS.length)
  })
}

/** Waits until a page shows another document than the one with the lanes. */
async function gone(page: TestPage): Promise<void> {
  const isGone = () => {
    // An evaluation that a navigation overtakes may never end.
    const never = new Promise<false>((resolve) => setTimeout(() => resolve(false), 1000))
    return Promise.race([page.evaluate(() => !('hasLanes' in globalThis)).catch(() => false), never])
  }
  await expect.poll(isGone, { timeout: 60_000 }).toBe(true)
}

test('a worker that is ended in the middle of random work loses nothing that had resolved, and the work goes on', async ({
  session,
}) => {
  await rounds(session, async (_, lanes) => {
    lanes.command('end worker')
    await lanes.stop()
  })
})

test('a page that is left in the middle of random work loses nothing that had resolved', async ({ session }) => {
  await rounds(session, async (page, lanes) => {
    lanes.command('leave')
    await gone(page)
  })
})
