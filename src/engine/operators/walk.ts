// Which elements of a shape are gone through, and in which order: a box, its axes permuted.

import type { ViewLayout } from '../../core/layout.js'
import { sizeOf, stridesOf } from '../../core/shape.js'

/** The elements of a box in the C order of its permuted axes. */
export interface Walk {
  /** By axis of the shape. */
  readonly starts: readonly number[]
  readonly counts: readonly number[]
  /** The axes from the outermost to the innermost. */
  readonly order: readonly number[]
}

/** All elements; by default in C order. */
export function wholeWalk(shape: readonly number[], order: readonly number[] = shape.map((_, axis) => axis)): Walk {
  return { starts: shape.map(() => 0), counts: shape, order }
}

export function walkSize({ counts }: Walk): number {
  return sizeOf(counts)
}

/** What the walk sees of an array that is broadcast to the shape. */
export function layoutOn(walk: Walk, { shape, strides, offset }: ViewLayout): ViewLayout {
  const added = walk.counts.length - shape.length
  const strideOn = (axis: number) => (shape[axis - added] === 1 ? 0 : (strides[axis - added] ?? 0))
  return {
    shape: walk.order.map((axis) => walk.counts[axis] ?? 1),
    strides: walk.order.map(strideOn),
    offset: walk.starts.reduce((at, start, axis) => at + start * strideOn(axis), offset),
  }
}

/** Boxes that together are the whole, each a run of the C order of the chosen axes, and at most `most` of their elements. */
export function* boxesOf(
  shape: readonly number[],
  isChosen: (axis: number) => boolean,
  most: number,
): Generator<Pick<Walk, 'starts' | 'counts'>> {
  const chosen = shape.map((_, axis) => axis).filter(isChosen)
  const lengths = chosen.map((axis) => shape[axis] ?? 1)
  if (sizeOf(lengths) === 0) return
  let split = lengths.length - 1
  let inner = 1
  while (split > 0 && inner * (lengths[split] ?? 1) <= most) inner *= lengths[split--] ?? 1
  const splitLength = lengths[split] ?? 1
  const step = Math.max(1, Math.min(splitLength, Math.floor(most / inner)))
  const outer = lengths.slice(0, Math.max(0, split))
  const outerStrides = stridesOf(outer)
  for (let index = 0; index < sizeOf(outer); index++) {
    for (let first = 0; first < splitLength; first += step) {
      const starts = shape.map(() => 0)
      const counts = [...shape]
      outer.forEach((length, nth) => {
        starts[chosen[nth] as number] = Math.floor(index / (outerStrides[nth] ?? 1)) % length
        counts[chosen[nth] as number] = 1
      })
      const axis = chosen[split]
      if (axis !== undefined) {
        starts[axis] = first
        counts[axis] = Math.min(step, splitLength - first)
      }
      yield { starts, counts }
    }
  }
}
