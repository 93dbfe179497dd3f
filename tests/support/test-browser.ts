// A browser on a profile of its own, which can be closed, killed and started again.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FoundBrowser } from '../../scripts/browsers.mjs'
import { launchStockFirefox } from './drivers/bidi.js'
import type { Driver, DriverPage, Launch } from './drivers/driver.js'
import { launchChromium, launchFirefox } from './drivers/playwright.js'
import { launchWebKitGtk } from './drivers/webkitgtk.js'

/** Started when the first page is wanted. Serves many tests, one after the other. */
export class TestBrowser {
  readonly found: FoundBrowser
  readonly #isPrivate: boolean
  #profile: string | undefined
  #driver: Driver | undefined

  constructor(found: FoundBrowser, isPrivate = false) {
    this.found = found
    this.#isPrivate = isPrivate
  }

  async newPage(): Promise<DriverPage> {
    const { executablePath } = this.found
    this.#profile ??= await mkdtemp(join(tmpdir(), `lazy-disk-cache-${this.found.name}-`))
    this.#driver ??= await launcher(this.found)({ executablePath, profile: this.#profile, isPrivate: this.#isPrivate })
    return this.#driver.newPage()
  }

  /** Closes the browser in good order; the next page starts it again on the same profile. */
  async close(): Promise<void> {
    const driver = this.#driver
    this.#driver = undefined
    await driver?.close()
  }

  /** Kills every process of the browser at once. */
  async kill(): Promise<void> {
    const profile = this.#profile
    if (profile === undefined) return
    for (const pid of await processesOn(profile)) killProcess(pid)
    // The driver notices that its browser is gone; whatever it says about that is of no interest.
    await this.close().catch(() => {})
  }

  async end(): Promise<void> {
    await this.close()
    if (this.#profile !== undefined) await rm(this.#profile, { recursive: true, force: true, maxRetries: 10 })
  }
}

function launcher({ name, driver }: FoundBrowser): Launch {
  if (driver === 'steered') return launchWebKitGtk
  if (driver === 'bidi') return launchStockFirefox
  return name === 'chromium' ? launchChromium : launchFirefox
}

/** Those that name the profile, and all that they started: a page's own process would else live on for a moment, and write. */
async function processesOn(profile: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-eo', 'pid=,ppid=,args='], { maxBuffer: 64 << 20 })
  const all = stdout.split('\n').flatMap((line) => {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), isNamed: args.includes(profile) }]
  })
  const found = new Set(all.flatMap(({ pid, isNamed }) => (isNamed ? pid : [])))
  for (const pid of found) for (const one of all) if (one.parent === pid) found.add(one.pid)
  return [...found]
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went with its parent.
  }
}
