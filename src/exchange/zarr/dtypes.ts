// Elements as zarrita has them and as this library has them.
import * as zarr from 'zarrita'
import { arrayParts } from '../../core/data.js'
import { DTYPES, type DType, type TypedArray } from '../../core/dtype.js'
import { DTypeError } from '../../core/errors.js'
import type { NDArray } from '../../core/ndarray.js'
import { stridesOf } from '../../core/shape.js'
import { bytesOf } from '../../core/typed-array.js'

/** Errors: DTypeError for text, objects and what else is no number. */
export function dtypeOf(array: zarr.Array<zarr.DataType>): DType {
  if (Object.hasOwn(DTYPES, array.dtype)) return array.dtype as DType
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

/** The elements in C order. */
export function elementsOf(chunk: zarr.Chunk<zarr.DataType>, dtype: DType): TypedArray {
  const { shape, stride } = chunk
  const given: unknown = chunk.data
  const data =
    given instanceof zarr.BoolArray ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : given
  return arrayParts({ data, shape, stride }, { dtype }).data
}

/** `array` is in C order. */
export function chunkOf({ data, dtype }: NDArray, shape: number[]): zarr.Chunk<zarr.DataType> {
  const { buffer, byteOffset, byteLength } = bytesOf(data)
  const elements = dtype === 'bool' ? new zarr.BoolArray(buffer as ArrayBuffer, byteOffset, byteLength) : data
  return { data: elements, shape, stride: stridesOf(shape) } as zarr.Chunk<zarr.DataType>
}
