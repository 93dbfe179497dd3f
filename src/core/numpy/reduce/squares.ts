// Squared deviations from means, one body for each precision and kind; each step is rounded.
import type { DType, TypedArray } from '../../dtype.js'
import { roundToHalf } from './rounding.js'

/** into[i] = |x[start + i] - mean|² for i < n; the mean is mean[at] in `run`, mean[at + i] in `rows`. */
export interface Squares {
  run(x: TypedArray, start: number, n: number, mean: TypedArray, at: number, into: TypedArray): void
  rows(x: TypedArray, start: number, n: number, mean: TypedArray, at: number, into: TypedArray): void
}

/** Of a float or complex dtype; float16 as numbers in a Float32Array. */
export function squaresOf(dtype: DType): Squares {
  return SQUARES[dtype as keyof typeof SQUARES] // float or complex
}

const SQUARES = {
  float16: {
    run(x: Float32Array, start: number, n: number, mean: Float32Array, at: number, into: Float32Array): void {
      const m = mean[at] as number
      for (let i = 0; i < n; i++) {
        const deviation = roundToHalf((x[start + i] as number) - m)
        into[i] = roundToHalf(deviation * deviation)
      }
    },
    rows(x: Float32Array, start: number, n: number, mean: Float32Array, at: number, into: Float32Array): void {
      for (let i = 0; i < n; i++) {
        const deviation = roundToHalf((x[start + i] as number) - (mean[at + i] as number))
        into[i] = roundToHalf(deviation * deviation)
      }
    },
  },
  float32: {
    run(x: Float32Array, start: number, n: number, mean: Float32Array, at: number, into: Float32Array): void {
      const m = mean[at] as number
      for (let i = 0; i < n; i++) {
        const deviation = Math.fround((x[start + i] as number) - m)
        into[i] = deviation * deviation
      }
    },
    rows(x: Float32Array, start: number, n: number, mean: Float32Array, at: number, into: Float32Array): void {
      for (let i = 0; i < n; i++) {
        const deviation = Math.fround((x[start + i] as number) - (mean[at + i] as number))
        into[i] = deviation * deviation
      }
    },
  },
  float64: {
    run(x: Float64Array, start: number, n: number, mean: Float64Array, at: number, into: Float64Array): void {
      const m = mean[at] as number
      for (let i = 0; i < n; i++) {
        const deviation = (x[start + i] as number) - m
        into[i] = deviation * deviation
      }
    },
    rows(x: Float64Array, start: number, n: number, mean: Float64Array, at: number, into: Float64Array): void {
      for (let i = 0; i < n; i++) {
        const deviation = (x[start + i] as number) - (mean[at + i] as number)
        into[i] = deviation * deviation
      }
    },
  },
  complex64: {
    run(x: Float32Array, start: number, n: number, mean: Float32Array, at: number, into: Float32Array): void {
      const [re, im] = [mean[2 * at] as number, mean[2 * at + 1] as number]
      for (let i = 0; i < n; i++) {
        const a = Math.fround((x[2 * (start + i)] as number) - re)
        const b = Math.fround((x[2 * (start + i) + 1] as number) - im)
        into[i] = Math.fround(a * a) + Math.fround(b * b)
      }
    },
    rows(x: Float32Array, start: number, n: number, mean: Float32Array, at: number, into: Float32Array): void {
      for (let i = 0; i < n; i++) {
        const a = Math.fround((x[2 * (start + i)] as number) - (mean[2 * (at + i)] as number))
        const b = Math.fround((x[2 * (start + i) + 1] as number) - (mean[2 * (at + i) + 1] as number))
        into[i] = Math.fround(a * a) + Math.fround(b * b)
      }
    },
  },
  complex128: {
    run(x: Float64Array, start: number, n: number, mean: Float64Array, at: number, into: Float64Array): void {
      const [re, im] = [mean[2 * at] as number, mean[2 * at + 1] as number]
      for (let i = 0; i < n; i++) {
        const a = (x[2 * (start + i)] as number) - re
        const b = (x[2 * (start + i) + 1] as number) - im
        into[i] = a * a + b * b
      }
    },
    rows(x: Float64Array, start: number, n: number, mean: Float64Array, at: number, into: Float64Array): void {
      for (let i = 0; i < n; i++) {
        const a = (x[2 * (start + i)] as number) - (mean[2 * (at + i)] as number)
        const b = (x[2 * (start + i) + 1] as number) - (mean[2 * (at + i) + 1] as number)
        into[i] = a * a + b * b
      }
    },
  },
} as const satisfies Readonly<Partial<Record<DType, Squares>>>
