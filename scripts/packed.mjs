// The package as npm publishes it, installed in projects outside this one.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

/**
 * Packs what is built. Returns the tarball's path.
 * @param {string} folder
 */
export function pack(folder) {
  mkdirSync(folder, { recursive: true })
  const [packed] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder))
  return join(folder, packed.filename)
}

/**
 * Makes a project in `folder` with the tarball and further packages installed.
 * @param {string} folder
 * @param {string} tarball
 * @param {readonly string[]} [packages] as `npm install` takes them
 */
export function makeProject(folder, tarball, packages = []) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "name": "project", "private": true, "type": "module" }\n')
  // The tarball has no dependencies: alone, it needs no registry.
  const source = packages.length === 0 ? '--offline' : '--prefer-offline'
  npm(folder, 'install', source, '--no-audit', '--no-fund', tarball, ...packages)
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
function npm(cwd, ...args) {
  const path = process.env['npm_execpath']
  const [command, first] = path ? [process.execPath, [path]] : ['npm', []]
  const { status, stdout, stderr, error } = spawnSync(command, [...first, ...args], { cwd, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`npm ${args.join(' ')} failed in ${cwd}: ${error?.message ?? ''}\n${stdout}${stderr}`)
}
