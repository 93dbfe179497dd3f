// A stock Firefox, which Playwright cannot drive: Puppeteer over WebDriver BiDi.
import { readdir } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { type Browser, launch, type Page } from 'puppeteer-core'
import { type Driver, type DriverPage, INSECURE_HOST, type Launch } from './driver.js'

export const launchStockFirefox: Launch = async ({ executablePath, profile, isPrivate }) => {
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    userDataDir: profile,
    headless: true,
    protocolTimeout: 120_000,
    extraPrefsFirefox: {
      'network.dns.localDomains': INSECURE_HOST,
      ...(isPrivate && { 'browser.privatebrowsing.autostart': true }),
    },
  })
  return new BidiDriver(browser, profile)
}

class BidiDriver implements Driver {
  readonly #browser: Browser
  readonly #profile: string

  constructor(browser: Browser, profile: string) {
    this.#browser = browser
    this.#profile = profile
  }

  async newPage(): Promise<DriverPage> {
    return new BidiPage(await this.#browser.newPage())
  }

  async close(): Promise<void> {
    try {
      await this.#browser.close()
    } finally {
      await untilRestored(this.#profile)
    }
  }
}

/** Puppeteer puts files of the profile back when it sees that Firefox has ended: whoever starts it again meanwhile finds them half done. */
async function untilRestored(profile: string): Promise<void> {
  const deadline = performance.now() + 10_000
  const isPending = async () => (await readdir(profile)).some((name) => name.endsWith('.puppeteer'))
  while ((await isPending()) && performance.now() < deadline) await setTimeout(20)
}

class BidiPage implements DriverPage {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url)
  }

  async reload(): Promise<void> {
    await this.#page.reload()
  }

  async run(expression: string): Promise<string> {
    return (await this.#page.evaluate(expression)) as string
  }

  close(): Promise<void> {
    return this.#page.close()
  }
}
