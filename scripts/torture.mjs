// npm run torture: the tests of what must never be lost, at length; ends with a table of what was run and with which seed.
// node scripts/torture.mjs [part …] [--seed=N] [--kills=N] [--cuts=N] [--inputs=N] [--histories=N] [--operations=N] [--arrays=N]
// [--churn=MEBIBYTES]
import { parseArgs } from 'node:util'
import { packageFile, root, run } from './run.mjs'
import { setUpBrowsers, setUpPackages } from './setup.mjs'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    kills: { type: 'string', default: '50' },
    cuts: { type: 'string', default: '2000000' },
    inputs: { type: 'string', default: '1000000' },
    histories: { type: 'string', default: '100' },
    operations: { type: 'string', default: '1000' },
    arrays: { type: 'string', default: '100000' },
    churn: { type: 'string', default: '12000' },
  },
})
const { seed, kills, cuts, inputs, histories, operations, arrays, churn } = values
const vitest = [packageFile('vitest/vitest.mjs'), 'run']
const playwright = [packageFile('@playwright/test/cli.js'), 'test']

/** @typedef {{ title: string, args: string[], env: Record<string, string> }} Trial */

/** @param {string} browser */
const killing = (browser) => ({
  title: `${kills} kills, ${browser}`,
  args: [...playwright, 'browser/kill.spec', `--project=${browser}`],
  env: { KILLS: kills, KILL_SEED: seed },
})

/** @param {string} browser */
const tabs = (browser) => ({
  title: `8 tabs of ${operations} operations each, ${browser}`,
  args: [...playwright, 'browser/tabs.spec', `--project=${browser}`],
  env: { TAB_OPERATIONS: operations, TAB_SEED: seed },
})

/** @param {string} browser */
const age = (browser) => ({
  title: `churn of ${churn} MiB, ${arrays} arrays, ${browser}`,
  args: [...playwright, 'browser/age.spec', `--project=${browser}`],
  env: { MANY_ARRAYS: arrays, CHURN_MEBIBYTES: churn },
})

/** @type {Record<string, Trial[]>} */
const PARTS = {
  power: [
    {
      title: `${cuts} power cuts`,
      args: [...vitest, 'tests/unit/engine/power-loss.test.ts'],
      env: { POWER_LOSS_CUTS: cuts, POWER_LOSS_SEED: seed },
    },
  ],
  fuzz: [
    {
      title: `${inputs} damaged catalogs`,
      args: [...vitest, 'tests/unit/engine/damage.test.ts', 'tests/unit/engine/nonsense.test.ts'],
      env: { FUZZ_INPUTS: inputs, FUZZ_SEED: seed },
    },
    {
      title: `frames lost in ${histories} histories of each kind`,
      args: [...vitest, 'tests/unit/engine/lost-frames.test.ts'],
      env: { LOST_FRAMES_SEEDS: histories },
    },
  ],
  kill: ['chromium', 'firefox'].map(killing),
  tabs: ['chromium', 'firefox'].map(tabs),
  age: ['chromium', 'firefox'].map(age),
}

const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS)
const unknown = wanted.filter((part) => !(part in PARTS))
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`)

await setUpPackages()
await setUpBrowsers()
if ((await run(process.execPath, ['scripts/build.mjs'])) !== 0) process.exit(1)
const rows = []
for (const { title, args, env } of wanted.flatMap((part) => PARTS[part] ?? [])) {
  console.log(`\n— ${title}`)
  const began = performance.now()
  const code = await run(process.execPath, args, { env })
  const minutes = ((performance.now() - began) / 60_000).toFixed(1)
  rows.push({ trial: title, seed, minutes, outcome: code === 0 ? 'passed' : 'FAILED' })
}
console.table(rows)
const failed = rows.filter(({ outcome }) => outcome !== 'passed').length
console.log(`${rows.length - failed} passed, ${failed} failed, in ${root}`)
process.exitCode = failed === 0 ? 0 : 1
