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

test('a page that is resumed is a guest of the one that took over, and takes over itself when that goes', async ({
  session,
}) => {
  const frozen = await session.open()
  const other = await session.open()
  const open = async (): Promise<string> => {
    const { connection, open } = await import('/tests/support/boundary.ts')
    await open()
    return connection().role
  }
  const roleAfterCall = async (): Promise<string> => {
    const { connection } = await import('/tests/support/boundary.ts')
    await connection().call('usage', {})
    return connection().role
  }
  expect(await frozen.evaluate(open)).toBe('owner')
  expect(await other.evaluate(open)).toBe('guest')
  await frozen.setLifecycle('frozen')
  expect(await other.evaluate(roleAfterCall)).toBe('owner')
  await frozen.setLifecycle('active')
  expect(await frozen.evaluate(roleAfterCall)).toBe('guest')
  await other.close()
  expect(await frozen.evaluate(roleAfterCall)).toBe('owner')
})
