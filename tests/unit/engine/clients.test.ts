// Several clients of one open disk: what each is told, what ends with one, what goes on.
import { expect, test } from 'vitest'
import { fromErrorData } from '../../../src/core/error-data.js'
import { StaleArrayError } from '../../../src/core/errors.js'
import { resolveSelection } from '../../../src/core/selection.js'
import { slice } from '../../../src/core/slice.js'
import type { Client } from '../../../src/engine/client.js'
import { MemoryDirectory, MemoryStateStore } from '../../../src/engine/memory-directory.js'
import { Service } from '../../../src/engine/service.js'
import type { Directory } from '../../../src/engine/storage.js'
import type { MethodName, OpenRequest, Params, Result, ServiceMessage } from '../../../src/protocol.js'
import { ManualScheduler, pattern, spec } from '../../support/engine-harness.js'
import { FaultyDirectory } from '../../support/faulty-directory.js'

const MIB = 1 << 20
const scheduler = new ManualScheduler()

async function open(directory: Directory, more: Partial<OpenRequest> = {}, isTakeOver = false, live = ['first']) {
  const host = {
    openDirectory: async () => directory,
    states: () => new MemoryStateStore(),
    scheduler,
    liveClients: async () => new Set(live),
    closeDirectory: async () => undefined,
    ownsBuffers: false,
  }
  const told: ServiceMessage[] = []
  const request = { name: 'disk', client: 'first', durability: 'relaxed', lockTimeout: 0, holds: [], ...more } as const
  const service = await Service.open(host, request, (message) => void told.push(message), isTakeOver)
  return { service, told }
}

function join(service: Service, client: string, holds: OpenRequest['holds'] = []) {
  const told: ServiceMessage[] = []
  return { told, client: service.join({ client, durability: 'relaxed', holds }, (message) => void told.push(message)) }
}

let lastId = 0
async function call<M extends MethodName>(
  service: Service,
  client: Client,
  method: M,
  params: Params<M>,
): Promise<Result<M>> {
  const outcome = await service.call(client, { id: ++lastId, method, params, wantsProgress: false })
  if (!outcome.ok) throw fromErrorData(outcome.error)
  return outcome.value as Result<M> // what the service answers this method with
}

async function put(service: Service, client: Client, path: string, bytes: Uint8Array, more = {}) {
  const create = spec(path, bytes.byteLength, more)
  const [result] = await call(service, client, 'put', { puts: [{ target: { create }, bytes: bytes.slice() }] })
  if (result === undefined) throw new Error('nothing was put')
  return result.meta
}

const ofType = (told: readonly ServiceMessage[], type: string) => told.filter((message) => message.type === type)

test('what one changes the others are told, and it is not', async () => {
  const { service, told } = await open(new MemoryDirectory())
  const guest = join(service, 'guest')
  const { incarnation } = await put(service, guest.client, 'a', pattern(100, 1))
  const set = { selection: resolveSelection([slice(0, 1)], [100]), bytes: Uint8Array.of(7), shape: [1] }
  const meta = await call(service, service.first, 'set', { incarnation, ...set })
  expect(ofType(told, 'written')).toHaveLength(1)
  expect(ofType(guest.told, 'written')).toEqual([{ type: 'written', incarnation, version: meta.version }])
  await call(service, guest.client, 'delete', { paths: ['a'] })
  expect(ofType(told, 'gone')).toEqual([{ type: 'gone', incarnations: [incarnation] }])
})

test('only whoever let go last of an array is told that it was purged', async () => {
  const { service, told } = await open(new MemoryDirectory())
  const guest = join(service, 'guest')
  const { incarnation } = await put(service, service.first, 'a', pattern(100, 1), { purge: true })
  await call(service, guest.client, 'open', { path: 'a' })
  await call(service, service.first, 'release', { incarnations: [incarnation] })
  expect(await call(service, guest.client, 'stat', { path: 'a' })).toBeDefined()
  await call(service, guest.client, 'release', { incarnations: [incarnation] })
  expect(await call(service, guest.client, 'stat', { path: 'a' })).toBeUndefined()
  expect([ofType(told, 'purged').length, ofType(guest.told, 'purged').length]).toEqual([0, 1])
})

test('whoever joins again holds what it says, and nothing else', async () => {
  const { service } = await open(new MemoryDirectory())
  const before = join(service, 'guest')
  const kept = await put(service, before.client, 'kept', pattern(100, 1), { purge: true })
  await put(service, before.client, 'lost', pattern(100, 2), { purge: true })
  await put(service, before.client, 'lasting', pattern(100, 3))
  service.leave(before.client)
  const list = async () => (await call(service, service.first, 'list', { prefix: '' })).map(({ path }) => path)
  expect(await list()).toEqual(['kept', 'lasting', 'lost'])
  join(service, 'guest', [{ incarnation: kept.incarnation, count: 2 }])
  expect(await list()).toEqual(['kept', 'lasting'])
  service.forget('guest')
  expect(await list()).toEqual(['lasting'])
})

test('drafts and leases end with the one they belong to, and their room is used again', async () => {
  const { service } = await open(new MemoryDirectory())
  const [leaving, staying] = [join(service, 'leaving'), join(service, 'staying')]
  const begin = (client: Client, path: string) =>
    call(service, client, 'beginWrite', { targets: [{ create: spec(path, 4 * MIB) }] })
  const lost = await begin(leaving.client, 'lost')
  const kept = await begin(staying.client, 'kept')
  service.leave(leaving.client)
  const write = (draft: number) =>
    call(service, staying.client, 'write', { draft, offset: 0, bytes: pattern(4 * MIB, 3) })
  await expect(write(lost.draft)).rejects.toThrow(/no draft/)
  await write(kept.draft)
  await call(service, staying.client, 'commitWrite', { draft: kept.draft })
  await call(service, staying.client, 'compact', {})
  expect((await call(service, staying.client, 'usage', {})).freeBytes).toBeLessThan(MIB)
})

test('what is leased stays in place through changes, deletes and marks, until the lease ends', async () => {
  const directory = new FaultyDirectory()
  const { service } = await open(directory)
  const guest = join(service, 'guest')
  const bytes = pattern(3 * MIB, 5)
  const { incarnation, version } = await put(service, service.first, 'a', bytes)
  const small = await put(service, service.first, 'small', pattern(1000, 1))
  const ask = (of: number) =>
    service.lease(guest.client, { id: 0, method: 'read', params: { incarnation: of }, wantsProgress: false })
  expect(ask(small.incarnation)).toEqual({ ok: true, value: undefined })
  const leased = ask(incarnation)
  if (!leased.ok || leased.value === undefined) throw new Error('no lease')
  const { lease, entry } = leased.value
  expect(entry.version).toBe(version)
  const inPlace = async (): Promise<boolean> => {
    const file = await directory.open('data-0')
    const places = Array.from({ length: 3 }, (_, i) => entry.blocks[2 * i] as number)
    return places.every((place, i) => {
      const block = new Uint8Array(MIB)
      file.read(block, place)
      return Buffer.compare(block, bytes.subarray(i * MIB, (i + 1) * MIB)) === 0
    })
  }
  const churn = async (rounds: number) => {
    for (let i = 0; i < rounds; i++) await put(service, service.first, 'b', pattern(3 * MIB, 50 + i))
    await call(service, service.first, 'flush', {})
    await call(service, service.first, 'compact', {})
  }
  await call(service, service.first, 'delete', { paths: ['a'] })
  await churn(4)
  expect(await inPlace()).toBe(true)
  expect(guest.client.endLease(lease)).toBe(true)
  expect(guest.client.endLease(lease)).toBe(false)
  await churn(4)
  expect(await inPlace()).toBe(false)
})

test('calls of others wait for the end of a close, and go on where it fails', async () => {
  const directory = new FaultyDirectory()
  const { service } = await open(directory)
  const guest = join(service, 'guest')
  await put(service, guest.client, 'a', pattern(100, 1))
  directory.fault = () => 'throw'
  const failing = call(service, service.first, 'close', {})
  const isOpen = service.isOpen()
  await expect(failing).rejects.toThrow()
  expect(await isOpen).toBe(true)
  directory.fault = () => undefined
  await put(service, guest.client, 'b', pattern(100, 1))
  const closing = call(service, service.first, 'close', {})
  expect(await service.isOpen()).toBe(false)
  await closing
})

test('what guests of the owner before hold is not evicted before they could say so', async () => {
  const directory = new MemoryDirectory()
  const before = await open(directory)
  const held = await put(before.service, before.service.first, 'held', pattern(100, 1), { expire: 1 })
  await put(before.service, before.service.first, 'other', pattern(100, 1), { expire: 1 })
  await call(before.service, before.service.first, 'close', {})
  scheduler.pass(10)
  const { service } = await open(directory, { evictionPolicy: 'oldest' }, true)
  join(service, 'guest', [{ incarnation: held.incarnation, count: 1 }])
  scheduler.pass(5000)
  const exists = async (incarnation: number) =>
    (await call(service, service.first, 'stat', { incarnation })) !== undefined
  expect([await exists(held.incarnation), (await call(service, service.first, 'usage', {})).arrays]).toEqual([true, 1])
})

/** A guest that has not heard of an answer asks the next owner. */
async function takenOver(directory: FaultyDirectory, live = ['second', 'guest']) {
  directory.takeAway()
  const { service } = await open(directory, { client: 'second' }, true, live)
  return service
}

interface Asked<M extends MethodName> {
  readonly id: number
  readonly method: M
  readonly params: Params<M>
}

async function ask<M extends MethodName>(
  service: Service,
  client: Client,
  asked: Asked<M>,
  isRetry: boolean,
  answeredBelow = 1,
) {
  const outcome = await service.call(client, { ...asked, wantsProgress: false, answeredBelow, isRetry })
  if (!outcome.ok) throw fromErrorData(outcome.error)
  return outcome.value as Result<M> // what the service answers this method with
}

test('a call that was done is answered by the next owner as by the one before, and not done again', async () => {
  const directory = new FaultyDirectory()
  const { service } = await open(directory)
  const guest = join(service, 'guest')
  const create = (path: string, more = {}) => ({
    target: { create: spec(path, 4, more) },
    bytes: Uint8Array.of(1, 2, 3, 4),
  })
  const put = { id: 1, method: 'put', params: { puts: [create('a', { purge: true }), create('b')] } } as const
  const made = await ask(service, guest.client, put, false)
  const { incarnation } = made[1]?.meta ?? { incarnation: 0 }
  const append = {
    id: 2,
    method: 'append',
    params: { incarnation, axis: 0, bytes: Uint8Array.of(5), shape: [1] },
  } as const
  const appended = await ask(service, guest.client, append, false)
  const rename = { id: 3, method: 'rename', params: { from: 'b', to: 'c' } } as const
  const renamed = await ask(service, guest.client, rename, false)
  await ask(service, guest.client, { id: 4, method: 'put', params: { puts: [create('d')] } }, false)
  const removed = { id: 5, method: 'delete', params: { paths: ['d'] } } as const
  const gone = await ask(service, guest.client, removed, false)

  let next = await takenOver(directory)
  for (let life = 0; life < 2; life++) {
    const again = join(next, 'guest')
    expect(await ask(next, again.client, put, true)).toEqual([
      { meta: made[0]?.meta, replaced: undefined },
      {
        meta: { ...made[1]?.meta, path: 'c', shape: [5], nbytes: 5, modified: appended.modified },
        replaced: undefined,
      },
    ])
    expect(await ask(next, again.client, append, true)).toEqual({ ...appended, path: 'c' })
    expect(await ask(next, again.client, rename, true)).toEqual(renamed)
    expect(await ask(next, again.client, removed, true)).toEqual(gone)
    const paths = (await call(next, next.first, 'list', { prefix: '' })).map(({ path }) => path)
    expect(paths).toEqual(['a', 'c'])
    expect((await call(next, next.first, 'stat', { path: 'c' }))?.nbytes).toBe(5)
    await call(next, next.first, 'flush', {})
    next = await takenOver(directory)
  }
})

test('a call that was not done is done by the next owner', async () => {
  const directory = new FaultyDirectory()
  const { service } = await open(directory)
  const { incarnation } = await put(service, service.first, 'a', Uint8Array.of(1))
  const next = await takenOver(directory)
  const guest = join(next, 'guest')
  const append = {
    id: 7,
    method: 'append',
    params: { incarnation, axis: 0, bytes: Uint8Array.of(5), shape: [1] },
  } as const
  expect((await ask(next, guest.client, append, true)).shape).toEqual([2])
  expect((await ask(next, guest.client, append, true)).shape).toEqual([2])
})

test('a call asked again is answered with its own version, and behind it the later one of another', async () => {
  const directory = new FaultyDirectory()
  const { service } = await open(directory)
  const guest = join(service, 'guest')
  const meta = await put(service, service.first, 'a', Uint8Array.of(1))
  const { incarnation, version } = meta
  const write = {
    id: 1,
    method: 'put',
    params: { puts: [{ target: { replace: { incarnation, version } }, bytes: Uint8Array.of(2) }] },
  } as const
  const [mine] = await ask(service, guest.client, write, false)
  const next = await takenOver(directory, ['second', 'guest', 'other'])
  const other = join(next, 'other')
  const [theirs] = await call(next, other.client, 'put', {
    puts: [{ target: { replace: { incarnation, version: mine?.meta.version ?? 0 } }, bytes: Uint8Array.of(3) }],
  })
  const again = join(next, 'guest')
  const [answer] = await ask(next, again.client, write, true)
  expect(answer?.meta.version).toBe(mine?.meta.version)
  await new Promise((resolve) => setTimeout(resolve))
  expect(ofType(again.told, 'written')).toEqual([{ type: 'written', incarnation, version: theirs?.meta.version }])
  await expect(
    call(next, again.client, 'put', {
      puts: [{ target: { replace: { incarnation, version: answer?.meta.version ?? 0 } }, bytes: Uint8Array.of(4) }],
    }),
  ).rejects.toThrow(StaleArrayError)
})

test('what only calls without an answer have made is kept until they are answered, and held then', async () => {
  const directory = new FaultyDirectory()
  const { service } = await open(directory)
  const guest = join(service, 'guest')
  const create = { target: { create: spec('a', 1, { purge: true }) }, bytes: Uint8Array.of(1) }
  const made = { id: 1, method: 'put', params: { puts: [create] } } as const
  const [result] = await ask(service, guest.client, made, false)
  const incarnation = result?.meta.incarnation ?? 0
  const next = await takenOver(directory)
  const again = join(next, 'guest')
  expect((await ask(next, again.client, made, true))[0]?.meta.incarnation).toBe(incarnation)
  await call(next, again.client, 'release', { incarnations: [incarnation] })
  expect(await call(next, next.first, 'stat', { incarnation })).toBeUndefined()
})

test('what clients have answers of is forgotten, and with a client all of its calls', async () => {
  const directory = new FaultyDirectory()
  const { service } = await open(directory)
  const guest = join(service, 'guest')
  const create = (id: number) => ({ target: { create: spec(`${id}`, 1) }, bytes: Uint8Array.of(id) })
  for (let id = 1; id <= 50; id++) {
    await ask(service, guest.client, { id, method: 'put', params: { puts: [create(id)] } }, false, id)
  }
  const remembers = async (on: Service, id: number) => {
    const { client } = join(on, 'guest')
    const asked = {
      id,
      method: 'put',
      params: { puts: [{ ...create(id), target: { create: spec(`${id}`, 1, { overwrite: false }) } }] },
    } as const
    return ask(on, client, asked, true, 50).then(
      () => true,
      () => false,
    )
  }
  const next = await takenOver(directory)
  expect([await remembers(next, 49), await remembers(next, 50)]).toEqual([false, true])
  const last = await takenOver(directory, ['second'])
  expect(await remembers(last, 50)).toBe(false)
})
