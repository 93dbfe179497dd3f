// The test function of browser tests: `test('…', async ({ session }) => …)`.
import { test as base } from '@playwright/test'
import { BROWSERS, findBrowser } from '../../scripts/browsers.mjs'
import { Session } from './session.js'
import { type Site, startSite } from './site.js'
import { TestBrowser } from './test-browser.js'

export { expect } from '@playwright/test'

interface TestFixtures {
  session: Session
}

interface WorkerFixtures {
  testBrowser: TestBrowser
  site: Site
}

let sessions = 0

export const test = base.extend<TestFixtures, WorkerFixtures>({
  testBrowser: [
    async ({ browserName: _ }, use, { project }) => {
      const name = BROWSERS.find((one) => one === project.name)
      const found = name && (await findBrowser(name))
      if (found === undefined) throw new Error(`${project.name} is not installed: npm test installs it where it can`)
      const browser = new TestBrowser(found)
      await use(browser)
      await browser.end()
    },
    { scope: 'worker' },
  ],

  session: async ({ testBrowser, site }, use, { workerIndex }) => {
    // Chromium and Firefox know every name under localhost as this machine, and as a secure context.
    const host = testBrowser.found.name === 'webkitgtk' ? 'localhost' : `t${workerIndex}-${sessions++}.localhost`
    const session = new Session(testBrowser, host, { devServer: Number(process.env['TEST_PORT']), site: site.port })
    await use(session)
    await session.end()
  },

  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
    async ({}, use) => {
      const site = await startSite()
      await use(site)
      await site.close()
    },
    { scope: 'worker' },
  ],
})
