// Who holds which array, what goes with the last holder, and the states that go with an array.
import { describe, expect, test, vi } from 'vitest'
import { MemoryDirectory, MemoryStateStore } from '../../../src/engine/memory-directory.js'
import {
  bytesAt,
  type OpenService,
  openService,
  pattern,
  putBytes,
  type ServiceOptions,
} from '../../support/engine-harness.js'
import { FaultyDirectory } from '../../support/faulty-directory.js'

const bytes = pattern(1000, 1)
const KINDS = { ephemeral: { ephemeral: true }, 'purge-armed': { purge: true } } as const

const paths = async (service: OpenService): Promise<string[]> => {
  const found: string[] = []
  for (const path of ['a', 'b']) if ((await service.call('stat', { path })) !== undefined) found.push(path)
  return found
}

const messages = (service: OpenService, type: string) => service.messages.filter((message) => message.type === type)

/** Opens the disk after the page before has gone without a word. */
const reopened = (directory: FaultyDirectory, options: ServiceOptions): Promise<OpenService> =>
  openService(directory, options)

describe.each(Object.entries(KINDS))('an %s array', (_, kind) => {
  test('goes with its last hold, and says so once', async () => {
    const service = await openService(new MemoryDirectory())
    const { incarnation } = await putBytes(service, 'a', bytes, kind)
    await service.call('open', { path: 'a' })
    await service.call('open', { path: 'a' })
    await service.call('release', { incarnations: [incarnation, incarnation] })
    expect(await paths(service)).toEqual(['a'])
    await service.call('release', { incarnations: [incarnation, incarnation, incarnation] })
    await service.call('release', { incarnations: [incarnation] })
    expect(await paths(service)).toEqual([])
    expect(messages(service, 'purged')).toEqual([{ type: 'purged', path: 'a', byteLength: 1000 }])
    expect(messages(service, 'gone')).toEqual([{ type: 'gone', incarnations: [incarnation] }])
  })

  test('stays while one of two clients lives, and goes at the next opening when both are gone', async () => {
    const directory = new FaultyDirectory()
    const first = await openService(directory, { client: 'one' })
    const { incarnation } = await putBytes(first, 'a', bytes, kind)
    await first.call('flush', {})
    const second = await reopened(directory, { client: 'two', live: ['one', 'two'] })
    await second.call('open', { path: 'a' })
    await second.call('release', { incarnations: [incarnation] })
    expect(await paths(second)).toEqual(['a'])
    await second.call('open', { path: 'a' })
    await second.call('flush', {})
    const third = await reopened(directory, { client: 'three', live: ['two', 'three'] })
    expect(await paths(third)).toEqual(['a'])
    await third.call('flush', {})
    const fourth = await reopened(directory, { client: 'four', live: ['four'] })
    expect(await paths(fourth)).toEqual([])
    expect(messages(fourth, 'purged')).toEqual([{ type: 'purged', path: 'a', byteLength: 1000 }])
  })

  test('stays where its page comes back with another worker, however often it holds it', async () => {
    const directory = new FaultyDirectory()
    const first = await openService(directory, { client: 'one' })
    const { incarnation } = await putBytes(first, 'a', bytes, kind)
    await first.call('flush', {})
    const again = await reopened(directory, { client: 'one', live: ['one'], holds: [{ incarnation, count: 2 }] })
    await again.call('release', { incarnations: [incarnation] })
    expect(await paths(again)).toEqual(['a'])
    await again.call('release', { incarnations: [incarnation] })
    expect(await paths(again)).toEqual([])
  })

  test('outlives its page once it is disarmed, durably', async () => {
    const directory = new FaultyDirectory()
    const first = await openService(directory, { client: 'one' })
    const { incarnation } = await putBytes(first, 'a', bytes, kind)
    const flushes = directory.log.filter((operation) => operation.kind === 'flush').length
    const meta = await first.call('setPurge', { incarnation, purge: false })
    expect(meta.ephemeral).toBe(false)
    expect(directory.log.filter((operation) => operation.kind === 'flush').length).toBeGreaterThan(flushes)
    await first.call('release', { incarnations: [incarnation] })
    const second = await reopened(directory, { client: 'two', live: ['two'] })
    expect(await bytesAt(second, 'a')).toEqual(bytes)
  })
})

test('a plain array stays whatever is released, until purge is armed', async () => {
  const service = await openService(new MemoryDirectory())
  const { incarnation } = await putBytes(service, 'a', bytes)
  await service.call('release', { incarnations: [incarnation, incarnation, 77] })
  expect(await paths(service)).toEqual(['a'])
  await service.call('open', { path: 'a' })
  await service.call('setPurge', { incarnation, purge: true })
  await service.call('release', { incarnations: [incarnation] })
  expect(await paths(service)).toEqual([])
})

test('a late release of an array that was replaced does not touch the new one at its path', async () => {
  const service = await openService(new MemoryDirectory())
  const old = await putBytes(service, 'a', bytes, { purge: true })
  await putBytes(service, 'a', bytes, { purge: true })
  await service.call('release', { incarnations: [old.incarnation] })
  await service.call('purge', { incarnation: old.incarnation })
  expect(await paths(service)).toEqual(['a'])
})

test('ephemeral arrays are not listed', async () => {
  const service = await openService(new MemoryDirectory())
  await putBytes(service, 'a', bytes, { ephemeral: true })
  await putBytes(service, 'b', bytes)
  expect((await service.call('list', { prefix: '' })).map(({ path }) => path)).toEqual(['b'])
})

describe('a container state', () => {
  test('is found with its array, and goes with it', async () => {
    const directory = new MemoryDirectory()
    const states = new MemoryStateStore()
    const service = await openService(directory, { states })
    const { incarnation } = await putBytes(service, 'a', bytes)
    expect(await service.call('loadState', { incarnation })).toBeUndefined()
    const state = { name: 'first', parts: new Map([[1, new Date(5)]]) }
    expect((await service.call('saveState', { incarnation, state })).hasState).toBe(true)
    await service.call('close', {})
    const again = await openService(directory, { states })
    expect(await again.call('loadState', { incarnation })).toEqual(state)
    await again.call('delete', { paths: ['a'] })
    // A power cut could still bring the array back.
    expect(await states.keys()).toEqual([String(incarnation)])
    await again.call('flush', {})
    expect(await states.keys()).toEqual([])
  })

  test('of an array that is deleted while it is saved is refused, and leaves nothing', async () => {
    const states = new MemoryStateStore()
    const service = await openService(new MemoryDirectory(), { states })
    const { incarnation } = await putBytes(service, 'a', bytes)
    const saving = service.call('saveState', { incarnation, state: 1 })
    await service.call('delete', { paths: ['a'] })
    await expect(saving).rejects.toMatchObject({ name: 'StaleArrayError' })
    await service.call('flush', {})
    expect(await states.keys()).toEqual([])
  })

  test('that no array refers to is found by check, and removed where it is told to', async () => {
    const states = new MemoryStateStore()
    const service = await openService(new MemoryDirectory(), { states })
    const { incarnation } = await putBytes(service, 'a', bytes)
    await service.call('saveState', { incarnation, state: 1 })
    await states.set('99', 2)
    const found = { kind: 'orphan-state', file: '99', detail: 'no array refers to this state' }
    expect(await service.call('check', { fix: false })).toEqual({
      problems: [{ ...found, fixed: false }],
      fixed: false,
    })
    expect(await service.call('check', { fix: true })).toEqual({ problems: [{ ...found, fixed: true }], fixed: true })
    expect(await states.keys()).toEqual([String(incarnation)])
  })

  test('that a life of the disk before has left is gone when the disk is idle', async () => {
    const states = new MemoryStateStore()
    await states.set('99', 2)
    const service = await openService(new MemoryDirectory(), { states })
    const { incarnation } = await putBytes(service, 'a', bytes)
    await service.call('saveState', { incarnation, state: 1 })
    service.scheduler.pass(10_000)
    await vi.waitFor(async () => expect(await states.keys()).toEqual([String(incarnation)]))
  })

  test('that is saved while what was left of another is deleted stays', async () => {
    const states = new SlowStates()
    const service = await openService(new MemoryDirectory(), { states })
    const { incarnation } = await putBytes(service, 'a', bytes)
    await states.set(String(incarnation), 'left by a kill before the array had it')
    states.isHeldUp = true
    const checked = service.call('check', { fix: true })
    await vi.waitFor(() => expect(states.isDeleting).toBe(true))
    const saved = service.call('saveState', { incarnation, state: 'saved meanwhile' })
    await settle()
    states.goOn()
    await Promise.all([checked, saved])
    expect(await service.call('loadState', { incarnation })).toBe('saved meanwhile')
  })

  test('that is being saved when orphans are looked for is none', async () => {
    const states = new SlowStates()
    const service = await openService(new MemoryDirectory(), { states })
    const { incarnation } = await putBytes(service, 'a', bytes)
    states.isSavingHeldUp = true
    const saved = service.call('saveState', { incarnation, state: 1 })
    await settle()
    expect((await service.call('check', { fix: true })).problems).toEqual([])
    states.goOn()
    await saved
    expect(await service.call('loadState', { incarnation })).toBe(1)
  })

  test('of an array whose delete is not durable is no orphan yet', async () => {
    const states = new MemoryStateStore()
    const service = await openService(new MemoryDirectory(), { states })
    const { incarnation } = await putBytes(service, 'a', bytes)
    await service.call('saveState', { incarnation, state: 1 })
    await service.call('flush', {})
    await service.call('delete', { paths: ['a'] })
    expect((await service.call('check', { fix: true })).problems).toEqual([])
    expect(await states.keys()).toEqual([String(incarnation)])
    await service.call('flush', {})
    await vi.waitFor(async () => expect(await states.keys()).toEqual([]))
  })
})

/** Deletes, or tells that it has saved, only when it may go on. */
class SlowStates extends MemoryStateStore {
  isHeldUp = false
  isSavingHeldUp = false
  isDeleting = false
  goOn: () => void = () => undefined
  readonly #mayGoOn = new Promise<void>((resolve) => {
    this.goOn = resolve
  })

  override async set(key: string, value: unknown): Promise<void> {
    await super.set(key, value)
    if (this.isSavingHeldUp) await this.#mayGoOn
  }

  override async delete(keys: readonly string[]): Promise<void> {
    this.isDeleting = true
    if (this.isHeldUp) await this.#mayGoOn
    await super.delete(keys)
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

test('a hold that could not be noted is no hold', async () => {
  const directory = new FaultyDirectory()
  const first = await openService(directory, { client: 'one' })
  const { incarnation } = await putBytes(first, 'a', bytes, { purge: true })
  await first.call('flush', {})
  const second = await reopened(directory, { client: 'two', live: ['one', 'two'] })
  directory.fault = () => 'throw'
  await expect(second.call('open', { path: 'a' })).rejects.toMatchObject({ name: 'QuotaExceededError' })
  directory.fault = () => undefined
  await second.call('open', { path: 'a' })
  await second.call('release', { incarnations: [incarnation] })
  await second.call('flush', {})
  const third = await reopened(directory, { client: 'three', live: ['two', 'three'] })
  expect(await paths(third)).toEqual([])
})
