// Numbers of the other byte order.
import { DTYPES, type DType } from '../core/dtype.js'

/** Bytes whose order is reversed together: of a complex number each part by itself. */
function unitOf(dtype: DType): number {
  return DTYPES[dtype].itemsize / DTYPES[dtype].width
}

/** The bytes of elements with their order reversed; what is no whole number at the end stays away. */
export async function* swapped(chunks: AsyncIterable<Uint8Array>, dtype: DType): AsyncGenerator<Uint8Array, void> {
  const unit = unitOf(dtype)
  let rest = new Uint8Array()
  for await (const chunk of chunks) {
    const bytes = new Uint8Array(rest.byteLength + chunk.byteLength)
    bytes.set(rest)
    bytes.set(chunk, rest.byteLength)
    const whole = bytes.subarray(0, bytes.byteLength - (bytes.byteLength % unit))
    rest = bytes.slice(whole.byteLength)
    swapInPlace(whole, dtype)
    yield whole
  }
}

/** `bytes` begins at a multiple of 4 of its memory. */
export function swapInPlace(bytes: Uint8Array, dtype: DType): void {
  const unit = unitOf(dtype)
  const { buffer, byteOffset, byteLength } = bytes
  if (unit === 2) {
    const numbers = new Uint16Array(buffer, byteOffset, byteLength / 2)
    for (let i = 0; i < numbers.length; i++) numbers[i] = swap16(numbers[i] as number)
  } else if (unit > 2) {
    const words = new Uint32Array(buffer, byteOffset, byteLength / 4)
    for (let i = 0; i < words.length; i++) words[i] = swap32(words[i] as number)
    if (unit === 8) for (let i = 0; i + 1 < words.length; i += 2) exchange(words, i)
  }
}

const swap16 = (n: number): number => (n >> 8) | (n << 8)
const swap32 = (n: number): number => (n >>> 24) | ((n >>> 8) & 0xff00) | ((n << 8) & 0xff0000) | (n << 24)

function exchange(words: Uint32Array, i: number): void {
  const first = words[i] as number
  words[i] = words[i + 1] as number
  words[i + 1] = first
}
