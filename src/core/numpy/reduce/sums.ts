// The sums: of floats in NumPy's order, of integers exactly modulo 2^64.
import { castTyped } from '../../cast.js'
import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import type { NumberArray } from '../../scalar.js'
import { allocate, wrap } from '../../typed-array.js'
import { reductionsOf } from '../simd/current.js'
import type { ArrayFold, TotalKernel } from './fold.js'
import { TOTAL } from './kernels/total.generated.js'
import { type PairwiseSum, pairwiseSumOf } from './pairwise.js'
import { PairwiseStream } from './pairwise-stream.js'
import { PieceCutter } from './piece-cutter.js'
import { roundToHalf } from './rounding.js'
import { totalsOf } from './total.js'
import type { Pieces } from './walk.js'

/** The sum in the dtype `loop` of elements of dtype `from`; `pieces` says how NumPy groups those of a run. */
export function sumFold(loop: DType, outputs: number, pieces: Pieces, from: DType): ArrayFold {
  const { kind } = DTYPES[loop]
  if (kind === 'int' || kind === 'uint') return new IntegerSum(loop, outputs, from)
  return new FloatSum(loop, outputs, pieces)
}

class FloatSum implements ArrayFold {
  readonly casts: readonly DType[]
  readonly #dtype: DType
  readonly #acc: Float32Array | Float64Array
  readonly #width: number
  readonly #cutter: PieceCutter
  readonly #stream: PairwiseStream
  readonly #sum: PairwiseSum

  constructor(dtype: DType, outputs: number, pieces: Pieces) {
    this.#dtype = dtype
    this.casts = dtype === 'float16' ? ['float16', 'float32'] : [dtype]
    this.#width = DTYPES[dtype].width
    this.#acc = allocate(dtype === 'float16' ? 'float32' : dtype, outputs) as Float32Array | Float64Array // a float dtype
    this.#cutter = new PieceCutter(pieces)
    this.#stream = new PairwiseStream(dtype)
    this.#sum = pairwiseSumOf(dtype)
  }

  run(x: TypedArray, start: number, n: number, at: number): void {
    const width = this.#width
    for (let from = start; from < start + n; ) {
      const piece = this.#cutter.begin()
      if (piece > 0) this.#stream.begin(piece * width)
      const count = Math.min(this.#cutter.left, start + n - from)
      this.#stream.push(x, from * width, count * width)
      if (this.#cutter.take(count)) this.#add(at)
      from += count
    }
  }

  runs(x: TypedArray, start: number, n: number, at: number, count: number): void {
    const isWhole = this.#cutter.isWhole(n)
    const width = this.#width
    for (let i = 0; i < count; i++) {
      if (isWhole) {
        this.#sum(x, (start + i * n) * width, n * width, this.#stream.total)
        this.#add(at + i)
      } else {
        this.run(x, start + i * n, n, at + i)
      }
    }
  }

  rows(x: TypedArray, start: number, n: number, at: number): void {
    this.grid(x, start, n, at, 1)
  }

  grid(x: TypedArray, start: number, n: number, at: number, count: number): void {
    if (reductionsOf(x)?.rows('add', this.#dtype, x, start, n, this.#acc, at, count)) return
    for (let row = 0; row < count; row++) this.#row(x, start + row * n, n, at)
  }

  #row(x: TypedArray, start: number, n: number, at: number): void {
    const width = this.#width
    if (this.#dtype === 'float16') addHalves(x as Float32Array, start, n, this.#acc as Float32Array, at)
    else if (this.#acc instanceof Float32Array)
      add32(x as Float32Array, start * width, n * width, this.#acc, at * width)
    else add64(x as Float64Array, start * width, n * width, this.#acc, at * width)
  }

  result() {
    const data = this.#dtype === 'float16' ? castTyped(this.#acc, 'float32', 'float16') : this.#acc
    return { data: data as TypedArray, dtype: this.#dtype }
  }

  #add(at: number): void {
    const acc = this.#acc
    const { re, im } = this.#stream.total
    if (this.#width === 2) {
      acc[2 * at] = (acc[2 * at] as number) + re
      acc[2 * at + 1] = (acc[2 * at + 1] as number) + im
    } else {
      const sum = (acc[at] as number) + re
      acc[at] = this.#dtype === 'float16' ? roundToHalf(Math.fround(sum)) : sum
    }
  }
}

function add32(x: Float32Array, start: number, n: number, acc: Float32Array, at: number): void {
  for (let i = 0; i < n; i++) acc[at + i] = (acc[at + i] as number) + (x[start + i] as number)
}

function add64(x: Float64Array, start: number, n: number, acc: Float64Array, at: number): void {
  for (let i = 0; i < n; i++) acc[at + i] = (acc[at + i] as number) + (x[start + i] as number)
}

function addHalves(x: Float32Array, start: number, n: number, acc: Float32Array, at: number): void {
  for (let i = 0; i < n; i++) acc[at + i] = roundToHalf((acc[at + i] as number) + (x[start + i] as number))
}

/** Casts between integers are modular and so are sums: narrow elements are summed as they are. */
class IntegerSum implements ArrayFold {
  readonly casts: readonly DType[]
  readonly #dtype: DType
  readonly #element: DType
  readonly #kernel: TotalKernel
  readonly #totals: { readonly low: Float64Array; readonly high: Int32Array }

  constructor(dtype: DType, outputs: number, from: DType) {
    this.#dtype = dtype
    const { kind } = DTYPES[from]
    const element = kind === 'bool' ? 'uint8' : kind === 'int' || kind === 'uint' ? from : dtype
    this.casts = kind === 'bool' ? [] : [element]
    this.#element = element
    this.#kernel = (TOTAL as Readonly<Partial<Record<DType, TotalKernel>>>)[element] as TotalKernel // an integer dtype
    this.#totals = { low: new Float64Array(outputs), high: new Int32Array(outputs) }
  }

  view(tile: TypedArray): TypedArray {
    return words(tile)
  }

  run(x: TypedArray, start: number, n: number, at: number): void {
    const { low, high } = this.#totals
    const done = reductionsOf(x)?.total(this.#element, x, start, n, this.#totals, at) ?? 0
    this.#kernel.run(x, start + done, n - done, low, high, at)
  }

  rows(x: TypedArray, start: number, n: number, at: number): void {
    const { low, high } = this.#totals
    this.#kernel.rows(x, start, n, low, high, at)
  }

  grid(x: TypedArray, start: number, n: number, at: number, count: number): void {
    if (reductionsOf(x)?.totalRows(this.#element, x, start, n, this.#totals, at, count)) return
    for (let row = 0; row < count; row++) this.rows(x, start + row * n, n, at)
  }

  result() {
    const totals = totalsOf(this.#totals.low, this.#totals.high)
    if (this.#dtype === 'int64') return { data: totals, dtype: this.#dtype }
    if (this.#dtype === 'uint64') return { data: wrap(totals.buffer, 'uint64'), dtype: this.#dtype }
    return { data: castTyped(totals, 'int64', this.#dtype), dtype: this.#dtype }
  }
}

/** 64-bit integers as two words each. */
export function words(x: TypedArray): NumberArray {
  const isWide = x instanceof BigInt64Array || x instanceof BigUint64Array
  return isWide ? wrap(x.buffer, 'uint32', x.byteOffset, 2 * x.length) : x
}
