// Elements as unsigned keys that sort as the elements do, in the highest bits of two words.
import type { DType, TypedArray } from '../../dtype.js'
import { DTYPES } from '../../dtype.js'
import { halfBits, type NumberArray, readScalar } from '../../scalar.js'
import { allocate, wrap } from '../../typed-array.js'

/** Writes the keys of x[start] to x[start + n - 1]. */
export type KeyWriter = (x: TypedArray, start: number, n: number, high: Uint32Array, low: Uint32Array) => void

/** Bits of a key. */
export function keyBits(dtype: DType): number {
  return 8 * DTYPES[dtype].itemsize
}

const SIGN = 0x80000000

export function keyWriterOf(dtype: DType): KeyWriter {
  switch (dtype) {
    case 'int64':
      return (x, start, n, high, low) => words64(x, start, n, high, low, SIGN)
    case 'uint64':
      return (x, start, n, high, low) => words64(x, start, n, high, low, 0)
    case 'float64':
      return double
    case 'float32':
      return (x, start, n, high) => single(wrap(x.buffer, 'uint32', x.byteOffset, x.length), start, n, high)
    case 'float16':
      return (x, start, n, high) => half(halfBits(x), start, n, high)
    default:
      return integers(32 - keyBits(dtype), DTYPES[dtype].kind === 'int' ? SIGN : 0)
  }
}

function integers(shift: number, flip: number): KeyWriter {
  return (x, start, n, high) => {
    for (let i = 0; i < n; i++) high[i] = (((x as NumberArray)[start + i] as number) << shift) ^ flip
  }
}

function words64(x: TypedArray, start: number, n: number, high: Uint32Array, low: Uint32Array, flip: number): void {
  const words = wrap(x.buffer, 'uint32', x.byteOffset, 2 * x.length)
  for (let i = 0; i < n; i++) {
    low[i] = words[2 * (start + i)] as number
    high[i] = (words[2 * (start + i) + 1] as number) ^ flip
  }
}

function double(x: TypedArray, start: number, n: number, high: Uint32Array, low: Uint32Array): void {
  const words = wrap(x.buffer, 'uint32', x.byteOffset, 2 * x.length)
  for (let i = 0; i < n; i++) {
    const word = words[2 * (start + i) + 1] as number
    const isNegative = word >= SIGN
    low[i] = isNegative ? ~(words[2 * (start + i)] as number) : (words[2 * (start + i)] as number)
    high[i] = isNegative ? ~word : word | SIGN
  }
}

function single(bits: Uint32Array, start: number, n: number, high: Uint32Array): void {
  for (let i = 0; i < n; i++) {
    const word = bits[start + i] as number
    high[i] = word >= SIGN ? ~word : word | SIGN
  }
}

function half(bits: Uint16Array, start: number, n: number, high: Uint32Array): void {
  for (let i = 0; i < n; i++) {
    const word = (bits[start + i] as number) << 16
    high[i] = word < 0 ? ~word : word | SIGN
  }
}

/** The element of a key. */
export function elementOfKey(dtype: DType, high: number, low: number): number | bigint {
  const element = allocate(dtype, 1)
  const { kind, itemsize } = DTYPES[dtype]
  const unused = 32 - keyBits(dtype)
  if (itemsize < 8 && kind !== 'float') return kind === 'int' ? (high ^ SIGN) >> unused : high >>> unused
  const isNegative = kind === 'float' && high < SIGN
  const flip = kind === 'uint' ? 0 : SIGN
  const words = new Uint32Array(2)
  words[0] = isNegative ? ~low : low
  words[1] = isNegative ? ~high : high ^ flip
  if (dtype === 'float16') words[1] = (words[1] as number) >>> unused
  const bytes = new Uint8Array(words.buffer, itemsize === 8 ? 0 : 4, itemsize)
  new Uint8Array(element.buffer).set(bytes)
  return Number.isNaN(Number(element[0])) ? Number.NaN : (readScalar(element, dtype, 0) as number | bigint)
}

/** Whether one of x[start] to x[start + n - 1] is NaN: those sort to either end, by their sign. */
export function nanTestOf(dtype: DType): (x: TypedArray, start: number, n: number) => boolean {
  switch (dtype) {
    case 'float64':
      return (x, start, n) => anyNaN64(x as Float64Array, start, n)
    case 'float32':
      return (x, start, n) => anyNaN32(x as Float32Array, start, n)
    case 'float16':
      return (x, start, n) => anyNaN16(halfBits(x), start, n)
    default:
      return () => false
  }
}

function anyNaN64(x: Float64Array, start: number, n: number): boolean {
  for (let i = start; i < start + n; i++) if (Number.isNaN(x[i])) return true
  return false
}

function anyNaN32(x: Float32Array, start: number, n: number): boolean {
  for (let i = start; i < start + n; i++) if (Number.isNaN(x[i])) return true
  return false
}

function anyNaN16(bits: Uint16Array, start: number, n: number): boolean {
  for (let i = start; i < start + n; i++) if (((bits[i] as number) & 0x7fff) > 0x7c00) return true
  return false
}
