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
    args: ['--remote-allow-system-access'], // or it cannot be told to collect garbage
    extraPrefsFirefox: {
      'network.dns.localDomains': INSECURE_HOST,
      ...(isPrivate && { 'browser.privatebrowsing.autostart': true }),
    },
  })
  return new BidiDriver(browser, profile)
}

/** Of Puppeteer's browser; not in its types. */
interface BidiConnection {
  send(method: string, params: object): Promise<{ result: { type?: string; contexts: { context: string }[] } }>
}

/** As about:memory does, in every process of the browser. */
const MINIMIZE_MEMORY = `new Promise((resolve) => {
  Services.obs.notifyObservers(null, 'child-mmu-request')
  const manager = Cc['@mozilla.org/memory-reporter-manager;1'].getService(Ci.nsIMemoryReporterManager)
  manager.minimizeMemoryUsage(() => resolve('done'))
})`

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

  async collectGarbage(): Promise<void> {
    const { connection } = this.#page.browser() as unknown as { connection: BidiConnection }
    const { result } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' })
    const target = { context: result.contexts[0]?.context }
    const answer = await connection.send('script.evaluate', { expression: MINIMIZE_MEMORY, target, awaitPromise: true })
    if (answer.result.type !== 'success') throw new Error('Firefox did not collect its garbage')
  }

  close(): Promise<void> {
    return this.#page.close()
  }
}
