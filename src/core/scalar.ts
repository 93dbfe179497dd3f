// Single elements: what `item()` reads, and which JavaScript values fit a dtype.
import { cannotCast } from './casting.js'
import { type Complex, DTYPES, type DType, type Scalar, type TypedArray } from './dtype.js'
import { DTypeError } from './errors.js'
import { halfBitsOf, numberOfHalf } from './half.js'

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

/** Lowest and highest of what is kept as an integer. */
const BOUNDS = {
  bool: [0, 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [INT64_MIN, INT64_MAX],
  uint8: [0, 2 ** 8 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0, 2n ** 64n - 1n],
} as const satisfies Partial<Record<DType, readonly [number | bigint, number | bigint]>>

type IntegerDType = keyof typeof BOUNDS

/** Typed arrays whose elements are numbers. */
export type NumberArray = Exclude<TypedArray, BigInt64Array | BigUint64Array>

export function isComplex(value: unknown): value is Complex {
  if (typeof value !== 'object' || value === null || !('re' in value) || !('im' in value)) return false
  return typeof value.re === 'number' && typeof value.im === 'number'
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || isComplex(value)
}

/** float16 data as their bits, whichever class holds them. */
export function halfBits(data: TypedArray): Uint16Array {
  return data instanceof Uint16Array ? data : new Uint16Array(data.buffer, data.byteOffset, data.length)
}

/** The element at `index`, counted in array elements. */
export function readScalar<D extends DType>(data: TypedArray<D>, dtype: D, index: number): Scalar<D> {
  return read(data, dtype, index) as Scalar<D> // Scalar as a switch on the dtype
}

function read(data: TypedArray, dtype: DType, index: number): Scalar {
  if (DTYPES[dtype].width === 2) return { re: Number(data[2 * index]), im: Number(data[2 * index + 1]) }
  if (dtype === 'float16') return numberOfHalf(halfBits(data)[index] as number)
  const value = data[index] as number | bigint
  return dtype === 'bool' ? value !== 0 : value
}

/**
 * Writes `value` at `index`, counted in array elements, if it fits the dtype: integers within bounds, no fraction into
 * integers, no imaginary part into reals; bool takes booleans, 0 and 1; floats are rounded.
 * Errors: DTypeError with NumPy's words, TypeError for what is no scalar.
 */
export function writeScalar(data: TypedArray, dtype: DType, index: number, value: unknown): void {
  if (!isScalar(value)) throw new TypeError(`a scalar is a number, bigint, boolean or { re, im }, got ${typeof value}`)
  if (isIntegerDType(dtype)) writeInteger(data, dtype, index, fittingInteger(value, dtype))
  else if (dtype === 'float16') halfBits(data)[index] = halfBitsOf(fittingNumber(value, dtype))
  else if (DTYPES[dtype].width === 1) (data as NumberArray)[index] = fittingNumber(value, dtype)
  else writeComplex(data as NumberArray, index, isComplex(value) ? value : { re: fittingNumber(value, dtype), im: 0 })
}

function isIntegerDType(dtype: DType): dtype is IntegerDType {
  return Object.hasOwn(BOUNDS, dtype)
}

function writeInteger(data: TypedArray, dtype: IntegerDType, index: number, value: number | bigint): void {
  if (dtype === 'int64' || dtype === 'uint64') (data as BigInt64Array)[index] = BigInt(value)
  else (data as NumberArray)[index] = Number(value)
}

function writeComplex(data: NumberArray, index: number, value: Complex): void {
  data[2 * index] = value.re
  data[2 * index + 1] = value.im
}

function fittingInteger(value: Scalar, dtype: IntegerDType): number | bigint {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'object') throw cannotCast('complex128', dtype, 'same_kind')
  if (typeof value === 'number' && !Number.isInteger(value)) throw cannotCast('float64', dtype, 'same_kind')
  const [lowest, highest] = BOUNDS[dtype]
  if (value >= lowest && value <= highest) return value
  const integer = BigInt(value)
  const pastLong = integer < INT64_MIN || integer > INT64_MAX
  throw new DTypeError(
    pastLong ? 'Python int too large to convert to C long' : `Python integer ${integer} out of bounds for ${dtype}`,
  )
}

function fittingNumber(value: Scalar, dtype: DType): number {
  if (typeof value === 'object') throw cannotCast('complex128', dtype, 'same_kind')
  const converted = Number(value)
  if (typeof value === 'bigint' && !Number.isFinite(converted))
    throw new DTypeError('int too large to convert to float')
  return converted
}
