// What the tests of SIMD kernels share: samples with everything special in them, and memory with room around the operands.
import { DTYPES, type DType, type TypedArray } from '../../src/core/dtype.js'
import { type Accelerator, createAccelerator } from '../../src/core/numpy/simd/accelerator.js'
import { bytesOf, wrap } from '../../src/core/typed-array.js'

function created(): Accelerator {
  const accelerator = createAccelerator(8 << 20)
  if (accelerator === undefined) throw new Error('there is no SIMD here')
  return accelerator
}

export const accelerator = created()

/** A generator of 32-bit numbers, so that a failure comes again. */
export function randomWords(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state ^ (state >>> 13)) >>> 0
  }
}

const FLOATS = [
  [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, 0.1, 2 ** 23 + 1, 2 ** 52 + 1, 1e10, -1e10, 3e38, -3e38],
  [Number.NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -149), Number.MIN_VALUE, 2 ** -126, 2 ** -1022, Number.MAX_VALUE],
].flat()
const INTEGERS = [0n, 1n, -1n, 2n, 3n, 127n, 128n, 255n, 256n, 32767n, 32768n, 65535n, 65536n, 2n ** 31n - 1n].concat([
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n + 1n,
  2n ** 60n + 2n ** 36n + 1n,
  2n ** 63n - 1n,
  2n ** 63n,
])

/** `n` elements, of which about every second is special. */
function generated(dtype: DType, n: number): TypedArray {
  const random = randomWords(n)
  const { kind, width, itemsize } = DTYPES[dtype]
  const bytes = new Uint8Array(n * itemsize)
  const elements = wrap(bytes.buffer, dtype, 0, n) as TypedArray & { [index: number]: number | bigint }
  if (kind === 'bool') return Uint8Array.from(bytes, () => random() >>> 31)
  for (let i = 0; i < bytes.length; i++) bytes[i] = random() >>> 24
  for (let i = 0; i < n * width; i++) {
    const choice = random()
    if (choice % 2 === 0) continue
    if (kind === 'float' || kind === 'complex') elements[i] = FLOATS[(choice >>> 8) % FLOATS.length] as number
    else {
      const value = INTEGERS[(choice >>> 8) % INTEGERS.length] as bigint
      const bits = 8 * itemsize
      const wrapped = kind === 'int' ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
      elements[i] = bits === 64 ? wrapped : Number(wrapped)
    }
  }
  return elements
}

const POOL = 1 << 18
const pools = new Map<DType, TypedArray>()

/** `n` elements, of which about every second is special: other ones for every seed. */
export function sample(dtype: DType, n: number, seed: number): TypedArray {
  const pool = pools.get(dtype) ?? generated(dtype, POOL)
  pools.set(dtype, pool)
  const { width } = DTYPES[dtype]
  const start = (seed * 509) % (POOL - n)
  return pool.slice(start * width, (start + n) * width)
}

/** Copies of arrays in the accelerator's memory, one after the other. */
export class Room {
  #at: number = accelerator.start

  /** A copy that begins `shift` elements past a multiple of 64 bytes, with more than a kernel's unit free behind it. */
  put<A extends TypedArray>(elements: A, shift = 0): A {
    const begin = Math.ceil(this.#at / 64) * 64 + shift * elements.BYTES_PER_ELEMENT
    const Class = elements.constructor as new (buffer: ArrayBuffer, at: number, length: number) => A
    const copy = new Class(accelerator.buffer, begin, elements.length)
    bytesOf(copy).set(bytesOf(elements))
    this.#at = begin + elements.byteLength + 512
    return copy
  }
}

/** Where the first difference is, as text. Floats are compared as numbers: a NaN is a NaN; `zeros`: of either sign. */
export function difference(actual: TypedArray, expected: TypedArray, zeros: 'signed' | 'unsigned'): string | undefined {
  for (let i = 0; i < expected.length; i++) {
    const [x, y] = [actual[i], expected[i]]
    if (Object.is(x, y) || (zeros === 'unsigned' && x === y)) continue
    return `element ${i} is ${x}, not ${y}`
  }
  return undefined
}
