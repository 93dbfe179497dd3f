// Checks how much a page downloads, as Vite builds it, minified and in brotli, against what README promises.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'vite'
import { root } from './run.mjs'

/** @typedef {{ atOnce: number, later: (chunk: string, after?: string[]) => number }} Page sizes in bytes */

const ROW = /^\| (?<what>[^|]+) \| (?<limit>[\d.]+) kB \|/gm

const start = await measure("export { openDisk, slice } from './index.js'")
const some = await measure("export { openDisk, slice } from './index.js'; export { add, mean } from './numpy.js'")
const all = await measure("export { openDisk, slice } from './index.js'; export * from './numpy.js'")

/** What comes with the largest of the entries that have a library of their own, but for what opening a disk brings anyway. */
const opened = start.atOnce + start.later('open')
const optional = await Promise.all(
  ['zarr', 'geotiff', 'image', 'arrow'].map(async (entry) => {
    const page = await measure(`export { openDisk, slice } from './index.js'; export * from './${entry}.js'`)
    return page.atOnce + page.later('open') - opened
  }),
)

/** Each row of the table in README, in bytes. @type {Record<string, number>} */
const sizes = {
  'a page that uses `openDisk`': start.atOnce,
  'and functions of `/numpy`': some.atOnce,
  'and all of `/numpy`, `lazy` too': all.atOnce,
  'when it opens a disk': start.later('open'),
  'when that opens a store': start.later('store', ['open']),
  'when it computes on disk': some.later('compute', ['open']),
  'element by element in memory': some.later('in-memory-elementwise', ['open', 'compute']),
  'reductions in memory': some.later('in-memory-folds', ['open', 'compute']),
  'the storage worker': script('storage-worker'),
  'when that computes': script('worker-operators'),
  'kernels of that': script('worker-kernels'),
  'reductions, histograms of that': script('worker-folds'),
  'matrix products of that': script('worker-matrix-product'),
  'all of the worker as one text, where it has to be': script('worker'),
  '`/zarr`, `/geotiff`, `/image` or `/arrow`, without its library, at most': Math.max(...optional),
}

let failed = false
const rows = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(ROW)].map(({ groups }) => groups)
for (const [what, bytes] of Object.entries(sizes)) {
  const row = rows.find((one) => one?.['what'] === what)
  const isKept = row !== undefined && bytes <= Number(row['limit']) * 1000
  console.log(`${isKept ? 'ok' : 'TOO LARGE'}: ${what}: ${(bytes / 1000).toFixed(1)} kB, README says ${row?.['limit']}`)
  failed ||= !isKept
}
process.exitCode = failed ? 1 : 0

/**
 * @param {string} source
 * @returns {Promise<Page>}
 */
async function measure(source) {
  const dist = join(root, 'dist')
  const folder = mkdtempSync(join(tmpdir(), 'lazy-disk-cache-sizes-'))
  const input = join(folder, 'page.js')
  writeFileSync(input, source.replaceAll("'./", `'${dist}/`))
  const made = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input, preserveEntrySignatures: 'strict', external: ['zarrita', 'geotiff', 'apache-arrow'] },
    },
  })
  rmSync(folder, { recursive: true, force: true })
  return readPage(made)
}

/**
 * @param {any} made
 * @returns {Page}
 */
function readPage({ output }) {
  /** @type {Map<string, { name: string, code: string, imports: string[], isEntry: boolean, isDynamicEntry: boolean }>} */
  const chunks = new Map(output.map((/** @type {any} */ chunk) => [chunk.fileName, chunk]))
  /** @param {Set<string>} reached @returns {Set<string>} */
  const reach = (/** @type {string} */ file, reached = new Set()) => {
    if (reached.has(file)) return reached
    reached.add(file)
    for (const imported of chunks.get(file)?.imports ?? []) reach(imported, reached)
    return reached
  }
  const size = (/** @type {Iterable<string>} */ files) =>
    [...files].reduce((sum, file) => sum + compressed(chunks.get(file)?.code ?? ''), 0)
  const named = (/** @type {string} */ name) => {
    const found = [...chunks].find(([, chunk]) => chunk.isDynamicEntry && chunk.name.endsWith(name))
    if (found === undefined) throw new Error(`no chunk ${name} among ${[...chunks.values()].map((one) => one.name)}`)
    return found[0]
  }
  const [entry = ''] = [...chunks].find(([, { isEntry }]) => isEntry) ?? []
  const atOnce = reach(entry)
  return {
    atOnce: size(atOnce),
    later: (chunk, after = []) => {
      const before = new Set([...atOnce, ...after.flatMap((name) => [...reach(named(name))])])
      return size([...reach(named(chunk))].filter((file) => !before.has(file)))
    },
  }
}

/** @param {string} name in dist */
function script(name) {
  return compressed(readFileSync(join(root, `dist/${name}.js`)))
}

/** @param {string | Uint8Array} content */
function compressed(content) {
  return brotliCompressSync(content).length
}
