// Chromium, or Playwright's own build of Firefox, driven by Playwright.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Browser, type BrowserContext, chromium, firefox, type Page } from '@playwright/test'
import { type Driver, type DriverPage, INSECURE_HOST, type Launch } from './driver.js'

const CHROMIUM_ARGS = [
  '--headless',
  '--remote-debugging-port=0',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-component-update',
  '--no-first-run',
  '--disable-quic',
  '--disable-sync',
  '--password-store=basic',
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
]

/**
 * Started here, not by Playwright, whose contexts are private ones with an OPFS in memory, or pretend that every page has the
 * focus, so that none can be frozen.
 */
export const launchChromium: Launch = async ({ executablePath, profile, isPrivate }) => {
  const child = spawn(executablePath, [...CHROMIUM_ARGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    const browser = await chromium.connectOverCDP(await debuggingUrl(child), { noDefaults: true })
    const context = isPrivate ? await browser.newContext() : browser.contexts()[0]
    if (context === undefined) throw new Error('Chromium has no default context')
    return new PlaywrightDriver(context, () => closeChromium(browser, child))
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

async function debuggingUrl(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('no stderr')
  const said: string[] = []
  for await (const line of createInterface(child.stderr)) {
    const [, url] = /^DevTools listening on (.*)$/.exec(line) ?? []
    if (url !== undefined) {
      child.stderr.resume()
      return url
    }
    said.push(line)
  }
  throw new Error(`Chromium did not start: ${said.join('\n')}`)
}

async function closeChromium(browser: Browser, child: ChildProcess): Promise<void> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
  if (browser.isConnected()) await (await browser.newBrowserCDPSession()).send('Browser.close')
  await exited
}

export const launchFirefox: Launch = async ({ executablePath, profile, isPrivate }) => {
  const context = await firefox.launchPersistentContext(profile, {
    executablePath,
    firefoxUserPrefs: {
      'network.dns.localDomains': INSECURE_HOST,
      ...(isPrivate && { 'browser.privatebrowsing.autostart': true }),
    },
  })
  return new PlaywrightDriver(context, () => context.close())
}

class PlaywrightDriver implements Driver {
  readonly #context: BrowserContext
  readonly close: () => Promise<void>

  constructor(context: BrowserContext, close: () => Promise<void>) {
    this.#context = context
    this.close = close
  }

  async newPage(): Promise<DriverPage> {
    return new PlaywrightDriverPage(await this.#context.newPage())
  }
}

class PlaywrightDriverPage implements DriverPage {
  readonly playwright: Page
  readonly send?: (method: string, params: object) => Promise<unknown>

  constructor(page: Page) {
    this.playwright = page
    if (page.context().browser()?.browserType() !== chromium) return
    const connected = page.context().newCDPSession(page)
    this.send = async (method, params) => {
      const cdp = await connected
      return cdp.send(method as Parameters<typeof cdp.send>[0], params as Parameters<typeof cdp.send>[1])
    }
  }

  async goto(url: string): Promise<void> {
    await this.playwright.goto(url)
  }

  async reload(): Promise<void> {
    await this.playwright.reload()
  }

  run(expression: string): Promise<string> {
    return this.playwright.evaluate<string>(expression)
  }

  async collectGarbage(): Promise<void> {
    await this.playwright.requestGC()
    // Chromium's workers collect only where the whole system is short of memory.
    await this.send?.('Memory.simulatePressureNotification', { level: 'critical' })
  }

  async close(): Promise<void> {
    await this.playwright.close()
  }
}
