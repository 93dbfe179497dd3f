// Which browsers are here to test in: Playwright's own first, else those on PATH. Needs the packages only for the former.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * @typedef {'chromium' | 'firefox' | 'webkitgtk'} BrowserName
 * @typedef {{ name: BrowserName, driver: 'playwright' | 'bidi' | 'steered', executablePath: string }} FoundBrowser
 */

/** @type {readonly BrowserName[]} */
export const BROWSERS = ['chromium', 'firefox', 'webkitgtk']

/**
 * @param {BrowserName} name
 * @returns {Promise<FoundBrowser | undefined>}
 */
export async function findBrowser(name) {
  if (name === 'webkitgtk') return findWebKitGtk()
  const { [name]: type } = await import('@playwright/test')
  const own = type.executablePath()
  if (existsSync(own)) return { name, driver: 'playwright', executablePath: own }
  const commands = name === 'chromium' ? ['chromium', 'chromium-browser', 'google-chrome'] : ['firefox-esr', 'firefox']
  const executablePath = commands.map(onPath).find((path) => path !== undefined)
  // Playwright drives any Chromium, but of Firefox only its own build.
  if (executablePath === undefined) return undefined
  return { name, driver: name === 'chromium' ? 'playwright' : 'bidi', executablePath }
}

/** @returns {FoundBrowser | undefined} */
function findWebKitGtk() {
  if (process.platform !== 'linux' || !onPath('Xvfb')) return undefined
  const folders = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder))
  for (const folder of folders.concat('/usr/libexec')) {
    for (const version of ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0']) {
      const executablePath = join(folder, version, 'MiniBrowser')
      if (existsSync(executablePath)) return { name: 'webkitgtk', driver: 'steered', executablePath }
    }
  }
  return undefined
}

/**
 * @param {string} command
 * @returns {string | undefined}
 */
export function onPath(command) {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, command)).find(isExecutable)
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
