// npm run bench:operators: operators over arrays on disk in Chromium, and NumPy's over memory-mapped files, in turns. Both begin a
// run with everything on the platter: first writes to clean pages of files cost more, and nobody pays for the run before.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { withChromium } from './chromium.mjs'
import { startNumPy } from './numpy-process.mjs'
import { median, milliseconds, table } from './report.mjs'
import { withSite } from './site.mjs'

const MIB = 2 ** 20

const { values } = parseArgs({
  options: {
    mebibytes: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '5' },
  },
})
const byteLength = Number(values.mebibytes) * MIB
const rounds = Number(values.rounds)

const load = loadavg()[0]?.toFixed(1)
await withSite((url) => withChromium(new URL('operators.html', url).href, run))

/** @param {import('@playwright/test').Page} page */
async function run(page) {
  const names = await page.evaluate((bytes) => window.prepareOperators(bytes), byteLength)
  const numpy = await startNumPy(byteLength)
  const times = names.map((name) => ({
    name,
    ours: /** @type {number[]} */ ([]),
    theirs: /** @type {number[]} */ ([]),
  }))
  for (let round = 0; round <= rounds; round++) {
    for (const { name, ours, theirs } of times) {
      await Promise.all([page.evaluate(() => window.flushOperators()), numpy?.flush()])
      const time = await page.evaluate((workload) => window.timeOperator(workload), name)
      const numpyTime = await numpy?.time(name)
      if (round === 0) continue // pages are touched and code is compiled
      ours.push(time)
      if (numpyTime !== undefined) theirs.push(numpyTime)
    }
  }
  numpy?.end()
  console.log(`${cpus().length} cores (${cpus()[0]?.model}), load average ${load} at the start`)
  console.log(`Arrays of ${values.mebibytes} MiB on disk; medians of ${rounds} rounds after a warm-up, ms.\n`)
  if (numpy === undefined) console.log('NumPy is skipped: there is no python3 with numpy.\n')
  console.log(report(times, numpy?.version))
}

/**
 * @param {readonly { name: string, ours: number[], theirs: number[] }[]} times
 * @param {string | undefined} version
 */
function report(times, version) {
  const rows = times.map(({ name, ours, theirs }) => {
    const ratio = median(theirs) / median(ours)
    return [name, milliseconds(median(ours)), ...(version ? [milliseconds(median(theirs)), ratio.toFixed(2)] : [])]
  })
  const head = ['', 'this library', ...(version ? [`${version} memmap`, "of NumPy's speed"] : [])]
  if (!version) return table(head, rows, 1)
  const logs = times.map(({ ours, theirs }) => Math.log(median(theirs) / median(ours)))
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
  return table(head, [...rows, ['geometric mean', '', '', mean.toFixed(2)]], 1)
}
