// npm run bench:scale: many arrays, parts of large ones, reads while an operator runs, growing arrays; in Chromium.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { withChromium } from './chromium.mjs'
import { milliseconds, table } from './report.mjs'
import { withSite } from './site.mjs'

const MIB = 2 ** 20

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Numbers of arrays, and MiB of one, separated by commas. */
    arrays: { type: 'string', default: '10,1000,10000,100000' },
    mebibytes: { type: 'string', default: '1,16,256,2048' },
  },
})
const rounds = Number(values.rounds)
const counts = values.arrays.split(',').map(Number)
const sizes = values.mebibytes.split(',').map((size) => Number(size) * MIB)

const load = loadavg()[0]?.toFixed(1)
await withSite((url) => withChromium(new URL('scale.html', url).href, run))

/** @param {import('@playwright/test').Page} page */
async function run(page) {
  console.log(`${cpus().length} cores (${cpus()[0]?.model}), load average ${load} at the start; medians, ms\n`)
  const rows = []
  for (const count of counts) {
    const times = await page.evaluate(([n, r]) => window.timeArrays(n, r), /** @type {const} */ ([count, rounds]))
    rows.push([String(count), ...['open', 'change', 'read'].map((what) => milliseconds(times[what] ?? Number.NaN))])
  }
  console.log(table(['arrays', 'opening the disk', 'replacing one of 16 KiB', 'reading it'], rows, 1))
  const parts = await page.evaluate((r) => window.timeParts(r), rounds)
  const compared = [
    ['a column of 16,384 × 16,384 float32', 'column', 'column, by its rows'],
    ['64 × 64 × 64 of 512 × 512 × 1024', 'cube', 'cube, by its planes'],
    ['256 × 256 of 16,384 × 16,384', 'tile', 'tile, by its rows'],
  ].map(([title = '', part = '', whole = '']) => {
    const [time = Number.NaN, enclosing = Number.NaN] = [parts[part], parts[whole]]
    return [title, milliseconds(time), milliseconds(enclosing), (enclosing / time).toFixed(1)]
  })
  console.log(`\n${table(['part', 'get', 'reading rows and picking', 'times'], compared, 1)}`)
  const { alone = Number.NaN, meanwhile = Number.NaN } = await page.evaluate(() => window.timeReadsMeanwhile())
  const reads = [['64 KiB', milliseconds(alone), milliseconds(meanwhile), (meanwhile / alone).toFixed(1)]]
  console.log(`\n${table(['read', 'alone', 'while std of 4 GiB runs', 'times'], reads, 1)}`)
  const growing = await page.evaluate(([s, r]) => window.timeGrowing(s, r), /** @type {const} */ ([sizes, rounds]))
  const grown = sizes.map((size) => {
    const time = growing[size] ?? Number.NaN
    return [`${size / MIB} MiB`, milliseconds(time), ((1000 * size) / MIB / time).toFixed(0)]
  })
  console.log(`\n${table(['a + 1, out', 'ms', 'MiB/s'], grown, 1)}`)
}
