// The innermost loop of a strided copy. Elements are moved as unsigned words, so that no bit pattern is changed on the way
// (engines may rewrite a float's NaN); one loop for each element size, so that every loop sees one class of array.
import type { TypedArray } from './dtype.js'

/** One axis of a copy: how many elements, and how many elements apart in either array. */
export interface Axis {
  readonly count: number
  readonly to: number
  readonly from: number
}

/** Copies one row of elements; the starts count elements. */
export type CopyRow = (to: number, from: number) => void

/** Below this many bytes a loop is faster than two subarrays. */
const MIN_RUN_BYTES = 256

/** Copies rows along `axis` between arrays of elements of `itemsize` bytes: 1, 2, 4, 8 or 16. */
export function rowCopier(target: TypedArray, source: TypedArray, itemsize: number, axis: Axis): CopyRow {
  if (axis.to === 1 && axis.from === 1 && axis.count * itemsize >= MIN_RUN_BYTES) {
    return runs(bytes(target), bytes(source), axis.count * itemsize, itemsize)
  }
  if (itemsize === 1) return steps8(bytes(target), bytes(source), axis)
  if (itemsize === 2) return steps16(halfwords(target), halfwords(source), axis)
  if (itemsize === 4) return steps32(words(target), words(source), axis)
  if (itemsize === 8) return steps64(words(target), words(source), axis)
  return steps128(words(target), words(source), axis)
}

function bytes({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function halfwords({ buffer, byteOffset, byteLength }: TypedArray): Uint16Array {
  return new Uint16Array(buffer, byteOffset, byteLength / 2)
}

function words({ buffer, byteOffset, byteLength }: TypedArray): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4)
}

function runs(target: Uint8Array, source: Uint8Array, length: number, itemsize: number): CopyRow {
  return (to, from) => target.set(source.subarray(from * itemsize, from * itemsize + length), to * itemsize)
}

function steps8(target: Uint8Array, source: Uint8Array, axis: Axis): CopyRow {
  const { count, to: toStep, from: fromStep } = axis
  return (to, from) => {
    for (let i = 0; i < count; i++) target[to + i * toStep] = source[from + i * fromStep] as number
  }
}

function steps16(target: Uint16Array, source: Uint16Array, axis: Axis): CopyRow {
  const { count, to: toStep, from: fromStep } = axis
  return (to, from) => {
    for (let i = 0; i < count; i++) target[to + i * toStep] = source[from + i * fromStep] as number
  }
}

function steps32(target: Uint32Array, source: Uint32Array, axis: Axis): CopyRow {
  const { count, to: toStep, from: fromStep } = axis
  return (to, from) => {
    for (let i = 0; i < count; i++) target[to + i * toStep] = source[from + i * fromStep] as number
  }
}

function steps64(target: Uint32Array, source: Uint32Array, axis: Axis): CopyRow {
  const { count, to: toStep, from: fromStep } = axis
  return (to, from) => {
    for (let i = 0; i < count; i++) {
      const t = 2 * (to + i * toStep)
      const s = 2 * (from + i * fromStep)
      target[t] = source[s] as number
      target[t + 1] = source[s + 1] as number
    }
  }
}

function steps128(target: Uint32Array, source: Uint32Array, axis: Axis): CopyRow {
  const { count, to: toStep, from: fromStep } = axis
  return (to, from) => {
    for (let i = 0; i < count; i++) {
      const t = 4 * (to + i * toStep)
      const s = 4 * (from + i * fromStep)
      target[t] = source[s] as number
      target[t + 1] = source[s + 1] as number
      target[t + 2] = source[s + 2] as number
      target[t + 3] = source[s + 3] as number
    }
  }
}
