// The elements of Arrow's columns as bytes, and back.
import * as arrow from 'apache-arrow'
import { DTYPES, type Scalar, type TypedArray } from '../../core/dtype.js'
import { DTypeError, InvalidSourceError } from '../../core/errors.js'
import { writeScalar } from '../../core/scalar.js'
import { sizeOf } from '../../core/shape.js'
import { allocate, bytesOf } from '../../core/typed-array.js'
import type { Item } from './types.js'

/** A column and how it is read. */
export interface Reading extends Item {
  readonly name: string
  /** One element: what a missing one becomes. undefined: it is an error. */
  readonly missing: Uint8Array | undefined
}

/** Copied at a time, where a row is no larger. */
const PART_BYTES = 2 ** 20

/** `missing` undefined: NaN for floats, as in pyarrow. Errors: DTypeError where it does not fit the column. */
export function readingOf(name: string, { dtype, shape }: Item, missing: Scalar | undefined): Reading {
  const value = missing ?? (DTYPES[dtype].kind === 'float' ? Number.NaN : undefined)
  if (value === undefined) return { name, dtype, shape, missing: undefined }
  const element = allocate(dtype, 1)
  writeScalar(element, dtype, 0, value)
  return { name, dtype, shape, missing: bytesOf(element) }
}

/** The rows `data` has, in C order. Errors: DTypeError for missing values, InvalidSourceError where it has fewer than it says. */
export function* elementsOf(data: arrow.Data, reading: Reading): Generator<Uint8Array, void, undefined> {
  const rowBytes = DTYPES[reading.dtype].itemsize * sizeOf(reading.shape)
  const step = Math.max(1, Math.floor(PART_BYTES / Math.max(1, rowBytes)))
  for (let row = 0; row < data.length; row += step) yield rowsOf(data, row, Math.min(step, data.length - row), reading)
}

function rowsOf(data: arrow.Data, start: number, count: number, reading: Reading): Uint8Array {
  const bytes = storedOf(data, start, count, reading)
  if (data.nullCount === 0) return bytes
  if (reading.missing === undefined) {
    throw new DTypeError(
      `column '${reading.name}' of ${data.type} has missing values: say what they become, { missing: 0 }`,
    )
  }
  const filled = bytes.slice()
  const rowBytes = filled.byteLength / count
  for (let i = 0; i < count; i++) {
    if (data.getValid(start + i)) continue
    for (let at = i * rowBytes; at < (i + 1) * rowBytes; at += reading.missing.byteLength)
      filled.set(reading.missing, at)
  }
  return filled
}

function storedOf(data: arrow.Data, start: number, count: number, reading: Reading): Uint8Array {
  const type: arrow.DataType = data.type
  const [child] = data.children
  if (arrow.DataType.isFixedSizeList(type) && child !== undefined) {
    const [first, length] = [start * type.listSize, count * type.listSize]
    if (first + length > child.length) throw tooFew(reading)
    return length === 0 ? new Uint8Array() : rowsOf(child, first, length, reading)
  }
  const values = data.values as TypedArray | undefined
  if (arrow.DataType.isBool(type))
    return unpacked(values as Uint8Array | undefined, data.offset + start, count, reading)
  const part = values?.subarray(start, start + count)
  if (part?.length !== count) throw tooFew(reading)
  return bytesOf(part)
}

/** Arrow has eight booleans a byte, the first in the lowest bit. */
function unpacked(bits: Uint8Array | undefined, start: number, count: number, reading: Reading): Uint8Array {
  if (bits === undefined || bits.length * 8 < start + count) throw tooFew(reading)
  const booleans = new Uint8Array(count)
  for (let i = 0; i < count; i++) booleans[i] = ((bits[(start + i) >> 3] as number) >> ((start + i) & 7)) & 1
  return booleans
}

function tooFew({ name }: Reading): InvalidSourceError {
  return new InvalidSourceError(`column '${name}' has fewer values than it says`)
}

/** The rows of an array in memory, in C order. */
export function dataOf(type: arrow.DataType, length: number, elements: TypedArray): arrow.Data {
  if (arrow.DataType.isFixedSizeList(type)) {
    const child = dataOf(type.valueType, length * type.listSize, elements)
    return arrow.makeData({ type, length, nullCount: 0, child })
  }
  const { buffer, byteOffset, byteLength } = elements
  const isHalf = arrow.DataType.isFloat(type) && type.precision === arrow.Precision.HALF
  const values = isHalf ? new Uint16Array(buffer, byteOffset, byteLength / 2) : elements
  const data = arrow.DataType.isBool(type) ? packed(elements as Uint8Array) : values
  return arrow.makeData({ type, length, nullCount: 0, data } as never) // of a type with values
}

function packed(booleans: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(booleans.length / 8))
  for (let i = 0; i < booleans.length; i++) {
    bits[i >> 3] = (bits[i >> 3] as number) | ((booleans[i] as number) << (i & 7))
  }
  return bits
}
