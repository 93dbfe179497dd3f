// A function called before any other: in a file of its own, for what computes is fetched once.
import { expect, test } from 'vitest'
import { openDisk } from '../../../src/index.js'
import { lazy, sum } from '../../../src/numpy.js'

test('what is called after the very first functions comes after them, while what computes is fetched', async () => {
  const disk = await openDisk({ name: 'first-function', backend: 'memory' })
  const a = await disk.array(Float64Array.of(1, 2), { cachePath: 'a' })
  const total = sum(a)
  const ofLazy = sum(lazy(a).add(1))
  const evaluated = lazy(a).add(1).evaluate()
  const changed = a.set([], 100)
  const closed = disk.close()
  expect([await total, await ofLazy, (await evaluated).toNested()]).toEqual([3, 5, [2, 3]])
  await changed
  await closed
})
