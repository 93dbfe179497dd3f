// A page as tests use it, whoever drives the browser.
import type { Page as PlaywrightPage } from '@playwright/test'
import type { DriverPage } from './drivers/driver.js'
import { evaluation, readOutcome } from './evaluation.js'

export class TestPage {
  readonly #page: DriverPage
  readonly #origin: string
  #closed = false

  constructor(page: DriverPage, origin: string) {
    this.#page = page
    this.#origin = origin
  }

  /**
   * Runs a function in the page: it is sent as text, so it sees only its arguments and what it imports by
   * `await import('/src/index.ts')`. Arguments and result are JSON. Rejects with the page's error, its name, message and code.
   */
  async evaluate<A extends unknown[], R>(work: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    return readOutcome(await this.#page.run(evaluation(work, args))) as Awaited<R>
  }

  async goto(path: string): Promise<void> {
    await this.#page.goto(new URL(path, this.#origin).href)
  }

  reload(): Promise<void> {
    return this.#page.reload()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#page.close()
  }

  /** The errors that nothing in the page caught since this was asked last. */
  uncaught(): Promise<string[]> {
    return this.evaluate(() => (globalThis as { uncaught?: string[] }).uncaught?.splice(0) ?? [])
  }

  /** Closes the page; returns the errors that nothing in it caught. */
  async end(): Promise<string[]> {
    if (this.#closed) return []
    const uncaught = await this.uncaught().catch(() => [])
    await this.close()
    return uncaught
  }

  /** Chromium only. */
  async setLifecycle(state: 'frozen' | 'active'): Promise<void> {
    await this.#send('Page.setWebLifecycleState', { state })
  }

  /** Chromium only: how much the session's origin may store; undefined lifts the limit. */
  async setQuota(bytes: number | undefined): Promise<void> {
    const quotaSize = bytes === undefined ? {} : { quotaSize: bytes }
    await this.#send('Storage.overrideQuotaForOrigin', { origin: this.#origin, ...quotaSize })
  }

  /** Of the page and its workers. */
  async collectGarbage(): Promise<void> {
    if (this.#page.collectGarbage === undefined) throw new Error('this browser collects no garbage when it is told to')
    await this.#page.collectGarbage()
  }

  async #send(method: string, params: object): Promise<void> {
    if (this.#page.send === undefined) throw new Error(`${method}: only in Chromium`)
    await this.#page.send(method, params)
  }

  /** Playwright's own page, for locators, keyboard, screenshots: in Chromium. */
  get playwright(): PlaywrightPage {
    if (this.#page.playwright === undefined) throw new Error('this browser is not driven by Playwright')
    return this.#page.playwright
  }
}
