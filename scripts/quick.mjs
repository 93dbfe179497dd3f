// The unit tests with short random runs: npm run test:quick, and npm run coverage, to which longer ones would add nothing. Further
// arguments go to Vitest (npm run test:quick -- --watch).
import { packageFile, run } from './run.mjs'

/** What each of the random tests does; `npm test` does more, `npm run torture` much more. */
const SHORT = {
  CONCURRENCY_RUNS: '5',
  FUZZ_INPUTS: '3000',
  NONSENSE_CALLS: '100',
  POWER_LOSS_CUTS: '3000',
  RANDOM_CASES: '30',
  SELECTION_RUNS: '30',
}

const vitest = packageFile('vitest/vitest.mjs')
process.exitCode = await run(process.execPath, [vitest, '--run', ...process.argv.slice(2)], { env: SHORT })
