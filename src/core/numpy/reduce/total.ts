// 64-bit totals as two words each, both kept as numbers: exact modulo 2^64, and faster than bigints.
import { wrap } from '../../typed-array.js'

/** Elements of at most 32 bits whose sum is below 2^52. */
export const CHUNK = 2 ** 20
/** From here on the low word gives its carry to the high one. */
export const CARRY_FROM = 2 ** 52

/** Adds an integer below 2^52 in magnitude to the total at `at`. */
export function addTotal(low: Float64Array, high: Int32Array, at: number, sum: number): void {
  const total = (low[at] as number) + sum
  const carry = Math.floor(total / 2 ** 32)
  high[at] = (high[at] as number) + carry
  low[at] = total - carry * 2 ** 32
}

/** The totals as 64-bit integers. */
export function totalsOf(low: Float64Array, high: Int32Array): BigInt64Array {
  const words = new Uint32Array(2 * low.length)
  for (let at = 0; at < low.length; at++) {
    addTotal(low, high, at, 0)
    words[2 * at] = low[at] as number
    words[2 * at + 1] = high[at] as number
  }
  return wrap(words.buffer, 'int64')
}
