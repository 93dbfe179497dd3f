// What `set` writes: scalars, arrays and plain data brought to the dtype and a shape that broadcasts to the selection's.
import { castTyped } from './cast.js'
import { checkCast } from './casting.js'
import { arrayParts } from './data.js'
import { type Complex, DTYPES, type DType, type TypedArray } from './dtype.js'
import { ShapeError } from './errors.js'
import { type ArrayLike, type ArrayParts, READ_AS, type StridedData } from './given.js'
import { fromNested, type Nested } from './nested.js'
import { isWeakKind, isWeakOrStrongScalar, type WeakOrStrongScalar } from './said-scalar.js'
import { isScalar } from './scalar.js'
import { broadcastsTo, shapeText, sizeOf } from './shape.js'
import { isTypedArray, naturalDType } from './typed-array.js'

/** What `set` takes, of what is in memory. */
export type SettableValue =
  | number
  | bigint
  | boolean
  | Complex
  | WeakOrStrongScalar
  | ArrayLike
  | StridedData
  | TypedArray
  | Uint8ClampedArray
  | readonly Nested[]

/**
 * `value` as elements of `dtype` in C order, of a shape that broadcasts to `selected`. Scalars and nested values must fit the
 * dtype; arrays and scalars with a dtype of their own are cast `same_kind` and broadcast; a typed array has as many elements as the
 * selection and fills it in C order. The result may share memory with `value`.
 * Errors: DTypeError and ShapeError with NumPy's words, TypeError for what is no value.
 */
export function valueForSet<D extends DType>(value: unknown, dtype: D, selected: readonly number[]): ArrayParts<D> {
  const parts = partsForSet(value, dtype, selected)
  const shape = withoutLeadingOnes(parts.shape, selected.length)
  if (broadcastsTo(shape, selected)) return { ...parts, shape }
  throw new ShapeError(
    `could not broadcast input array from shape ${shapeText(parts.shape)} into shape ${shapeText(selected)}`,
  )
}

function partsForSet<D extends DType>(value: unknown, dtype: D, selected: readonly number[]): ArrayParts<D> {
  if (isScalar(value) || Array.isArray(value)) return fromNested(value, dtype)
  if (isTypedArray(value)) return filling(value, dtype, selected)
  if (isWeakOrStrongScalar(value)) {
    const { kind, value: element } = value
    return isWeakKind(kind) ? fromNested(element, dtype) : castParts(fromNested(element, kind), dtype)
  }
  return castParts(arrayParts(value), dtype)
}

/** A typed array has no shape: it has exactly the selection's elements. */
function filling<D extends DType>(
  value: TypedArray | Uint8ClampedArray,
  dtype: D,
  selected: readonly number[],
): ArrayParts<D> {
  const size = sizeOf(selected)
  const { width } = DTYPES[dtype]
  const isReadAs = READ_AS[naturalDType(value)] === dtype && (width === 1 || value.length === width * size)
  const parts = isReadAs ? arrayParts(value, { dtype }) : arrayParts(value)
  if (sizeOf(parts.shape) === size) return castParts({ ...parts, shape: selected }, dtype)
  throw new ShapeError(
    `a typed array of ${sizeOf(parts.shape)} elements does not fill a selection of shape ${shapeText(selected)}: ` +
      'to repeat its elements, give NDArray.from(data)',
  )
}

function castParts<D extends DType>(parts: ArrayParts, dtype: D): ArrayParts<D> {
  checkCast(parts.dtype, dtype, 'same_kind')
  const data = parts.dtype === dtype ? parts.data : castTyped(parts.data, parts.dtype, dtype)
  return { data: data as TypedArray<D>, shape: parts.shape, dtype } // of that dtype either way
}

/** NumPy lets an array with more axes in where the first ones have one element. */
function withoutLeadingOnes(shape: readonly number[], ndim: number): readonly number[] {
  const surplus = Math.max(0, shape.length - ndim)
  return shape.slice(0, surplus).every((length) => length === 1) ? shape.slice(surplus) : shape
}
