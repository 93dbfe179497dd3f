// float16 to float32 and back, on bits: at the speed of a copy, whichever class holds them.
import type { TypedArray } from '../../dtype.js'
import { halfTable } from '../../half.js'
import { halfBits } from '../../scalar.js'

export function widenHalf(n: number, a: TypedArray, out: Float32Array): void {
  const bits = halfBits(a)
  const table = halfTable()
  for (let i = 0; i < n; i++) out[i] = table[bits[i] as number] as number
}

/** The bits of 2^-14 and 2^16 as float32: float16's normal numbers lie between. */
const MIN_NORMAL = 0x38800000
const PAST_MAX = 0x47800000
/** The difference of the exponents' biases, in float32's place. */
const REBIAS = 0x38000000

const scratch = new Float32Array(1)
/** Where a float32 is written to read its bits. */
export const halfScratch = { scratch, word: new Int32Array(scratch.buffer) }

/** Nearest, halves to even. */
export function narrowHalf(n: number, a: Float32Array, out: TypedArray): void {
  const words = new Int32Array(a.buffer, a.byteOffset, n)
  const bits = halfBits(out)
  for (let i = 0; i < n; i++) {
    const word = words[i] as number
    const size = word & 0x7fffffff
    const isNormal = size >= MIN_NORMAL && size < PAST_MAX
    const half = isNormal ? (size - REBIAS + 0xfff + ((size >>> 13) & 1)) >>> 13 : specialHalf(size, a[i] as number)
    bits[i] = ((word >>> 16) & 0x8000) | half
  }
}

/** Zero, subnormals, infinities and NaN, without the sign: of a float32's bits without the sign, and its value. */
export function specialHalf(size: number, value: number): number {
  if (size >= PAST_MAX) return size > 0x7f800000 ? 0x7e00 : 0x7c00
  return (Math.abs(value) * 2 ** 24 + 2 ** 52 - 2 ** 52) | 0
}
