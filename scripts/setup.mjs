// Makes the project ready to run: its packages, and the browsers to test in. Uses Node alone.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { BROWSERS, findBrowser, onPath } from './browsers.mjs'
import { packageFile, root, run, tryRun } from './run.mjs'

/** Installs the packages of the lock file where those in node_modules are not the same. */
export async function setUpPackages() {
  if (packagesAreCurrent()) return
  console.log('Installing packages …')
  const npm = process.env['npm_execpath']
  const args = ['ci', '--no-audit', '--no-fund']
  const code = npm ? await run(process.execPath, [npm, ...args]) : await run('npm', args)
  if (code !== 0) throw new Error('npm ci failed')
}

function packagesAreCurrent() {
  try {
    const wanted = readPackages('package-lock.json')
    const installed = readPackages('node_modules/.package-lock.json')
    return Object.entries(wanted).every(([path, { version, optional }]) => {
      if (path === '') return true
      const found = installed[path]
      return found ? found.version === version : optional === true
    })
  } catch {
    return false
  }
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(new URL(file, pathToFileURL(root)), 'utf8')).packages
}

/**
 * Installs the browsers that are missing, as far as that is possible here.
 * @returns {Promise<import('./browsers.mjs').BrowserName[]>} those that could not be had
 */
export async function setUpBrowsers() {
  const missing = await missingBrowsers()
  if (missing.length === 0) return []
  console.log(`Installing browsers: ${missing.join(', ')} …`)
  const own = missing.filter((name) => name !== 'webkitgtk')
  if (own.length > 0) tryRun(process.execPath, [packageFile('playwright/cli.js'), 'install', ...own], { minutes: 15 })
  installWithApt(await missingBrowsers())
  return missingBrowsers()
}

async function missingBrowsers() {
  const found = await Promise.all(BROWSERS.map(findBrowser))
  return BROWSERS.filter((_, i) => found[i] === undefined)
}

/** Installs zarr-python and tifffile, which tests ask, where they are missing and can be had. Debian's are for Debian's own Python. */
export function setUpPython() {
  const has = (/** @type {string} */ python) => spawnSync(python, ['-c', 'import zarr, tifffile']).status === 0
  if (has('/usr/bin/python3') || has('python3') || process.getuid?.() !== 0 || !onPath('apt-get')) return
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  tryRun('apt-get', ['update'], { minutes: 5, env })
  tryRun('apt-get', ['install', '-y', '--no-install-recommends', 'python3-zarr', 'python3-tifffile'], {
    minutes: 15,
    env,
  })
}

const APT_PACKAGES = { chromium: ['chromium'], firefox: ['firefox-esr'], webkitgtk: ['libwebkit2gtk-4.1-0', 'xvfb'] }

/** @param {readonly import('./browsers.mjs').BrowserName[]} missing */
function installWithApt(missing) {
  if (missing.length === 0 || process.getuid?.() !== 0 || !onPath('apt-get')) return
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  tryRun('apt-get', ['update'], { minutes: 5, env })
  for (const name of missing) {
    tryRun('apt-get', ['install', '-y', '--no-install-recommends', ...APT_PACKAGES[name]], { minutes: 15, env })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await setUpPackages()
  for (const name of await setUpBrowsers()) console.log(`Not to be had here: ${name}`)
  setUpPython()
}
