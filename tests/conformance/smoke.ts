// The shortest way through the library: an array is made, closed, found again.
import { deepEqual, equal } from '../support/assert.js'
import type { Case } from '../support/conformance.js'

export const smokeCases: Case[] = [
  {
    name: 'an array is found again after its disk was closed and opened',
    async run(t) {
      const disk = await t.openDisk()
      await disk.array(new Float32Array([1, 2, 3, 4]), { cachePath: 'a', shape: [2, 2] })
      const again = await t.reopen(disk)
      const array = await again.openArray('a')
      equal(array.dtype, 'float32')
      deepEqual(array.shape, [2, 2])
      deepEqual(await array.toArray(), new Float32Array([1, 2, 3, 4]))
    },
  },
]
