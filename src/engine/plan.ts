// A selection as runs of neighbouring bytes: what to read, or where to write, in C order of the selection.
import type { ResolvedSelection } from '../core/selection.js'
import { stridesOf } from '../core/shape.js'

interface PlanAxis {
  readonly count: number
  /** Bytes from one element to the next; negative for a negative step. */
  readonly stride: number
}

/** Runs of `runBytes`, `runCount` of them `runStride` apart in each segment; a segment for every combination of `outer`. */
export interface Plan {
  readonly byteLength: number
  readonly runBytes: number
  readonly runCount: number
  readonly runStride: number
  readonly start: number
  readonly outer: readonly PlanAxis[]
}

export function planOf(selection: ResolvedSelection, shape: readonly number[], itemsize: number): Plan {
  const strides = stridesOf(shape)
  let start = 0
  let byteLength = itemsize
  const axes: PlanAxis[] = []
  for (const [i, axis] of selection.entries()) {
    const size = (strides[i] as number) * itemsize
    start += axis.start * size
    byteLength *= axis.count
    if (axis.count !== 1) axes.push({ count: axis.count, stride: axis.step * size })
  }
  let runBytes = itemsize
  while (axes.at(-1)?.stride === runBytes) runBytes *= (axes.pop() as PlanAxis).count
  const outer = coalesced(axes)
  const inner = outer.pop() ?? { count: 1, stride: 0 }
  return { byteLength, runBytes, runCount: inner.count, runStride: inner.stride, start, outer }
}

/** Joins axes that step as one. */
function coalesced(axes: readonly PlanAxis[]): PlanAxis[] {
  const joined: PlanAxis[] = []
  for (const axis of axes) {
    const outer = joined.at(-1)
    if (outer !== undefined && outer.stride === axis.stride * axis.count) {
      joined[joined.length - 1] = { count: outer.count * axis.count, stride: axis.stride }
    } else joined.push(axis)
  }
  return joined
}

/** The first byte of every segment, in C order. */
export function* segmentStarts({ start, outer, byteLength }: Plan): Generator<number, void, undefined> {
  if (byteLength === 0) return
  const index = outer.map(() => 0)
  let at = start
  for (;;) {
    yield at
    let axis = outer.length - 1
    for (; axis >= 0; axis--) {
      const { count, stride } = outer[axis] as PlanAxis
      at += stride
      index[axis] = (index[axis] as number) + 1
      if ((index[axis] as number) < count) break
      at -= stride * count
      index[axis] = 0
    }
    if (axis < 0) return
  }
}
