// The examples in a Markdown file, as scripts for the test page.
import { readFile } from 'node:fs/promises'
import { transform } from 'esbuild'
import { compile } from 'svelte/compiler'
import { compileScript, parse } from 'vue/compiler-sfc'

export interface Example {
  readonly line: number
  /** The body of an async function that gets `print`, in place of `console.log`. */
  readonly script: string
  /** What it says it prints, of each line that prints; undefined where it does not say. */
  readonly prints: readonly (string | undefined)[]
}

/** A block of code, with what a comment before it gives it and what one behind it does then. */
interface Block {
  readonly line: number
  readonly language: string
  readonly given: string
  readonly code: string
  readonly then: string
}

const BLOCK =
  /(?:<!-- given:(?<given>[\s\S]*?)-->\s*)?```(?<language>tsx?|vue|svelte)\n(?<code>[\s\S]*?)```(?:\s*<!-- then:(?<then>[\s\S]*?)-->)?/g
const IMPORT = /^import\s+(?:type\s+)?(?<what>[^'"]*?)(?:\s+from\s+)?['"](?<from>[^'"]+)['"]\s*;?$/gm
/** The first line of a block that is a file, which others of its page import. */
const FILE = /^\/\/ src\/(?<name>\w+)\.tsx?\n/

export async function examplesOf(file: URL): Promise<Example[]> {
  const blocks = blocksOf(await readFile(file, 'utf8'))
  const files = await filesOf(blocks)
  return Promise.all(
    blocks.map(async (block) => {
      const prints = [...block.code.matchAll(/console\.log\(.*\)(?: \/\/ (.*))?$/gm)].map(([, expected]) => expected)
      return { line: block.line, prints, script: `${files}\n${await scriptOf(block)}` }
    }),
  )
}

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(BLOCK)].map(({ index, groups }) => {
    const { given = '', code = '', then = '', language = 'ts' } = groups ?? {}
    return { line: text.slice(0, index).split('\n').length, language, given, code, then }
  })
}

/** `fileUrl`: where each of the blocks that are files is, as a module. A worker's listens before it awaits anything. */
async function filesOf(blocks: readonly Block[]): Promise<string> {
  const modules: Record<string, string> = {}
  for (const { code } of blocks) {
    const name = FILE.exec(code)?.groups?.['name']
    if (name === undefined) continue
    const module = code.replaceAll(/'lazy-disk-cache'/g, "'ORIGIN/src/index.ts'")
    const { imports, rest } = withoutImports(module)
    modules[name] = (await transform(`${imports}\n${rest}`, { loader: 'tsx', target: 'es2022' })).code
  }
  const text = `${JSON.stringify(modules)}[name].replaceAll('ORIGIN', location.origin)`
  return `const fileUrl = (name) => URL.createObjectURL(new Blob([${text}], { type: 'text/javascript' }))`
}

/** What examples use without importing it again. */
const NAMES = '{ openDisk, slice, NDArray, LazyDiskCache, LazyDiskCacheConfig }'

/** In a scope of its own, so that it may import and declare what is there already. */
async function scriptOf({ language, given, code, then }: Block): Promise<string> {
  const source = `${given}\n${compiled(language, code)}\n${then}`
  const { imports, rest } = withoutImports(source.replaceAll(/^export (default )?/gm, ''))
  const body = `const run = async () => {\n${rest}\n}`
  const { code: script } = await transform(body, { loader: 'tsx', jsx: 'transform', target: 'es2022' })
  const names = `const ${NAMES} = await import('/src/index.ts')`
  return `${names}\nawait (async () => {\n${imports}\nconst console = { log: print }\n${script}\nawait run()\n})()`
}

/** Single-file components as the modules that their compilers make; `App` is the component. */
function compiled(language: string, code: string): string {
  if (language === 'svelte') return compile(code, { name: 'App', runes: true }).js.code
  if (language !== 'vue') return code
  const { content } = compileScript(parse(code).descriptor, { id: 'App', inlineTemplate: true })
  return content.replace('export default', 'const App =')
}

/**
 * The imports, as statements that may stand in a function, but for those of modules at an address, and what is left. Files are
 * found by `new URL(…, import.meta.url)` too.
 */
function withoutImports(source: string): { imports: string; rest: string } {
  const imports: string[] = []
  const rest = source.replaceAll(IMPORT, (statement, what: string, from: string) => {
    if (from.startsWith('ORIGIN')) return statement
    imports.push(importedAs(what, from))
    return ''
  })
  const found = rest.replaceAll(/new URL\('\.\/(\w+)\.ts', import\.meta\.url\)/g, "fileUrl('$1')")
  return { imports: imports.join('\n'), rest: found }
}

/** Types are gone with the rest of TypeScript. */
function importedAs(what: string, from: string): string {
  const imported = importOf(from)
  if (what === '') return imported
  if (what.startsWith('*')) return `const ${what.replace(/^\*\s+as\s+/, '')} = ${imported}`
  return `const ${what.replaceAll(/\btype\s+\w+,?/g, '').replaceAll(/\s+as\s+/g, ': ')} = ${imported}`
}

function importOf(from: string): string {
  if (from.startsWith('./')) return `await import(fileUrl('${from.slice('./'.length)}'))`
  const [, entry] = /^lazy-disk-cache(?:\/(.*))?$/.exec(from) ?? []
  if (from.startsWith('lazy-disk-cache')) return `await import('/src/${entry ?? 'index'}.ts')`
  return `await (await import(new URL('/tests/support/packages.ts', location.origin))).PACKAGES['${from}']()`
}
