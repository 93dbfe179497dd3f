// Where the greatest element is. Written by scripts/build-reduction-kernels.mjs: do not edit.
// biome-ignore-all format: as it was written
// biome-ignore-all lint: a number that is not itself is NaN; many dtypes make a long file
import type { DType } from '../../../dtype.js'
import type { ArgumentKernel } from '../fold.js'

export const ARGMAX = {
  int8: {
    run(x: Int8Array, start: number, n: number, acc: Int8Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as number
      let found = places[at] as number
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        if (found < 0 || v > best) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: Int8Array, start: number, n: number, acc: Int8Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if ((places[at + i] as number) < 0 || v > best) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  int16: {
    run(x: Int16Array, start: number, n: number, acc: Int16Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as number
      let found = places[at] as number
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        if (found < 0 || v > best) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: Int16Array, start: number, n: number, acc: Int16Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if ((places[at + i] as number) < 0 || v > best) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  int32: {
    run(x: Int32Array, start: number, n: number, acc: Int32Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as number
      let found = places[at] as number
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        if (found < 0 || v > best) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: Int32Array, start: number, n: number, acc: Int32Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if ((places[at + i] as number) < 0 || v > best) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  uint8: {
    run(x: Uint8Array, start: number, n: number, acc: Uint8Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as number
      let found = places[at] as number
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        if (found < 0 || v > best) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: Uint8Array, start: number, n: number, acc: Uint8Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if ((places[at + i] as number) < 0 || v > best) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  uint16: {
    run(x: Uint16Array, start: number, n: number, acc: Uint16Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as number
      let found = places[at] as number
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        if (found < 0 || v > best) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: Uint16Array, start: number, n: number, acc: Uint16Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if ((places[at + i] as number) < 0 || v > best) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  uint32: {
    run(x: Uint32Array, start: number, n: number, acc: Uint32Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as number
      let found = places[at] as number
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        if (found < 0 || v > best) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: Uint32Array, start: number, n: number, acc: Uint32Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if ((places[at + i] as number) < 0 || v > best) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  int64: {
    run(x: BigInt64Array, start: number, n: number, acc: BigInt64Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as bigint
      let found = places[at] as number
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as bigint
        if (found < 0 || v > best) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: BigInt64Array, start: number, n: number, acc: BigInt64Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as bigint
        const best = acc[at + i] as bigint
        if ((places[at + i] as number) < 0 || v > best) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  uint64: {
    run(x: BigUint64Array, start: number, n: number, acc: BigUint64Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as bigint
      let found = places[at] as number
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as bigint
        if (found < 0 || v > best) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: BigUint64Array, start: number, n: number, acc: BigUint64Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as bigint
        const best = acc[at + i] as bigint
        if ((places[at + i] as number) < 0 || v > best) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  float32: {
    run(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as number
      let found = places[at] as number
      for (let i = 0; i < n && best === best; i++) {
        const v = x[start + i] as number
        if (found < 0 || v > best || v !== v) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if ((places[at + i] as number) < 0 || (best === best && (v > best || v !== v))) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  float64: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number, places: Float64Array, place: number) {
      let best = acc[at] as number
      let found = places[at] as number
      for (let i = 0; i < n && best === best; i++) {
        const v = x[start + i] as number
        if (found < 0 || v > best || v !== v) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const v = x[start + i] as number
        const best = acc[at + i] as number
        if ((places[at + i] as number) < 0 || (best === best && (v > best || v !== v))) {
          acc[at + i] = v
          places[at + i] = place
        }
      }
    },
  },
  complex64: {
    run(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, places: Float64Array, place: number) {
      let bestRe = acc[2 * at] as number
      let bestIm = acc[2 * at + 1] as number
      let found = places[at] as number
      for (let i = 0; i < n && bestRe === bestRe && bestIm === bestIm; i++) {
        const re = x[2 * (start + i)] as number
        const im = x[2 * (start + i) + 1] as number
        if (found < 0 || re > bestRe || (re === bestRe && im > bestIm) || re !== re || im !== im) {
          bestRe = re
          bestIm = im
          found = place + i
        }
      }
      acc[2 * at] = bestRe
      acc[2 * at + 1] = bestIm
      places[at] = found
    },
    rows(x: Float32Array, start: number, n: number, acc: Float32Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const re = x[2 * (start + i)] as number
        const im = x[2 * (start + i) + 1] as number
        const bestRe = acc[2 * (at + i)] as number
        const bestIm = acc[2 * (at + i) + 1] as number
        if ((places[at + i] as number) < 0 || (bestRe === bestRe && bestIm === bestIm && (re > bestRe || (re === bestRe && im > bestIm) || re !== re || im !== im))) {
          acc[2 * (at + i)] = re
          acc[2 * (at + i) + 1] = im
          places[at + i] = place
        }
      }
    },
  },
  complex128: {
    run(x: Float64Array, start: number, n: number, acc: Float64Array, at: number, places: Float64Array, place: number) {
      let bestRe = acc[2 * at] as number
      let bestIm = acc[2 * at + 1] as number
      let found = places[at] as number
      for (let i = 0; i < n && bestRe === bestRe && bestIm === bestIm; i++) {
        const re = x[2 * (start + i)] as number
        const im = x[2 * (start + i) + 1] as number
        if (found < 0 || re > bestRe || (re === bestRe && im > bestIm) || re !== re || im !== im) {
          bestRe = re
          bestIm = im
          found = place + i
        }
      }
      acc[2 * at] = bestRe
      acc[2 * at + 1] = bestIm
      places[at] = found
    },
    rows(x: Float64Array, start: number, n: number, acc: Float64Array, at: number, places: Float64Array, place: number) {
      for (let i = 0; i < n; i++) {
        const re = x[2 * (start + i)] as number
        const im = x[2 * (start + i) + 1] as number
        const bestRe = acc[2 * (at + i)] as number
        const bestIm = acc[2 * (at + i) + 1] as number
        if ((places[at + i] as number) < 0 || (bestRe === bestRe && bestIm === bestIm && (re > bestRe || (re === bestRe && im > bestIm) || re !== re || im !== im))) {
          acc[2 * (at + i)] = re
          acc[2 * (at + i) + 1] = im
          places[at + i] = place
        }
      }
    },
  },
} as const satisfies Readonly<Partial<Record<DType, ArgumentKernel>>>
