// A stock Firefox, which Playwright cannot drive: Puppeteer over WebDriver BiDi.
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
  return new BidiDriver(browser)
}

class BidiDriver implements Driver {
  readonly #browser: Browser

  constructor(browser: Browser) {
    this.#browser = browser
  }

  async newPage(): Promise<DriverPage> {
    return new BidiPage(await this.#browser.newPage())
  }

  close(): Promise<void> {
    return this.#browser.close()
  }
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
