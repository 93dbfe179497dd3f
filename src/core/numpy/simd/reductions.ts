// The reductions of the module: what folds do with elements that lie in its memory.
import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import { wrap } from '../../typed-array.js'
import { addTotal } from '../reduce/total.js'
import type { Instance, SimdExports } from './instance.js'
import { CASTS, INDICES, LAYOUT } from './module.generated.js'

/** With fewer bytes a call of the module costs more than it saves. */
const FEWEST = 256
/** Accumulators that stay in the nearest cache. */
const KEPT_BYTES = LAYOUT.workBytes / 2
/** Elements whose total fits the module's accumulators. */
const TOTAL_ELEMENTS = 2 ** 16
/** Among so few elements JavaScript finds the extreme. */
const LAST = 16

const [ACCUMULATORS, CAST, SQUARES, MEANS] = [0, 1, 2, 3].map((i) => LAYOUT.work + i * LAYOUT.workBytes) as [
  number,
  number,
  number,
  number,
] // four

type Numbers = { readonly [key in string]?: number }

/** A kernel of two operands and a result of the same width. */
interface Kernel {
  readonly index: number
  readonly itemsize: number
  readonly shift: number
}

function kernelOf(numbers: Numbers, dtype: DType): Kernel | undefined {
  const index = numbers[dtype === 'bool' ? 'uint8' : dtype]
  const { itemsize } = DTYPES[dtype]
  return index === undefined ? undefined : { index, itemsize, shift: Math.log2(LAYOUT.unitBytes / itemsize) }
}

/** All take elements of the memory only. What they decline, because it is too little or of another dtype, is JavaScript's. */
export class Reductions {
  readonly #buffer: ArrayBuffer
  readonly #exports: SimdExports
  readonly #parts: Float64Array
  readonly #words: Int32Array

  constructor({ buffer, exports }: Instance) {
    this.#buffer = buffer
    this.#exports = exports
    this.#parts = new Float64Array(buffer, LAYOUT.result, 2)
    this.#words = new Int32Array(buffer, LAYOUT.result, 2)
  }

  /** The pairwise sum of `n` numbers from x[at] on, complex ones as pairs. Returns whether it was computed. */
  sum(dtype: DType, x: TypedArray, at: number, n: number, into: { re: number; im: number }): boolean {
    const address = x.byteOffset + at * x.BYTES_PER_ELEMENT
    if (n * x.BYTES_PER_ELEMENT < FEWEST) return false
    if (dtype === 'float32' || dtype === 'float64') {
      into.re = this.#exports[dtype](address, n)
      return true
    }
    if (dtype !== 'complex64' && dtype !== 'complex128') return false
    this.#exports[dtype](address, n)
    into.re = this.#parts[0] as number
    into.im = this.#parts[1] as number
    return true
  }

  /** acc[at + i] = name(acc[at + i], x) for the x[start + i] of `count` rows of `n`. Returns whether it was computed. */
  rows(
    name: 'add' | 'minimum' | 'maximum',
    dtype: DType,
    x: TypedArray,
    start: number,
    n: number,
    acc: TypedArray,
    at: number,
    count: number,
  ): boolean {
    const kernel = kernelOf(INDICES[name], dtype)
    if (kernel === undefined || n * kernel.itemsize < FEWEST) return false
    const { width, itemsize } = DTYPES[dtype]
    const most = KEPT_BYTES / itemsize
    for (let from = 0; from < n; from += most) {
      const columns = Math.min(most, n - from)
      const part = acc.subarray((at + from) * width, (at + from + columns) * width)
      const kept = wrap(this.#buffer, dtype, ACCUMULATORS, columns)
      copy(kept, part)
      const first = x.byteOffset + (start + from) * itemsize
      for (let row = 0; row < count; row++) {
        this.#combine(kernel, columns, ACCUMULATORS, ACCUMULATORS, first + row * n * itemsize)
      }
      copy(part, kept)
    }
    return true
  }

  /** A few elements of which the extreme is that of x[start] to x[start + n - 1]. */
  extremes(name: 'minimum' | 'maximum', dtype: DType, x: TypedArray, start: number, n: number): TypedArray | undefined {
    const kernel = kernelOf(INDICES[name], dtype)
    if (kernel === undefined || n * kernel.itemsize < FEWEST) return undefined
    const { itemsize } = kernel
    const first = x.byteOffset + start * itemsize
    const most = KEPT_BYTES / itemsize
    // Neither order nor repetition matters: where a length is odd, halves overlap by an element.
    let length = Math.min(most, Math.ceil(n / 2))
    const past = first + n * itemsize
    const step = length * itemsize
    this.#combine(kernel, length, ACCUMULATORS, first, Math.min(first + step, past - step))
    for (let next = first + 2 * step; next < past; next += step) {
      this.#combine(kernel, length, ACCUMULATORS, ACCUMULATORS, Math.min(next, past - step))
    }
    while (length > LAST) {
      const half = Math.ceil(length / 2)
      this.#combine(kernel, half, ACCUMULATORS, ACCUMULATORS, ACCUMULATORS + (length - half) * itemsize)
      length = half
    }
    return wrap(this.#buffer, dtype, ACCUMULATORS, length)
  }

  /** Adds elements from x[start] on to a total. Returns how many: at most `n`. `dtype`: of the elements, not of words. */
  total(
    dtype: DType,
    x: TypedArray,
    start: number,
    n: number,
    low: Float64Array,
    high: Int32Array,
    at: number,
  ): number {
    const [lowWord, highWord] = [0, 1] as const
    return this.#fold(`total_${dtype === 'uint64' ? 'int64' : dtype}`, dtype, x, start, n, () => {
      high[at] = (high[at] as number) + (this.#words[highWord] as number)
      addTotal(low, high, at, (this.#words[lowWord] as number) >>> 0)
    })
  }

  /** Adds to acc[at] how many elements from x[start] on are not 0. Returns how many it looked at: at most `n`. */
  count(dtype: DType, x: TypedArray, start: number, n: number, acc: Float64Array, at: number): number {
    const counted = dtype === 'bool' ? 'int8' : dtype.replace('uint', 'int')
    return this.#fold(`count_${counted}`, dtype, x, start, n, () => {
      acc[at] = (acc[at] as number) + (this.#words[0] as number)
    })
  }

  /** |x[start + i] - mean|² for i < n; the mean is mean[at], or mean[at + i] where `step` is 1. Good until the next call. */
  squares(
    dtype: DType,
    x: TypedArray,
    start: number,
    n: number,
    mean: TypedArray,
    at: number,
    step: 0 | 1,
  ): TypedArray | undefined {
    const kernel = kernelOf(INDICES.squaredDifference, dtype)
    if (kernel === undefined || n * kernel.itemsize < FEWEST) return undefined
    const count = step === 0 ? 1 : n
    copy(wrap(this.#buffer, dtype, MEANS, count), mean.subarray(at, at + count))
    this.#combine(kernel, n, SQUARES, x.byteOffset + start * kernel.itemsize, MEANS, step)
    return wrap(this.#buffer, dtype, SQUARES, n)
  }

  /** The first `n` elements cast; good until the next call. A cast of what was computed here goes to another place. */
  cast(from: DType, to: DType, x: TypedArray, n: number): TypedArray | undefined {
    const index = (CASTS as Readonly<Record<string, Numbers>>)[from]?.[to]
    const [size, outSize] = [DTYPES[from].itemsize, DTYPES[to].itemsize]
    if (index === undefined || n * size < FEWEST || n * outSize > LAYOUT.workBytes) return undefined
    const out = x.byteOffset < LAYOUT.start ? MEANS : CAST
    const shift = Math.log2(LAYOUT.unitElements)
    this.#exports.run(index, n, shift, out, outSize, x.byteOffset, size, 0, 0, 0, 0, 1, 0, 0)
    return wrap(this.#buffer, to, out, n)
  }

  #combine({ index, itemsize, shift }: Kernel, n: number, out: number, a: number, b: number, step = 1): void {
    this.#exports.run(index, n, shift, out, itemsize, a, itemsize, b, itemsize, 0, 0, 1, step, 0)
  }

  /** Folds whole groups of vectors, a bounded number of elements at a time. */
  #fold(
    name: `total_${string}` | `count_${string}`,
    dtype: DType,
    x: TypedArray,
    start: number,
    n: number,
    take: () => void,
  ): number {
    const run = this.#exports[name]
    const { itemsize } = DTYPES[dtype]
    if (run === undefined || n * itemsize < FEWEST) return 0
    const whole = n - (n % (LAYOUT.foldBytes / itemsize))
    for (let from = 0; from < whole; from += TOTAL_ELEMENTS) {
      const end = Math.min(from + TOTAL_ELEMENTS, whole)
      run(x.byteOffset + (start + from) * itemsize, x.byteOffset + (start + end) * itemsize)
      take()
    }
    return whole
  }
}

/** Between arrays of one class and length. */
function copy(to: TypedArray, from: TypedArray): void {
  ;(to as Float64Array).set(from as Float64Array) // of one class, whichever
}
