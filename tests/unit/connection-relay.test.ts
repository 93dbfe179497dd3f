// The ports of connect(): another worker of the page uses the page's disk.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Connection, openConnection } from '../../src/connection.js'
import { DiskClosedError, NotFoundError, ProtocolVersionError, WorkerFailedError } from '../../src/core/errors.js'
import { exposeService } from '../../src/remote.js'
import { connectFake, echoService, FakeConnector, FakeService, realService } from '../support/fake-service.js'
import { putOf, specOf } from '../support/put.js'

const open: Connection[] = []
let connector = new FakeConnector()

beforeEach(() => {
  connector = new FakeConnector()
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close({ discard: true })))
})

async function connectPage(make: () => FakeService): Promise<Connection> {
  connector.make = make
  const page = await connectFake(connector, 'shared')
  open.push(page)
  return page
}

async function connectGuest(page: Connection): Promise<Connection> {
  const guest = await openConnection({ port: await page.connect() })
  open.push(guest)
  return guest
}

const settled = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test('a guest reads and writes the disk of the page, its buffers moving', async () => {
  const page = await connectPage(realService)
  const guest = await connectGuest(page)
  const relayed = vi.spyOn(page, 'call')
  expect([guest.name, guest.backend]).toEqual(['shared', 'opfs'])
  const bytes = Uint8Array.of(1, 2, 3)
  const [put] = await guest.call('put', { puts: [putOf('relayed', bytes)] }, { transfer: [bytes.buffer] })
  expect(bytes.byteLength).toBe(0)
  expect(relayed.mock.calls[0]?.[2]?.transfer?.map(({ byteLength }) => byteLength)).toEqual([0])
  const { buffer } = await page.call('read', { incarnation: put?.meta.incarnation ?? 0 })
  expect([...new Uint8Array(buffer)]).toEqual([1, 2, 3])
  await expect(guest.call('open', { path: 'missing' })).rejects.toBeInstanceOf(NotFoundError)
})

test('a guest puts several values that lie in one memory', async () => {
  const guest = await connectGuest(await connectPage(realService))
  const memory = Uint8Array.of(1, 2, 3)
  const puts = [putOf('first', memory.subarray(0, 1)), putOf('second', memory.subarray(1))]
  await guest.call('put', { puts }, { transfer: [memory.buffer] })
  const { incarnation = 0 } = (await guest.call('stat', { path: 'second' })) ?? {}
  expect([...new Uint8Array((await guest.call('read', { incarnation })).buffer)]).toEqual([2, 3])
})

test('a guest gets the buffer of what it sends back from the service, also where the call fails', async () => {
  const guest = await connectGuest(await connectPage(realService))
  const { incarnation } = (await guest.call('put', { puts: [putOf('set', new Uint8Array(4))] }))[0]?.meta ?? {}
  const selection = [{ start: 0, step: 1, count: 4, keep: true }]
  const set = async (of: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer[]> => {
    const back: ArrayBuffer[] = []
    const options = { transfer: [bytes.buffer], giveBack: (buffer: ArrayBuffer) => void back.push(buffer) }
    const params = { incarnation: of, selection, bytes, shape: [4] }
    await guest.call('set', params, options).catch(() => undefined)
    expect(bytes.byteLength).toBe(0)
    return back
  }
  const [first] = await set(incarnation as number, Uint8Array.of(1, 2, 3, 4))
  const [second] = await set(-1, new Uint8Array(first as ArrayBuffer))
  expect([...new Uint8Array(second as ArrayBuffer)]).toEqual([1, 2, 3, 4])
})

test('a guest gets the progress of its own calls, in order, and what the service tells everybody', async () => {
  const page = await connectPage(() => new FakeService())
  const guest = await connectGuest(page)
  const { service } = connector
  service.answer = ({ id, wantsProgress }) => {
    if (wantsProgress) for (const doneBytes of [0, 9]) service.send({ type: 'progress', id, doneBytes, totalBytes: 9 })
    return 'done'
  }
  const seen: number[] = []
  const told: string[] = []
  guest.onMessage(({ type }) => told.push(type))
  await page.call('usage', {}) // so that the ids of page and guest differ
  await guest.call('flush', {}, { onProgress: ({ doneBytes }) => seen.push(doneBytes) })
  expect(seen).toEqual([0, 9])
  service.send({ type: 'gone', incarnations: [1] })
  await vi.waitUntil(() => told.length > 0)
  expect(told).toEqual(['gone'])
})

test("a guest's abort reaches the service", async () => {
  const page = await connectPage(() => new FakeService())
  const guest = await connectGuest(page)
  const abort = new AbortController()
  const calling = guest.call('flush', {}, { signal: abort.signal })
  await vi.waitUntil(() => connector.service.calls.length === 1)
  abort.abort('enough')
  await expect(calling).rejects.toBe('enough')
  await vi.waitUntil(() => connector.service.aborted.length === 1)
  expect(connector.service.aborted).toEqual([connector.service.calls[0]?.id])
})

test('a port outlives a change of the worker, and what its guest holds is told to the new one', async () => {
  const page = await connectPage(() => {
    const service = new FakeService()
    service.answer = ({ method }) => {
      if (method === 'open') return { incarnation: 7 }
      if (method === 'beginWrite') return { draft: 3 }
      if (method === 'commitWrite') return [{ meta: { incarnation: 8 }, replaced: undefined }]
      if (method === 'put') return [{ meta: { incarnation: 9 } }, { meta: { incarnation: 10 } }]
      return method
    }
    return service
  })
  page.holds = () => [{ incarnation: 1, count: 1 }]
  const guest = await connectGuest(page)
  await guest.call('open', { path: 'a' })
  await guest.call('open', { path: 'a' })
  await guest.call('open', { path: 'a' })
  await guest.call('release', { incarnations: [7] })
  await guest.call('beginWrite', { targets: [{ create: specOf('b', 1) }] })
  await guest.call('commitWrite', { draft: 3 })
  const replace = { target: { replace: { incarnation: 10, version: 1 } } }
  await guest.call('put', { puts: [putOf('c', Uint8Array.of(1)), replace] })
  page.suspend()
  const waiting = guest.call('usage', {})
  await settled()
  page.resume()
  expect(await waiting).toBe('usage')
  expect(connector.service.opened[0]?.holds).toEqual([
    { incarnation: 1, count: 1 },
    { incarnation: 7, count: 2 },
    { incarnation: 8, count: 1 },
    { incarnation: 9, count: 1 },
  ])
})

test('a guest that closes, or whose port does, gives back what it took, and the disk stays open', async () => {
  const page = await connectPage(() => {
    const service = new FakeService()
    service.answer = ({ method }) =>
      method === 'open' ? { incarnation: 7 } : method === 'beginWrite' ? { draft: 3 } : method
    return service
  })
  const guest = await connectGuest(page)
  await guest.call('open', { path: 'a' })
  await guest.call('open', { path: 'a' })
  await guest.call('beginWrite', { targets: [{ create: specOf('b', 1) }] })
  connector.service.answer = ({ method }) => (method === 'flush' ? new Promise(() => {}) : method)
  const pending = guest.call('flush', {})
  await guest.close()
  await expect(pending).rejects.toBeInstanceOf(DiskClosedError)
  await vi.waitUntil(() => connector.service.aborted.length === 1)
  await expect(guest.call('usage', {})).rejects.toBeInstanceOf(DiskClosedError)
  await vi.waitUntil(() => connector.service.methods.includes('release'))
  const given = connector.service.calls.filter(({ method }) => method === 'release' || method === 'abortWrite')
  expect(given.map(({ params }) => params)).toEqual([{ draft: 3 }, { incarnations: [7, 7] }])
  expect(connector.service.methods).not.toContain('close')
  expect(await page.call('usage', {})).toBe('usage')

  connector.service.answer = () => ({ incarnation: 7 })
  const port = await page.connect()
  const second = await openConnection({ port })
  open.push(second)
  await second.call('open', { path: 'a' })
  port.close()
  await vi.waitUntil(() => connector.service.methods.filter((method) => method === 'release').length === 2)
})

test('when the page closes the disk, its guests get DiskClosedError', async () => {
  const page = await connectPage(echoService)
  const guest = await connectGuest(page)
  await page.close()
  await expect(guest.call('usage', {})).rejects.toBeInstanceOf(DiskClosedError)
})

test('a port whose other end is closed rejects what is pending with WorkerFailedError, and stays lost', async () => {
  const { port1, port2 } = new MessageChannel()
  exposeService(new FakeService(), port1)
  const guest = await openConnection({ port: port2 })
  open.push(guest)
  const pending = guest.call('usage', {})
  port1.close()
  await expect(pending).rejects.toBeInstanceOf(WorkerFailedError)
  await expect(guest.call('usage', {})).rejects.toBeInstanceOf(WorkerFailedError)
})

test('a name or backend that is not of the port is a TypeError, and a page of another version a ProtocolVersionError', async () => {
  const page = await connectPage(echoService)
  await expect(openConnection({ port: await page.connect(), name: 'other' })).rejects.toThrow(/option 'name'/)
  await expect(openConnection({ port: await page.connect(), backend: 'memory' })).rejects.toThrow(/option 'backend'/)
  const same = await openConnection({ port: await page.connect(), name: 'shared', backend: 'auto' })
  open.push(same)

  const { port1, port2 } = new MessageChannel()
  const older = new FakeService()
  older.hello = async () => 0
  exposeService(older, port1)
  await expect(openConnection({ port: port2 })).rejects.toBeInstanceOf(ProtocolVersionError)
})
