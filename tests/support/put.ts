// Arrays of bytes as params of 'put'.
import type { CreateSpec, Put } from '../../src/protocol.js'

export const specOf = (path: string, length: number): CreateSpec => ({
  path,
  dtype: 'uint8',
  shape: [length],
  className: 'DiskBackedNDArray',
  attributes: {},
  overwrite: true,
  ephemeral: false,
  purge: false,
})
export const putOf = (path: string, bytes: Uint8Array): Put => ({
  target: { create: specOf(path, bytes.byteLength) },
  bytes,
})
