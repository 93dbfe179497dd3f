// The examples in a Markdown file, as scripts for the test page.
import { readFile } from 'node:fs/promises'
import { transform } from 'esbuild'

export interface Example {
  readonly line: number
  /** The body of an async function that gets `print`, in place of `console.log`. */
  readonly script: string
  /** What it says it prints, of each line that prints; undefined where it does not say. */
  readonly prints: readonly (string | undefined)[]
}

const BLOCK = /(?:<!-- given:(?<given>[\s\S]*?)-->\s*)?```(?<loader>tsx?)\n(?<code>[\s\S]*?)```/g
const IMPORT = /^import\s+(?:type\s+)?(?<what>[^'"]*?)(?:\s+from\s+)?['"](?<from>[^'"]+)['"]\s*;?$/gm

export async function examplesOf(file: URL): Promise<Example[]> {
  const text = await readFile(file, 'utf8')
  return Promise.all(
    [...text.matchAll(BLOCK)].map(async ({ index, groups }) => {
      const { given = '', code = '', loader } = groups ?? {}
      const line = text.slice(0, index).split('\n').length
      const prints = [...code.matchAll(/console\.log\(.*\)(?: \/\/ (.*))?$/gm)].map(([, expected]) => expected)
      return { line, prints, script: await scriptOf(given, code, loader === 'tsx' ? 'tsx' : 'ts') }
    }),
  )
}

/** What examples use without importing it again. */
const NAMES = '{ openDisk, slice, NDArray, LazyDiskCache, LazyDiskCacheConfig }'

/** In a scope of its own, so that it may import and declare what is there already. */
async function scriptOf(given: string, code: string, loader: 'ts' | 'tsx'): Promise<string> {
  const source = `${given}\n${code}`
  const imports = [...source.matchAll(IMPORT)].map(({ groups }) =>
    importedAs(groups?.['what'] ?? '', groups?.['from'] ?? ''),
  )
  const body = `const run = async () => {\n${source.replaceAll(IMPORT, '')}\n}`
  const { code: script } = await transform(body, { loader, jsx: 'transform', target: 'es2022' })
  const rest = `const ${NAMES} = await import('/src/index.ts')`
  return `${rest}\nawait (async () => {\n${imports.join('\n')}\nconst console = { log: print }\n${script}\nawait run()\n})()`
}

/** Types are gone with the rest of TypeScript. */
function importedAs(what: string, from: string): string {
  const [, entry] = /^lazy-disk-cache(?:\/(.*))?$/.exec(from) ?? []
  const imported = from.startsWith('lazy-disk-cache')
    ? `await import('/src/${entry ?? 'index'}.ts')`
    : `await (await import('/tests/support/packages.ts')).PACKAGES['${from}']()`
  if (what === '') return imported
  if (what.startsWith('*')) return `const ${what.replace(/^\*\s+as\s+/, '')} = ${imported}`
  return `const ${what.replaceAll(/\s+as\s+/g, ': ')} = ${imported}`
}
