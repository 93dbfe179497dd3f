// Memory for tiles: what is leased never overlaps, and all of it is free again at the end.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KERNELS } from '../../../src/core/numpy/kernels/index.js'
import { copyElements } from '../../../src/core/strided.js'
import { Lease, TileMemory } from '../../../src/engine/operators/tile-memory.js'

const BYTES = 65_536

function memory(): TileMemory {
  const buffer = new ArrayBuffer(BYTES)
  const places = { memory: { buffer }, buffer, start: 100, checksumRoom: 0 }
  return new TileMemory(KERNELS, { ...places, kernels: KERNELS, copy: copyElements, reductions: {} as never })
}

test('leases never overlap, and give everything back in whatever order they end', () => {
  const step = fc.record({ lease: fc.nat(4), size: fc.integer({ min: 1, max: 3000 }), ends: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tiles = memory()
      const whole = tiles.freeBytes
      const leases = Array.from({ length: 5 }, () => new Lease(tiles))
      const live = leases.map(() => new Map<ArrayBufferView, number>())
      let mark = 0
      for (const { lease, size, ends } of steps) {
        if (ends) {
          leases[lease]?.end()
          live[lease]?.clear()
          continue
        }
        const room = (size % 2 === 0 ? leases[lease] : leases[lease]?.part())?.room('float64', size) as Float64Array
        live[lease]?.set(room.fill(++mark), mark)
        for (const [array, value] of live.flatMap((one) => [...one])) {
          expect((array as Float64Array).every((element) => element === value)).toBe(true)
        }
      }
      for (const lease of leases) lease.end()
      expect(tiles.freeBytes).toBe(whole)
    }),
    { numRuns: 60 },
  )
})

test('where nothing is left, memory is fresh', () => {
  const tiles = memory()
  const lease = new Lease(tiles)
  expect(lease.room('uint8', 60_000).buffer.byteLength).toBe(BYTES)
  expect(lease.room('uint8', 60_000).buffer.byteLength).toBe(60_000)
  lease.end()
  expect(lease.room('uint8', 60_000).buffer.byteLength).toBe(BYTES)
})
