// Random work interrupted within its page: the worker ended, the page reloaded, left, set aside, frozen, each in the middle of a large
// write. KILL_SEED: of the work (random).
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

/** Waits for what a page shows after a navigation of its own. */
async function loaded(page: TestPage, isLoaded: () => boolean): Promise<void> {
  await expect.poll(() => page.evaluate(isLoaded).catch(() => false), { timeout: 30_000 }).toBe(true)
}

test('a worker that is ended in the middle of random work loses nothing that had resolved, and the work goes on', async ({
  session,
}) => {
  await rounds(session, async (_, lanes) => {
    lanes.command('end worker')
    await lanes.stop()
  })
})

test('a page that reloads in the middle of random work loses nothing that had resolved', async ({ session }) => {
  await rounds(session, async (page, lanes) => {
    lanes.command('reload')
    await loaded(page, () => !('hasLanes' in globalThis))
  })
})

test('a page that is left in the middle of random work loses nothing that had resolved, and may be gone back to', async ({
  session,
}) => {
  await rounds(session, async (page, lanes) => {
    lanes.command('leave')
    await loaded(page, () => location.search === '?elsewhere')
    await page.evaluate(() => void setTimeout(() => history.back(), 10))
    await loaded(page, () => location.search === '')
  })
})
