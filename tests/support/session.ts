// What one test has of a browser.
import type { FoundBrowser } from '../../scripts/browsers.mjs'
import { INSECURE_HOST } from './drivers/driver.js'
import type { SiteVariant } from './site.js'
import { TestBrowser } from './test-browser.js'
import { TestPage } from './test-page.js'

export const BLANK_PAGE = '/tests/support/page.html'

interface Ports {
  readonly devServer: number
  readonly site: number
}

/** Has a host of its own, so that a test finds no other's data, locks or pages. */
export class Session {
  readonly browser: FoundBrowser['name']
  /** Of Vite's dev server, which serves the project's folder. */
  readonly origin: string
  readonly #siteOrigin: string
  readonly #shared: TestBrowser
  readonly #private: TestBrowser[] = []
  #pages: TestPage[] = []

  constructor(shared: TestBrowser, host: string, ports: Ports) {
    this.#shared = shared
    this.browser = shared.found.name
    this.origin = `http://${host}:${ports.devServer}`
    this.#siteOrigin = `http://${host}:${ports.site}`
  }

  /** Opens a page; a path is one of the session's origin. */
  open(path: string = BLANK_PAGE): Promise<TestPage> {
    return this.#open(this.#shared, path)
  }

  /** Opens the test page on an origin that is no secure context. */
  openInsecure(): Promise<TestPage> {
    const url = new URL(BLANK_PAGE, this.origin)
    url.hostname = INSECURE_HOST
    return this.open(url.href)
  }

  /** Opens the test page on a plain web server beside the built library: `new URL('index.js', location.href)` is dist/index.js. */
  openBuilt(variant: SiteVariant): Promise<TestPage> {
    return this.open(`${this.#siteOrigin}/${variant}/page.html`)
  }

  /** Opens a page in a private window. */
  openPrivate(path: string = BLANK_PAGE): Promise<TestPage> {
    const browser = new TestBrowser(this.#shared.found, true)
    this.#private.push(browser)
    return this.#open(browser, path)
  }

  async #open(browser: TestBrowser, path: string): Promise<TestPage> {
    const page = new TestPage(await browser.newPage(), this.origin)
    this.#pages.push(page)
    await page.goto(path)
    return page
  }

  /** Closes the browser as a user does; `open` starts it again on the same profile. The pages are gone. */
  async closeBrowser(): Promise<void> {
    this.#pages = []
    await this.#shared.close()
  }

  /** Ends the browser by SIGKILL; `open` starts it again on the same profile. The pages are gone. */
  async killBrowser(): Promise<void> {
    this.#pages = []
    await this.#shared.kill()
  }

  /** Closes the session's pages and deletes what they stored. Throws where a page had an error that nothing caught. */
  async end(): Promise<void> {
    const uncaught: string[] = []
    for (const page of this.#pages) uncaught.push(...(await page.end()))
    for (const browser of this.#private) await browser.end()
    await this.#deleteStorage()
    if (uncaught.length > 0) throw new Error(`uncaught in the page: ${uncaught.join('; ')}`)
  }

  async #deleteStorage(): Promise<void> {
    const page = await this.#shared.newPage()
    await page.goto(`${this.origin}${BLANK_PAGE}`)
    await page.run('deleteStorage().then(() => "")')
    await page.close()
  }
}
