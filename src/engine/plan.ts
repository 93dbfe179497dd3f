// A selection as bytes: which ones, in C order of the selection, and the spans in which they are read and written.
import type { ResolvedSelection } from '../core/selection.js'
import { stridesOf } from '../core/shape.js'
import { BLOCK_BYTES } from '../protocol.js'

/**
 * Bytes closer than this are read in one go and picked from: a separate read costs about as much as 64 KiB. Every block but
 * an array's last is longer, so a span touches no block of which nothing is selected.
 */
const MAX_GAP_BYTES = 64 * 1024
export const MAX_SPAN_BYTES = BLOCK_BYTES

interface PlanAxis {
  readonly count: number
  /** Bytes from one element to the next; negative for a negative step. */
  readonly stride: number
}

/** Runs of `runBytes`, one for every combination of the axes, the outermost first; the very first begins at byte `start`. */
export interface Plan {
  readonly byteLength: number
  readonly start: number
  readonly runBytes: number
  readonly axes: readonly PlanAxis[]
}

/** Part of a plan: runs that lie close together, or as much of one as is read in one go. */
export interface Span extends Plan {
  /** The lowest byte, and how many there are up to the highest: at most MAX_SPAN_BYTES. */
  readonly low: number
  readonly extent: number
  /** Where its bytes begin among those of the whole plan. */
  readonly offset: number
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
  return { byteLength, start, runBytes, axes: joined(axes) }
}

/** Joins axes that step as one. */
function joined(axes: readonly PlanAxis[]): PlanAxis[] {
  const result: PlanAxis[] = []
  for (const axis of axes) {
    const outer = result.at(-1)
    if (outer !== undefined && outer.stride === axis.stride * axis.count) {
      result[result.length - 1] = { count: outer.count * axis.count, stride: axis.stride }
    } else result.push(axis)
  }
  return result
}

/** The plan's bytes, in C order; in ascending order where no stride is negative. */
export function* spansOf(plan: Plan): Generator<Span, void, undefined> {
  if (plan.byteLength === 0) return
  const { runBytes, axes } = plan
  if (runBytes > MAX_SPAN_BYTES) return yield* pieces(plan)
  let inner = axes.length
  let extent = runBytes
  while (inner > 0 && together(axes[inner - 1] as PlanAxis, extent) >= (axes[inner - 1] as PlanAxis).count) {
    inner--
    extent += extentOf(axes[inner] as PlanAxis)
  }
  const whole = axes.slice(inner)
  const split = axes[inner - 1] ?? { count: 1, stride: 0 }
  const most = together(split, extent)
  const splitBytes = whole.reduce((bytes, { count }) => bytes * count, runBytes)
  let offset = 0
  for (const start of starts(plan.start, axes.slice(0, Math.max(0, inner - 1)))) {
    for (let first = 0; first < split.count; first += most) {
      const count = Math.min(most, split.count - first)
      const part = count === 1 ? whole : [{ count, stride: split.stride }, ...whole]
      yield spanOf(start + first * split.stride, runBytes, part, count * splitBytes, offset)
      offset += count * splitBytes
    }
  }
}

/** Runs too long for one span, cut where blocks may begin. */
function* pieces({ start, axes, runBytes }: Plan): Generator<Span, void, undefined> {
  let offset = 0
  for (const from of starts(start, axes)) {
    for (let done = 0; done < runBytes; ) {
      const length = Math.min(runBytes - done, MAX_SPAN_BYTES - ((from + done) % MAX_SPAN_BYTES))
      yield spanOf(from + done, length, [], length, offset)
      done += length
      offset += length
    }
  }
}

function spanOf(start: number, runBytes: number, axes: readonly PlanAxis[], byteLength: number, offset: number): Span {
  const extent = axes.reduce((sum, axis) => sum + extentOf(axis), runBytes)
  const low = axes.reduce((sum, axis) => (axis.stride < 0 ? sum - extentOf(axis) : sum), start)
  return { start, runBytes, axes, byteLength, offset, low, extent }
}

/** From the first element of the axis to the last. */
function extentOf({ count, stride }: PlanAxis): number {
  return (count - 1) * Math.abs(stride)
}

/** How many elements of the axis, each of `extent` bytes, make one span. */
function together({ count, stride }: PlanAxis, extent: number): number {
  const distance = Math.abs(stride)
  if (distance - extent > MAX_GAP_BYTES || distance > MAX_SPAN_BYTES - extent) return 1
  return distance === 0 ? count : 1 + Math.floor((MAX_SPAN_BYTES - extent) / distance)
}

/** The first byte for every combination of the axes, in C order. */
function* starts(start: number, axes: readonly PlanAxis[]): Generator<number, void, undefined> {
  const index = axes.map(() => 0)
  let at = start
  for (;;) {
    yield at
    let axis = axes.length - 1
    for (; axis >= 0; axis--) {
      const { count, stride } = axes[axis] as PlanAxis
      at += stride
      index[axis] = (index[axis] as number) + 1
      if ((index[axis] as number) < count) break
      at -= stride * count
      index[axis] = 0
    }
    if (axis < 0) return
  }
}
