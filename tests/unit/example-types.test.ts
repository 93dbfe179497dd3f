// The examples of README and the docs as TypeScript sees them in a project of a user's.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { blocksOf } from '../support/examples.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DOCS = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
const FILES = ['README.md', ...DOCS.filter((name) => /^(how-to.)?[\w-]+\.md$/.test(name)).map((name) => `docs/${name}`)]

/** What examples use without importing it again, as those that run them give it. */
const GIVEN = ['openDisk', 'slice', 'NDArray', 'LazyDiskCache', 'LazyDiskCacheConfig']
const IMPORT = /^import\s.*$/gm

function moduleOf(given: string, code: string): string {
  const source = `${given}\n${code}`
  const imports = source.match(IMPORT)?.join('\n') ?? ''
  const rest = source.replaceAll(IMPORT, '')
  const wanted = GIVEN.filter((name) => RegExp(`\\b${name}\\b`).test(rest) && !RegExp(`\\b${name}\\b`).test(imports))
  return `${imports}\nimport { ${wanted.join(', ')} } from 'lazy-disk-cache'\n${rest}\nexport {}\n`
}

test('every example has the types that it says it has', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lazy-disk-cache-examples-'))
  try {
    let count = 0
    for (const file of FILES) {
      for (const { language, line, given, code } of blocksOf(readFileSync(join(ROOT, file), 'utf8'))) {
        if (!language.startsWith('ts')) continue
        writeFileSync(join(folder, `${file.replaceAll(/\W/g, '-')}-${line}.${language}`), moduleOf(given, code))
        count++
      }
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
    const paths = {
      'lazy-disk-cache': [join(ROOT, 'src/index.ts')],
      'lazy-disk-cache/*': [join(ROOT, 'src/*.ts')],
    }
    const strictness = {
      noUnusedLocals: false,
      noUncheckedIndexedAccess: false,
      exactOptionalPropertyTypes: false,
      noImplicitOverride: false,
    }
    const compilerOptions = { ...strictness, paths, jsx: 'react-jsx', skipLibCheck: true }
    const config = {
      extends: join(ROOT, 'tsconfig.page.json'),
      compilerOptions,
      include: ['*.ts', '*.tsx'],
      exclude: [],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
    expect(stdout).toBe('')
    expect([status, count > 20]).toEqual([0, true])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
