// The test function of browser tests: `test('…', async ({ session }) => …)`.
import { test as base } from '@playwright/test'
import { BROWSERS, findBrowser } from '../../scripts/browsers.mjs'
import { Session } from './session.js'
import { type Site, startSite } from './site.js'
import { TestBrowser } from './test-browser.js'
import type { TestPage } from './test-page.js'

export { expect } from '@playwright/test'

interface TestFixtures {
  session: Session
}

interface WorkerFixtures {
  testBrowser: TestBrowser
  site: Site
  /** One page for many tests, for those that keep apart by themselves: loading the library anew takes a second. */
  sharedPage: TestPage
}

let sessions = 0

function newSession(browser: TestBrowser, site: Site): Session {
  // Chromium and Firefox know every name under localhost as this machine, and as a secure context.
  const host = browser.found.name === 'webkitgtk' ? 'localhost' : `t${process.pid}-${sessions++}.localhost`
  return new Session(browser, host, { devServer: Number(process.env['TEST_PORT']), site: site.port })
}

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

  session: async ({ testBrowser, site }, use) => {
    const session = newSession(testBrowser, site)
    await use(session)
    await session.end()
  },

  sharedPage: [
    async ({ testBrowser, site }, use) => {
      const session = newSession(testBrowser, site)
      await use(await session.open())
      await session.end()
    },
    { scope: 'worker' },
  ],

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
