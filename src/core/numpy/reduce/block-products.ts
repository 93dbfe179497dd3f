// The product of two blocks of matrices, added to sums: one body for each class of array, row by row.
import type { DType, TypedArray } from '../../dtype.js'

/** `sums` (rows, columns) += `a` (rows, inner) times `b` (inner, columns), all in C order. */
export type BlockProduct = (
  sums: TypedArray,
  a: TypedArray,
  b: TypedArray,
  rows: number,
  inner: number,
  columns: number,
) => void

/** `dtype`: what matmul computes in. */
export function blockProductOf(dtype: DType): BlockProduct {
  switch (dtype) {
    case 'bool':
      return anyOfBoth as BlockProduct // the arrays are of the dtype that was asked for, here and below
    case 'int32':
      return wrapping32 as BlockProduct
    case 'int64':
      return wrapping64 as BlockProduct
    case 'float32':
      return single as BlockProduct
    case 'complex128':
      return complex as BlockProduct
    default:
      return double as BlockProduct
  }
}

function anyOfBoth(sums: Uint8Array, a: Uint8Array, b: Uint8Array, rows: number, inner: number, columns: number): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      if (a[row * inner + k] === 0) continue
      const [to, from] = [row * columns, k * columns]
      for (let j = 0; j < columns; j++) if (b[from + j] !== 0) sums[to + j] = 1
    }
  }
}

function wrapping32(
  sums: Int32Array,
  a: Int32Array,
  b: Int32Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[row * inner + k] as number
      const [to, from] = [row * columns, k * columns]
      for (let j = 0; j < columns; j++)
        sums[to + j] = (sums[to + j] as number) + Math.imul(factor, b[from + j] as number)
    }
  }
}

function wrapping64(
  sums: BigInt64Array,
  a: BigInt64Array,
  b: BigInt64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[row * inner + k] as bigint
      const [to, from] = [row * columns, k * columns]
      for (let j = 0; j < columns; j++) {
        const product = BigInt.asIntN(64, factor * (b[from + j] as bigint))
        sums[to + j] = BigInt.asIntN(64, (sums[to + j] as bigint) + product)
      }
    }
  }
}

function single(
  sums: Float32Array,
  a: Float32Array,
  b: Float32Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[row * inner + k] as number
      const [to, from] = [row * columns, k * columns]
      for (let j = 0; j < columns; j++) {
        sums[to + j] = (sums[to + j] as number) + Math.fround(factor * (b[from + j] as number))
      }
    }
  }
}

function double(
  sums: Float64Array,
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[row * inner + k] as number
      const [to, from] = [row * columns, k * columns]
      for (let j = 0; j < columns; j++) sums[to + j] = (sums[to + j] as number) + factor * (b[from + j] as number)
    }
  }
}

function complex(
  sums: Float64Array,
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const re = a[2 * (row * inner + k)] as number
      const im = a[2 * (row * inner + k) + 1] as number
      const [to, from] = [2 * row * columns, 2 * k * columns]
      for (let j = 0; j < 2 * columns; j += 2) {
        const bRe = b[from + j] as number
        const bIm = b[from + j + 1] as number
        sums[to + j] = (sums[to + j] as number) + (re * bRe - im * bIm)
        sums[to + j + 1] = (sums[to + j + 1] as number) + (re * bIm + im * bRe)
      }
    }
  }
}
