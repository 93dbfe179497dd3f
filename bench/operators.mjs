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
  const times = names.map((name) => ({ name, one: numbers(), two: numbers(), numpy: numbers() }))
  const reads = numbers()
  for (let round = 0; round <= rounds; round++) {
    const read = await page.evaluate(() => window.timeRead())
    if (round > 0) reads.push(read)
    for (const row of times) {
      const { name } = row
      await Promise.all([page.evaluate(() => window.flushOperators()), numpy?.flush()])
      const one = await page.evaluate((workload) => window.timeOperator(workload, 1), name)
      await page.evaluate(() => window.flushOperators())
      const two = await page.evaluate((workload) => window.timeOperator(workload, 2), name)
      const theirs = await numpy?.time(name)
      if (round === 0) continue // pages are touched and code is compiled
      row.one.push(one)
      row.two.push(two)
      if (theirs !== undefined) row.numpy.push(theirs)
    }
  }
  numpy?.end()
  console.log(`${cpus().length} cores (${cpus()[0]?.model}), load average ${load} at the start`)
  console.log(`Arrays of ${values.mebibytes} MiB on disk; medians of ${rounds} rounds after a warm-up, ms.\n`)
  if (numpy === undefined) console.log('NumPy is skipped: there is no python3 with numpy.\n')
  console.log(report(times, numpy?.version))
  const sums = times.flatMap(({ name, one }) => (name === 'sum(a)' || name === 'mean(a)' ? [median(one)] : []))
  const ratios = sums.map((sum) => (median(reads) / sum).toFixed(2))
  console.log(
    `\nOne raw read() of an array into a reused buffer: ${milliseconds(median(reads))} ms. sum and mean with one worker: ${ratios.join(', ')} of its speed.`,
  )
}

/** @returns {number[]} */
function numbers() {
  return []
}

/**
 * @param {readonly { name: string, one: number[], two: number[], numpy: number[] }[]} times
 * @param {string | undefined} version
 */
function report(times, version) {
  const head = ['', 'one worker', 'two workers']
  const rows = times.map(({ name, one, two }) => [name, milliseconds(median(one)), milliseconds(median(two))])
  if (!version) return table(head, rows, 1)
  const ratios = times.map(({ one, two, numpy }) => [one, two].map((ours) => median(numpy) / median(ours)))
  const all = times.map(({ numpy }, i) => {
    return [
      .../** @type {string[]} */ (rows[i]),
      milliseconds(median(numpy)),
      ...(ratios[i] ?? []).map((ratio) => ratio.toFixed(2)),
    ]
  })
  const means = [0, 1].map((side) => {
    const logs = ratios.map((pair) => Math.log(pair[side] ?? Number.NaN))
    return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length).toFixed(2)
  })
  const ofSpeed = ["one worker, of NumPy's speed", "two workers, of NumPy's speed"]
  return table([...head, `${version} memmap`, ...ofSpeed], [...all, ['geometric mean', '', '', '', ...means]], 1)
}
