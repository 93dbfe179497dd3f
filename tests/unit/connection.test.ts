// Calls over real MessageChannels: answers, errors, transfer, abort, progress.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Connection } from '../../src/connection.js'
import { CorruptDataError } from '../../src/core/errors.js'
import { connectFake, FakeConnector, realService } from '../support/fake-service.js'
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

describe('a call', () => {
  test('moves its buffers there, and the buffer of its result back', async () => {
    const connection = await connect(new FakeConnector(realService))
    const bytes = Uint8Array.of(1, 2, 3)
    const [put] = await connection.call('put', { puts: [putOf('moves', bytes)] }, { transfer: [bytes.buffer] })
    expect(bytes.byteLength).toBe(0)
    const into = new ArrayBuffer(3)
    const incarnation = put?.meta.incarnation ?? 0
    const { buffer } = await connection.call('read', { incarnation, into }, { transfer: [into] })
    expect(into.byteLength).toBe(0)
    expect([...new Uint8Array(buffer)]).toEqual([1, 2, 3])

    const connector = new FakeConnector()
    const other = await connect(connector)
    const kept = new ArrayBuffer(4)
    connector.service.answer = () => ({ buffer: kept, version: 1 })
    expect((await other.call('read', { incarnation })).buffer.byteLength).toBe(4)
    expect(kept.byteLength).toBe(0)
  })

  test('rejects with an error of the class the service threw, its fields included', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    connector.service.answer = () => {
      throw new CorruptDataError('torn', { path: 'p', cause: new TypeError('why') })
    }
    const error = await connection.call('usage', {}).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CorruptDataError)
    expect(error).toMatchObject({ name: 'CorruptDataError', code: 'ERR_CORRUPT_DATA', path: 'p' })
    expect((error as Error).cause).toBeInstanceOf(TypeError)
  })

  test('rejects when its params cannot be cloned, and so does no other', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    connector.service.answer = ({ method }) => method
    const state = () => 'a function does not cross'
    await expect(connection.call('saveState', { incarnation: 1, state })).rejects.toMatchObject({
      name: 'DataCloneError',
    })
    expect(await connection.call('usage', {})).toBe('usage')
  })

  test('with a signal aborted already is never sent', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    const reason = new Error('enough')
    await expect(connection.call('usage', {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await settled()
    expect(connector.service.calls).toEqual([])
  })

  test('rejects at once when it is aborted, and the service is told', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    const abort = new AbortController()
    const calling = connection.call('usage', {}, { signal: abort.signal })
    await settled()
    abort.abort('enough')
    await expect(calling).rejects.toBe('enough')
    await settled()
    expect(connector.service.aborted).toEqual(connector.service.calls.map(({ id }) => id))
  })

  test('leaves no listener on a signal that is never aborted', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    connector.service.answer = () => 1
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await connection.call('usage', {}, { signal })
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
  })

  test('that was aborted too late gives back the hold and the draft it took all the same', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    const { service } = connector
    const answers: (() => void)[] = []
    service.answer = ({ method }) =>
      new Promise((resolve) => answers.push(() => resolve(method === 'open' ? { incarnation: 7 } : { draft: 9 })))
    const abort = new AbortController()
    const { signal } = abort
    const calls = [
      connection.call('open', { path: 'a' }, { signal }),
      connection.call('beginWrite', { targets: [{ create: specOf('b', 1) }] }, { signal }),
    ]
    await settled()
    abort.abort()
    await Promise.allSettled(calls)
    for (const answer of answers.splice(0)) answer()
    await settled()
    expect(service.calls.slice(2).map(({ method, params }) => [method, params])).toEqual([
      ['release', { incarnations: [7] }],
      ['abortWrite', { draft: 9 }],
    ])
  })
})

describe('progress', () => {
  test('arrives in order and before the answer, the last report included', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    const { service } = connector
    service.answer = ({ id }) => {
      for (const doneBytes of [0, 5, 10]) service.send({ type: 'progress', id, doneBytes, totalBytes: 10 })
    }
    const seen: unknown[] = []
    await connection.call(
      'flush',
      {},
      { onProgress: ({ doneBytes, totalBytes }) => seen.push([doneBytes, totalBytes]) },
    )
    expect(seen).toEqual([
      [0, 10],
      [5, 10],
      [10, 10],
    ])
    expect(service.calls[0]?.wantsProgress).toBe(true)
  })

  test('whose listener throws does not disturb the call', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    connector.service.answer = ({ id }) => {
      connector.service.send({ type: 'progress', id, doneBytes: 0, totalBytes: 1 })
      return 'done'
    }
    const onProgress = () => {
      throw new Error('in the listener')
    }
    expect(await connection.call('usage', {}, { onProgress })).toBe('done')
  })

  test('is not forwarded to listeners, what else the service says is', async () => {
    const connector = new FakeConnector()
    const connection = await connect(connector)
    const seen: unknown[] = []
    const stop = connection.onMessage((message) => seen.push(message))
    connector.service.send({ type: 'progress', id: 1, doneBytes: 0, totalBytes: 1 })
    connector.service.send({ type: 'changed', liveBytes: 1, arrays: 2 })
    await settled()
    stop()
    connector.service.send({ type: 'changed', liveBytes: 3, arrays: 4 })
    await settled()
    expect(seen).toEqual([{ type: 'changed', liveBytes: 1, arrays: 2 }])
  })
})
