// Arithmetic of one pair of real numbers, where JavaScript has no operator for it or another opinion than NumPy.
import { negativePower } from '../ufunc-errors.js'

/** Past it every float64 is an integer; adding it to 0 <= x < 2^52 rounds x to an integer, halves to even. */
const ROUNDER = 2 ** 52

/** Halves to even, the sign of zero kept. */
export function nearest(x: number): number {
  if (!(Math.abs(x) < ROUNDER)) return x
  if (x > 0) return x + ROUNDER - ROUNDER
  return x < 0 ? -(ROUNDER - x - ROUNDER) : x
}

export function mod64(x: number, y: number): number {
  const m = x % y
  if (y === 0) return m
  if (m === 0) return y < 0 ? -0 : 0
  return y < 0 === m < 0 ? m : m + y
}

/** The remainder of float32 numbers is exact in float32; the correction is rounded. */
export function mod32(x: number, y: number): number {
  return Math.fround(mod64(x, y))
}

export function floorDivide64(x: number, y: number): number {
  if (y === 0) return x / y
  const m = x % y
  const quotient = (x - m) / y
  const whole = m !== 0 && y < 0 !== m < 0 ? quotient - 1 : quotient
  if (whole === 0) return x / y < 0 || Object.is(x / y, -0) ? -0 : 0
  const floor = Math.floor(whole)
  return whole - floor > 0.5 ? floor + 1 : floor
}

/** Rounded to float32 at every step, as NumPy's loop is. */
export function floorDivide32(x: number, y: number): number {
  if (y === 0) return x / y
  const m = x % y
  const quotient = Math.fround(Math.fround(x - m) / y)
  const whole = m !== 0 && y < 0 !== m < 0 ? Math.fround(quotient - 1) : quotient
  if (whole === 0) return x / y < 0 || Object.is(x / y, -0) ? -0 : 0
  const floor = Math.floor(whole)
  return whole - floor > 0.5 ? floor + 1 : floor
}

export function floorDivideInt64(x: bigint, y: bigint): bigint {
  if (y === 0n) return 0n
  const quotient = x / y
  return x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : BigInt.asIntN(64, quotient)
}

export function modInt64(x: bigint, y: bigint): bigint {
  if (y === 0n) return 0n
  const m = x % y
  return m !== 0n && m < 0n !== y < 0n ? m + y : m
}

/** C's pow: 1 to any power is 1, and so is -1 to the power of an infinity, where Math.pow gives NaN. */
export function realPower(x: number, y: number): number {
  if (x === 1) return 1
  if (x === -1 && (y === Infinity || y === -Infinity)) return 1
  return x ** y
}

/** Modulo 2^32, of which smaller types keep the lowest bits. Errors: DTypeError for a negative exponent. */
export function powerInt(x: number, y: number): number {
  if (y < 0) throw negativePower()
  let result = 1
  let base = x
  for (let exponent = y; exponent !== 0; exponent >>>= 1) {
    if (exponent & 1) result = Math.imul(result, base)
    base = Math.imul(base, base)
  }
  return result
}

/** Errors: DTypeError for a negative exponent. */
export function powerInt64(x: bigint, y: bigint): bigint {
  if (y < 0n) throw negativePower()
  return BigInt.asIntN(64, powerUint64(BigInt.asUintN(64, x), y))
}

/** Modulo 2^64. */
export function powerUint64(x: bigint, y: bigint): bigint {
  let result = 1n
  let base = x
  for (let exponent = y; exponent !== 0n; exponent >>= 1n) {
    if (exponent & 1n) result = BigInt.asUintN(64, result * base)
    base = BigInt.asUintN(64, base * base)
  }
  return result
}

/** Squares within these bounds neither overflow nor lose digits to underflow. */
const MIN_SQUARE = 1e-290
const MAX_SQUARE = 1e300

/** The length of the vector. Math.hypot is ten times slower than the square root that does for all but extreme values. */
export function sizeOf(x: number, y: number): number {
  const square = x * x + y * y
  return square > MIN_SQUARE && square < MAX_SQUARE ? Math.sqrt(square) : Math.hypot(x, y)
}
