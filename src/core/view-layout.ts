// The layouts of views: which strides a selection, a permutation, another shape and a broadcast have. Nothing is copied.
import { ShapeError } from './errors.js'
import type { ViewLayout } from './layout.js'
import { type ResolvedSelection, selectedShape } from './selection.js'
import { broadcastsTo, checkAxis, checkShape, shapeText, sizeOf, stridesOf } from './shape.js'

/** Errors: ShapeError where the view leaves an array of `size` elements. */
export function checkLayout({ shape, strides, offset }: ViewLayout, size: number): void {
  if (sizeOf(checkShape(shape)) === 0) return
  const isWhole = strides.length === shape.length && [offset, ...strides].every(Number.isInteger)
  const reaches = shape.map((length, axis) => (length - 1) * (strides[axis] ?? 0))
  const first = reaches.reduce((sum, reach) => sum + Math.min(reach, 0), offset)
  const last = reaches.reduce((sum, reach) => sum + Math.max(reach, 0), offset)
  if (isWhole && first >= 0 && last < size) return
  throw new ShapeError(`a view of shape ${shapeText(shape)} leaves its array of ${size} elements`)
}

export function selectedLayout(selection: ResolvedSelection, base: Omit<ViewLayout, 'shape'>): ViewLayout {
  const strideOf = (axis: number) => base.strides[axis] ?? 0
  return {
    shape: selectedShape(selection),
    strides: selection.map(({ step }, axis) => step * strideOf(axis)).filter((_, axis) => selection[axis]?.keep),
    offset: selection.reduce((offset, { start }, axis) => offset + start * strideOf(axis), base.offset),
  }
}

/** The order of the axes, reversed by default. Errors: ShapeError with NumPy's words. */
export function permutation(axes: readonly number[] | undefined, ndim: number): number[] {
  if (axes === undefined) return Array.from({ length: ndim }, (_, axis) => ndim - 1 - axis)
  if (axes.length !== ndim) throw new ShapeError(`axes don't match array: ${shapeText(axes)} for ${ndim} dimensions`)
  const order = axes.map((axis) => checkAxis(axis, ndim))
  if (new Set(order).size !== ndim) throw new ShapeError(`repeated axis in transpose: ${shapeText(axes)}`)
  return order
}

/** Errors: ShapeError with NumPy's words. */
export function broadcastStrides(base: Omit<ViewLayout, 'offset'>, shape: readonly number[]): number[] {
  const added = shape.length - base.shape.length
  if (added < 0) throw new ShapeError('input operand has more dimensions than allowed by the axis remapping')
  if (!broadcastsTo(base.shape, shape)) {
    throw new ShapeError(
      'operands could not be broadcast together with remapped shapes [original->remapped]: ' +
        `${shapeText(base.shape)}  and requested shape ${shapeText(shape)}`, // NumPy has two spaces too
    )
  }
  return shape.map((length, axis) => (base.shape[axis - added] === length ? (base.strides[axis - added] ?? 0) : 0))
}

/**
 * The shape `size` elements are asked to take; a length of -1 is what the others leave of them.
 * Errors: ShapeError as `checkShape`, and in NumPy's words where that is no whole number or is asked for twice.
 */
export function shapeOfSize(shape: readonly number[], size: number): readonly number[] {
  const unknown = Array.isArray(shape) ? shape.indexOf(-1) : -1
  if (unknown < 0) return checkShape(shape)
  if (shape.lastIndexOf(-1) !== unknown) throw new ShapeError('can only specify one unknown dimension')
  const length = size / sizeOf(checkShape(shape.toSpliced(unknown, 1)))
  if (Number.isInteger(length)) return checkShape(shape.with(unknown, length))
  const named = shape.map((one, axis) => (axis === unknown ? 'newaxis' : one)).slice(unknown === 0 ? 1 : 0)
  throw new ShapeError(`cannot reshape array of size ${size} into shape (${named.join(',')})`)
}

/**
 * The strides with which the elements of `base`, in C order, have another shape: from the last axis on, each new axis takes
 * its part of a run of elements that one stride walks.
 * Errors: ShapeError where the sizes differ, or an axis would span two runs.
 */
export function reshapedStrides(base: Omit<ViewLayout, 'offset'>, shape: readonly number[]): number[] {
  const size = sizeOf(base.shape)
  if (sizeOf(shape) !== size) {
    throw new ShapeError(`cannot reshape array of size ${size} into shape ${shapeText(shape)}`)
  }
  if (size === 0) return stridesOf(shape)
  const runs = mergedRuns(base)
  const strides = new Array<number>(shape.length).fill(1)
  let run = { count: 1, stride: 1 }
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1
    if (length === 1) continue
    if (run.count === 1) run = runs.pop() ?? run
    if (run.count % length !== 0) throw notAView(base.shape, shape)
    strides[axis] = run.stride
    run = { count: run.count / length, stride: run.stride * length }
  }
  return strides
}

/** The axes of more than one element, neighbours joined where one stride walks both. */
function mergedRuns({ shape, strides }: Omit<ViewLayout, 'offset'>): { count: number; stride: number }[] {
  const runs: { count: number; stride: number }[] = []
  shape.forEach((count, axis) => {
    if (count === 1) return
    const stride = strides[axis] ?? 0
    const outer = runs.at(-1)
    if (outer?.stride === stride * count) runs[runs.length - 1] = { count: outer.count * count, stride }
    else runs.push({ count, stride })
  })
  return runs
}

function notAView(from: readonly number[], to: readonly number[]): ShapeError {
  return new ShapeError(
    `a reshape of these strides from ${shapeText(from)} to ${shapeText(to)} is no view: ` +
      'make a copy with NDArray.from(array.toArray(), { shape })',
  )
}

/** Whether going through the elements in C order meets them in the order in which they lie. */
export function isAscending({ shape, strides }: ViewLayout): boolean {
  const moving = strides.filter((stride, axis) => stride !== 0 && shape[axis] !== 1).map(Math.abs)
  return moving.every((stride, axis) => axis === 0 || stride <= (moving[axis - 1] as number))
}
