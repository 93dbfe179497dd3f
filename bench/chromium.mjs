// A Chromium with a profile of its own in the temporary folder.
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { findBrowser } from '../scripts/browsers.mjs'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
  '--disable-quic',
  '--disable-sync',
  '--js-flags=--expose-gc',
]

/**
 * A persistent profile, because an incognito one keeps its files in memory.
 * @template T
 * @param {string} url
 * @param {(page: import('@playwright/test').Page) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withChromium(url, use) {
  const found = await findBrowser('chromium')
  if (found === undefined) throw new Error('No Chromium: neither Playwright has one nor is one on the PATH')
  const profile = await mkdtemp(join(tmpdir(), 'lazy-disk-cache-bench-'))
  // At the exit, which an interrupted run has too, and after the browser has ended.
  process.once('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 3 }))
  const context = await chromium.launchPersistentContext(profile, { executablePath: found.executablePath, args: ARGS })
  try {
    const page = await context.newPage()
    page.on('pageerror', (error) => console.error(error))
    page.on('crash', () => console.error('the page crashed'))
    await page.goto(url)
    return await use(page)
  } finally {
    await context.close()
  }
}
