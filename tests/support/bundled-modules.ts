// The modules that browser tests import, bundled once: a page that loads the library as its hundred files takes a second, and most tests have several.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { libraryEntries, startingBuilt } from '../../vite.config.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Of what several of them share: a page has one of each module, whatever it imports. */
const CHUNKS = 'bundled-for-tests'

/** Their scripts, by the path that a page asks for: `/src/index.ts` for example. */
export async function bundleModules(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: (await importedPaths()).map((path) => ({ in: path, out: path.replace(/\.ts$/, '') })),
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"development"' },
    outdir: ROOT,
    outExtension: { '.js': '.ts' }, // the name by which pages ask for an entry, so that they and other entries have the same
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    write: false,
    plugins: [builtWorker, rawText],
  })
  return new Map(outputFiles.map(({ path, text }) => [path.slice(ROOT.length - 1), text]))
}

/** The library's entries, and all that tests name in `import('/…')`. */
async function importedPaths(): Promise<string[]> {
  const paths = new Set([...Object.values(libraryEntries()), 'tests/support/packages.ts'])
  for (const folder of ['tests/browser', 'tests/support']) {
    for (const name of await readdir(join(ROOT, folder))) {
      if (!name.endsWith('.ts')) continue
      const text = await readFile(join(ROOT, folder, name), 'utf8')
      for (const [, path] of text.matchAll(/import\(\s*'\/([^']+\.ts)'/g)) paths.add(path as string)
    }
  }
  return [...paths]
}

/** Pages start the storage worker as it is built. */
const builtWorker: Plugin = {
  name: 'built-worker',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/spawn\.ts$/ }, async ({ path }) => {
      const contents = startingBuilt(
        await readFile(path, 'utf8'),
        (name) => `new URL('/dist/${name}.js', location.origin)`,
      )
      if (contents === undefined) throw new Error(`${path} does not start the storage worker`)
      return { contents, loader: 'ts' }
    })
  },
}

const rawText: Plugin = {
  name: 'raw-text',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => {
      return { path: join(resolveDir, path.replace(/\?raw$/, '')), namespace: 'raw' }
    })
    onLoad({ filter: /./, namespace: 'raw' }, async ({ path }) => {
      return { contents: await readFile(path, 'utf8'), loader: 'text' }
    })
  },
}
