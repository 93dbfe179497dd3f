// The folds that need no order: extremes and their places, products, counts, any and all.
import { castTyped } from '../../cast.js'
import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import { halfBits, type NumberArray } from '../../scalar.js'
import { allocate } from '../../typed-array.js'
import { reductionsOf } from '../simd/current.js'
import type { ArgumentKernel, ArrayFold, FoldKernel } from './fold.js'
import { ARGMAX } from './kernels/argmax.generated.js'
import { ARGMIN } from './kernels/argmin.generated.js'
import { COUNT } from './kernels/count.generated.js'
import { MAXIMUM } from './kernels/maximum.generated.js'
import { MINIMUM } from './kernels/minimum.generated.js'
import { PRODUCT } from './kernels/product.generated.js'
import { PieceCutter } from './piece-cutter.js'
import { roundToHalf } from './rounding.js'
import { words } from './sums.js'
import type { Pieces } from './walk.js'

type Table<K> = Readonly<Partial<Record<DType, K>>>

/** The body of `dtype`: bool is computed as uint8, float16 as float32 where the table has no body of its own. */
function bodyOf<K>(table: Table<K>, dtype: DType): K {
  const body = table[dtype] ?? table[dtype === 'bool' ? 'uint8' : 'float32']
  if (body === undefined) throw new TypeError(`no loop for ${dtype}`)
  return body
}

/** float16 elements are taken as float32. */
function widened(dtype: DType): readonly DType[] {
  return dtype === 'float16' ? ['float16', 'float32'] : [dtype]
}

/** Elements of `dtype` as they are given back, of those kept as `widened` says. */
function narrowed(data: TypedArray, dtype: DType): TypedArray {
  return dtype === 'float16' ? castTyped(data, 'float32', 'float16') : data
}

/** What is no better than any element: the end of the dtype's range. */
function worst(name: 'min' | 'max', dtype: DType): number | bigint {
  const { kind, itemsize } = DTYPES[dtype]
  const bits = 8 * itemsize
  const isWide = dtype === 'int64' || dtype === 'uint64'
  if (kind === 'float' || kind === 'complex') return name === 'min' ? Infinity : -Infinity
  if (kind === 'bool') return name === 'min' ? 1 : 0
  const highest = kind === 'int' ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n
  const end = name === 'min' ? highest : kind === 'int' ? -highest - 1n : 0n
  return isWide ? end : Number(end)
}

export function extremeFold(name: 'min' | 'max', dtype: DType, outputs: number): ArrayFold {
  const kernel = bodyOf<FoldKernel>(name === 'min' ? MINIMUM : MAXIMUM, dtype)
  const operator = name === 'min' ? 'minimum' : 'maximum'
  const held = dtype === 'float16' ? 'float32' : dtype
  const acc = allocate(held, outputs)
  ;(acc as NumberArray).fill(worst(name, dtype) as number) // a bigint for bigints
  return {
    casts: widened(dtype),
    run(x, start, n, at) {
      const few = reductionsOf(x)?.extremes(name, held, x, start, n)
      if (few === undefined) kernel.run(x, start, n, acc, at)
      else kernel.run(few, 0, few.length, acc, at)
    },
    rows(x, start, n, at) {
      if (!reductionsOf(x)?.rows(operator, held, x, start, n, acc, at, 1)) kernel.rows(x, start, n, acc, at)
    },
    grid(x, start, n, at, count) {
      if (reductionsOf(x)?.rows(operator, held, x, start, n, acc, at, count)) return
      for (let row = 0; row < count; row++) kernel.rows(x, start + row * n, n, acc, at)
    },
    result: () => ({ data: narrowed(acc, dtype), dtype }),
  }
}

/** The place of the first extreme among the elements of each output. */
export function argumentFold(name: 'argmin' | 'argmax', dtype: DType, outputs: number): ArrayFold {
  const kernel = bodyOf<ArgumentKernel>(name === 'argmin' ? ARGMIN : ARGMAX, dtype)
  const acc = allocate(dtype === 'float16' ? 'float32' : dtype, outputs)
  const places = new Float64Array(outputs).fill(-1)
  return {
    casts: widened(dtype),
    run: (x, start, n, at, place) => kernel.run(x, start, n, acc, at, places, place),
    rows: (x, start, n, at, place) => kernel.rows(x, start, n, acc, at, places, place),
    result: () => ({ data: castTyped(places, 'float64', 'int64'), dtype: 'int64' }),
  }
}

/** Integers are multiplied modulo 2^64 and narrowed at the end; floats are rounded to the loop's dtype at every step. */
export function productFold(loop: DType, outputs: number, pieces: Pieces): ArrayFold {
  if (loop === 'float16') return new HalfProduct(outputs, pieces)
  const { kind, width } = DTYPES[loop]
  const isInteger = kind === 'int' || kind === 'uint'
  const wide = isInteger ? (kind === 'int' ? 'int64' : 'uint64') : loop
  const kernel = bodyOf<FoldKernel>(PRODUCT, wide)
  const acc = allocate(wide, outputs)
  if (isInteger) (acc as BigInt64Array).fill(1n)
  else for (let at = 0; at < outputs; at++) acc[width * at] = 1
  return {
    casts: isInteger ? [loop, wide] : [loop],
    run: (x, start, n, at) => kernel.run(x, start, n, acc, at),
    rows: (x, start, n, at) => kernel.rows(x, start, n, acc, at),
    result: () => ({ data: isInteger ? castTyped(acc, wide, loop) : acc, dtype: loop }),
  }
}

/** NumPy multiplies the float16 elements of a piece in float32 and rounds once. */
class HalfProduct implements ArrayFold {
  readonly casts = widened('float16')
  readonly #acc: Float32Array
  readonly #cutter: PieceCutter
  #product = 1

  constructor(outputs: number, pieces: Pieces) {
    this.#acc = new Float32Array(outputs).fill(1)
    this.#cutter = new PieceCutter(pieces)
  }

  run(x: TypedArray, start: number, n: number, at: number): void {
    for (let from = start; from < start + n; ) {
      if (this.#cutter.begin() > 0) this.#product = this.#acc[at] as number
      const count = Math.min(this.#cutter.left, start + n - from)
      for (let i = from; i < from + count; i++) this.#product = Math.fround(this.#product * (x[i] as number))
      if (this.#cutter.take(count)) this.#acc[at] = roundToHalf(this.#product)
      from += count
    }
  }

  rows(x: TypedArray, start: number, n: number, at: number): void {
    const acc = this.#acc
    for (let i = 0; i < n; i++) acc[at + i] = roundToHalf((acc[at + i] as number) * (x[start + i] as number))
  }

  result() {
    return { data: narrowed(this.#acc, 'float16'), dtype: 'float16' } as const
  }
}

/** any, all and countNonzero: all count what is not 0. A single output of any and all is settled by one element. */
export function countFold(
  name: 'any' | 'all' | 'countNonzero',
  dtype: DType,
  outputs: number,
  count: number,
): ArrayFold {
  return new CountFold(name, dtype, outputs, count)
}

class CountFold implements ArrayFold {
  readonly casts: readonly DType[] = []
  readonly view: (tile: TypedArray) => TypedArray
  readonly #name: 'any' | 'all' | 'countNonzero'
  readonly #dtype: DType
  readonly #kernel: FoldKernel
  readonly #acc: Float64Array
  readonly #count: number
  #seen = 0

  constructor(name: 'any' | 'all' | 'countNonzero', dtype: DType, outputs: number, count: number) {
    this.#name = name
    this.#dtype = dtype
    this.#kernel = bodyOf<FoldKernel>(COUNT, dtype)
    this.#acc = new Float64Array(outputs)
    this.#count = count
    this.view = dtype === 'float16' ? halfBits : words
  }

  get settled(): boolean {
    if (this.#acc.length !== 1) return false
    const nonzero = this.#acc[0] as number
    return (this.#name === 'any' && nonzero > 0) || (this.#name === 'all' && nonzero < this.#seen)
  }

  run(x: TypedArray, start: number, n: number, at: number): void {
    const done = reductionsOf(x)?.count(this.#dtype, x, start, n, this.#acc, at) ?? 0
    this.#kernel.run(x, start + done, n - done, this.#acc, at)
    this.#seen += n
  }

  rows(x: TypedArray, start: number, n: number, at: number): void {
    this.#kernel.rows(x, start, n, this.#acc, at)
    this.#seen += n
  }

  result() {
    if (this.#name === 'countNonzero')
      return { data: castTyped(this.#acc, 'float64', 'int64'), dtype: 'int64' } as const
    const whole = this.#name === 'all' ? this.#count : 1
    return { data: Uint8Array.from(this.#acc, (nonzero) => (nonzero >= whole ? 1 : 0)), dtype: 'bool' } as const
  }
}
