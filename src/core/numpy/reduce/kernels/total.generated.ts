// Sums of integers, exact modulo 2^64. Written by scripts/build-reduction-kernels.mjs: do not edit.
// biome-ignore-all format: as it was written
// biome-ignore-all lint: a number that is not itself is NaN; many dtypes make a long file
import type { DType } from '../../../dtype.js'
import type { TotalKernel } from '../fold.js'
import { addTotal, CARRY_FROM, CHUNK } from '../total.js'

export const TOTAL = {
  int8: {
    run(x: Int8Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        for (let i = from; i < end; i++) sum += x[i] as number
        addTotal(low, high, at, sum)
      }
    },
    rows(x: Int8Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const sum = (low[at + i] as number) + (x[start + i] as number)
        if (Math.abs(sum) < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[start + i] as number)
      }
    },
  },
  int16: {
    run(x: Int16Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        for (let i = from; i < end; i++) sum += x[i] as number
        addTotal(low, high, at, sum)
      }
    },
    rows(x: Int16Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const sum = (low[at + i] as number) + (x[start + i] as number)
        if (Math.abs(sum) < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[start + i] as number)
      }
    },
  },
  int32: {
    run(x: Int32Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        for (let i = from; i < end; i++) sum += x[i] as number
        addTotal(low, high, at, sum)
      }
    },
    rows(x: Int32Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const sum = (low[at + i] as number) + (x[start + i] as number)
        if (Math.abs(sum) < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[start + i] as number)
      }
    },
  },
  uint8: {
    run(x: Uint8Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        for (let i = from; i < end; i++) sum += x[i] as number
        addTotal(low, high, at, sum)
      }
    },
    rows(x: Uint8Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const sum = (low[at + i] as number) + (x[start + i] as number)
        if (Math.abs(sum) < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[start + i] as number)
      }
    },
  },
  uint16: {
    run(x: Uint16Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        for (let i = from; i < end; i++) sum += x[i] as number
        addTotal(low, high, at, sum)
      }
    },
    rows(x: Uint16Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const sum = (low[at + i] as number) + (x[start + i] as number)
        if (Math.abs(sum) < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[start + i] as number)
      }
    },
  },
  uint32: {
    run(x: Uint32Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        for (let i = from; i < end; i++) sum += x[i] as number
        addTotal(low, high, at, sum)
      }
    },
    rows(x: Uint32Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const sum = (low[at + i] as number) + (x[start + i] as number)
        if (Math.abs(sum) < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[start + i] as number)
      }
    },
  },
  int64: {
    run(x: Uint32Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        let highSum = 0
        for (let i = from; i < end; i++) {
          sum += x[2 * i] as number
          highSum += x[2 * i + 1] as number
        }
        high[at] = (high[at] as number) + highSum
        addTotal(low, high, at, sum)
      }
    },
    rows(x: Uint32Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let i = 0; i < n; i++) {
        high[at + i] = (high[at + i] as number) + (x[2 * (start + i) + 1] as number)
        const sum = (low[at + i] as number) + (x[2 * (start + i)] as number)
        if (sum < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[2 * (start + i)] as number)
      }
    },
  },
  uint64: {
    run(x: Uint32Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        let highSum = 0
        for (let i = from; i < end; i++) {
          sum += x[2 * i] as number
          highSum += x[2 * i + 1] as number
        }
        high[at] = (high[at] as number) + highSum
        addTotal(low, high, at, sum)
      }
    },
    rows(x: Uint32Array, start: number, n: number, low: Float64Array, high: Int32Array, at: number) {
      for (let i = 0; i < n; i++) {
        high[at + i] = (high[at + i] as number) + (x[2 * (start + i) + 1] as number)
        const sum = (low[at + i] as number) + (x[2 * (start + i)] as number)
        if (sum < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[2 * (start + i)] as number)
      }
    },
  },
} as const satisfies Readonly<Partial<Record<DType, TotalKernel>>>
