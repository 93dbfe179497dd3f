// float16 to and from numbers. One code for all runtimes: a Float16Array is read and written through its bits.

/** 2^10 / 2^exponent for the exponents of float16, -14 to 15: what turns a value into units of its last place. */
const UNITS = Float64Array.from({ length: 30 }, (_, index) => 2 ** (10 - (index - 14)))
const MIN_EXPONENT = -14
const MAX_EXPONENT = 15
/** Adding it to 0 <= x < 2^52 leaves no bit for a fraction: the sum is rounded to an integer, halves to even. */
const ROUNDER = 2 ** 52
const INFINITY_BITS = 0x7c00
const NAN_BITS = 0x7e00

const scratch = new Float64Array(1)
const scratchWords = new Uint32Array(scratch.buffer)

/** The bits of the float16 nearest to `value`, halves to even, in one rounding. Past 65,520 infinity; NaN is 0x7e00. */
export function halfBitsOf(value: number): number {
  scratch[0] = value
  const high = scratchWords[1] as number
  const sign = (high >>> 16) & 0x8000
  const exponent = ((high >>> 20) & 0x7ff) - 1023
  if (exponent > MAX_EXPONENT) return Number.isNaN(value) ? NAN_BITS : sign | INFINITY_BITS
  const row = exponent < MIN_EXPONENT ? 0 : exponent - MIN_EXPONENT
  // A mantissa that rounds up to 2048 units carries into the exponent, as it should, up to infinity.
  const units = Math.abs(value) * (UNITS[row] as number) + ROUNDER - ROUNDER
  return sign | ((row << 10) + units)
}

/** The number that float16 bits stand for. */
export function numberOfHalf(bits: number): number {
  return halfTable()[bits & 0xffff] as number
}

let table: Float32Array | undefined

/** Every float16 as a number, by its bits. Made when first needed: 256 KiB. */
export function halfTable(): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => decode(bits))
  return table
}

function decode(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 0x1f
  const mantissa = bits & 0x3ff
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : Number.NaN
  if (exponent === 0) return sign * mantissa * 2 ** -24
  return sign * (1024 + mantissa) * 2 ** (exponent - 25)
}
