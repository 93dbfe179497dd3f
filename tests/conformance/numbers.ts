// Data the cases use.
import { type DType, NDArray } from '../../src/index.js'

export const ALL_DTYPES: readonly DType[] = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float16',
  'float32',
  'float64',
  'complex64',
  'complex128',
]

/** 0, 1, 2, …: a value tells where it came from. */
export function counted(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => i)
}

export function table(rows: number, columns: number): NDArray<'float64'> {
  return NDArray.from(counted(rows * columns), { shape: [rows, columns], dtype: 'float64' })
}

/** Bytes that do not repeat within a block of the engine's. */
export function noise(byteLength: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(byteLength / 4))
  let state = seed
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    words[i] = state
  }
  return new Uint8Array(words.buffer, 0, byteLength)
}

export function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const other = new Uint8Array(b.buffer, b.byteOffset, b.byteLength)
  return (
    a.byteLength === b.byteLength &&
    new Uint8Array(a.buffer, a.byteOffset, a.byteLength).every((byte, i) => byte === other[i])
  )
}

export const MIB = 2 ** 20
