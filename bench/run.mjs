// npm run bench: builds the bench page, opens it in Chromium, prints what was measured.
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { withChromium } from './chromium.mjs'
import { report } from './report.mjs'
import { withSite } from './site.mjs'

const USAGE = `Usage: npm run bench -- [options]
  --quick        a smaller run: 64 MiB, 2 rounds
  --only NAMES   contenders to run, separated by commas (for example 'this library,opfs-tools')
  --rounds N     rounds after the warm-up
  --json FILE    also write every figure to a file`

const MIB = 2 ** 20
const FULL = { largeBytes: 256 * MIB, rounds: 5, sliceCount: 1000, smallCount: 1000 }
const QUICK = { largeBytes: 64 * MIB, rounds: 2, sliceCount: 200, smallCount: 200 }
const PIECE_BYTES = 64 * 1024

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) {
  console.log(USAGE)
} else {
  await main()
}

async function main() {
  const load = loadavg()[0]?.toFixed(1)
  const results = await withSite((url) => withChromium(url, (page) => runInPage(page)))
  console.log(`${results.userAgent}; ${cpus().length} cores (${cpus()[0]?.model}), load average ${load} at the start\n`)
  console.log(report(results))
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, undefined, 2)}\n`)
  if (results.measurements.some(({ role, failures }) => role === 'library' && failures.length > 0)) process.exitCode = 1
}

/** @param {import('@playwright/test').Page} page */
async function runInPage(page) {
  await page.exposeFunction('reportProgress', (/** @type {string} */ text) => console.error(text))
  return page.evaluate((plan) => window.runBench(plan), planOf(options))
}

/**
 * @param {{ quick: boolean, only?: string | undefined, rounds?: string | undefined }} chosen
 * @returns {import('./page/results.js').Plan}
 */
function planOf({ quick, only, rounds }) {
  const size = quick ? QUICK : FULL
  return {
    ...size,
    rounds: rounds === undefined ? size.rounds : Number(rounds),
    sliceBytes: PIECE_BYTES,
    smallBytes: PIECE_BYTES,
    only: only?.split(',').map((name) => name.trim()),
  }
}
