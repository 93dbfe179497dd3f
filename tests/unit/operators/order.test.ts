// The order of calls while the operators are still being fetched: in a file of its own, for they are fetched once.
import { expect, test } from 'vitest'
import { openDisk } from '../../../src/index.js'

test('the very first operator comes in the order in which it was called', async () => {
  const disk = await openDisk({ name: 'order', backend: 'memory' })
  const a = await disk.array(Float64Array.of(1, 2))
  const b = await disk.array(Float64Array.of(10, 20))
  const sum = a.add(b, { out: a })
  const later = [a.set([0], 100), b.set([0], 0)]
  const read = a.get()
  await Promise.all([sum, ...later])
  expect((await read).toNested()).toEqual([100, 22])
  expect(await a.sum()).toBe(122)
  await disk.close()
})
