// Shapes: checking, sizes, strides, broadcasting, and how NumPy's messages print them.
import { DTYPES, type DType } from './dtype.js'
import { ShapeError } from './errors.js'

const MAX_AXES = 64

/**
 * Returns a frozen copy of `shape` if it is one: at most 64 axes, each a non-negative integer, at most 2^53 - 1 elements.
 * Errors: ShapeError naming what was given.
 */
export function checkShape(shape: unknown): readonly number[] {
  if (!Array.isArray(shape)) throw new ShapeError(`a shape is an array of non-negative integers, got ${String(shape)}`)
  if (shape.length > MAX_AXES) {
    throw new ShapeError(`maximum supported dimension for an ndarray is currently ${MAX_AXES}, found ${shape.length}`)
  }
  const given = () => `(${shape.map(String).join(',')})`
  const checked: number[] = []
  for (const length of shape as readonly unknown[]) {
    if (typeof length !== 'number' || !Number.isInteger(length)) {
      throw new ShapeError(`the lengths of a shape are integers, got ${String(length)} in ${given()}`)
    }
    if (length < 0) throw new ShapeError(`negative dimensions are not allowed, got ${length} in ${given()}`)
    if (length > Number.MAX_SAFE_INTEGER) throw new ShapeError(`Maximum allowed dimension exceeded in ${given()}`)
    checked.push(length + 0) // -0 becomes 0
  }
  if (sizeOf(checked) > Number.MAX_SAFE_INTEGER) {
    throw new ShapeError(`array is too big: shape ${given()} has more than 2^53 - 1 elements`)
  }
  return Object.freeze(checked)
}

/** The number of elements. */
export function sizeOf(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((size, length) => size * length, 1)
}

/** The bytes an array of that shape takes. Errors: ShapeError past 2^53 - 1. */
export function byteLengthOf(shape: readonly number[], dtype: DType): number {
  const bytes = sizeOf(shape) * DTYPES[dtype].itemsize
  if (bytes <= Number.MAX_SAFE_INTEGER) return bytes
  throw new ShapeError(`array is too big: shape ${shapeText(shape)} of ${dtype} has more than 2^53 - 1 bytes`)
}

/** The strides of C order, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis] ?? 1
  }
  return strides
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis])
}

/** Whether an array of shape `from` can be repeated to shape `to`. */
export function broadcastsTo(from: readonly number[], to: readonly number[]): boolean {
  const skipped = to.length - from.length
  return skipped >= 0 && from.every((length, axis) => length === 1 || length === to[axis + skipped])
}

/** The common shape of the operands. Errors: ShapeError with NumPy's words (ufuncs). */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] {
  const result = new Array<number>(Math.max(0, ...shapes.map((shape) => shape.length))).fill(1)
  for (const shape of shapes) {
    const skipped = result.length - shape.length
    shape.forEach((length, axis) => {
      if (result[axis + skipped] === 1) result[axis + skipped] = length
      else if (length !== 1 && length !== result[axis + skipped]) throw cannotBroadcast(shapes)
    })
  }
  return result
}

export function cannotBroadcast(shapes: readonly (readonly number[])[]): ShapeError {
  const texts = shapes.map((shape) => `${shapeText(shape)} `).join('')
  return new ShapeError(`operands could not be broadcast together with shapes ${texts}`) // NumPy's ends in a space too
}

/** As NumPy's messages print it: () (3,) (2,3). */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(',')})`
}

/** Returns the axis counted from the start. Errors: ShapeError with NumPy's words. */
export function checkAxis(axis: number, ndim: number): number {
  if (Number.isInteger(axis) && axis >= -ndim && axis < ndim) return axis < 0 ? axis + ndim : axis + 0
  throw new ShapeError(`axis ${axis} is out of bounds for array of dimension ${ndim}`)
}
