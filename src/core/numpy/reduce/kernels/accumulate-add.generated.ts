// Running sums. Written by scripts/build-reduction-kernels.mjs: do not edit.
// biome-ignore-all format: as it was written
// biome-ignore-all lint: a number that is not itself is NaN; many dtypes make a long file
import type { DType } from '../../../dtype.js'
import type { AccumulationKernel } from '../fold.js'
import { roundToHalf } from '../rounding.js'

export const ADD = {
  int8: {
    run(x: Int8Array, start: number, n: number, acc: Int8Array, at: number, into: Int8Array, to: number, isFirst: boolean) {
      let a = acc[at] as number
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as number
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as number
        a = ((a + b) << 24) >> 24
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: Int8Array, start: number, n: number, acc: Int8Array, at: number, into: Int8Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as number
        const b = x[start + i] as number
        const value = isFirst ? b : ((a + b) << 24) >> 24
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  int16: {
    run(x: Int16Array, start: number, n: number, acc: Int16Array, at: number, into: Int16Array, to: number, isFirst: boolean) {
      let a = acc[at] as number
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as number
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as number
        a = ((a + b) << 16) >> 16
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: Int16Array, start: number, n: number, acc: Int16Array, at: number, into: Int16Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as number
        const b = x[start + i] as number
        const value = isFirst ? b : ((a + b) << 16) >> 16
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  int32: {
    run(x: Int32Array, start: number, n: number, acc: Int32Array, at: number, into: Int32Array, to: number, isFirst: boolean) {
      let a = acc[at] as number
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as number
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as number
        a = (a + b) | 0
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: Int32Array, start: number, n: number, acc: Int32Array, at: number, into: Int32Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as number
        const b = x[start + i] as number
        const value = isFirst ? b : ((a + b) | 0)
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  uint8: {
    run(x: Uint8Array, start: number, n: number, acc: Uint8Array, at: number, into: Uint8Array, to: number, isFirst: boolean) {
      let a = acc[at] as number
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as number
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as number
        a = (a + b) & 0xff
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: Uint8Array, start: number, n: number, acc: Uint8Array, at: number, into: Uint8Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as number
        const b = x[start + i] as number
        const value = isFirst ? b : (a + b) & 0xff
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  uint16: {
    run(x: Uint16Array, start: number, n: number, acc: Uint16Array, at: number, into: Uint16Array, to: number, isFirst: boolean) {
      let a = acc[at] as number
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as number
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as number
        a = (a + b) & 0xffff
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: Uint16Array, start: number, n: number, acc: Uint16Array, at: number, into: Uint16Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as number
        const b = x[start + i] as number
        const value = isFirst ? b : (a + b) & 0xffff
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  uint32: {
    run(x: Uint32Array, start: number, n: number, acc: Uint32Array, at: number, into: Uint32Array, to: number, isFirst: boolean) {
      let a = acc[at] as number
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as number
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as number
        a = (a + b) >>> 0
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: Uint32Array, start: number, n: number, acc: Uint32Array, at: number, into: Uint32Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as number
        const b = x[start + i] as number
        const value = isFirst ? b : (a + b) >>> 0
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  int64: {
    run(x: BigInt64Array, start: number, n: number, acc: BigInt64Array, at: number, into: BigInt64Array, to: number, isFirst: boolean) {
      let a = acc[at] as bigint
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as bigint
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as bigint
        a = BigInt.asIntN(64, a + b)
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: BigInt64Array, start: number, n: number, acc: BigInt64Array, at: number, into: BigInt64Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as bigint
        const b = x[start + i] as bigint
        const value = isFirst ? b : BigInt.asIntN(64, a + b)
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  uint64: {
    run(x: BigUint64Array, start: number, n: number, acc: BigUint64Array, at: number, into: BigUint64Array, to: number, isFirst: boolean) {
      let a = acc[at] as bigint
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as bigint
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as bigint
        a = BigInt.asUintN(64, a + b)
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: BigUint64Array, start: number, n: number, acc: BigUint64Array, at: number, into: BigUint64Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as bigint
        const b = x[start + i] as bigint
        const value = isFirst ? b : BigInt.asUintN(64, a + b)
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  float16: {
    run(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, into: Float32Array, to: number, isFirst: boolean) {
      let a = acc[at] as number
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as number
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as number
        a = roundToHalf(Math.fround(a + b))
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, into: Float32Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as number
        const b = x[start + i] as number
        const value = isFirst ? b : roundToHalf(Math.fround(a + b))
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  float32: {
    run(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, into: Float32Array, to: number, isFirst: boolean) {
      let a = acc[at] as number
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as number
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as number
        a = Math.fround(a + b)
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, into: Float32Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as number
        const b = x[start + i] as number
        const value = isFirst ? b : Math.fround(a + b)
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  float64: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number, into: Float64Array, to: number, isFirst: boolean) {
      let a = acc[at] as number
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as number
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as number
        a = a + b
        into[to + i] = a
      }
      acc[at] = a
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number, into: Float64Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const a = acc[at + i] as number
        const b = x[start + i] as number
        const value = isFirst ? b : a + b
        acc[at + i] = value
        into[to + i] = value
      }
    },
  },
  complex64: {
    run(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, into: Float32Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const aRe = acc[2 * at] as number
        const aIm = acc[2 * at + 1] as number
        const bRe = x[2 * (start + i)] as number
        const bIm = x[2 * (start + i) + 1] as number
        
        const re = (isFirst && i === 0) ? bRe : (Math.fround(aRe + bRe))
        const im = (isFirst && i === 0) ? bIm : (Math.fround(aIm + bIm))
        acc[2 * at] = re
        acc[2 * at + 1] = im
        into[2 * (to + i)] = re
        into[2 * (to + i) + 1] = im
      }
    },
    rows(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, into: Float32Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const aRe = acc[2 * (at + i)] as number
        const aIm = acc[2 * (at + i) + 1] as number
        const bRe = x[2 * (start + i)] as number
        const bIm = x[2 * (start + i) + 1] as number
        
        const re = isFirst ? bRe : (Math.fround(aRe + bRe))
        const im = isFirst ? bIm : (Math.fround(aIm + bIm))
        acc[2 * (at + i)] = re
        acc[2 * (at + i) + 1] = im
        into[2 * (to + i)] = re
        into[2 * (to + i) + 1] = im
      }
    },
  },
  complex128: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number, into: Float64Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const aRe = acc[2 * at] as number
        const aIm = acc[2 * at + 1] as number
        const bRe = x[2 * (start + i)] as number
        const bIm = x[2 * (start + i) + 1] as number
        
        const re = (isFirst && i === 0) ? bRe : (aRe + bRe)
        const im = (isFirst && i === 0) ? bIm : (aIm + bIm)
        acc[2 * at] = re
        acc[2 * at + 1] = im
        into[2 * (to + i)] = re
        into[2 * (to + i) + 1] = im
      }
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number, into: Float64Array, to: number, isFirst: boolean) {
      for (let i = 0; i < n; i++) {
        const aRe = acc[2 * (at + i)] as number
        const aIm = acc[2 * (at + i) + 1] as number
        const bRe = x[2 * (start + i)] as number
        const bIm = x[2 * (start + i) + 1] as number
        
        const re = isFirst ? bRe : (aRe + bRe)
        const im = isFirst ? bIm : (aIm + bIm)
        acc[2 * (at + i)] = re
        acc[2 * (at + i) + 1] = im
        into[2 * (to + i)] = re
        into[2 * (to + i) + 1] = im
      }
    },
  },
} as const satisfies Readonly<Partial<Record<DType, AccumulationKernel>>>
