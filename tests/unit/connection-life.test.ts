// A connection's life: opened, its worker lost, its page set aside and taken back, closed.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Connection } from '../../src/connection.js'
import { CorruptDataError, DiskClosedError, DiskLockedError, WorkerFailedError } from '../../src/core/errors.js'
import { connectFake, echoService, FakeConnector, FakeService } from '../support/fake-service.js'
import { putOf, specOf } from '../support/put.js'

const open: Connection[] = []

async function connect(connector: FakeConnector): Promise<Connection> {
  const connection = await connectFake(connector)
  open.push(connection)
  return connection
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close({ discard: true })))
})

const settled = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('a worker that dies', () => {
  test('rejects every pending call with WorkerFailedError, and the next call makes another', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    const pending = [connection.call('usage', {}), connection.call('rename', { from: 'a', to: 'b' })]
    await settled()
    connector.lose()
    for (const call of pending) await expect(call).rejects.toBeInstanceOf(WorkerFailedError)
    expect(connector.services).toHaveLength(1)
    connection.holds = () => [{ incarnation: 5, count: 2 }]
    connector.make = echoService
    await expect(connection.call('usage', {})).resolves.toBe('usage')
    expect(connector.service.opened[0]?.holds).toEqual([{ incarnation: 5, count: 2 }])
  })

  test('and cannot be replaced rejects the call that asked, not the one after', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    connector.before = (attempt) => {
      if (attempt === 2) throw new DiskLockedError('elsewhere')
    }
    connector.lose()
    await expect(connection.call('usage', {})).rejects.toBeInstanceOf(DiskLockedError)
    connector.make = echoService
    await expect(connection.call('usage', {})).resolves.toBe('usage')
  })
})

describe('a page that is set aside', () => {
  test('sends repeatable calls again when it is back, and rejects the others', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    const stat = connection.call('stat', { path: 'a' })
    const rename = connection.call('rename', { from: 'a', to: 'b' })
    await settled()
    connection.suspend()
    await expect(rename).rejects.toBeInstanceOf(WorkerFailedError)
    connection.resume()
    await vi.waitUntil(() => connector.services.length === 2)
    connection.suspend()
    connector.make = echoService
    connection.resume()
    await expect(stat).resolves.toBe('stat')
    expect(connector.service.methods).toEqual(['stat'])
  })

  test('keeps calls waiting, with their buffers, until it is back', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    connection.suspend()
    const bytes = Uint8Array.of(4, 5)
    const putting = connection.call('put', { puts: [putOf('waits', bytes)] }, { transfer: [bytes.buffer] })
    await settled()
    expect(bytes.byteLength).toBe(2)
    connector.make = echoService
    connection.resume()
    await expect(putting).resolves.toBe('put')
    expect(bytes.byteLength).toBe(0)
  })

  test('reads into a fresh buffer when the one it was given went with the worker', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    const into = new ArrayBuffer(8)
    const reading = connection.call('read', { incarnation: 1, into }, { transfer: [into] })
    await settled()
    connection.suspend()
    connector.before = () => {}
    connection.resume()
    await vi.waitUntil(() => connector.services.length === 2 && connector.service.calls.length === 1)
    expect(connector.service.calls[0]?.params).toEqual({ incarnation: 1 })
    await connection.close({ discard: true })
    await expect(reading).rejects.toBeInstanceOf(DiskClosedError)
  })

  test('fails a value that was being written in pieces, and the next one begins anew', async () => {
    const connector = new FakeConnector(() => {
      const service = new FakeService()
      service.answer = ({ method }) => (method === 'beginWrite' ? { draft: connector.services.length } : method)
      return service
    })
    const connection = await connect(connector)
    const target = { create: specOf('a', 1) }
    const bytes = Uint8Array.of(1)
    const first = await connection.call('beginWrite', { targets: [target] })
    await connection.call('write', { ...first, offset: 0, bytes })
    connection.suspend()
    connection.resume()
    const second = await connection.call('beginWrite', { targets: [target] })
    await expect(connection.call('write', { ...first, offset: 0, bytes })).rejects.toBeInstanceOf(WorkerFailedError)
    await expect(connection.call('commitWrite', first)).rejects.toBeInstanceOf(WorkerFailedError)
    await connection.call('abortWrite', first)
    await connection.call('write', { ...second, offset: 0, bytes })
    await connection.call('commitWrite', second)
  })

  test('never tells less progress than before, though the call begins again', async () => {
    const connector = new FakeConnector(() => {
      const service = new FakeService()
      service.answer = async ({ id }) => {
        const isFirst = connector.services.length === 1
        for (const doneBytes of isFirst ? [0, 5] : [0, 4, 5, 9]) {
          service.send({ type: 'progress', id, doneBytes, totalBytes: 9 })
        }
        if (isFirst) await new Promise(() => {})
      }
      return service
    })
    const connection = await connect(connector)
    const seen: number[] = []
    const flushing = connection.call('flush', {}, { onProgress: ({ doneBytes }) => seen.push(doneBytes) })
    await settled()
    connection.suspend()
    connection.resume()
    await flushing
    expect(seen).toEqual([0, 5, 5, 9])
  })

  test('while the disk is being opened opens it when it is back', async () => {
    const connector = new FakeConnector()
    const connection = new Connection({ name: 'n', backend: 'opfs', evictionPolicy: 'none', client: 'c', connector })
    open.push(connection)
    let letGo = () => {}
    connector.before = (attempt) => (attempt === 1 ? new Promise((resolve) => (letGo = resolve)) : undefined)
    const opening = connection.open()
    await settled()
    connection.suspend()
    letGo()
    await settled()
    connection.resume()
    await opening
    expect(connector.services.map(({ isEnded }) => isEnded)).toEqual([true, false])
  })

  test('and finds the disk locked when it is back gives a call that comes meanwhile an attempt of its own', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    let refuse = () => {}
    connector.before = (attempt) =>
      attempt === 2
        ? new Promise((_resolve, reject) => (refuse = () => reject(new DiskLockedError('elsewhere'))))
        : undefined
    connection.suspend()
    connection.resume()
    const calling = connection.call('usage', {})
    await settled()
    connector.make = echoService
    refuse()
    expect(await calling).toBe('usage')
  })

  test('and taken back without having been set aside is as it was', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    connection.resume()
    connection.suspend()
    connection.suspend()
    connection.resume()
    connection.resume()
    await vi.waitUntil(() => connector.services.length === 2)
    await settled()
    expect(connector.services).toHaveLength(2)
  })
})

describe('opening', () => {
  test('that is aborted rejects with the reason and leaves no service behind', async () => {
    const connector = new FakeConnector()
    const connection = new Connection({ name: 'n', backend: 'opfs', evictionPolicy: 'none', client: 'c', connector })
    let letGo = () => {}
    connector.before = () => new Promise((resolve) => (letGo = resolve))
    const abort = new AbortController()
    const opening = connection.open(abort.signal)
    abort.abort('enough')
    await expect(opening).rejects.toBe('enough')
    letGo()
    await settled()
    expect([connector.isDisposed, connector.service.isEnded]).toEqual([true, true])
    await expect(connection.call('usage', {})).rejects.toBeInstanceOf(DiskClosedError)
  })

  test('that fails disposes of the connection', async () => {
    const connector = new FakeConnector()
    connector.before = () => {
      throw new DiskLockedError('elsewhere')
    }
    await expect(connectFake(connector)).rejects.toBeInstanceOf(DiskLockedError)
    expect(connector.isDisposed).toBe(true)
  })
})

describe('closing', () => {
  test('closes the service, rejects what is pending and all that comes later, and may be repeated', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    const pending = connection.call('flush', {})
    const closings = [connection.close(), connection.close()]
    await expect(pending).rejects.toBeInstanceOf(DiskClosedError)
    await Promise.all(closings)
    await connection.close()
    expect(connector.service.methods).toEqual(['flush', 'close'])
    expect(connector.isDisposed).toBe(true)
    await expect(connection.call('usage', {})).rejects.toMatchObject({
      name: 'DiskClosedError',
      code: 'ERR_DISK_CLOSED',
    })
    await expect(connection.connect()).rejects.toBeInstanceOf(DiskClosedError)
  })

  test('that fails leaves everything open, and can be tried again', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    connector.service.answer = ({ method }) => method
    connector.service.onClose = () => {
      throw new CorruptDataError('no', { path: 'p' })
    }
    await expect(connection.close()).rejects.toBeInstanceOf(CorruptDataError)
    expect(await connection.call('usage', {})).toBe('usage')
    await connection.close({ discard: true })
    await expect(connection.call('usage', {})).rejects.toBeInstanceOf(DiskClosedError)
  })

  test('while the page is set aside ends at once', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    connection.suspend()
    const waiting = connection.call('usage', {})
    await connection.close()
    await expect(waiting).rejects.toBeInstanceOf(DiskClosedError)
    connection.resume()
    await settled()
    expect(connector.services).toHaveLength(1)
  })
})
