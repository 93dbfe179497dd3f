// Readers keep what they began with: nothing overwrites it before they are done, and all of it is free afterwards.
import { expect, test } from 'vitest'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import {
  bytesAt,
  ManualScheduler,
  type OpenService,
  openService,
  pattern,
  putBytes,
  sameBytes,
  spec,
} from '../../support/engine-harness.js'

const MIB = 1 << 20
const old = pattern(4 * MIB, 1)

/** Calls wait in the middle until they are let go. */
class HeldScheduler extends ManualScheduler {
  #waiting: (() => void)[] | undefined

  hold(): void {
    this.#waiting = []
  }

  letGo(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const go of waiting) go()
  }

  override pause(): Promise<void> {
    return this.#waiting === undefined ? Promise.resolve() : new Promise((resolve) => this.#waiting?.push(resolve))
  }
}

async function opened(): Promise<{ service: OpenService; scheduler: HeldScheduler; incarnation: number }> {
  const scheduler = new HeldScheduler()
  const service = await openService(new MemoryDirectory(), { scheduler })
  const { incarnation } = await putBytes(service, 'a', old)
  return { service, scheduler, incarnation }
}

/** Gives up the old blocks for good and writes as much as would fit in their place. */
async function writeOver(service: OpenService): Promise<void> {
  await service.call('flush', {})
  // Small enough that none has to wait in the middle.
  for (let i = 0; i < 6; i++) await putBytes(service, `over${i}`, pattern((3 * MIB) / 4, 10 + i))
  await service.call('flush', {})
  service.scheduler.pass(10_000)
}

test.each(['delete', 'a new array', 'purge'] as const)(
  'a read under way when %s comes gives the old bytes',
  async (kind) => {
    const { service, scheduler, incarnation } = await opened()
    scheduler.hold()
    const read = service.call('read', { incarnation })
    if (kind === 'delete') await service.call('delete', { paths: ['a'] })
    else if (kind === 'purge') await service.call('purge', { incarnation })
    else await service.call('put', { puts: [{ target: { create: spec('a', 64) } }] })
    await writeOver(service)
    scheduler.letGo()
    expect(sameBytes(new Uint8Array((await read).buffer), old)).toBe(true)
  },
)

test('the room of a deleted array is used again once its last reader is done', async () => {
  const { service, scheduler, incarnation } = await opened()
  const { freeBytes } = await service.call('usage', {})
  scheduler.hold()
  const reads = [service.call('read', { incarnation }), service.call('read', { incarnation })]
  await service.call('delete', { paths: ['a'] })
  await service.call('flush', {})
  expect((await service.call('usage', {})).freeBytes).toBe(freeBytes)
  scheduler.letGo()
  await Promise.all(reads)
  expect((await service.call('usage', {})).freeBytes).toBe(freeBytes + 4 * MIB)
})

test('a reader that began after a delete does not keep its room', async () => {
  const { service, scheduler } = await opened()
  const other = await putBytes(service, 'b', old)
  await service.call('delete', { paths: ['a'] })
  const { freeBytes } = await service.call('usage', {})
  scheduler.hold()
  const read = service.call('read', { incarnation: other.incarnation })
  await service.call('flush', {})
  expect((await service.call('usage', {})).freeBytes).toBe(freeBytes + 4 * MIB)
  scheduler.letGo()
  await read
})

test('an array is read whole and in parts while others are written', async () => {
  const { service, scheduler, incarnation } = await opened()
  scheduler.hold()
  const reads = Array.from({ length: 5 }, () => service.call('read', { incarnation }))
  const writes = Array.from({ length: 5 }, (_, i) =>
    service.call('put', { puts: [{ target: { create: spec(`w${i}`, 4 * MIB) }, bytes: pattern(4 * MIB, i) }] }),
  )
  scheduler.letGo()
  for (const { buffer } of await Promise.all(reads)) expect(sameBytes(new Uint8Array(buffer), old)).toBe(true)
  await Promise.all(writes)
  for (let i = 0; i < 5; i++) expect(sameBytes(await bytesAt(service, `w${i}`), pattern(4 * MIB, i))).toBe(true)
})

test('what onProgress does at the first report does not disturb the read it reports', async () => {
  const { service, scheduler, incarnation } = await opened()
  // In memory, messages reach the page's code at once.
  const seen: Promise<unknown>[] = []
  const { push } = service.messages
  service.messages.push = (...messages) => {
    const [first] = messages
    if (first?.type === 'progress' && seen.length === 0) {
      seen.push(service.call('delete', { paths: ['a'] }), service.call('flush', {}))
    }
    return push.apply(service.messages, messages)
  }
  scheduler.hold()
  const read = service.start('read', { incarnation }).result
  await Promise.all(seen)
  await writeOver(service)
  scheduler.letGo()
  expect(seen).toHaveLength(2)
  expect(sameBytes(new Uint8Array((await read).buffer), old)).toBe(true)
})

test('sets and appends of one array that are called at once all have their effect, in the order of the calls', async () => {
  const { service, incarnation } = await opened()
  const at = (start: number, count: number) => [{ start, step: 1, count, keep: true }]
  const all: Promise<unknown>[] = []
  const expected: Uint8Array[] = [old]
  for (let i = 0; i < 4; i++) {
    const [patch, end] = [pattern(3 * MIB, 20 + i), pattern(100_000, 30 + i)]
    all.push(service.call('set', { incarnation, selection: at(i, patch.length), bytes: patch, shape: [patch.length] }))
    all.push(service.call('append', { incarnation, axis: 0, bytes: end, shape: [end.length] }))
    expected.push(end)
  }
  await Promise.all(all)
  const whole = Buffer.concat(expected)
  for (let i = 0; i < 4; i++) whole.set(pattern(3 * MIB, 20 + i), i)
  expect(sameBytes(await bytesAt(service, 'a'), whole)).toBe(true)
})

test('a set that onProgress of another set calls comes after it', async () => {
  const { service, incarnation } = await opened()
  const part = (value: number) => ({
    incarnation,
    selection: [{ start: 0, step: 1, count: 2 * MIB, keep: true }],
    bytes: Uint8Array.of(value),
    shape: [1],
  })
  let second: Promise<unknown> | undefined
  const { push } = service.messages
  service.messages.push = (...messages) => {
    if (messages[0]?.type === 'progress') second ??= service.call('set', part(2))
    return push.apply(service.messages, messages)
  }
  await service.start('set', part(1)).result
  await second
  expect((await bytesAt(service, 'a'))[MIB]).toBe(2)
})
