// Every example of README and the docs, run as it stands there.
import { readdir } from 'node:fs/promises'
import { serveExampleData } from '../support/example-data.js'
import { type Example, examplesOf } from '../support/examples.js'
import { expect, test } from '../support/fixtures.js'
import type { TestPage } from '../support/test-page.js'

const root = new URL('../../', import.meta.url)
const pages = await readdir(new URL('docs/', root), { recursive: true })
const docs = pages.filter((name) => name.endsWith('.md') && !/^(node_modules|reference)/.test(name)).sort()

for (const file of ['README.md', ...docs.map((name) => `docs/${name}`)]) {
  for (const example of await examplesOf(new URL(file, root))) {
    test(`${file}, line ${example.line}`, async ({ sharedPage: page }) => {
      await serveExampleData(page.playwright)
      const printed = await run(page, example)
      expect(printed).toEqual(example.prints.map((expected, i) => expected ?? printed[i]))
    })
  }
}

/** What it printed: arrays and numbers as they are written in code. */
function run(page: TestPage, { script }: Example): Promise<string[]> {
  return page.evaluate(async (script) => {
    const printed: string[] = []
    const shown = (value: unknown): string => {
      if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
      return String(value)
    }
    const print = (...values: unknown[]) => printed.push(values.map(shown).join(' '))
    const AsyncFunction = (async () => {}).constructor as new (
      ...source: string[]
    ) => (...given: unknown[]) => Promise<void>
    await new AsyncFunction('print', script)(print)
    return printed
  }, script)
}
