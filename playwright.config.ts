// Browser tests: *.spec.ts runs in Chromium and Firefox, *.chromium.spec.ts (and so on) in that browser only. Tests tagged
// @alone measure time: `npm test` runs them after the others, one at a time.
import { defineConfig, type ReporterDescription } from '@playwright/test'
import { BROWSERS, findBrowser } from './scripts/browsers.mjs'

const found = await Promise.all(BROWSERS.map(findBrowser))
const report = process.env['TEST_REPORT']
const reporters: ReporterDescription[] = [['list']]
if (report !== undefined) reporters.push(['json', { outputFile: report }])

export default defineConfig({
  testDir: 'tests/browser',
  globalSetup: './tests/support/dev-server.ts',
  reporter: reporters,
  forbidOnly: process.env['CI'] !== undefined,
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  projects: found
    .filter((browser) => browser !== undefined)
    .map(({ name }) => ({
      name,
      testMatch: name === 'webkitgtk' ? '**/*.webkitgtk.spec.ts' : [`**/*.${name}.spec.ts`, '**/!(*.*).spec.ts'],
    })),
})
