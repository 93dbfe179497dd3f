// Types of Arrow and dtypes.
import * as arrow from 'apache-arrow'
import type { DType } from '../../core/dtype.js'
import { DTypeError } from '../../core/errors.js'

/** Of one row of a column. */
export interface Item {
  readonly dtype: DType
  /** Of its list of fixed size, of lists of these, and so on; [] for a number. */
  readonly shape: readonly number[]
}

const FLOATS = {
  [arrow.Precision.HALF]: 'float16',
  [arrow.Precision.SINGLE]: 'float32',
  [arrow.Precision.DOUBLE]: 'float64',
} as const
const TYPES: Readonly<Partial<Record<DType, new () => arrow.DataType>>> = {
  bool: arrow.Bool,
  int8: arrow.Int8,
  int16: arrow.Int16,
  int32: arrow.Int32,
  int64: arrow.Int64,
  uint8: arrow.Uint8,
  uint16: arrow.Uint16,
  uint32: arrow.Uint32,
  uint64: arrow.Uint64,
  float16: arrow.Float16,
  float32: arrow.Float32,
  float64: arrow.Float64,
}

/** Errors: DTypeError for text, dates and what else is no number. */
export function itemOf(type: arrow.DataType, name: string): Item {
  if (arrow.DataType.isBool(type)) return { dtype: 'bool', shape: [] }
  if (arrow.DataType.isFloat(type)) return { dtype: FLOATS[type.precision], shape: [] }
  if (arrow.DataType.isInt(type)) return { dtype: `${type.isSigned ? '' : 'u'}int${type.bitWidth}` as DType, shape: [] }
  if (arrow.DataType.isFixedSizeList(type)) {
    const inner = itemOf(type.valueType, name)
    return { dtype: inner.dtype, shape: [type.listSize, ...inner.shape] }
  }
  throw new DTypeError(`column '${name}' of ${type} has no numbers to keep`)
}

/** Of rows of that shape. Errors: DTypeError for complex numbers. */
export function arrowTypeOf(dtype: DType, shape: readonly number[]): arrow.DataType {
  const [length, ...inner] = shape
  if (length !== undefined) {
    return new arrow.FixedSizeList(length, new arrow.Field('item', arrowTypeOf(dtype, inner), false))
  }
  const Type = TYPES[dtype]
  if (Type !== undefined) return new Type()
  throw new DTypeError(`Arrow has no ${dtype}: write real and imaginary parts as float columns`)
}
