// The checksum of a block: pinned values, both implementations alike, and the changes it must see.

import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import openWabt from 'wabt'
import {
  type Checksum,
  checksums,
  createNearSumming,
  createPlainSumming,
  createSimdSumming,
} from '../../../src/engine/checksum.js'
import { CHECKSUM_WASM } from '../../../src/engine/checksum-wasm.js'

const MIB = 2 ** 20
const { one: plain } = createPlainSumming()
const { one: simd, two: simdTwo } = required(createSimdSumming())

function required<T>(made: T | undefined): T {
  if (made === undefined) throw new Error('no WebAssembly SIMD here')
  return made
}

/** Random integers of 32 bits, the same at every run (mulberry32). */
function randomWords(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return (bits ^ (bits >>> 14)) >>> 0
  }
}

function randomBytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, randomWords(seed))
}

function ascending(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index * 7)
}

function bytesOf(array: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function flipBit(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
}

/** How many pairs of pieces of `size` bytes change places in `bytes` without a change of the sum. */
function unseenSwaps(sum: Checksum, bytes: Uint8Array, size: number): number {
  const before = sum(bytes)
  let unseen = 0
  for (let first = 0; first < bytes.length; first += size) {
    for (let second = first + size; second < bytes.length; second += size) {
      const swapped = bytes.slice()
      swapped.set(bytes.subarray(first, first + size), second)
      swapped.set(bytes.subarray(second, second + size), first)
      if (sum(swapped) === before) unseen++
    }
  }
  return unseen
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

describe.each([
  ['plain', plain],
  ['SIMD', simd],
])('the %s checksum', (_, sum) => {
  it('has the values that disks were written with', () => {
    expect(sum(ascending(0))).toBe(2525988565970586)
    expect(sum(ascending(1))).toBe(3290155470926762)
    expect(sum(ascending(4))).toBe(1127110405622744)
    expect(sum(ascending(63))).toBe(7263981940454196)
    expect(sum(ascending(64))).toBe(3092100978093341)
    expect(sum(ascending(65))).toBe(4100747097399124)
    expect(sum(ascending(4096))).toBe(4495081108879292)
    expect(sum(new Uint8Array(MIB))).toBe(6862000382471883)
  })

  it('sees every single flipped bit', () => {
    const bytes = randomBytes(4096 + 37, 1)
    const before = sum(bytes)
    let unseen = 0
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      flipBit(bytes, bit)
      if (sum(bytes) === before) unseen++
      flipBit(bytes, bit)
    }
    expect(unseen).toBe(0)
    expect(sum(bytes)).toBe(before)
  })

  it('changes each of its 53 bits at about half of the flips', () => {
    const bytes = randomBytes(1024, 2)
    const flips = bytes.length * 8
    const before = BigInt(sum(bytes))
    const changes = new Array<number>(53).fill(0)
    for (let bit = 0; bit < flips; bit++) {
      flipBit(bytes, bit)
      const changed = (before ^ BigInt(sum(bytes))).toString(2).padStart(53, '0')
      for (let place = 0; place < 53; place++) changes[place] = (changes[place] ?? 0) + Number(changed[place])
      flipBit(bytes, bit)
    }
    expect(Math.min(...changes) / flips).toBeGreaterThan(0.47)
    expect(Math.max(...changes) / flips).toBeLessThan(0.53)
  })

  it('tells runs of zeros of every length apart', () => {
    const zeros = new Uint8Array(16_384)
    const sums = new Set(Array.from({ length: zeros.length + 1 }, (_, length) => sum(zeros.subarray(0, length))))
    expect(sums.size).toBe(zeros.length + 1)
  })

  it('tells where the only byte among zeros stands', () => {
    const bytes = new Uint8Array(8192 + 5)
    const sums = new Set([sum(bytes)])
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = 1
      sums.add(sum(bytes))
      bytes[at] = 0
    }
    expect(sums.size).toBe(bytes.length + 1)
  })

  it('sees words, groups and sectors that changed places', () => {
    expect(unseenSwaps(sum, randomBytes(1024, 3), 4)).toBe(0)
    expect(unseenSwaps(sum, randomBytes(8192, 4), 64)).toBe(0)
    expect(unseenSwaps(sum, randomBytes(16_384, 5), 512)).toBe(0)
  })

  it('sees changed signs: of all numbers, of some in a row, of any two', () => {
    const next = randomWords(6)
    for (const make of [() => 0, () => 1.5, (index: number) => index, () => next() - 2 ** 31]) {
      const single = Float32Array.from({ length: 192 }, (_, index) => make(index))
      const before = sum(bytesOf(single))
      let unseen = 0
      for (let first = 0; first < single.length; first++) {
        const run = single.slice()
        const pair = single.slice()
        for (let second = first; second < single.length; second++) {
          run[second] = -(run[second] ?? 0)
          if (sum(bytesOf(run)) === before) unseen++
          pair.set(single)
          pair[first] = -(pair[first] ?? 0)
          pair[second] = -(pair[second] ?? 0)
          if (second > first && sum(bytesOf(pair)) === before) unseen++
        }
      }
      expect(unseen).toBe(0)
      const double = Float64Array.from(single)
      expect(sum(bytesOf(double.map((value) => -value)))).not.toBe(sum(bytesOf(double)))
    }
  })

  it('sees a write torn at any sector, over old content or over zeros', () => {
    const bytes = randomBytes(65_536, 7)
    const before = sum(bytes)
    for (const old of [new Uint8Array(bytes.length), randomBytes(bytes.length, 8), bytes.map((byte) => byte ^ 0x80)]) {
      for (let at = 0; at < bytes.length; at += 512) {
        const head = bytes.slice()
        head.set(old.subarray(at), at)
        expect(sum(head)).not.toBe(before)
        const sector = bytes.slice()
        sector.set(old.subarray(at, at + 512), at)
        expect(sum(sector)).not.toBe(before)
      }
    }
  })

  it('gives 200,000 different short inputs as many sums, integers of 53 bits', () => {
    const next = randomWords(9)
    const pool = randomBytes(MIB, 10)
    const drawn = new Set<number>()
    const sums = new Set<number>()
    let largest = 0
    while (drawn.size < 200_000) {
      const at = next() % (MIB - 256)
      const length = 8 + (next() % 248)
      drawn.add(at * 256 + length)
      const value = sum(pool.subarray(at, at + length))
      sums.add(value)
      largest = Math.max(largest, value)
    }
    expect(sums.size).toBe(drawn.size)
    expect([...sums].every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true)
    expect(largest).toBeGreaterThan(2 ** 53 * 0.999)
  })
})

describe('both implementations', () => {
  it('agree on every length up to 5000 at changing offsets, and the bytes around do not matter', () => {
    const pool = randomBytes(5000 + 64, 11)
    const next = randomWords(12)
    let apart = 0
    for (let length = 0; length <= 5000; length++) {
      const at = next() % 64
      const view = pool.subarray(at, at + length)
      const expected = plain(view)
      if (simd(view) !== expected || plain(view.slice()) !== expected) apart++
    }
    expect(apart).toBe(0)
  })

  it.each([MIB, MIB - 1, MIB + 1, 131_008, 131_009, 3 * MIB + 77])(
    'agree on %i bytes at odd and even offsets',
    (length) => {
      const pool = randomBytes(length + 8, 13)
      for (const at of [0, 1, 2, 4, 7]) {
        const view = pool.subarray(at, at + length)
        expect(simd(view)).toBe(plain(view))
      }
    },
  )

  it('agree on bytes that are summed where they lie', () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 })
    const near = required(createNearSumming(memory, 192)).one
    const pool = new Uint8Array(memory.buffer)
    pool.set(randomBytes(pool.length, 16))
    for (const [at, length] of [
      [320, 0],
      [321, 1],
      [333, 63],
      [400, 64],
      [448, 6400],
      [517, 70_001],
      [320, pool.length - 320],
    ] as const) {
      const view = pool.subarray(at, at + length)
      expect(near(view)).toBe(plain(view))
    }
  })

  it.each([64, 6400, 65_472, 130_944, 262_144, MIB])('sum two blocks of %i bytes at once as one by one', (length) => {
    const pool = randomBytes(2 * length + 8, 17)
    const memory = new WebAssembly.Memory({ initial: 40, maximum: 40 })
    const near = required(createNearSumming(memory, 64))
    const placed = new Uint8Array(memory.buffer, 192, pool.length)
    placed.set(pool)
    for (const [first, second] of [
      [0, length],
      [length + 3, 1],
      [5, 5],
    ] as const) {
      const ofPool = [pool.subarray(first, first + length), pool.subarray(second, second + length)] as const
      const expected = ofPool.map(plain)
      expect(simdTwo(...ofPool)).toEqual(expected)
      const blocks = [placed.subarray(first, first + length), placed.subarray(second, second + length)] as const
      expect(near.two(...blocks)).toEqual(expected)
      expect(blocks.map(near.one)).toEqual(expected)
    }
  })

  it('sum blocks that lie one after the other, whatever their lengths', () => {
    for (const lengths of [
      [],
      [0, 0],
      [100],
      [64, 64],
      [64, 64, 64],
      [MIB, MIB, MIB, 262_144, 262_144, 7],
      [65, 65, 128],
    ]) {
      const pool = randomBytes(
        lengths.reduce((sum, length) => sum + length, 3),
        18,
      )
      let at = 0
      const expected = lengths.map((length) => {
        at += length
        return plain(pool.subarray(at - length, at))
      })
      expect(checksums(pool, lengths)).toEqual(expected)
    }
  })

  it('are one function of the bytes, whatever was summed before', () => {
    const bytes = randomBytes(777, 14)
    for (const sum of [plain, simd]) {
      const before = sum(bytes)
      sum(randomBytes(300_001, 15))
      sum(new Uint8Array())
      expect(sum(bytes)).toBe(before)
    }
  })
})

describe('the WebAssembly module', () => {
  it('is what checksum.wat says', async () => {
    const wabt = await openWabt()
    const source = await readFile(new URL('../../../src/engine/checksum.wat', import.meta.url), 'utf8')
    expect(CHECKSUM_WASM).toEqual(wabt.parseWat('checksum.wat', source).toBinary({}).buffer)
  })

  it('is small enough to be compiled synchronously in a page', () => {
    expect(CHECKSUM_WASM.length).toBeLessThan(4096)
  })

  it.each([
    ['is missing', undefined],
    [
      'is forbidden',
      {
        Module: class {
          constructor() {
            throw new WebAssembly.CompileError("'wasm-unsafe-eval' is not an allowed source")
          }
        },
      },
    ],
  ])('gives way to plain JavaScript where WebAssembly %s', async (_, replacement) => {
    vi.stubGlobal('WebAssembly', replacement)
    const fresh = await import('../../../src/engine/checksum.js')
    expect(fresh.createSimdSumming()).toBeUndefined()
    expect(fresh.checksum(ascending(1000))).toBe(plain(ascending(1000)))
  })

  it('is compiled at the first checksum, and for a memory of its own', async () => {
    const compiled = vi.spyOn(WebAssembly, 'Module')
    const fresh = await import('../../../src/engine/checksum.js')
    expect(compiled).not.toHaveBeenCalled()
    expect(fresh.checksum(ascending(1000))).toBe(plain(ascending(1000)))
    fresh.checksum(ascending(10))
    expect(compiled).toHaveBeenCalledTimes(1)
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
    fresh.sumWithin(memory, 0)
    const inside = new Uint8Array(memory.buffer, 1000, 1000)
    inside.set(ascending(1000))
    expect(fresh.checksum(inside)).toBe(plain(inside))
    expect(fresh.checksum(ascending(1000))).toBe(plain(inside))
    compiled.mockRestore()
  })
})
