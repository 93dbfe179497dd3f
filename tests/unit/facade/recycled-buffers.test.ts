// The memory in which elements go to the storage service, which comes back and is used again.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sessionOf } from '../../../src/handles.js'
import { type Disk, type DiskBackedNDArray, openDisk, slice } from '../../../src/index.js'
import { Reservation } from '../../../src/reservation.js'
import { Spares } from '../../../src/spares.js'

const MIB = 2 ** 20

let disk: Disk

beforeEach(async () => {
  disk = await openDisk({ name: 'recycled-buffers', backend: 'memory' })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await disk.close({ discard: true })
})

test('set sends its elements in the memory that the set before has sent', async () => {
  const array = await disk.zeros([8, MIB], 'uint8')
  const found = await takenBy((row) => array.set([slice(row, row + 1)], new Uint8Array(MIB).fill(row + 1)))
  expect(found).toEqual([[false], ...new Array(7).fill([true])])
  expect(spares().byteLength).toBe(MIB)
  expect([...(await array.get([null, 0])).data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

test('a large array goes in the memory that the one before has gone in', async () => {
  let array: DiskBackedNDArray | undefined
  const found = await takenBy(
    async (nth) => {
      array = await disk.array(new Uint8Array(10 * MIB).fill(nth + 1), { cachePath: 'array' })
    },
    (byteLength) => byteLength === 4 * MIB,
  )
  expect(found).toEqual([[false, false], ...new Array(7).fill([true, true])])
  await array?.offload()
  expect(new Set((await array?.get())?.data as Uint8Array)).toEqual(new Set([8]))
})

test('a reservation that is handed on without its spare buffer leaves it to others', async () => {
  const { budget } = sessionOf(disk)
  budget.spares.give(new ArrayBuffer(MIB))
  const room = await budget.reserve(MIB)
  expect(spares().byteLength).toBe(0)
  const next = new Reservation(budget, MIB, undefined)
  room.handTo(next)
  expect(spares().byteLength).toBe(MIB)
  next.release()
})

test('smaller buffers make way for a larger one, and a larger one never for smaller ones', () => {
  const kept = new Spares()
  kept.room = 10 * MIB
  for (const mebibytes of [1, 4, 2, 3]) kept.give(new ArrayBuffer(mebibytes * MIB))
  kept.give(new ArrayBuffer(3 * MIB)) // of 1, 4, 2 and 3 the first and the third go
  expect(kept.byteLength).toBe(10 * MIB)
  expect(kept.take(1 * MIB)).toBeUndefined()
  expect(kept.take(2 * MIB)).toBeUndefined()
  kept.give(new ArrayBuffer(9 * MIB))
  expect(kept.byteLength).toBe(9 * MIB)
  kept.give(new ArrayBuffer(2 * MIB))
  kept.give(new ArrayBuffer(11 * MIB))
  expect(kept.take(9 * MIB)?.byteLength).toBe(9 * MIB)
  expect(kept.byteLength).toBe(0)
})

function spares(): Spares {
  return sessionOf(disk).budget.spares
}

/** Of eight calls, which of the buffers they asked for were there. */
async function takenBy(
  call: (nth: number) => Promise<unknown>,
  counts: (byteLength: number) => boolean = () => true,
): Promise<boolean[][]> {
  const take = vi.spyOn(Spares.prototype, 'take')
  const found: boolean[][] = []
  for (let nth = 0; nth < 8; nth++) {
    take.mockClear()
    await call(nth)
    const { calls, results } = take.mock
    found.push(results.filter((_, i) => counts(calls[i]?.[0] ?? 0)).map(({ value }) => value !== undefined))
  }
  return found
}
