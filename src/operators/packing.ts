// Elements of an array brought to where they can be sent: as they lie, or close together where too much lies between.

import type { ViewLayout } from '../core/layout.js'
import { sizeOf, stridesOf } from '../core/shape.js'
import { BLOCK_BYTES } from '../protocol.js'

/** What lies between elements is taken along where it is no more than they are, or is little. */
const MOST_PER_ELEMENT = 2

export interface Packed {
  /** The elements to send in C order, each once, over the memory of the array. */
  readonly elements: ViewLayout
  /** The array, seen over those. */
  readonly layout: ViewLayout
}

/** Neighbours stay neighbours and gaps stay gaps, where nothing is left out: sums follow them. */
export function packed(seen: ViewLayout, itemsize: number): Packed {
  const { shape, strides, offset } = seen
  if (sizeOf(shape) === 0) return { elements: { ...EMPTY }, layout: { shape, strides: stridesOf(shape), offset: 0 } }
  const steps = shape.map((length, axis) => (length - 1) * (strides[axis] ?? 0))
  const first = steps.reduce((at, step) => at + Math.min(step, 0), offset)
  const last = steps.reduce((at, step) => at + Math.max(step, 0), offset)
  const span = last - first + 1
  const distinct = sizeOf(shape.filter((_, axis) => strides[axis] !== 0))
  if (span > distinct * MOST_PER_ELEMENT && span * itemsize > BLOCK_BYTES) return closeTogether(seen, first)
  return {
    elements: { shape: [span], strides: [1], offset: first },
    layout: { shape, strides, offset: offset - first },
  }
}

const EMPTY: ViewLayout = { shape: [0], strides: [1], offset: 0 }

/** The elements in the order in which they lie. */
function closeTogether({ shape, strides }: ViewLayout, first: number): Packed {
  const distance = (axis: number) => Math.abs(strides[axis] ?? 0)
  const moving = shape
    .map((_, axis) => axis)
    .filter((axis) => shape[axis] !== 1 && distance(axis) > 0)
    .sort((a, b) => distance(b) - distance(a))
  const lengths = moving.map((axis) => shape[axis] ?? 1)
  const close = stridesOf(lengths)
  const seen = shape.map((_, axis) => (close[moving.indexOf(axis)] ?? 0) * Math.sign(strides[axis] ?? 0))
  return {
    elements: { shape: lengths, strides: moving.map(distance), offset: first },
    layout: {
      shape,
      strides: seen,
      offset: seen.reduce((at, stride, axis) => at + Math.max(0, -stride) * ((shape[axis] ?? 1) - 1), 0),
    },
  }
}
