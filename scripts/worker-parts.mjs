// Builds the storage worker as one script, or in parts that bundlers of consumers cannot tear apart: each is a script that
// imports nothing. The first leaves what it shares in a global, and has the others run by `runPart` of worker/parts.ts; they leave
// theirs there too.
import { createHash } from 'node:crypto'

/** Stands for the build's name until the code is known: the parts of two builds never meet. */
const BUILD = '__BUILD_OF_WORKER__'
const SHARED = `globalThis[${JSON.stringify(`lazy-disk-cache:${BUILD}`)}]`

const EXPORT = /^export \{(?<names>[^}]*)\};$/m
const IMPORT = /^import (?:\{(?<names>[^}]*)\} from )?"\.\/(?<part>[\w-]+)\.js";$/gm
const LATER = /\bimport\("\.\/(?<part>[\w-]+)\.js"\)/g
const LEFT = /^(?:import|export)\b/m

/** @typedef {import('vite').Rolldown.OutputBundle} Bundle */

const DYNAMIC = /(?<!typeof )\bimport\((?<module>'[^']+')\)/g

/** Without parts: what the engine imports dynamically is there from the start. @returns {import('vite').Plugin} */
export function oneWorker() {
  return {
    name: 'one-worker',
    enforce: 'pre',
    transform(source, id) {
      const modules = id.includes('/src/engine/') ? [...source.matchAll(DYNAMIC)].map(([, module]) => module) : []
      if (modules.length === 0) return null
      let count = 0
      const code = source.replace(DYNAMIC, () => `Promise.resolve(part${count++})`)
      const imports = modules.map((module, i) => `import * as part${i} from ${module};`)
      return { code: imports.join('') + code, map: null } // line for line
    },
  }
}

/** @returns {import('vite').Plugin} */
export function workerParts() {
  return {
    name: 'worker-parts',
    renderChunk(code, { fileName, isEntry }) {
      const name = fileName.replace(/\.js$/, '')
      const parts = code
        .replace(IMPORT, importedFrom)
        .replace(LATER, `runPart("$<part>").then(() => ${SHARED}["$<part>"])`)
      const names = parts.match(EXPORT)?.groups?.['names'] ?? ''
      const leave = isEntry
        ? `${SHARED} = { "${name}": ${objectOf(names)} };`
        : `${SHARED}["${name}"] = ${objectOf(names)};`
      const made = EXPORT.test(parts) ? parts.replace(EXPORT, () => leave) : `${parts}\n${leave}`
      if (LEFT.test(made))
        this.error(`part ${name} still imports or exports: ${made.match(LEFT)?.input?.slice(0, 200)}`)
      return { code: made, map: null } // line for line
    },
    generateBundle(_options, bundle) {
      mergeCommon(bundle)
      const chunks = chunksOf(bundle)
      const hash = createHash('sha256')
      for (const { code } of chunks) hash.update(code)
      const build = hash.digest('hex').slice(0, BUILD.length)
      for (const chunk of chunks) chunk.code = chunk.code.replaceAll(BUILD, build)
    },
  }
}

/** @param {Bundle} bundle */
function chunksOf(bundle) {
  return Object.values(bundle).filter((file) => file.type === 'chunk')
}

/**
 * What several parts have in common becomes a function of the part that is there before them, the one that has them run.
 * @param {Bundle} bundle
 */
function mergeCommon(bundle) {
  const first = chunksOf(bundle).find((chunk) => chunk.isDynamicEntry && chunk.dynamicImports.length > 0)
  for (;;) {
    const commons = chunksOf(bundle).filter((chunk) => !chunk.isEntry && !chunk.isDynamicEntry)
    // Each is put in front of those that need it.
    const next = commons.find(({ fileName }) => !commons.some(({ imports }) => imports.includes(fileName)))
    if (next === undefined) return
    if (first === undefined) throw new Error(`no part is there before all that need ${next.fileName}`)
    const block = `(() => {${next.code.replace(/\n\/\/# sourceMappingURL=.*/, '').trim()}})();\n`
    first.code = block + first.code
    shiftMap(bundle[`${first.fileName}.map`], block.split('\n').length - 1)
    delete bundle[next.fileName]
    delete bundle[`${next.fileName}.map`]
  }
}

/** @param {Bundle[string] | undefined} map @param {number} lines in front of what it is of */
function shiftMap(map, lines) {
  if (map?.type !== 'asset') return
  const { mappings, ...rest } = JSON.parse(String(map.source))
  map.source = JSON.stringify({ ...rest, mappings: ';'.repeat(lines) + mappings })
}

/** @param {string} _ @param {string | undefined} names @param {string} part */
function importedFrom(_, names, part) {
  const other = `if (!${SHARED}) throw new Error("it is of another build of lazy-disk-cache than the storage worker");`
  return names === undefined ? other : `${other} const ${bindingOf(names)} = ${SHARED}["${part}"];`
}

/** `a as b, c` of an export as the object `{ b: a, c: c }`. @param {string} names */
function objectOf(names) {
  return `{ ${pairs(names)
    .map(([local, exported]) => `${exported}: ${local}`)
    .join(', ')} }`
}

/** `a as b, c` of an import as the pattern `{ a: b, c: c }`. @param {string} names */
function bindingOf(names) {
  return `{ ${pairs(names)
    .map(([exported, local]) => `${exported}: ${local}`)
    .join(', ')} }`
}

/** @param {string} names */
function pairs(names) {
  const each = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return each.map((name) => {
    const [from = '', to = from] = name.split(' as ')
    return [from, to]
  })
}
