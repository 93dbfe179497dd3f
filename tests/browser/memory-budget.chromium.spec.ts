// The same, as the operating system sees it.
import { expect, test } from '../support/fixtures.js'
import { browserMemory } from '../support/process-memory.js'

test.describe.configure({ timeout: 300_000 })

test('after many arrays came and went, the browser has no more memory than the budget and 128 MiB beside', async ({
  session,
}) => {
  const page = await session.open()
  const run = (touches: number) =>
    page.evaluate(async (count) => {
      const { runCrowd } = await import('/tests/support/crowd.ts')
      const { disk } = await import('/tests/support/kept.ts')
      const sizes = { arrays: 48, arrayBytes: 16 << 20, memoryBudget: 256 << 20 }
      const { wrong, over } = await runCrowd({ ...sizes, touches: count, staysOpen: true })
      return { wrong, over, isFull: disk().getSnapshot().residentBytes > 200 << 20 }
    }, touches)
  const settled = async (): Promise<number> => {
    await page.collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 500))
    return browserMemory()
  }
  const before = await settled()
  expect(await run(30)).toEqual({ wrong: [], over: [], isFull: true })
  for (let turn = 0; turn < 3; turn++) {
    expect(await run(100)).toEqual({ wrong: [], over: [], isFull: true })
    const grown = (await settled()) - before
    expect(grown).toBeLessThan((256 + 128) * 2 ** 20)
  }
})
