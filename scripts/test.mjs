// npm test: sets up what is missing, runs every check and test, and ends with the line 'N passed, N failed'.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageFile, run } from './run.mjs'
import { setUpBrowsers, setUpPackages, setUpPython } from './setup.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const reports = mkdtempSync(join(tmpdir(), 'lazy-disk-cache-reports-'))
/** @type {Counts} */
const total = { passed: 0, failed: 0, skipped: 0 }

try {
  await runAll()
} catch (error) {
  console.error(error)
  total.failed++
} finally {
  rmSync(reports, { recursive: true, force: true })
}
if (total.skipped > 0) console.log(`\n${total.skipped} tests skipped`)
if (total.passed === 0) total.failed ||= 1
process.exitCode = total.failed === 0 ? 0 : 1
console.log(`${total.passed} passed, ${total.failed} failed`)

async function runAll() {
  await setUpPackages()
  for (const name of await setUpBrowsers()) {
    console.log(`Skipped: ${name}, which could not be found or installed`)
    if (process.env['CI']) total.failed++
  }
  setUpPython()
  await check('typecheck', 'scripts/typecheck.mjs')
  await check('lint', packageFile('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings')
  await check('unused code', packageFile('knip/bin/knip.js'), '--no-progress', '--treat-config-hints-as-errors')
  const built = await check('build', 'scripts/build.mjs')
  if (built) await check('package', 'scripts/check-package.mjs')
  await test('unit tests', readVitest, packageFile('vitest/vitest.mjs'), 'run')
  if (!built) return
  const playwright = packageFile('@playwright/test/cli.js')
  await test('browser tests', readPlaywright, playwright, 'test', '--grep-invert=@alone')
  await test('browser tests that measure time', readPlaywright, playwright, 'test', '--grep=@alone', '--workers=1')
}

/**
 * A step that counts as one.
 * @param {string} title
 * @param {string[]} args
 */
async function check(title, ...args) {
  console.log(`\n— ${title}`)
  const code = await run(process.execPath, args)
  total[code === 0 ? 'passed' : 'failed']++
  return code === 0
}

/**
 * A test runner, counted by the report it writes. One that fails without saying which test did counts as a failed one.
 * @param {string} title
 * @param {(report: any) => Counts} read
 * @param {string[]} args
 */
async function test(title, read, ...args) {
  console.log(`\n— ${title}`)
  const file = join(reports, `${title.replaceAll(' ', '-')}.json`)
  const code = await run(process.execPath, args, { env: { TEST_REPORT: file } })
  const counts = readReport(file, read)
  if (code !== 0 || counts.passed === 0) counts.failed ||= 1
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped += counts.skipped
}

/**
 * @param {string} file
 * @param {(report: any) => Counts} read
 * @returns {Counts}
 */
function readReport(file, read) {
  try {
    return read(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    console.error(`No report of the tests: ${error}`)
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

/**
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {Counts}
 */
function readVitest(report) {
  // A file that could not be loaded has failed without a failed test.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/**
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors: unknown[] }} report
 * @returns {Counts}
 */
function readPlaywright({ stats, errors }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped }
}
