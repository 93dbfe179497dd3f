// Copies between arrays of any strides: the innermost loops of views, get and set.
import { DTYPES, type DType, type TypedArray } from './dtype.js'
import { sizeOf, stridesOf } from './shape.js'
import { type Axis, type CopyRow, rowCopier } from './strided-row.js'
import { allocate } from './typed-array.js'

/** Elements in memory. Strides and offset count array elements (a complex one is one); 0 repeats, negative goes backwards. */
export interface Layout {
  readonly data: TypedArray
  readonly strides: readonly number[]
  readonly offset: number
}

/** Whether the elements lie one after the other in C order. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  if (sizeOf(shape) === 0) return true
  const expected = stridesOf(shape)
  return shape.every((length, axis) => length === 1 || strides[axis] === expected[axis])
}

/** Copies the elements of `source` to those of `target`, both of that shape and dtype; the two share no memory. */
export function copyElements(dtype: DType, shape: readonly number[], target: Layout, source: Layout): void {
  if (sizeOf(shape) === 0) return
  const axes = mergeAxes(shape, target.strides, source.strides)
  const inner = axes.pop() ?? { count: 1, to: 1, from: 1 }
  const copyRow = rowCopier(target.data, source.data, DTYPES[dtype].itemsize, inner)
  forEachRow(axes, target.offset, source.offset, copyRow)
}

/** The elements in C order, as fresh memory. */
export function gather<D extends DType>(dtype: D, shape: readonly number[], source: Layout): TypedArray<D> {
  const size = sizeOf(shape)
  const { width } = DTYPES[dtype]
  if (isContiguous(shape, source.strides)) {
    return source.data.slice(source.offset * width, (source.offset + size) * width) as TypedArray<D> // of that dtype
  }
  const data = allocate(dtype, size)
  copyElements(dtype, shape, { data, strides: stridesOf(shape), offset: 0 }, source)
  return data
}

/** The elements in C order: the same memory where they are so already (the same typed array where they are all of it), else fresh. */
export function contiguous<D extends DType>(dtype: D, shape: readonly number[], source: Layout): TypedArray<D> {
  if (!isContiguous(shape, source.strides)) return gather(dtype, shape, source)
  const { width } = DTYPES[dtype]
  const start = source.offset * width
  const length = sizeOf(shape) * width
  const isAll = start === 0 && length === source.data.length
  return (isAll ? source.data : source.data.subarray(start, start + length)) as TypedArray<D> // of that dtype
}

/** Drops axes of one element and joins neighbours that both arrays walk in one stride; the target's closest is last. */
function mergeAxes(shape: readonly number[], to: readonly number[], from: readonly number[]): Axis[] {
  const axes = shape
    .map((count, axis) => ({ count, to: to[axis] ?? 0, from: from[axis] ?? 0 }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => Math.abs(b.to) - Math.abs(a.to))
  const merged: Axis[] = []
  for (const axis of axes) {
    const outer = merged.at(-1)
    const joins = outer !== undefined && outer.to === axis.to * axis.count && outer.from === axis.from * axis.count
    if (joins) merged[merged.length - 1] = { ...axis, count: outer.count * axis.count }
    else merged.push(axis)
  }
  return merged
}

function forEachRow(axes: readonly Axis[], to: number, from: number, copyRow: CopyRow, depth = 0): void {
  const axis = axes[depth]
  if (axis === undefined) {
    copyRow(to, from)
    return
  }
  for (let i = 0; i < axis.count; i++) {
    forEachRow(axes, to + i * axis.to, from + i * axis.from, copyRow, depth + 1)
  }
}
