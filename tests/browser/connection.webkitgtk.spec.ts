// WebKitGTK has an OPFS, but no synchronous access to it.
import { expect, test } from '../support/fixtures.js'

test('WebKitGTK has no disk, says which part is missing, and has a disk in memory', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, connection, locks, read, write } = await import('/tests/support/boundary.ts')
    await open().catch(() => undefined) // from then on its errors are others
    const refused = await open().catch((error: { name: string; missing: string }) => [error.name, error.missing])
    await new Promise((resolve) => setTimeout(resolve, 200))
    const left = await locks()
    await open({ backend: 'auto' })
    await write('a', 3)
    const { backend, fallbackReason } = connection()
    return { refused, left, backend, reason: fallbackReason?.name, byte: await read('a') }
  })
  expect(seen).toEqual({
    refused: ['StorageUnavailableError', 'FileSystemFileHandle.createSyncAccessHandle'],
    left: [],
    backend: 'memory',
    reason: 'StorageUnavailableError',
    byte: 3,
  })
})
