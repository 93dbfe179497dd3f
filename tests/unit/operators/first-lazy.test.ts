// A method of an array before any other, with a lazy operand: in a file of its own, for what computes is fetched once.
import { expect, test } from 'vitest'
import { openDisk } from '../../../src/index.js'
import { LazyArray, lazy } from '../../../src/numpy.js'

test('the very first method called on an array is lazy where its operand is', async () => {
  const disk = await openDisk({ name: 'first-lazy', backend: 'memory' })
  const a = await disk.array(Float64Array.of(1, 2))
  const sum = a.add(lazy(a))
  expect(sum).toBeInstanceOf(LazyArray)
  expect((await sum.evaluate()).toNested()).toEqual([2, 4])
  await disk.close()
})
