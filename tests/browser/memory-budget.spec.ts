// More arrays than memory: the budget is kept at every moment, every value is right, and what is used stays.
import { expect, test } from '../support/fixtures.js'

test.describe.configure({ timeout: 300_000 })

test('200 arrays of 16 MiB at random under 256 MiB: never over the limit, every value right, hits as an ideal cache has', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { runCrowd } = await import('/tests/support/crowd.ts')
    return runCrowd({ arrays: 200, arrayBytes: 16 << 20, memoryBudget: 256 << 20, touches: 600 })
  })
  console.log(seen)
  expect([seen.wrong, seen.over, seen.errors]).toEqual([[], [], []])
  expect(seen.samples).toBeGreaterThan(100)
  expect(seen.evictions).toBeGreaterThan(100)
  expect(seen.hitRate).toBeGreaterThan(seen.idealHitRate - 0.05)
})
