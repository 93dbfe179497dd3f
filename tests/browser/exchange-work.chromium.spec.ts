// Whatever goes in or out says how far it is, and can be aborted.
import { expect, test } from '../support/fixtures.js'

test('all that goes in and out tells its progress up to the end, and leaves nothing when it is aborted', async ({
  session,
}) => {
  test.setTimeout(180_000)
  const page = await session.open()
  const found = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { outcomes } = await import('/tests/support/exchange-work.ts')
    return outcomes(await open())
  })
  expect(found.length).toBe(16)
  for (const { name, told, total, aborted, left } of found) {
    expect([name, told[0], told.at(-1), told.length > 2]).toEqual([name, 0, total, true])
    expect([name, told]).toEqual([name, told.toSorted((a, b) => a - b)])
    expect([name, aborted, left]).toEqual([name, ['before', 'on the way'], []])
  }
})
