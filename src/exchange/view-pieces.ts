// A view cut into pieces, each with the bytes that have to be read for it.
import type { ViewLayout } from '../core/layout.js'

/** What lies closer together is read along: a request of its own costs more. In bytes. */
const MAX_GAP_BYTES = 16 * 1024
const MAX_PIECE_BYTES = 4 * 2 ** 20

/** A box of the view's elements; `low` and `extent`, in elements, are where it lies among those of the array. */
export interface Piece {
  readonly start: readonly number[]
  readonly count: readonly number[]
  readonly low: number
  readonly extent: number
}

interface WalkedAxis {
  readonly axis: number
  readonly count: number
  readonly stride: number
}

/** Pieces that together cover the view once. */
export function* piecesOf({ shape, strides, offset }: ViewLayout, itemsize: number): Generator<Piece, void, undefined> {
  if (shape.includes(0)) return
  const [maxGap, maxExtent] = [MAX_GAP_BYTES / itemsize, MAX_PIECE_BYTES / itemsize]
  const axes = shape
    .map((count, axis) => ({ axis, count, stride: Math.abs(strides[axis] ?? 0) }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.stride - a.stride)
  const count = shape.map(() => 1)
  let extent = 1
  for (let inner = axes.at(-1); inner !== undefined; inner = axes.at(-1)) {
    const whole = extent + (inner.count - 1) * inner.stride
    if (inner.stride - extent > maxGap || whole > maxExtent) break
    extent = whole
    count[inner.axis] = inner.count
    axes.pop()
  }
  const lowOf = (start: readonly number[], counts: readonly number[]) =>
    start.reduce((at, first, axis) => {
      const stride = strides[axis] ?? 0
      return at + first * stride + Math.min(0, stride * ((counts[axis] ?? 1) - 1))
    }, offset)
  const split = axes.at(-1)
  const together = split === undefined ? 1 : howManyTogether(split, extent, maxGap, maxExtent)
  for (const outer of indices(axes.slice(0, -1), shape.length)) {
    for (let first = 0; first < (split?.count ?? 1); first += together) {
      const start = [...outer]
      const counts = [...count]
      let length = extent
      if (split !== undefined) {
        const taken = Math.min(together, split.count - first)
        start[split.axis] = first
        counts[split.axis] = taken
        length += (taken - 1) * split.stride
      }
      yield { start, count: counts, low: lowOf(start, counts), extent: length }
    }
  }
}

/** How many elements of an axis, each of `extent`, make one piece. */
function howManyTogether({ stride }: WalkedAxis, extent: number, maxGap: number, maxExtent: number): number {
  if (stride - extent > maxGap || stride + extent > maxExtent) return 1
  return 1 + Math.floor((maxExtent - extent) / stride)
}

/** Every combination of indices of these axes; 0 for the others. */
function* indices(axes: readonly WalkedAxis[], ndim: number): Generator<readonly number[], void, undefined> {
  const index = new Array<number>(ndim).fill(0)
  for (;;) {
    yield index
    let at = axes.length - 1
    for (; at >= 0; at--) {
      const { axis, count } = axes[at] as WalkedAxis // at is one of them
      const next = (index[axis] ?? 0) + 1
      index[axis] = next < count ? next : 0
      if (next < count) break
    }
    if (at < 0) return
  }
}
