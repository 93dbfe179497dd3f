// WebKitGTK under this harness: a page runs functions, and has an OPFS without synchronous access.
import { expect, test } from '../support/fixtures.js'

test('a page of WebKitGTK runs functions, and its OPFS gives no synchronous access', async ({ session }) => {
  const page = await session.open()
  expect(await page.evaluate(async (a: number) => a + 1, 2)).toBe(3)
  await page.evaluate(async () => {
    await navigator.storage.getDirectory()
  })
  const message = await page.evaluate(async () => {
    const script = `(async () => {
      const root = await navigator.storage.getDirectory()
      const file = await root.getFileHandle('x', { create: true })
      await file.createSyncAccessHandle()
    })().then(() => postMessage('opened'), (error) => postMessage(error.name))`
    const worker = new Worker(URL.createObjectURL(new Blob([script])))
    return new Promise((resolve) => worker.addEventListener('message', (event) => resolve(event.data)))
  })
  expect(message).toBe('NotSupportedError')
})
