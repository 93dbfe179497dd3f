// NDArray: an n-dimensional array in memory and its views. A container, without arithmetic.
import { castTyped } from './cast.js'
import { type Casting, checkCast } from './casting.js'
import { type ArrayDataInMemory, arrayParts } from './data.js'
import { checkDType, DTYPES, type DType, type Scalar, type TypedArray } from './dtype.js'
import { InvalidSelectionError } from './errors.js'
import type { ArrayParts } from './given.js'
import { readScalar } from './scalar.js'
import { resolveIndex, resolveSelection, type Selection } from './selection.js'
import { type SettableValue, valueForSet } from './set-value.js'
import { byteLengthOf, checkShape, shapeText, sizeOf, stridesOf } from './shape.js'
import { contiguous, copyElements, gather } from './strided.js'
import { allocate, overlaps } from './typed-array.js'
import { broadcastStrides, permutation, reshapedStrides, selectedLayout, shapeOfSize } from './view-layout.js'

/** Elements with the layout in which an array sees them. */
export interface NDArrayParts<D extends DType> extends ArrayParts<D> {
  /** In array elements; default C order. */
  readonly strides?: readonly number[]
  /** Where the first element is, in array elements. Default 0. */
  readonly offset?: number
}

/** An array in memory, or a view of one: views share `data`, and a change through one is seen in all. */
export class NDArray<D extends DType = DType> {
  /** All of the memory this is a view of; complex numbers as pairs. */
  readonly data: TypedArray<D>
  /** The length of each axis. */
  readonly shape: readonly number[]
  /** How far apart neighbours on each axis are, in array elements (a complex number is one); may be 0 or negative. */
  readonly strides: readonly number[]
  /** Where the first element is, in array elements. */
  readonly offset: number
  /** One of NumPy's fourteen; says what `data` holds. */
  readonly dtype: D
  /** The number of elements. */
  readonly size: number
  /** The number of axes. */
  readonly ndim: number
  /** `size` times the item size, also where a broadcast view repeats elements. */
  readonly nbytes: number

  private constructor(parts: NDArrayParts<D>) {
    this.data = parts.data
    this.shape = Object.freeze([...parts.shape])
    this.strides = Object.freeze([...(parts.strides ?? stridesOf(parts.shape))])
    this.offset = parts.offset ?? 0
    this.dtype = parts.dtype
    this.size = sizeOf(this.shape)
    this.ndim = this.shape.length
    this.nbytes = this.size * DTYPES[this.dtype].itemsize
  }

  /**
   * An array of `data`. A typed array or ArrayBuffer is shared, not copied, and is 1-d without `shape`; nested arrays and strided
   * data are copied. `dtype`: what nested values must fit; a typed array is only re-read (Uint8Array as bool, Uint16Array as
   * float16, Float32Array as complex64, Float64Array as complex128).
   * Errors: ShapeError (ragged, another number of elements), DTypeError, TypeError. Source: numpy.asarray.
   */
  static from<D extends DType>(
    data: ArrayDataInMemory,
    options: { readonly shape?: readonly number[] | undefined; readonly dtype?: D | undefined } = {},
  ): NDArray<D> {
    return new NDArray(arrayParts<D>(data, options))
  }

  /** An array of zeros; float64 by default. Errors: ShapeError, DTypeError, RangeError (no room). Source: numpy.zeros. */
  static zeros<D extends DType = 'float64'>(shape: readonly number[], dtype?: D): NDArray<D> {
    const checkedDType = checkDType(dtype ?? 'float64') as D // float64 is the default of D
    const checkedShape = checkShape(shape)
    byteLengthOf(checkedShape, checkedDType)
    return new NDArray({ data: allocate(checkedDType, sizeOf(checkedShape)), shape: checkedShape, dtype: checkedDType })
  }

  /** An array of parts that are known to fit; nothing is checked. For this library's own use. */
  static fromParts<D extends DType>(parts: NDArrayParts<D>): NDArray<D> {
    return new NDArray(parts)
  }

  /**
   * The element at an index for every axis, negative ones from the end; of an array of one element also without.
   * Errors: InvalidSelectionError. Source: numpy.ndarray.item.
   */
  item(...index: number[]): Scalar<D> {
    if (index.length === 0 && this.size === 1) return readScalar(this.data, this.dtype, this.offset)
    if (index.length !== this.ndim) {
      throw new InvalidSelectionError(
        `incorrect number of indices for array: shape ${shapeText(this.shape)} takes ${this.ndim}, got ${index.length}`,
      )
    }
    const position = this.shape.reduce(
      (at, size, axis) => at + resolveIndex(index[axis], axis, size) * (this.strides[axis] ?? 0),
      this.offset,
    )
    return readScalar(this.data, this.dtype, position)
  }

  /** The selected elements, shared with this array. Errors: InvalidSelectionError. Source: NumPy's basic indexing. */
  view(selection: Selection): NDArray<D> {
    return this.#viewAs(selectedLayout(resolveSelection(selection, this.shape), this))
  }

  /** A view with the axes in another order, by default reversed. Errors: ShapeError. Source: numpy.transpose. */
  transpose(axes?: readonly number[]): NDArray<D> {
    const order = permutation(axes, this.ndim)
    const pick = (values: readonly number[]) => order.map((axis) => values[axis] ?? 0)
    return this.#viewAs({ shape: pick(this.shape), strides: pick(this.strides) })
  }

  /**
   * A view of the same elements, in C order, in another shape; a length of -1 is what the others leave.
   * Errors: ShapeError where the number of elements differs, or where only a copy could have that shape.
   * Source: assignment to numpy.ndarray.shape.
   */
  reshape(shape: readonly number[]): NDArray<D> {
    const checked = shapeOfSize(shape, this.size)
    return this.#viewAs({ shape: checked, strides: reshapedStrides(this, checked) })
  }

  /** A view that repeats elements along new axes and axes of one. Errors: ShapeError. Source: numpy.broadcast_to. */
  broadcastTo(shape: readonly number[]): NDArray<D> {
    const checked = checkShape(shape)
    return this.#viewAs({ shape: checked, strides: broadcastStrides(this, checked) })
  }

  /**
   * Writes `value` to the selected elements. A scalar and nested values must fit the dtype; an array is broadcast and cast
   * `same_kind`, and may overlap this one; a typed array of the selection's size fills it in C order. Where a broadcast view
   * repeats an element, the last one written counts.
   * Errors: InvalidSelectionError, DTypeError, ShapeError, TypeError.
   */
  set(selection: Selection, value: SettableValue): void {
    const target = this.view(selection)
    const given = valueForSet(value, this.dtype, target.shape)
    const data = overlaps(given.data, this.data) ? given.data.slice() : given.data
    const source = NDArray.fromParts({ ...given, data: data as TypedArray<D> }) // a slice is of the same class
    copyElements(this.dtype, target.shape, target, source.broadcastTo(target.shape))
  }

  /** A copy as another dtype; by default any cast goes. Errors: DTypeError with NumPy's words. Source: numpy.ndarray.astype. */
  astype<E extends DType>(dtype: E, options: { readonly casting?: Casting | undefined } = {}): NDArray<E> {
    const to = checkDType(dtype) as E // the same value
    checkCast(this.dtype, to, options.casting ?? 'unsafe')
    return NDArray.fromParts({ data: castTyped(toContiguous(this), this.dtype, to), shape: this.shape, dtype: to })
  }

  /** The elements in C order, always as fresh memory. */
  toArray(): TypedArray<D> {
    return gather(this.dtype, this.shape, this)
  }

  /** The elements as nested arrays, as `item` gives them; of a 0-d array its element. Source: numpy.ndarray.tolist. */
  toNested(): unknown {
    return this.#nestedFrom(0, this.offset)
  }

  /** Whether this array has that dtype: narrows its type. */
  is<E extends DType>(dtype: E): this is NDArray<E> {
    return (this.dtype as DType) === dtype
  }

  #viewAs(layout: Pick<NDArrayParts<D>, 'shape' | 'strides' | 'offset'>): NDArray<D> {
    return new NDArray({ offset: this.offset, ...layout, data: this.data, dtype: this.dtype })
  }

  #nestedFrom(axis: number, position: number): unknown {
    if (axis === this.ndim) return readScalar(this.data, this.dtype, position)
    const stride = this.strides[axis] ?? 0
    return Array.from({ length: this.shape[axis] ?? 0 }, (_, i) => this.#nestedFrom(axis + 1, position + i * stride))
  }
}

/** The elements in C order, as one typed array: the array's own memory where they lie so already, else a copy. */
export function toContiguous<D extends DType>(array: NDArray<D>): TypedArray<D> {
  return contiguous(array.dtype, array.shape, array)
}
