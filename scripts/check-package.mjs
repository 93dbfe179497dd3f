// Checks the package as it is published: what it exports, its types in several TypeScripts, and that importing it does nothing.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { makeProject, pack } from './packed.mjs'
import { packageFile, run } from './run.mjs'

const OWN = ['', '/numpy', '/numpy-sync', '/image', '/inspector', '/inline'].map((entry) => `lazy-disk-cache${entry}`)
/** Libraries of entries that need one. */
const PEERS = ['zarrita', 'geotiff', 'apache-arrow']
const ENTRIES = [...OWN, ...['/zarr', '/geotiff', '/arrow'].map((entry) => `lazy-disk-cache${entry}`)]

const folder = mkdtempSync(join(tmpdir(), 'lazy-disk-cache-package-'))
const project = join(folder, 'project')
let failed = 0
try {
  const tarball = pack(folder)
  makeProject(project, tarball)
  for (const peer of PEERS) symlinkSync(packageFile(peer), join(project, 'node_modules', peer), 'junction')
  await check('publint', packageFile('publint/src/cli.js'), 'run', tarball, '--strict')
  // A worker is no module to import: that entry has no types.
  const profile = ['--profile', 'esm-only', '--exclude-entrypoints', 'worker', '--format', 'ascii']
  await check('arethetypeswrong', packageFile('@arethetypeswrong/cli/dist/index.js'), tarball, ...profile)
  await checkTypes()
  await check('import on a server', '--input-type=module', '--eval', serverModule())
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed === 0 ? 0 : 1

/**
 * In projects that know no more than browsers had in 2022, and check every declaration file. zarrita's own need a newer
 * TypeScript, and a bundler.
 */
async function checkTypes() {
  await checkTypesOf(OWN, 'typescript-5.4', 'bundler')
  await checkTypesOf(OWN, 'typescript-5.4', 'NodeNext')
  await checkTypesOf(ENTRIES, 'typescript', 'bundler')
  await checkTypesOf(OWN, 'typescript', 'NodeNext')
}

/**
 * @param {readonly string[]} entries
 * @param {string} typescript
 * @param {'bundler' | 'NodeNext'} moduleResolution
 */
async function checkTypesOf(entries, typescript, moduleResolution) {
  const module = moduleResolution === 'bundler' ? 'ESNext' : moduleResolution
  const modules = { module, moduleResolution, types: [], target: 'ES2022', lib: ['ES2022', 'DOM'] }
  const compilerOptions = { ...modules, strict: true, skipLibCheck: false, noEmit: true }
  const config = join(project, 'tsconfig.json')
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ['entries.ts'] }))
  const lines = entries.map((entry, i) => `export * as entry${i} from '${entry}'\n`)
  writeFileSync(join(project, 'entries.ts'), lines.join(''))
  await check(`types: ${typescript}, ${moduleResolution}`, packageFile(`${typescript}/bin/tsc`), '-p', config)
}

/** Nothing may throw, and nothing keep the process alive. */
function serverModule() {
  const file = join(project, 'server.mjs')
  writeFileSync(file, ENTRIES.map((entry) => `import '${entry}'\n`).join(''))
  return `await import(${JSON.stringify(pathToFileURL(file).href)})`
}

/**
 * @param {string} title
 * @param {string[]} args
 */
async function check(title, ...args) {
  const code = await run(process.execPath, args)
  console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${title}`)
  if (code !== 0) failed++
}
