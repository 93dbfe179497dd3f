// A page frozen by the browser, which only Chromium does on demand.
import { expect, test } from '../support/fixtures.js'

test('a frozen page lets go of the disk, and takes it again when it is resumed', async ({ session }) => {
  const frozen = await session.open()
  const other = await session.open()
  await frozen.evaluate(async () => {
    const { open, write } = await import('/tests/support/boundary.ts')
    await open()
    await write('a', 1)
  })
  await frozen.setLifecycle('frozen')
  const seen = await other.evaluate(async () => {
    const { open, connection, read, write } = await import('/tests/support/boundary.ts')
    await open({ lockTimeout: 1000 })
    const byte = await read('a')
    await write('a', 2)
    await connection().close()
    return byte
  })
  expect(seen).toBe(1)
  await frozen.setLifecycle('active')
  const byte = await frozen.evaluate(async () => {
    const { read } = await import('/tests/support/boundary.ts')
    return read('a')
  })
  expect(byte).toBe(2)
})

test('a page that is resumed waits for the one that took over, and says so when that stays', async ({ session }) => {
  const frozen = await session.open()
  const other = await session.open()
  const open = async (lockTimeout: number): Promise<void> => {
    const { open } = await import('/tests/support/boundary.ts')
    await open({ lockTimeout })
  }
  await frozen.evaluate(open, 500)
  await frozen.setLifecycle('frozen')
  await other.evaluate(open, 2000)
  await frozen.setLifecycle('active')
  const call = async (): Promise<string | undefined> => {
    const { connection, timed } = await import('/tests/support/boundary.ts')
    return (await timed(() => connection().call('usage', {}))).error
  }
  expect(await frozen.evaluate(call)).toBe('DiskLockedError')
  await other.close()
  expect(await frozen.evaluate(call)).toBeUndefined()
})
