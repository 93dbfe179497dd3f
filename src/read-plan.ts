// What to read of an array on disk for a strided view of it: the smallest box around the view, and the view of that box.

import type { ViewLayout } from './core/layout.js'
import type { ResolvedAxis, ResolvedSelection } from './core/selection.js'
import { sizeOf, stridesOf } from './core/shape.js'

export interface ReadPlan {
  /** Of the array on disk. */
  readonly selection: ResolvedSelection
  /** Elements the selection has. */
  readonly size: number
  /** The view, among those elements in C order. */
  readonly view: ViewLayout
}

/** An axis of the view that moves, forwards. */
interface Walk {
  readonly stride: number
  readonly count: number
}

/** Neighbouring axes of the array seen as one, as a reshaped view walks them. */
interface Group {
  readonly shape: readonly number[]
  readonly size: number
  /** Elements from one index of the group to the next. */
  readonly stride: number
}

/** What a view covers of a group: indices from `start` to `end`, `step` apart. */
interface Extent {
  readonly start: number
  readonly end: number
  readonly step: number
}

/** The plan for a view, which is not empty, of a C-ordered array of shape `base`; strides and offset count its elements. */
export function planRead(base: readonly number[], view: ViewLayout): ReadPlan {
  const walks = view.shape.map((count, axis) => ({ count, stride: Math.abs(view.strides[axis] ?? 0) }))
  const backwards = view.shape.map((count, axis) => Math.max(0, -(view.strides[axis] ?? 0)) * (count - 1))
  const origin = backwards.reduce((at, distance) => at - distance, view.offset)
  const groups = groupsThatFit(base, origin, walks)
  const boxes = groups.map((group) => boxOf(group, extentOf(group, groups, origin, walks)))
  const boxStrides = stridesOf(boxes.map((box) => box.size))
  const strides = walks.map((walk, axis) => {
    const at = groupOf(walk, groups)
    const group = groups[at]
    const box = boxes[at]
    if (walk.count === 1 || walk.stride === 0 || group === undefined || box === undefined) return 0
    const stride = (walk.stride / group.stride / box.step) * (boxStrides[at] ?? 1)
    return (view.strides[axis] ?? 0) < 0 ? -stride : stride
  })
  const first = boxes.reduce((at, box, i) => at + box.skipped * (boxStrides[i] ?? 1), 0)
  return {
    selection: boxes.flatMap((box) => box.axes),
    size: sizeOf(boxes.map((box) => box.size)),
    view: {
      shape: view.shape,
      strides,
      offset: strides.reduce((at, stride, axis) => at + Math.max(0, -stride) * ((view.shape[axis] ?? 1) - 1), first),
    },
  }
}

/** Joins axes until every walk stays in one group: a view that was reshaped may run over the end of an axis. */
function groupsThatFit(base: readonly number[], origin: number, walks: readonly Walk[]): readonly Group[] {
  const strides = stridesOf(base)
  let groups: Group[] = base.map((size, axis) => ({ shape: [size], size, stride: strides[axis] ?? 1 }))
  for (;;) {
    const at = clash(groups, origin, walks)
    if (at === undefined) return groups
    const [outer, inner] = [groups[at], groups[at + 1]] as [Group, Group] // clash names one that has a neighbour
    const joined = { shape: [...outer.shape, ...inner.shape], size: outer.size * inner.size, stride: inner.stride }
    groups = [...groups.slice(0, at), joined, ...groups.slice(at + 2)]
  }
}

/** A group that must be joined with the one after it; undefined where all walks fit. */
function clash(groups: readonly Group[], origin: number, walks: readonly Walk[]): number | undefined {
  for (const walk of walks) {
    if (walk.count === 1 || walk.stride === 0) continue
    const at = groupOf(walk, groups)
    if (walk.stride % (groups[at]?.stride ?? 1) !== 0) return at
  }
  const over = groups.findIndex((group) => extentOf(group, groups, origin, walks).end >= group.size)
  return over < 0 ? undefined : Math.max(0, over - 1)
}

/** The outermost group a walk can be counted in. */
function groupOf(walk: Walk, groups: readonly Group[]): number {
  return groups.findIndex(({ stride }) => stride <= walk.stride)
}

function extentOf(group: Group, groups: readonly Group[], origin: number, walks: readonly Walk[]): Extent {
  const start = Math.floor(origin / group.stride) % group.size
  let end = start
  let step = 0
  for (const walk of walks) {
    if (walk.count === 1 || walk.stride === 0 || groups[groupOf(walk, groups)] !== group) continue
    end += (walk.stride / group.stride) * (walk.count - 1)
    step = greatestCommonDivisor(walk.stride / group.stride, step)
  }
  return { start, end, step: step === 0 ? 1 : step }
}

interface Box {
  readonly axes: readonly ResolvedAxis[]
  readonly size: number
  /** Indices of the group from one element of the box to the next. */
  readonly step: number
  /** Elements of the box before the view's first. */
  readonly skipped: number
}

function boxOf(group: Group, { start, end, step }: Extent): Box {
  if (group.shape.length === 1) {
    const count = (end - start) / step + 1
    return { axes: [{ start, step, count, keep: true }], size: count, step, skipped: 0 }
  }
  const strides = stridesOf(group.shape)
  const indexOf = (at: number, axis: number) => Math.floor(at / (strides[axis] ?? 1)) % (group.shape[axis] ?? 1)
  const differing = group.shape.findIndex((_, axis) => indexOf(start, axis) !== indexOf(end, axis))
  const ranged = differing < 0 ? group.shape.length - 1 : differing
  const axes = group.shape.map((length, axis) => {
    if (axis > ranged) return { start: 0, step: 1, count: length, keep: true }
    const first = indexOf(start, axis)
    return { start: first, step: 1, count: indexOf(end, axis) - first + 1, keep: true }
  })
  return { axes, size: sizeOf(axes.map(({ count }) => count)), step: 1, skipped: start % (strides[ranged] ?? 1) }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
