// The typed arrays that hold elements: the class of each dtype, the dtype of each class, memory as elements and as bytes.
import { DTYPES, type DType, type TypedArray } from './dtype.js'

if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
  throw new Error('lazy-disk-cache needs a little-endian platform: its bytes on disk are little-endian')
}

/** What a typed array of any dtype can do, whatever its elements are. */
interface TypedArrayClass {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): TypedArray
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray
}

/** The runtime's Float16Array; undefined where it has none, and float16 data are a Uint16Array of the bits. */
const nativeHalf: TypedArrayClass | undefined = Reflect.get(globalThis, 'Float16Array')

const CLASSES: Readonly<Record<DType, TypedArrayClass>> = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: nativeHalf ?? Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
}

/** By Symbol.toStringTag, so that arrays of other realms and subclasses count. */
const NATURAL: Readonly<Record<string, DType>> = {
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Int8Array: 'int8',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
  Float16Array: 'float16',
  Float32Array: 'float32',
  Float64Array: 'float64',
}

export function isTypedArray(value: unknown): value is TypedArray | Uint8ClampedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

/** The dtype a typed array has by its class alone. */
export function naturalDType(data: TypedArray | Uint8ClampedArray): DType {
  const dtype = NATURAL[data[Symbol.toStringTag]]
  if (dtype === undefined) throw new TypeError(`no dtype has elements of ${data[Symbol.toStringTag]}`)
  return dtype
}

/**
 * Memory seen as elements of a dtype, without a copy. `byteOffset` is a multiple of the typed array's element size,
 * `length` counts array elements (a complex one is one): by default as many as there are.
 * Errors: RangeError where the memory does not hold them.
 */
export function wrap<D extends DType>(
  buffer: ArrayBufferLike,
  dtype: D,
  byteOffset = 0,
  length = (buffer.byteLength - byteOffset) / DTYPES[dtype].itemsize,
): TypedArray<D> {
  if (!Number.isInteger(length))
    throw new RangeError(`${buffer.byteLength - byteOffset} bytes are no whole ${dtype} elements`)
  return new CLASSES[dtype](buffer, byteOffset, length * DTYPES[dtype].width) as TypedArray<D> // CLASSES is that type as a table
}

/**
 * The same memory in the class of its natural dtype: a Uint8ClampedArray, an array of another realm and one of a subclass,
 * such as Node's Buffer whose `slice` does not copy, as what they are underneath; the array itself where it is that already.
 */
export function plainTypedArray(data: TypedArray | Uint8ClampedArray): TypedArray {
  const dtype = naturalDType(data)
  if (data.constructor === CLASSES[dtype]) return data as TypedArray // no Uint8ClampedArray
  return wrap(data.buffer, dtype, data.byteOffset, data.length)
}

/** `size` zeroed elements. Errors: RangeError where the runtime has no room. */
export function allocate<D extends DType>(dtype: D, size: number): TypedArray<D> {
  return new CLASSES[dtype](size * DTYPES[dtype].width) as TypedArray<D> // as in wrap
}

/** The same memory as bytes. */
export function bytesOf(data: TypedArray | Uint8ClampedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** `length` elements from `start` on: the same array where they are all of it, for views are dear to the garbage collector. */
export function partOf<A extends TypedArray>(data: A, start: number, length: number): A {
  return (length === data.length ? data : data.subarray(start, start + length)) as A // of the same class
}

/** Whether two typed arrays share a byte. */
export function overlaps(a: TypedArray, b: TypedArray): boolean {
  if (a.buffer !== b.buffer) return false
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength
}
