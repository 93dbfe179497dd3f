// What elements are given as: told apart, and seen with shape, dtype and layout.
import { DTYPES, type DType, type TypedArray } from './dtype.js'
import { DTypeError, ShapeError } from './errors.js'
import { fromNested } from './nested.js'
import { isScalar } from './scalar.js'
import { checkShape, shapeText, sizeOf, stridesOf } from './shape.js'
import { isTypedArray, naturalDType, plainTypedArray, wrap } from './typed-array.js'

/** Elements in C order. */
export interface ArrayParts<D extends DType = DType> {
  /** The elements, in C order. */
  readonly data: TypedArray<D>
  /** The length of each axis. */
  readonly shape: readonly number[]
  /** What `data` holds. */
  readonly dtype: D
}

/** An NDArray, by its shape. */
export interface ArrayLike {
  /** All of the memory; complex numbers as pairs. */
  readonly data: TypedArray
  /** The length of each axis. */
  readonly shape: readonly number[]
  /** How far apart neighbours on each axis are, in elements. */
  readonly strides: readonly number[]
  /** Where the first element is, in elements. */
  readonly offset: number
  /** What `data` holds. */
  readonly dtype: DType
}

/** A scijs ndarray or a zarrita chunk, by its shape. `stride` and `offset` count array elements. */
export interface StridedData {
  /** The memory the elements are in. */
  readonly data: TypedArray | Uint8ClampedArray
  /** The length of each axis. */
  readonly shape: readonly number[]
  /** How far apart neighbours on each axis are. */
  readonly stride: readonly number[]
  /** Where the first element is. Default 0. */
  readonly offset?: number
}

/** What else than its own dtype a typed array can be read as, without a change of its bytes. */
export const READ_AS: Partial<Record<DType, DType>> = {
  uint8: 'bool',
  uint16: 'float16',
  float32: 'complex64',
  float64: 'complex128',
}

/**
 * Elements as they are given, with the layout in which they lie: only nested arrays and scalars are copied. `dtype` as in arrayParts.
 * Errors: ShapeError, DTypeError, TypeError for what is no data.
 */
export function readGiven(data: unknown, dtype?: DType): ArrayLike {
  if (isTypedArray(data)) return whole(typedParts(data, dtype))
  if (isBuffer(data)) return whole(bufferParts(data, dtype))
  if (Array.isArray(data) || isScalar(data)) return whole(fromNested(data, dtype))
  if (isArrayLike(data)) return arrayLike(data, dtype)
  if (isStridedData(data)) return strided(data, dtype)
  throw new TypeError(
    'expected a typed array, an ArrayBuffer, nested arrays, an NDArray or { data, shape, stride }, ' +
      `got ${data === null ? 'null' : typeof data}`,
  )
}

function typedParts(given: TypedArray | Uint8ClampedArray, dtype: DType | undefined): ArrayParts {
  const data = plainTypedArray(given)
  const natural = naturalDType(data)
  const read = dtype ?? natural
  if (read !== natural && READ_AS[natural] !== read) throw needsCast(data, natural, read)
  const size = data.length / DTYPES[read].width
  if (!Number.isInteger(size))
    throw new ShapeError(`${data.length} numbers are no whole ${read} elements: they are pairs`)
  const halves = read === 'float16' && natural !== read
  return { data: halves ? wrap(data.buffer, read, data.byteOffset, size) : data, shape: [size], dtype: read }
}

function bufferParts(buffer: ArrayBufferLike, dtype: DType | undefined): ArrayParts {
  if (dtype === undefined) throw new DTypeError('an ArrayBuffer has no dtype of its own: say which in { dtype }')
  const { itemsize } = DTYPES[dtype]
  if (buffer.byteLength % itemsize !== 0) {
    throw new ShapeError(`a buffer of ${buffer.byteLength} bytes holds no whole ${dtype} elements of ${itemsize} bytes`)
  }
  return { data: wrap(buffer, dtype), shape: [buffer.byteLength / itemsize], dtype }
}

function whole(parts: ArrayParts): ArrayLike {
  return { ...parts, strides: stridesOf(parts.shape), offset: 0 }
}

function arrayLike(array: ArrayLike, dtype: DType | undefined): ArrayLike {
  if (dtype !== undefined && dtype !== array.dtype) throw needsCast(array.data, array.dtype, dtype)
  return array
}

function strided(given: StridedData, dtype: DType | undefined): ArrayLike {
  const shape = checkShape(given.shape)
  const parts = typedParts(given.data, dtype)
  const array = { ...parts, shape, strides: given.stride, offset: given.offset ?? 0 }
  checkReach(array, sizeOf(parts.shape))
  return array
}

/** Errors: ShapeError where shape, stride and offset leave the `size` elements there are. */
function checkReach({ shape, strides, offset }: Omit<ArrayLike, 'data'>, size: number): void {
  const isValid = strides.length === shape.length && [...strides, offset].every(Number.isSafeInteger)
  const steps = shape.map((length, axis) => (length - 1) * (strides[axis] ?? 0))
  const first = steps.reduce((at, step) => at + Math.min(step, 0), offset)
  const last = steps.reduce((at, step) => at + Math.max(step, 0), offset)
  if (isValid && (sizeOf(shape) === 0 || (first >= 0 && last < size))) return
  throw new ShapeError(
    `shape ${shapeText(shape)} with stride ${shapeText(strides)} and offset ${offset} does not lie in ${size} elements`,
  )
}

function isBuffer(data: unknown): data is ArrayBufferLike {
  const name = Object.prototype.toString.call(data)
  return name === '[object ArrayBuffer]' || name === '[object SharedArrayBuffer]'
}

/** An NDArray, also of another copy of this library. */
export function isArrayLike(data: unknown): data is ArrayLike {
  return isObjectWith(data, 'strides') && 'dtype' in data && isTypedArray(data.data)
}

function isStridedData(data: unknown): data is StridedData {
  return isObjectWith(data, 'stride') && isTypedArray(data.data)
}

function isObjectWith(data: unknown, strides: string): data is { data: unknown } {
  return typeof data === 'object' && data !== null && 'data' in data && 'shape' in data && strides in data
}

function needsCast(data: TypedArray, own: DType, wanted: DType): DTypeError {
  const name = data[Symbol.toStringTag]
  return new DTypeError(
    `a ${name} of ${own} is not read as ${wanted}: cast it with NDArray.from(data).astype('${wanted}')`,
  )
}
