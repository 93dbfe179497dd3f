// Elements as zarrita has them and as this library has them.
import * as zarr from 'zarrita'
import { DTYPES, type DType, type TypedArray } from '../../core/dtype.js'
import { DTypeError } from '../../core/errors.js'
import type { NDArray } from '../../core/ndarray.js'
import { stridesOf } from '../../core/shape.js'
import { bytesOf } from '../../core/typed-array.js'

/** Undefined for text, objects and what else is no number. */
export function dtypeNamed(name: zarr.DataType): DType | undefined {
  return Object.hasOwn(DTYPES, name) ? (name as DType) : undefined
}

/** Errors: DTypeError for what is no number. */
export function dtypeOf(array: zarr.Array<zarr.DataType>): DType {
  const dtype = dtypeNamed(array.dtype)
  if (dtype !== undefined) return dtype
  throw new DTypeError(`a Zarr array of ${array.dtype} has no numbers to keep`)
}

/** Errors: DTypeError for what Zarr, or zarrita here, does not know. */
export function zarrDTypeOf(dtype: DType): zarr.DataType {
  if (dtype.startsWith('complex')) {
    throw new DTypeError(`zarrita has no ${dtype}: write real and imaginary parts as float arrays`)
  }
  if (dtype === 'float16' && !('Float16Array' in globalThis)) {
    throw new DTypeError('zarrita needs Float16Array for float16, which this browser has not: cast it to float32')
  }
  return dtype as zarr.DataType
}

/** The elements as they lie in memory. */
export function elementsOf({ data }: zarr.Chunk<zarr.DataType>): TypedArray {
  const given: unknown = data
  if (given instanceof zarr.BoolArray) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
  return given as TypedArray // of numbers, as dtypeOf has found
}

/** `array` is in C order. */
export function chunkOf({ data, dtype }: NDArray, shape: number[]): zarr.Chunk<zarr.DataType> {
  const { buffer, byteOffset, byteLength } = bytesOf(data)
  const elements = dtype === 'bool' ? new zarr.BoolArray(buffer as ArrayBuffer, byteOffset, byteLength) : data
  return { data: elements, shape, stride: stridesOf(shape) } as zarr.Chunk<zarr.DataType>
}
