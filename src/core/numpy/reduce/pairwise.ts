// NumPy's pairwise sums of a run of memory, one body for each precision and kind. Source: pairwise_sum of NumPy's loops.
import type { DType, TypedArray } from '../../dtype.js'
import { reductionsOf } from '../simd/current.js'

/** Below this many numbers (a complex element is two) a sum is not split. */
export const LEAF = 128

/** Where a sum goes: the imaginary part of a real one is 0. */
export interface Parts {
  re: number
  im: number
}

/** Sums `n` numbers from x[at] on, complex ones as pairs. */
export type PairwiseSum = (x: TypedArray, at: number, n: number, into: Parts) => void

/** How many of n > LEAF numbers are the left half. */
export function leftOf(n: number): number {
  const half = Math.floor(n / 2)
  return half - (half % 8)
}

export function pairwiseSumOf(dtype: DType): PairwiseSum {
  const sum = plainSumOf(dtype)
  const summed = dtype === 'float16' ? 'float32' : dtype
  return (x, at, n, into) => {
    if (!reductionsOf(x)?.sum(summed, x, at, n, into)) sum(x, at, n, into)
  }
}

function plainSumOf(dtype: DType): PairwiseSum {
  switch (dtype) {
    case 'complex64':
      return (x, at, n, into) => complex32(x as Float32Array, at, n, into)
    case 'complex128':
      return (x, at, n, into) => complex64(x as Float64Array, at, n, into)
    case 'float64':
      return (x, at, n, into) => {
        into.re = real64(x as Float64Array, at, n)
      }
    default: // float16 is summed as float32
      return (x, at, n, into) => {
        into.re = real32(x as Float32Array, at, n)
      }
  }
}

const fround = Math.fround

function real32(x: Float32Array, at: number, n: number): number {
  if (n > LEAF) {
    const left = leftOf(n)
    return fround(real32(x, at, left) + real32(x, at + left, n - left))
  }
  let sum = -0
  let i = 0
  if (n >= 8) {
    let [r0, r1, r2, r3] = [x[at] as number, x[at + 1] as number, x[at + 2] as number, x[at + 3] as number]
    let [r4, r5, r6, r7] = [x[at + 4] as number, x[at + 5] as number, x[at + 6] as number, x[at + 7] as number]
    for (i = 8; i < n - (n % 8); i += 8) {
      r0 = fround(r0 + (x[at + i] as number))
      r1 = fround(r1 + (x[at + i + 1] as number))
      r2 = fround(r2 + (x[at + i + 2] as number))
      r3 = fround(r3 + (x[at + i + 3] as number))
      r4 = fround(r4 + (x[at + i + 4] as number))
      r5 = fround(r5 + (x[at + i + 5] as number))
      r6 = fround(r6 + (x[at + i + 6] as number))
      r7 = fround(r7 + (x[at + i + 7] as number))
    }
    const left = fround(fround(r0 + r1) + fround(r2 + r3))
    sum = fround(left + fround(fround(r4 + r5) + fround(r6 + r7)))
  }
  for (; i < n; i++) sum = fround(sum + (x[at + i] as number))
  return sum
}

function real64(x: Float64Array, at: number, n: number): number {
  if (n > LEAF) {
    const left = leftOf(n)
    return real64(x, at, left) + real64(x, at + left, n - left)
  }
  let sum = -0
  let i = 0
  if (n >= 8) {
    let [r0, r1, r2, r3] = [x[at] as number, x[at + 1] as number, x[at + 2] as number, x[at + 3] as number]
    let [r4, r5, r6, r7] = [x[at + 4] as number, x[at + 5] as number, x[at + 6] as number, x[at + 7] as number]
    for (i = 8; i < n - (n % 8); i += 8) {
      r0 += x[at + i] as number
      r1 += x[at + i + 1] as number
      r2 += x[at + i + 2] as number
      r3 += x[at + i + 3] as number
      r4 += x[at + i + 4] as number
      r5 += x[at + i + 5] as number
      r6 += x[at + i + 6] as number
      r7 += x[at + i + 7] as number
    }
    sum = r0 + r1 + (r2 + r3) + (r4 + r5 + (r6 + r7))
  }
  for (; i < n; i++) sum += x[at + i] as number
  return sum
}

function complex32(x: Float32Array, at: number, n: number, into: Parts): void {
  if (n > LEAF) {
    const left = leftOf(n)
    complex32(x, at, left, into)
    const { re, im } = into
    complex32(x, at + left, n - left, into)
    into.re = fround(re + into.re)
    into.im = fround(im + into.im)
    return
  }
  let [re, im, i] = [-0, -0, 0]
  if (n >= 8) {
    let [r0, r1, r2, r3] = [x[at] as number, x[at + 1] as number, x[at + 2] as number, x[at + 3] as number]
    let [r4, r5, r6, r7] = [x[at + 4] as number, x[at + 5] as number, x[at + 6] as number, x[at + 7] as number]
    for (i = 8; i < n - (n % 8); i += 8) {
      r0 = fround(r0 + (x[at + i] as number))
      r1 = fround(r1 + (x[at + i + 1] as number))
      r2 = fround(r2 + (x[at + i + 2] as number))
      r3 = fround(r3 + (x[at + i + 3] as number))
      r4 = fround(r4 + (x[at + i + 4] as number))
      r5 = fround(r5 + (x[at + i + 5] as number))
      r6 = fround(r6 + (x[at + i + 6] as number))
      r7 = fround(r7 + (x[at + i + 7] as number))
    }
    re = fround(fround(r0 + r2) + fround(r4 + r6))
    im = fround(fround(r1 + r3) + fround(r5 + r7))
  }
  for (; i < n; i += 2) {
    re = fround(re + (x[at + i] as number))
    im = fround(im + (x[at + i + 1] as number))
  }
  into.re = re
  into.im = im
}

function complex64(x: Float64Array, at: number, n: number, into: Parts): void {
  if (n > LEAF) {
    const left = leftOf(n)
    complex64(x, at, left, into)
    const { re, im } = into
    complex64(x, at + left, n - left, into)
    into.re += re
    into.im += im
    return
  }
  let [re, im, i] = [-0, -0, 0]
  if (n >= 8) {
    let [r0, r1, r2, r3] = [x[at] as number, x[at + 1] as number, x[at + 2] as number, x[at + 3] as number]
    let [r4, r5, r6, r7] = [x[at + 4] as number, x[at + 5] as number, x[at + 6] as number, x[at + 7] as number]
    for (i = 8; i < n - (n % 8); i += 8) {
      r0 += x[at + i] as number
      r1 += x[at + i + 1] as number
      r2 += x[at + i + 2] as number
      r3 += x[at + i + 3] as number
      r4 += x[at + i + 4] as number
      r5 += x[at + i + 5] as number
      r6 += x[at + i + 6] as number
      r7 += x[at + i + 7] as number
    }
    re = r0 + r2 + (r4 + r6)
    im = r1 + r3 + (r5 + r7)
  }
  for (; i < n; i += 2) {
    re += x[at + i] as number
    im += x[at + i + 1] as number
  }
  into.re = re
  into.im = im
}
