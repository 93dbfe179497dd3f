// The app as many tools bundle it, as no tool does, and on pages that forbid much.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { makeProject, pack } from '../../scripts/packed.mjs'
import { APP, visitTwice } from '../support/bundled-app.js'
import { test } from '../support/fixtures.js'
import type { Session } from '../support/session.js'
import { serveFolder } from '../support/static-server.js'

const folder = mkdtempSync(join(tmpdir(), 'lazy-disk-cache-bundlers-'))
const tarball = pack(folder)

test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A fresh project with the app in it; returns its folder. */
function project(name: string, packages: readonly string[] = [], files?: string): string {
  const root = join(folder, name)
  makeProject(root, tarball, packages)
  cpSync(APP, root, { recursive: true })
  if (files !== undefined) cpSync(new URL(files, import.meta.url), root, { recursive: true })
  return root
}

function runIn(root: string, command: string, ...args: string[]): void {
  const { NODE_ENV: _, ...inherited } = process.env // 'test' here, which is no business of the app's
  const env = { ...inherited, CI: '1', NEXT_TELEMETRY_DISABLED: '1', NG_CLI_ANALYTICS: 'false' }
  const bin = join(root, 'node_modules', command)
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: root, encoding: 'utf8', env })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`)
}

async function visitFolder(session: Session, root: string, headers?: OutgoingHttpHeaders): Promise<void> {
  const server = await serveFolder(root, headers)
  try {
    await visitTwice(await session.open(server.origin))
  } finally {
    await server.close()
  }
}

test('webpack 5', async ({ session }) => {
  const root = project('webpack', ['webpack@5', 'webpack-cli'])
  runIn(root, 'webpack/bin/webpack.js', '--mode', 'production', '--entry', './main.js', '--output-path', './out')
  cpSync(join(root, 'index.html'), join(root, 'out/index.html'))
  await visitFolder(session, join(root, 'out'))
})

test('Rollup, which leaves the worker where it was', async ({ session }) => {
  const root = project('rollup', ['rollup@4', '@rollup/plugin-node-resolve'])
  runIn(root, 'rollup/dist/bin/rollup', 'main.js', '--plugin', 'node-resolve', '--format', 'es', '--dir', 'out')
  cpSync(join(root, 'index.html'), join(root, 'out/index.html'))
  await visitFolder(session, join(root, 'out'))
})

test('Parcel', async ({ session }) => {
  const root = project('parcel', ['parcel@2'])
  const manifest = join(root, 'package.json')
  const option = { '@parcel/resolver-default': { packageExports: true } }
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), ...option }))
  runIn(root, 'parcel/lib/bin.js', 'build', 'index.html', '--dist-dir', 'out', '--no-cache')
  await visitFolder(session, join(root, 'out'))
})

test('Next.js, rendering on the server too', async ({ session }) => {
  const root = project('next', ['next@16', 'react@19', 'react-dom@19'], 'next/')
  runIn(root, 'next/dist/bin/next', 'build')
  await visitFolder(session, join(root, 'out'))
})

test('Angular', async ({ session }) => {
  const angular = ['core', 'common', 'platform-browser', 'compiler', 'compiler-cli', 'build', 'cli']
  const packages = [...angular.map((name) => `@angular/${name}@20`), 'typescript@5.9', 'rxjs@7', 'tslib']
  const root = project('angular', packages, 'angular/')
  runIn(root, '@angular/cli/bin/ng.js', 'build')
  await visitFolder(session, join(root, 'out/browser'))
})

test('no bundler: a page with <script type="module">', async ({ session }) => {
  const root = project('plain')
  mapImports(root, './node_modules/lazy-disk-cache/dist/')
  await visitFolder(session, root)
})

test('a page of another origin than the script', async ({ session }) => {
  const root = project('other-origin')
  const library = join(root, 'node_modules/lazy-disk-cache/dist')
  const server = await serveFolder(library, { 'access-control-allow-origin': '*' })
  try {
    mapImports(root, `${server.origin}/`)
    await visitFolder(session, root)
  } finally {
    await server.close()
  }
})

test('a page with a strict CSP: nothing inline, no eval, no blob, no WebAssembly', async ({ session }) => {
  const root = project('csp')
  await build({ root, configFile: false, logLevel: 'error' })
  const csp = "default-src 'none'; script-src 'self'; worker-src 'self'"
  await visitFolder(session, join(root, 'dist'), { 'content-security-policy': csp })
})

/** Says in the page where the library is. */
function mapImports(root: string, library: string): void {
  const imports = { 'lazy-disk-cache': `${library}index.js`, 'lazy-disk-cache/numpy': `${library}numpy.js` }
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`
  const page = `<!doctype html><meta charset="utf-8" />${map}<script type="module" src="./main.js"></script>`
  writeFileSync(join(root, 'index.html'), page)
}
