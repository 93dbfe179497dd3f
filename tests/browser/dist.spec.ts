// The built library as a plain web server hands it out, without any bundler.
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from '../support/fixtures.js'

const IMPORTED = /\bimport\s*[({"'`*]|\bfrom\s*["'`]/

const inDist = (file: string): Promise<string> => readFile(new URL(`../../dist/${file}`, import.meta.url), 'utf8')

test('the built library stores an array and finds it again after a reload', async ({ session }) => {
  const page = await session.openBuilt('works')
  await page.evaluate(async () => {
    const url = new URL('index.js', location.href).href
    const { openDisk } = (await import(url)) as typeof import('/src/index.ts')
    const disk = await openDisk({ name: 'dist' })
    await disk.array(new Int32Array([1, 2, 3]), { cachePath: 'a' })
  })
  await page.reload()
  const values = await page.evaluate(async () => {
    const url = new URL('index.js', location.href).href
    const { openDisk } = (await import(url)) as typeof import('/src/index.ts')
    const disk = await openDisk({ name: 'dist' })
    const array = await disk.openArray('a')
    return Array.from(await array.toArray(), Number)
  })
  expect(values).toEqual([1, 2, 3])
})

test('the storage worker as one file imports nothing', async () => {
  expect(await inDist('worker.js')).not.toMatch(IMPORTED)
})

test('the storage worker and its parts are named in the words that bundlers look for', async () => {
  const names = await readdir(new URL('../../dist/', import.meta.url))
  const scripts = await Promise.all(names.filter((name) => /(?<!worker)\.js$/.test(name)).map(inDist))
  const started =
    /new Worker\(new URL\(["']\.\/storage-worker\.js["'], import\.meta\.url\), \{ type: ["']module["'] \}\)/
  const [starting = '', ...others] = scripts.filter((script) => started.test(script))
  expect(others).toEqual([])
  const parts = names.filter((name) => /^worker-.*\.js$/.test(name))
  expect(parts).not.toEqual([])
  for (const part of parts) {
    expect(starting).toContain(`new URL("./${part}", import.meta.url)`)
    expect(await inDist(part)).not.toMatch(IMPORTED) // a copy of it under another name runs too
  }
})
