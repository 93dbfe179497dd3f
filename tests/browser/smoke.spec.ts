// The harness itself: pages, functions in them, a browser that is closed, killed and started again.
import { expect, test } from '../support/fixtures.js'

test('a page runs a function on the arguments it is given', async ({ session }) => {
  const page = await session.open()
  expect(await page.evaluate(async (a: number, b: number) => a + b, 2, 3)).toBe(5)
  expect(await page.evaluate(() => isSecureContext)).toBe(true)
})

test('an error of the page keeps its name, message and code', async ({ session }) => {
  const page = await session.open()
  const failing = page.evaluate(() => {
    throw Object.assign(new RangeError('too far'), { code: 'ERR_FAR' })
  })
  await expect(failing).rejects.toMatchObject({ name: 'RangeError', message: 'too far', code: 'ERR_FAR' })
})

for (const ending of ['closeBrowser', 'killBrowser'] as const) {
  test(`what a page stored is found again after ${ending}`, async ({ session }) => {
    const before = await session.open()
    await before.evaluate(async () => {
      const root = await navigator.storage.getDirectory()
      await root.getFileHandle('kept', { create: true })
    })
    await session[ending]()
    const after = await session.open()
    const names = await after.evaluate(async () => {
      const names: string[] = []
      for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name)
      return names
    })
    expect(names).toEqual(['kept'])
  })
}

test('a private window has no disk', async ({ session }) => {
  const page = await session.openPrivate()
  const opening = page.evaluate(async () => {
    await (await navigator.storage.getDirectory()).getFileHandle('x', { create: true })
  })
  if (session.browser === 'firefox') await expect(opening).rejects.toMatchObject({ name: 'SecurityError' })
  else await opening
})

test('a page of an insecure origin has no storage', async ({ session }) => {
  const page = await session.openInsecure()
  expect(await page.evaluate(() => [isSecureContext, 'storage' in navigator])).toEqual([false, false])
})

test('an error that nothing catches is found when the page ends', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(() => {
    void Promise.reject(new Error('nobody waits'))
  })
  expect(await page.end()).toEqual(['Error: nobody waits'])
})
