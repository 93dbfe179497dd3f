// Runs that another thread computes, as they come.
import { expect, test } from 'vitest'
import { Deliveries, ordersFrom, RunsLeft } from '../../../src/engine/operators/deliveries.js'
import type { SecondThread } from '../../../src/engine/operators/sharing.js'

/** Delivers what is ordered at once. */
const quick: SecondThread = {
  ready: async () => true,
  reduce: async () => [],
  async compute(_share, port) {
    for await (const order of ordersFrom(port, () => undefined)) {
      port.postMessage({ ...order, checksums: [] }, [...order.buffers])
    }
  },
  stop: () => undefined,
}

test('another thread that is faster than what it delivers is written does not fill the memory', async () => {
  let made = 0
  const makeBuffers = () => {
    made++
    return [new ArrayBuffer(8)]
  }
  const share = { roots: [], operands: [], areSummed: [], length: 1 }
  const deliveries = new Deliveries(quick, share, new RunsLeft(100, 1), makeBuffers)
  deliveries.order()
  await Promise.resolve()
  const starts = new Set<number>()
  while (starts.size < 100) {
    deliveries.order()
    while (deliveries.underWay > 0) await new Promise((resolve) => setImmediate(resolve))
    const delivery = deliveries.take()
    if (delivery === undefined) continue
    starts.add(delivery.start)
    deliveries.done(delivery)
  }
  await deliveries.end()
  expect(made).toBe(3)
})
