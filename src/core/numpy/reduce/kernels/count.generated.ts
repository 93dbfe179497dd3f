// How many elements are not 0. Written by scripts/build-reduction-kernels.mjs: do not edit.
// biome-ignore-all format: as it was written
// biome-ignore-all lint: a number that is not itself is NaN; many dtypes make a long file
import type { DType } from '../../../dtype.js'
import type { FoldKernel } from '../fold.js'

export const COUNT = {
  int8: {
    run(x: Int8Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[i] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Int8Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[(start + i)] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  int16: {
    run(x: Int16Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[i] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Int16Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[(start + i)] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  int32: {
    run(x: Int32Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[i] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Int32Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[(start + i)] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  uint8: {
    run(x: Uint8Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[i] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Uint8Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[(start + i)] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  uint16: {
    run(x: Uint16Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[i] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Uint16Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[(start + i)] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  uint32: {
    run(x: Uint32Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[i] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Uint32Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[(start + i)] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  float32: {
    run(x: Float32Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[i] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Float32Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[(start + i)] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  float64: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[i] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[(start + i)] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  int64: {
    run(x: Uint32Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[2 * i] !== 0 || x[2 * i + 1] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Uint32Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[2 * (start + i)] !== 0 || x[2 * (start + i) + 1] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  uint64: {
    run(x: Uint32Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[2 * i] !== 0 || x[2 * i + 1] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Uint32Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[2 * (start + i)] !== 0 || x[2 * (start + i) + 1] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  complex64: {
    run(x: Float32Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[2 * i] !== 0 || x[2 * i + 1] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Float32Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[2 * (start + i)] !== 0 || x[2 * (start + i) + 1] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  complex128: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (x[2 * i] !== 0 || x[2 * i + 1] !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (x[2 * (start + i)] !== 0 || x[2 * (start + i) + 1] !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
  float16: {
    run(x: Uint16Array, start: number, n: number, acc: Float64Array, at: number) {
      let count = 0
      for (let i = start; i < start + n; i++) if (((x[i] as number) & 0x7fff) !== 0) count++
      acc[at] = (acc[at] as number) + count
    },
    rows(x: Uint16Array, start: number, n: number, acc: Float64Array, at: number) {
      for (let i = 0; i < n; i++) {
        if (((x[(start + i)] as number) & 0x7fff) !== 0) acc[at + i] = (acc[at + i] as number) + 1
      }
    },
  },
} as const satisfies Readonly<Partial<Record<DType, FoldKernel>>>
