// The reductions of the module: what folds do with elements that lie in its memory.
import { castInto } from '../../cast.js'
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
/** Rows whose totals are computed in the memory and added to those outside. */
const FEWEST_ROWS = 4
const MOST_ROWS = 2 ** 15

/** Where what is computed on the way lies: nothing is written over what is still to be read. */
const [ACCUMULATORS, CAST, WIDENED, SQUARES, MEANS] = [0, 1, 2, 3, 4].map(
  (area) => LAYOUT.work + area * LAYOUT.workBytes,
) as [number, number, number, number, number] // one for each

/** 64-bit totals as two words, for every output. */
interface Totals {
  readonly low: Float64Array
  readonly high: Int32Array
}

type Numbers = { readonly [key in string]?: number }

const GROUP_SHIFT = Math.log2(LAYOUT.unitElements)

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
      const pitch = n * itemsize
      const done = name === 'add' ? this.#addRows(dtype, columns, first, count, pitch) : 0
      for (let row = 0; row < count && done < columns * itemsize; row++) {
        const at = ACCUMULATORS + done
        this.#combine(kernel, columns - done / itemsize, at, at, first + done + row * pitch)
      }
      copy(part, kept)
    }
    return true
  }

  /** Adds whole groups of vectors of the rows to the accumulators; returns the bytes of a row that it took. */
  #addRows(dtype: DType, columns: number, first: number, count: number, pitch: number): number {
    const { itemsize, width } = DTYPES[dtype]
    const isFloat = DTYPES[dtype].kind === 'float' || DTYPES[dtype].kind === 'complex'
    const units = Math.floor((columns * itemsize) / LAYOUT.foldBytes)
    if (!isFloat || units === 0 || count === 0) return 0
    this.#exports[itemsize / width === 4 ? 'rows_float32' : 'rows_float64'](ACCUMULATORS, units, first, count, pitch)
    return units * LAYOUT.foldBytes
  }

  /** A few elements of which the extreme is that of x[start] to x[start + n - 1]; good until the next call. */
  extremes(name: 'min' | 'max', dtype: DType, x: TypedArray, start: number, n: number): TypedArray | undefined {
    const run = this.#exports[`${name}_${dtype === 'bool' ? 'uint8' : dtype}`]
    const { itemsize } = DTYPES[dtype]
    if (run === undefined || n * itemsize < FEWEST) return undefined
    const at = x.byteOffset + start * itemsize
    run(at, at + n * itemsize, ACCUMULATORS)
    return wrap(this.#buffer, dtype, ACCUMULATORS, LAYOUT.foldBytes / itemsize)
  }

  /** Adds elements from x[start] on to a total. Returns how many: at most `n`. `dtype`: of the elements, not of words. */
  total(dtype: DType, x: TypedArray, start: number, n: number, { low, high }: Totals, at: number): number {
    return this.#fold(`total_${dtype === 'uint64' ? 'int64' : dtype}`, dtype, x, start, n, () => {
      addWords(low, high, at, this.#words[0] as number, this.#words[1] as number)
    })
  }

  /** As `total`, for the x[start + i] of `count` rows of `n` and the outputs at + i. Returns whether it was computed. */
  totalRows(
    dtype: DType,
    x: TypedArray,
    start: number,
    n: number,
    { low, high }: Totals,
    at: number,
    count: number,
  ): boolean {
    const { itemsize } = DTYPES[dtype]
    // Sums of that many rows of 16 bits fit 32.
    if (n * itemsize < FEWEST || count < FEWEST_ROWS || count > MOST_ROWS) return false
    const wide = itemsize <= 2 ? 'int32' : 'int64'
    const most = KEPT_BYTES / DTYPES[wide].itemsize
    for (let from = 0; from < n; from += most) {
      const columns = Math.min(most, n - from)
      const sums = new Int32Array(this.#buffer, ACCUMULATORS, (columns * DTYPES[wide].itemsize) / 4).fill(0)
      for (let row = 0; row < count; row++) {
        const added = this.#widened(dtype, wide, x, start + row * n + from, columns)
        this.#combine(kernelOf(INDICES.add, wide) as Kernel, columns, ACCUMULATORS, ACCUMULATORS, added) // there is one
      }
      for (let i = 0; i < columns; i++) {
        if (wide === 'int32') addTotal(low, high, at + from + i, sums[i] as number)
        else addWords(low, high, at + from + i, sums[2 * i] as number, sums[2 * i + 1] as number)
      }
    }
    return true
  }

  /** Adds to acc[at] how many elements from x[start] on are not 0. Returns how many it looked at: at most `n`. */
  count(dtype: DType, x: TypedArray, start: number, n: number, acc: Float64Array, at: number): number {
    const counted = dtype === 'bool' ? 'int8' : dtype.replace('uint', 'int')
    return this.#fold(`count_${counted}`, dtype, x, start, n, () => {
      acc[at] = (acc[at] as number) + (this.#words[0] as number)
    })
  }

  /**
   * |x[start + i] - mean|² of `count` rows of `n`; the mean is mean[at], or of each row mean[at + i] where `step` is 1. Good
   * until the next call.
   */
  squares(
    dtype: DType,
    x: TypedArray,
    start: number,
    n: number,
    mean: TypedArray,
    at: number,
    step: 0 | 1,
    count = 1,
  ): TypedArray | undefined {
    const kernel = kernelOf(INDICES.squaredDifference, dtype)
    if (kernel === undefined || n * kernel.itemsize < FEWEST) return undefined
    const { index, itemsize, shift } = kernel
    const means = step === 0 ? 1 : n
    copy(wrap(this.#buffer, dtype, MEANS, means), mean.subarray(at, at + means))
    for (let row = 0; row < count; row++) {
      const [from, to] = [x.byteOffset + (start + row * n) * itemsize, SQUARES + row * n * itemsize]
      this.#exports.run(index, n, shift, to, itemsize, from, itemsize, MEANS, itemsize, 0, 0, 1, step, 0)
    }
    return wrap(this.#buffer, dtype, SQUARES, count * n)
  }

  /** The first `n` elements cast; good until the next call, which may be one to cast squares of what was cast. */
  cast(from: DType, to: DType, x: TypedArray, n: number): TypedArray | undefined {
    if (n * DTYPES[to].itemsize > LAYOUT.workBytes) return undefined
    return this.#castTo(x.byteOffset < LAYOUT.start ? MEANS : CAST, from, to, x, n)
  }

  #castTo(place: number, from: DType, to: DType, x: TypedArray, n: number): TypedArray {
    const index = (CASTS as Readonly<Record<string, Numbers>>)[from]?.[to]
    const [size, outSize] = [DTYPES[from].itemsize, DTYPES[to].itemsize]
    const target = wrap(this.#buffer, to, place, n)
    if (index === undefined || n * size < FEWEST) castInto(target, to, x, from)
    else this.#exports.run(index, n, GROUP_SHIFT, place, outSize, x.byteOffset, size, 0, 0, 0, 0, 1, 0, 0)
    return target
  }

  /** Where the `n` integers from the one at `start` on are, widened; `x` as words where they have 64 bits. */
  #widened(from: DType, to: 'int32' | 'int64', x: TypedArray, start: number, n: number): number {
    const { itemsize } = DTYPES[from]
    if (itemsize === DTYPES[to].itemsize) return x.byteOffset + start * itemsize
    this.#castTo(WIDENED, from, to, x.subarray(start, start + n), n)
    return WIDENED
  }

  #combine({ index, itemsize, shift }: Kernel, n: number, out: number, a: number, b: number): void {
    this.#exports.run(index, n, shift, out, itemsize, a, itemsize, b, itemsize, 0, 0, 1, 1, 0)
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

/** Adds an integer of 64 bits to the total at `at`. */
function addWords(low: Float64Array, high: Int32Array, at: number, lowWord: number, highWord: number): void {
  high[at] = (high[at] as number) + highWord
  addTotal(low, high, at, lowWord >>> 0)
}

/** Between arrays of one class and length. */
function copy(to: TypedArray, from: TypedArray): void {
  ;(to as Float64Array).set(from as Float64Array) // of one class, whichever
}
