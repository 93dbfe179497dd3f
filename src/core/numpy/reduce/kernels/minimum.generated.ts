// The least element. Written by scripts/build-reduction-kernels.mjs: do not edit.
// biome-ignore-all format: as it was written
// biome-ignore-all lint: a number that is not itself is NaN; many dtypes make a long file
import type { DType } from '../../../dtype.js'
import type { FoldKernel } from '../fold.js'

export const MINIMUM = {
  int8: {
    run(x: Int8Array, start: number, n: number, acc: Int8Array, at: number) {
      let best = acc[at] as number
      for (let i = start; i < start + n; i++) {
        const v = x[i] as number
        if (v < best) best = v
      }
      acc[at] = best
    },
    rows(x: Int8Array, start: number, n: number, acc: Int8Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if (v < best) acc[at + i] = v
      }
    },
  },
  int16: {
    run(x: Int16Array, start: number, n: number, acc: Int16Array, at: number) {
      let best = acc[at] as number
      for (let i = start; i < start + n; i++) {
        const v = x[i] as number
        if (v < best) best = v
      }
      acc[at] = best
    },
    rows(x: Int16Array, start: number, n: number, acc: Int16Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if (v < best) acc[at + i] = v
      }
    },
  },
  int32: {
    run(x: Int32Array, start: number, n: number, acc: Int32Array, at: number) {
      let best = acc[at] as number
      for (let i = start; i < start + n; i++) {
        const v = x[i] as number
        if (v < best) best = v
      }
      acc[at] = best
    },
    rows(x: Int32Array, start: number, n: number, acc: Int32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if (v < best) acc[at + i] = v
      }
    },
  },
  uint8: {
    run(x: Uint8Array, start: number, n: number, acc: Uint8Array, at: number) {
      let best = acc[at] as number
      for (let i = start; i < start + n; i++) {
        const v = x[i] as number
        if (v < best) best = v
      }
      acc[at] = best
    },
    rows(x: Uint8Array, start: number, n: number, acc: Uint8Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if (v < best) acc[at + i] = v
      }
    },
  },
  uint16: {
    run(x: Uint16Array, start: number, n: number, acc: Uint16Array, at: number) {
      let best = acc[at] as number
      for (let i = start; i < start + n; i++) {
        const v = x[i] as number
        if (v < best) best = v
      }
      acc[at] = best
    },
    rows(x: Uint16Array, start: number, n: number, acc: Uint16Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if (v < best) acc[at + i] = v
      }
    },
  },
  uint32: {
    run(x: Uint32Array, start: number, n: number, acc: Uint32Array, at: number) {
      let best = acc[at] as number
      for (let i = start; i < start + n; i++) {
        const v = x[i] as number
        if (v < best) best = v
      }
      acc[at] = best
    },
    rows(x: Uint32Array, start: number, n: number, acc: Uint32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if (v < best) acc[at + i] = v
      }
    },
  },
  int64: {
    run(x: BigInt64Array, start: number, n: number, acc: BigInt64Array, at: number) {
      let best = acc[at] as bigint
      for (let i = start; i < start + n; i++) {
        const v = x[i] as bigint
        if (v < best) best = v
      }
      acc[at] = best
    },
    rows(x: BigInt64Array, start: number, n: number, acc: BigInt64Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as bigint
        const best = acc[at + i] as bigint
        if (v < best) acc[at + i] = v
      }
    },
  },
  uint64: {
    run(x: BigUint64Array, start: number, n: number, acc: BigUint64Array, at: number) {
      let best = acc[at] as bigint
      for (let i = start; i < start + n; i++) {
        const v = x[i] as bigint
        if (v < best) best = v
      }
      acc[at] = best
    },
    rows(x: BigUint64Array, start: number, n: number, acc: BigUint64Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as bigint
        const best = acc[at + i] as bigint
        if (v < best) acc[at + i] = v
      }
    },
  },
  float32: {
    run(x: Float32Array, start: number, n: number, acc: Float32Array, at: number) {
      let best = acc[at] as number
      for (let i = start; i < start + n; i++) {
        const v = x[i] as number
        if (v < best || v !== v) best = v
      }
      acc[at] = best
    },
    rows(x: Float32Array, start: number, n: number, acc: Float32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if (v < best || v !== v) acc[at + i] = v
      }
    },
  },
  float64: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      let best = acc[at] as number
      for (let i = start; i < start + n; i++) {
        const v = x[i] as number
        if (v < best || v !== v) best = v
      }
      acc[at] = best
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if (v < best || v !== v) acc[at + i] = v
      }
    },
  },
  complex64: {
    run(x: Float32Array, start: number, n: number, acc: Float32Array, at: number) {
      let bestRe = acc[2 * at] as number
      let bestIm = acc[2 * at + 1] as number
      for (let i = 2 * start; i < 2 * (start + n) && bestRe === bestRe && bestIm === bestIm; i += 2) {
        const re = x[i] as number
        const im = x[i + 1] as number
        if (re < bestRe || (re === bestRe && im < bestIm) || re !== re || im !== im) {
          bestRe = re
          bestIm = im
        }
      }
      acc[2 * at] = bestRe
      acc[2 * at + 1] = bestIm
    },
    rows(x: Float32Array, start: number, n: number, acc: Float32Array, at: number) {
      for (let i = 0; i < n; i++) {
        const re = x[2 * (start + i)] as number
        const im = x[2 * (start + i) + 1] as number
        const bestRe = acc[2 * (at + i)] as number
        const bestIm = acc[2 * (at + i) + 1] as number
        if (bestRe === bestRe && bestIm === bestIm && (re < bestRe || (re === bestRe && im < bestIm) || re !== re || im !== im)) {
          acc[2 * (at + i)] = re
          acc[2 * (at + i) + 1] = im
        }
      }
    },
  },
  complex128: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      let bestRe = acc[2 * at] as number
      let bestIm = acc[2 * at + 1] as number
      for (let i = 2 * start; i < 2 * (start + n) && bestRe === bestRe && bestIm === bestIm; i += 2) {
        const re = x[i] as number
        const im = x[i + 1] as number
        if (re < bestRe || (re === bestRe && im < bestIm) || re !== re || im !== im) {
          bestRe = re
          bestIm = im
        }
      }
      acc[2 * at] = bestRe
      acc[2 * at + 1] = bestIm
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        const re = x[2 * (start + i)] as number
        const im = x[2 * (start + i) + 1] as number
        const bestRe = acc[2 * (at + i)] as number
        const bestIm = acc[2 * (at + i) + 1] as number
        if (bestRe === bestRe && bestIm === bestIm && (re < bestRe || (re === bestRe && im < bestIm) || re !== re || im !== im)) {
          acc[2 * (at + i)] = re
          acc[2 * (at + i) + 1] = im
        }
      }
    },
  },
} as const satisfies Readonly<Partial<Record<DType, FoldKernel>>>
