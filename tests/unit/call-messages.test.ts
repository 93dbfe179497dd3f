// Calls on their way over a channel: together in one message, each answered by itself.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerCalls, sendCalls } from '../../src/call-messages.js'
import type { CallRequest } from '../../src/protocol.js'
import { exposeService, wrapService } from '../../src/remote.js'
import { FakeService } from '../support/fake-service.js'

let port1: MessagePort
let port2: MessagePort
beforeEach(() => {
  ;({ port1, port2 } = new MessageChannel())
})
afterEach(() => {
  port1.close()
  port2.close()
})

const request = (id: number, params: object = {}) =>
  ({ id, method: 'usage', params, wantsProgress: false }) as unknown as CallRequest

test('calls of one turn, and answers of one, go in messages of at most 64, and each has its own answer', async () => {
  const lengths: number[] = []
  const count = ({ data }: MessageEvent<{ calls?: unknown[]; answers?: unknown[] }>) =>
    lengths.push((data.calls ?? data.answers ?? []).length)
  port1.addEventListener('message', count)
  port2.addEventListener('message', count)
  answerCalls(port2, async ({ id }) => ({ outcome: { ok: true, value: { buffer: new ArrayBuffer(id) } } }))
  const { call } = sendCalls(port1)
  port1.start()
  port2.start()
  const replies = await Promise.all(Array.from({ length: 100 }, (_, i) => call(request(i), [])))
  const sizes = replies.map(({ outcome }) => outcome.ok && (outcome.value as { buffer: ArrayBuffer }).buffer.byteLength)
  expect(sizes).toEqual(Array.from({ length: 100 }, (_, i) => i))
  expect(lengths).toEqual([64, 36, 64, 36])
})

test('what cannot be sent fails alone, there and back', async () => {
  answerCalls(port2, async ({ id }) => ({ outcome: { ok: true, value: id === 3 ? () => undefined : id } }))
  const { call } = sendCalls(port1)
  port1.start()
  port2.start()
  const calls = [call(request(1), []), call(request(2, { x: () => undefined }), []), call(request(3), [])]
  const moved = new ArrayBuffer(8)
  calls.push(call(request(4, { moved }), [moved]))
  const [first, second, third, fourth] = await Promise.allSettled(calls)
  expect(first).toMatchObject({ value: { outcome: { ok: true, value: 1 } } })
  expect(second).toMatchObject({ status: 'rejected', reason: { name: 'DataCloneError' } })
  expect(third).toMatchObject({ value: { outcome: { ok: false } } })
  expect(fourth).toMatchObject({ value: { outcome: { ok: true, value: 4 } } })
  expect(moved.byteLength).toBe(0)
})

test('an abort of the same turn comes after the call it aborts', async () => {
  const service = new FakeService()
  const order: string[] = []
  service.abort = (id) => void order.push(`abort ${id}`)
  service.answer = ({ id }) => void order.push(`call ${id}`)
  exposeService(service, port2)
  const remote = wrapService(port1, () => undefined)
  const answered = remote.call(request(1), [])
  remote.abort(1)
  await answered
  while (order.length < 2) await new Promise((resolve) => setImmediate(resolve))
  expect(order).toEqual(['call 1', 'abort 1'])
})
