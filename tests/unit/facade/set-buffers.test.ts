// The memory in which `set` sends its elements, which comes back and is used again.
import { expect, test, vi } from 'vitest'
import { sessionOf } from '../../../src/handles.js'
import { openDisk, slice } from '../../../src/index.js'
import { Spares } from '../../../src/spares.js'

const PART_BYTES = 2 ** 20

test('set sends its elements in the memory that the set before has sent', async () => {
  const disk = await openDisk({ name: 'set-buffers', backend: 'memory' })
  try {
    const array = await disk.zeros([8, PART_BYTES], 'uint8')
    const take = vi.spyOn(Spares.prototype, 'take')
    const found: boolean[] = []
    for (let row = 0; row < 8; row++) {
      await array.set([slice(row, row + 1)], new Uint8Array(PART_BYTES).fill(row + 1))
      found.push(take.mock.results.at(-1)?.value !== undefined)
    }
    expect(found).toEqual([false, ...new Array(7).fill(true)])
    expect(sessionOf(disk).budget.spares.byteLength).toBe(PART_BYTES)
    expect([...(await array.get([null, 0])).data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  } finally {
    vi.restoreAllMocks()
    await disk.close({ discard: true })
  }
})
