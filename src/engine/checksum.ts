// The checksum of a block: sixteen multiply-xor lanes, in WebAssembly SIMD where it may run, in plain JavaScript elsewhere.
// The values are part of the disk format. Every step is a bijection of its lane, and the high 32 bits of the sum are one of
// each lane: at equal length, a change within one aligned 32-bit word is always seen. Changes in several lanes (a torn sector
// has all sixteen) go unseen about once in 2^53, several words of one lane, 64 bytes apart, about once in 2^32; some
// patterns there cancel more often, bit 31 and then bits 31 and 16 of the lane's next word always.

import { CHECKSUM_WASM } from './checksum-wasm.js'
import { createMemory, instantiate, type Memory } from './web-assembly.js'

/** Gives a non-negative integer of 53 bits. The bytes may start at any offset of their buffer. */
export type Checksum = (bytes: Uint8Array) => number

/** Of two blocks of one length, one whole group or more; where it can be, both at once, for one alone waits for its own products. */
type Checksums = (first: Uint8Array, second: Uint8Array) => readonly [number, number]

export interface Summing {
  readonly one: Checksum
  readonly two: Checksums
}

/** Sixteen lanes of 32 bits, and how whole groups of 64 bytes are taken into them. */
interface Absorber {
  readonly lanes: Int32Array
  absorb(groups: Uint8Array): void
}

/** Twice as many. */
interface PairAbsorber {
  readonly lanes: Int32Array
  absorbTwo(first: Uint8Array, second: Uint8Array): void
}

/** What checksum.wat exports; all are addresses. */
interface ChecksumExports {
  readonly absorb: (lanes: number, at: number, end: number) => void
  readonly absorbTwo: (lanes: number, at: number, end: number, beside: number) => void
}

const LANES = 16
const GROUP_BYTES = 64
const FACTOR = 0x9e3779b1
export const CHECKSUM_LANES = Int32Array.from({ length: LANES }, (_, lane) => mix(Math.imul(lane + 1, 0x9e3779b9)))

let chosen: Summing | undefined
/** For bytes in the memory that blocks are computed in. */
let near: { readonly buffer: ArrayBuffer; readonly summing: Summing } | undefined

/** The checksum of `bytes`, an integer of 53 bits: guards against torn writes and flipped bits, not against malice. */
export function checksum(bytes: Uint8Array): number {
  return summingOf(bytes).one(bytes)
}

/** The checksums of blocks of such lengths that lie one after the other. */
export function checksums(bytes: Uint8Array, lengths: readonly number[]): number[] {
  const { one, two } = summingOf(bytes)
  const sums: number[] = []
  for (let at = 0; sums.length < lengths.length; ) {
    const length = lengths[sums.length] ?? 0
    const next = lengths[sums.length + 1]
    const block = bytes.subarray(at, at + length)
    at += length
    if (length === next && length > 0 && length % GROUP_BYTES === 0) {
      sums.push(...two(block, bytes.subarray(at, at + length)))
      at += length
    } else sums.push(one(block))
  }
  return sums
}

/** Bytes in that memory are summed where they lie from now on; 128 bytes from `room` on, for lanes and a group, are for that. */
export function sumWithin(memory: Memory, room: number): void {
  const summing = createNearSumming(memory, room)
  near = summing && { buffer: memory.buffer, summing }
}

function summingOf({ buffer }: Uint8Array): Summing {
  if (near !== undefined && buffer === near.buffer) return near.summing
  chosen ??= createSimdSumming() ?? createPlainSumming()
  return chosen
}

/** In plain JavaScript. */
export function createPlainSumming(): Summing {
  const lanes = new Int32Array(LANES)
  const absorb = (groups: Uint8Array): void => {
    const words = new DataView(groups.buffer, groups.byteOffset, groups.length)
    for (let first = 0; first < LANES; first += 4) absorbFour(lanes, first, words)
  }
  const one = oneWith({ lanes, absorb }, new Uint8Array(GROUP_BYTES))
  return { one, two: (first, second) => [one(first), one(second)] }
}

/** In WebAssembly; undefined where SIMD is missing or the page's CSP lacks 'wasm-unsafe-eval'. */
export function createSimdSumming(): Summing | undefined {
  const found = orUndefined(() => {
    const memory = createMemory(128 << 10)
    return { memory, exports: checksumOver(memory) }
  })
  if (found === undefined) return undefined
  const { memory, exports } = found
  const lanes = new Int32Array(memory.buffer, 0, 2 * LANES)
  const room = new Uint8Array(memory.buffer, 2 * GROUP_BYTES)
  const absorb = (groups: Uint8Array): void => {
    for (let at = 0; at < groups.length; at += room.length) {
      const piece = groups.subarray(at, at + room.length)
      room.set(piece)
      exports.absorb(0, room.byteOffset, room.byteOffset + piece.length)
    }
  }
  const half = room.length / 2
  const absorbTwo = (first: Uint8Array, second: Uint8Array): void => {
    for (let at = 0; at < first.length; at += half) {
      const piece = first.subarray(at, at + half)
      room.set(piece)
      room.set(second.subarray(at, at + half), half)
      exports.absorbTwo(0, room.byteOffset, room.byteOffset + piece.length, room.byteOffset + half)
    }
  }
  const one = oneWith({ lanes: lanes.subarray(0, LANES), absorb }, new Uint8Array(GROUP_BYTES))
  return { one, two: twoWith({ lanes, absorbTwo }) }
}

/** The same of bytes that lie in `memory`; see `sumWithin`. */
export function createNearSumming(memory: Memory, room: number): Summing | undefined {
  const exports = orUndefined(() => checksumOver(memory))
  if (exports === undefined) return undefined
  const lanes = new Int32Array(memory.buffer, room, 2 * LANES)
  const absorb = ({ byteOffset, length }: Uint8Array): void => exports.absorb(room, byteOffset, byteOffset + length)
  const absorbTwo = ({ byteOffset, length }: Uint8Array, second: Uint8Array): void =>
    exports.absorbTwo(room, byteOffset, byteOffset + length, second.byteOffset)
  const tail = new Uint8Array(memory.buffer, room + GROUP_BYTES, GROUP_BYTES) // whole groups alone have no use for it
  return { one: oneWith({ lanes: lanes.subarray(0, LANES), absorb }, tail), two: twoWith({ lanes, absorbTwo }) }
}

/** The module on `memory`. Throws what the browser does. */
export function checksumOver(memory: Memory): ChecksumExports {
  return instantiate(CHECKSUM_WASM, { m: memory }) as ChecksumExports // the interface states what the module has
}

function orUndefined<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** `tail`: a group, where `absorb` takes it. */
function oneWith({ lanes, absorb }: Absorber, tail: Uint8Array): Checksum {
  return (bytes) => {
    const whole = bytes.length - (bytes.length % GROUP_BYTES)
    lanes.set(CHECKSUM_LANES)
    if (whole > 0) absorb(bytes.subarray(0, whole))
    if (whole < bytes.length) {
      tail.fill(0).set(bytes.subarray(whole))
      absorb(tail)
    }
    return fold(lanes, bytes.length)
  }
}

function twoWith({ lanes, absorbTwo }: PairAbsorber): Checksums {
  const [ofFirst, ofSecond] = [lanes.subarray(0, LANES), lanes.subarray(LANES)]
  return (first, second) => {
    ofFirst.set(CHECKSUM_LANES)
    ofSecond.set(CHECKSUM_LANES)
    absorbTwo(first, second)
    return [fold(ofFirst, first.length), fold(ofSecond, second.length)]
  }
}

// Four lanes a pass, for sixteen at once spill the registers (3.4 instead of 5.2 GB/s in V8); `end` is a local because
// V8 asks for a DataView's byteLength anew at every turn (2.6 GB/s).
function absorbFour(lanes: Int32Array, first: number, words: DataView): void {
  let a = lanes[first] ?? 0
  let b = lanes[first + 1] ?? 0
  let c = lanes[first + 2] ?? 0
  let d = lanes[first + 3] ?? 0
  const end = words.byteLength
  for (let at = first * 4; at < end; at += GROUP_BYTES) {
    a = Math.imul(a ^ words.getInt32(at, true), FACTOR)
    b = Math.imul(b ^ words.getInt32(at + 4, true), FACTOR)
    c = Math.imul(c ^ words.getInt32(at + 8, true), FACTOR)
    d = Math.imul(d ^ words.getInt32(at + 12, true), FACTOR)
    a ^= a >>> 15
    b ^= b >>> 15
    c ^= c >>> 15
    d ^= d >>> 15
  }
  lanes[first] = a
  lanes[first + 1] = b
  lanes[first + 2] = c
  lanes[first + 3] = d
}

function fold(lanes: Int32Array, byteLength: number): number {
  let high = mix(byteLength)
  let low = mix(~byteLength)
  for (const lane of lanes) {
    const mixed = mix(lane)
    high = Math.imul(rotateLeft(high ^ mixed, 13), 0xcc9e2d51)
    low = Math.imul(rotateLeft(low ^ mixed, 17), 0x1b873593) + lane
  }
  return (mix(high) >>> 0) * 2 ** 21 + (mix(low) >>> 11)
}

/** The finalizer of MurmurHash3, a bijection of 32 bits. */
function mix(value: number): number {
  let bits = value ^ (value >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits ^= bits >>> 13
  bits = Math.imul(bits, 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

function rotateLeft(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count))
}
