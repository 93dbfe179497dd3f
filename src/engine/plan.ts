// A view as bytes of its file: which ones, where each goes, and the spans in which they are read and written.

import type { ViewLayout } from '../core/layout.js'
import { stridesOf } from '../core/shape.js'
import { BLOCK_BYTES } from '../protocol.js'

/**
 * What is closer than this is rewritten in one go. Every block but an array's last is longer, so a span touches no block of which
 * nothing is selected.
 */
const MAX_GAP_BYTES = 64 * 1024
export const MAX_SPAN_BYTES = BLOCK_BYTES
/** Pieces that are picked from together stay in the cache. */
const MAX_GATHERED_BYTES = 256 * 1024
const LINE_BYTES = 64

interface PlanAxis {
  readonly count: number
  /** Bytes from one element to the next in the array's file; never negative. */
  readonly stride: number
  /** The same among the view's elements in C order; negative where the view goes backwards. */
  readonly to: number
}

/**
 * Runs of `runBytes`, one for every combination of the axes, which go from the longest stride to the shortest. The first
 * begins at byte `start` of the array and at byte `to` of the view's elements in C order.
 */
export interface Plan {
  readonly byteLength: number
  readonly start: number
  readonly to: number
  readonly runBytes: number
  readonly axes: readonly PlanAxis[]
}

/** Part of a plan: runs that lie close together, or as much of one as is read in one go. */
export interface Span extends Plan {
  /** How many bytes there are from `start` to its last: at most MAX_SPAN_BYTES. Where there are pieces, of each. */
  readonly extent: number
  /** So many, one for each index of the first axis, are read apart and picked from together; 1: it is read in one go. */
  readonly pieces: number
}

/** `layout`: of a view of an array of elements of `itemsize` bytes in C order. */
export function planOf({ shape, strides, offset }: ViewLayout, itemsize: number): Plan {
  let [start, to, byteLength] = [offset * itemsize, 0, itemsize]
  const inOrder = stridesOf(shape)
  const axes: PlanAxis[] = []
  for (const [i, count] of shape.entries()) {
    byteLength *= count
    if (count === 1) continue
    const stride = (strides[i] as number) * itemsize
    const step = (inOrder[i] as number) * itemsize
    if (stride >= 0) axes.push({ count, stride, to: step })
    else {
      start += stride * (count - 1)
      to += step * (count - 1)
      axes.push({ count, stride: -stride, to: -step })
    }
  }
  const joined = joinedAxes(axes.sort((a, b) => b.stride - a.stride))
  const inner = joined.at(-1)
  const isRun = inner?.stride === itemsize && inner.to === itemsize
  const runBytes = isRun ? inner.count * itemsize : itemsize
  return { byteLength, start, to, runBytes, axes: isRun ? joined.slice(0, -1) : joined }
}

/** Joins axes that step as one. */
function joinedAxes(axes: readonly PlanAxis[]): PlanAxis[] {
  const result: PlanAxis[] = []
  for (const axis of axes) {
    const outer = result.at(-1)
    const joins = outer?.stride === axis.stride * axis.count && outer.to === axis.to * axis.count
    if (joins) result[result.length - 1] = { ...axis, count: outer.count * axis.count }
    else result.push(axis)
  }
  return result
}

/** The plan's bytes, in ascending order, as they are rewritten. */
export function spansOf(plan: Plan): Generator<Span, void, undefined> {
  return spans(plan, MAX_GAP_BYTES, () => 1)
}

/** The same as they are read, where reading once more costs as much as `readCost` bytes. */
export function spansToRead(plan: Plan, readCost: number): Generator<Span, void, undefined> {
  return spans(plan, readCost, (extent) => Math.floor(MAX_GATHERED_BYTES / pitchOf(extent)))
}

/** From one piece of a span to the next in memory: columns of a pitch that is a power of two share few lines of the nearest cache. */
export function pitchOf(extent: number): number {
  return (Math.ceil(extent / LINE_BYTES) + 1) * LINE_BYTES
}

/** `mostPieces`: of so many bytes each. */
function* spans(plan: Plan, maxGap: number, mostPieces: (extent: number) => number): Generator<Span, void, undefined> {
  if (plan.byteLength === 0) return
  const { runBytes, axes } = plan
  if (runBytes > MAX_SPAN_BYTES) return yield* cuts(plan)
  let inner = axes.length
  let extent = runBytes
  while (inner > 0 && together(axes[inner - 1] as PlanAxis, extent, maxGap) >= (axes[inner - 1] as PlanAxis).count) {
    inner--
    extent += extentOf(axes[inner] as PlanAxis)
  }
  const whole = axes.slice(inner)
  const split = axes[inner - 1] ?? { count: 1, stride: 0, to: 0 }
  const close = together(split, extent, maxGap)
  const isApart = close === 1 && whole.length > 0
  const most = isApart ? Math.max(1, mostPieces(extent)) : close
  const splitBytes = whole.reduce((bytes, { count }) => bytes * count, runBytes)
  for (const { start, to } of starts(plan, axes.slice(0, Math.max(0, inner - 1)))) {
    for (let first = 0; first < split.count; first += most) {
      const count = Math.min(most, split.count - first)
      yield {
        start: start + first * split.stride,
        to: to + first * split.to,
        runBytes,
        axes: count === 1 ? whole : [{ ...split, count }, ...whole],
        byteLength: count * splitBytes,
        extent: isApart ? extent : extent + (count - 1) * split.stride,
        pieces: isApart ? count : 1,
      }
    }
  }
}

/** Runs too long for one span, cut where blocks may begin. */
function* cuts(plan: Plan): Generator<Span, void, undefined> {
  const { axes, runBytes } = plan
  for (const { start, to } of starts(plan, axes)) {
    for (let done = 0; done < runBytes; ) {
      const length = Math.min(runBytes - done, MAX_SPAN_BYTES - ((start + done) % MAX_SPAN_BYTES))
      yield {
        start: start + done,
        to: to + done,
        runBytes: length,
        axes: [],
        byteLength: length,
        extent: length,
        pieces: 1,
      }
      done += length
    }
  }
}

/** From the first element of the axis to the last. */
function extentOf({ count, stride }: PlanAxis): number {
  return (count - 1) * stride
}

/** How many elements of the axis, each of `extent` bytes, make one span. */
function together({ count, stride }: PlanAxis, extent: number, maxGap: number): number {
  if (stride - extent > maxGap || stride > MAX_SPAN_BYTES - extent) return 1
  return stride === 0 ? count : 1 + Math.floor((MAX_SPAN_BYTES - extent) / stride)
}

/** Where each combination of the axes begins, those of the longest stride outermost. */
function* starts(first: Pick<Plan, 'start' | 'to'>, axes: readonly PlanAxis[]): Generator<Pick<Plan, 'start' | 'to'>> {
  const index = axes.map(() => 0)
  let { start, to } = first
  for (;;) {
    yield { start, to }
    let axis = axes.length - 1
    for (; axis >= 0; axis--) {
      const { count, stride, to: step } = axes[axis] as PlanAxis
      start += stride
      to += step
      index[axis] = (index[axis] as number) + 1
      if ((index[axis] as number) < count) break
      start -= stride * count
      to -= step * count
      index[axis] = 0
    }
    if (axis < 0) return
  }
}
