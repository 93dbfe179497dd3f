// Products, rounded at every step. Written by scripts/build-reduction-kernels.mjs: do not edit.
// biome-ignore-all format: as it was written
// biome-ignore-all lint: a number that is not itself is NaN; many dtypes make a long file
import type { DType } from '../../../dtype.js'
import type { FoldKernel } from '../fold.js'

export const PRODUCT = {
  int64: {
    run(x: BigInt64Array, start: number, n: number, acc: BigInt64Array, at: number) {
      let product = acc[at] as bigint
      for (let i = start; i < start + n; i++) product = BigInt.asIntN(64, product * (x[i] as bigint))
      acc[at] = product
    },
    rows(x: BigInt64Array, start: number, n: number, acc: BigInt64Array, at: number) {
      for (let i = 0; i < n; i++) {
        acc[at + i] = BigInt.asIntN(64, (acc[at + i] as bigint) * (x[start + i] as bigint))
      }
    },
  },
  uint64: {
    run(x: BigUint64Array, start: number, n: number, acc: BigUint64Array, at: number) {
      let product = acc[at] as bigint
      for (let i = start; i < start + n; i++) product = BigInt.asUintN(64, product * (x[i] as bigint))
      acc[at] = product
    },
    rows(x: BigUint64Array, start: number, n: number, acc: BigUint64Array, at: number) {
      for (let i = 0; i < n; i++) {
        acc[at + i] = BigInt.asUintN(64, (acc[at + i] as bigint) * (x[start + i] as bigint))
      }
    },
  },
  float32: {
    run(x: Float32Array, start: number, n: number, acc: Float32Array, at: number) {
      let product = acc[at] as number
      for (let i = start; i < start + n; i++) product = Math.fround(product * (x[i] as number))
      acc[at] = product
    },
    rows(x: Float32Array, start: number, n: number, acc: Float32Array, at: number) {
      for (let i = 0; i < n; i++) {
        acc[at + i] = Math.fround((acc[at + i] as number) * (x[start + i] as number))
      }
    },
  },
  float64: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      let product = acc[at] as number
      for (let i = start; i < start + n; i++) product = product * (x[i] as number)
      acc[at] = product
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        acc[at + i] = (acc[at + i] as number) * (x[start + i] as number)
      }
    },
  },
  complex64: {
    run(x: Float32Array, start: number, n: number, acc: Float32Array, at: number) {
      for (let i = start; i < start + n; i++) {
        const aRe = acc[2 * at] as number
        const aIm = acc[2 * at + 1] as number
        const bRe = x[2 * i] as number
        const bIm = x[2 * i + 1] as number
        acc[2 * at] = Math.fround(Math.fround(aRe * bRe) - Math.fround(aIm * bIm))
        acc[2 * at + 1] = Math.fround(Math.fround(aRe * bIm) + Math.fround(aIm * bRe))
      }
    },
    rows(x: Float32Array, start: number, n: number, acc: Float32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const aRe = acc[2 * (at + i)] as number
        const aIm = acc[2 * (at + i) + 1] as number
        const bRe = x[2 * (start + i)] as number
        const bIm = x[2 * (start + i) + 1] as number
        acc[2 * (at + i)] = Math.fround(Math.fround(aRe * bRe) - Math.fround(aIm * bIm))
        acc[2 * (at + i) + 1] = Math.fround(Math.fround(aRe * bIm) + Math.fround(aIm * bRe))
      }
    },
  },
  complex128: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = start; i < start + n; i++) {
        const aRe = acc[2 * at] as number
        const aIm = acc[2 * at + 1] as number
        const bRe = x[2 * i] as number
        const bIm = x[2 * i + 1] as number
        acc[2 * at] = aRe * bRe - aIm * bIm
        acc[2 * at + 1] = aRe * bIm + aIm * bRe
      }
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        const aRe = acc[2 * (at + i)] as number
        const aIm = acc[2 * (at + i) + 1] as number
        const bRe = x[2 * (start + i)] as number
        const bIm = x[2 * (start + i) + 1] as number
        acc[2 * (at + i)] = aRe * bRe - aIm * bIm
        acc[2 * (at + i) + 1] = aRe * bIm + aIm * bRe
      }
    },
  },
} as const satisfies Readonly<Partial<Record<DType, FoldKernel>>>
