// The promises of docs/guarantees.md and ARCHITECTURE.md: each names a test, and that test is there.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

interface Named {
  readonly file: string
  /** As it is written: '…' stands for anything. */
  readonly titles: readonly string[]
}

/** What the rows of tables name; 'there' is the file named before. */
function namedIn(document: string): Named[] {
  const named: Named[] = []
  let file = ''
  for (const row of read(document).split('\n')) {
    if (!row.startsWith('|')) continue
    const [, , tests = ''] = row.split(/(?<!\\)\|/)
    for (const [, path, title] of tests.matchAll(/`(tests\/[^`]+)`|\*([^*]+)\*/g)) {
      if (path !== undefined) named.push({ file: path, titles: [] })
      else if (named.length > 0) named.push({ file, titles: [title as string] })
      file = path ?? file
    }
  }
  return named
}

function pattern(title: string): RegExp {
  const words = title
    .trim()
    .split(/\s*…\s*/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  // A title in the code may be wrapped in a template, and a parameter of test.each stands for what the title says.
  return new RegExp(words.join('[^\\n]*'))
}

test.each(['docs/guarantees.md', 'ARCHITECTURE.md'])('every test that %s names is there', (document) => {
  const named = namedIn(document)
  expect(named.length).toBeGreaterThan(15)
  for (const { file, titles } of named) {
    expect(existsSync(new URL(`../../${file}`, import.meta.url)), `${document}: ${file}`).toBe(true)
    for (const title of titles) expect(read(file), `${document}: ${file}: ${title}`).toMatch(pattern(title))
  }
})

test('a promise without a test, or with one that is not there, is found', () => {
  expect(pattern('a … b').test("test('a and b', ")).toBe(true)
  expect(pattern('a … c').test("test('a and b', ")).toBe(false)
})
