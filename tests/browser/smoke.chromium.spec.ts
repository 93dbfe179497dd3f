// What only Chromium offers to tests: freezing a page, limiting the quota, Playwright's own page.
import { expect, test } from '../support/fixtures.js'

test('a page can be frozen and resumed', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(() => {
    const seen: string[] = []
    for (const type of ['freeze', 'resume']) document.addEventListener(type, () => seen.push(type))
    Object.assign(globalThis, { seen })
  })
  await page.setLifecycle('frozen')
  await page.setLifecycle('active')
  expect(await page.evaluate(() => (globalThis as { seen?: string[] }).seen)).toEqual(['freeze', 'resume'])
})

test('a page can be given a quota', async ({ session }) => {
  const page = await session.open()
  const write = (): Promise<void> =>
    page.evaluate(async () => {
      const file = await (await navigator.storage.getDirectory()).getFileHandle('large', { create: true })
      const stream = await file.createWritable()
      await stream.write(new Uint8Array(4 << 20))
      await stream.close()
    })
  await page.setQuota(1 << 20)
  // Chromium says either, whichever of its two processes notices first.
  await expect(write()).rejects.toMatchObject({ name: expect.stringMatching(/^(QuotaExceeded|Abort)Error$/) })
  await page.setQuota(undefined)
  await write()
})

test("Playwright's own page is there for locators", async ({ session }) => {
  const page = await session.open()
  expect(await page.playwright.title()).toBe('Test page')
})
