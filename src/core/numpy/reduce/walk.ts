// In which order NumPy's iterator visits the elements of a reduction's input, and how many it hands to a loop at once.
import { stridesOf } from '../../shape.js'
import type { ReducedAxes } from './axes.js'

/** Neighbouring axes of the walk that are all kept or all reduced. */
export interface Group {
  readonly count: number
  readonly reduced: boolean
}

/**
 * A reduced group, where it is innermost, is summed pairwise in pieces: the group is cut into blocks, each into pieces, of
 * which the last of a block may be shorter.
 */
export interface Pieces {
  readonly block: number
  readonly piece: number
}

/** NumPy's buffers, in elements. */
const BUFFER = 8192

/**
 * The axes from the outermost to the innermost as NumPy walks them: by stride, C order where strides do not tell.
 * Source: npyiter_find_best_axis_ordering of NumPy 2.4, an insertion sort whose comparison is no total order.
 */
export function walkOrder(shape: readonly number[], strides: readonly number[] = stridesOf(shape)): number[] {
  const distance = (axis: number) => (shape[axis] === 1 ? 0 : Math.abs(strides[axis] ?? 0))
  const innermostFirst: number[] = []
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    let place = innermostFirst.length
    for (let i = innermostFirst.length - 1; i >= 0; i--) {
      const other = distance(innermostFirst[i] as number)
      if (distance(axis) === 0 || other === 0) continue
      if (other <= distance(axis)) break
      place = i
    }
    innermostFirst.splice(place, 0, axis)
  }
  return innermostFirst.reverse()
}

/** The groups of the walk, outermost first; axes of one element in the whole input, of which this may be a part, are left out. */
export function groupsOf(
  { shape, reduced }: ReducedAxes,
  order: readonly number[],
  whole: readonly number[] = shape,
): Group[] {
  const groups: Group[] = []
  for (const axis of order) {
    const group = { count: shape[axis] ?? 1, reduced: reduced[axis] ?? false }
    if (whole[axis] === 1) continue
    const outer = groups.at(-1)
    if (outer?.reduced === group.reduced) groups[groups.length - 1] = { ...group, count: outer.count * group.count }
    else groups.push(group)
  }
  return groups
}

/** An axis of the iterator, innermost first: how far the input and the output step. */
interface IteratorAxis {
  readonly count: number
  readonly input: number
  readonly output: number
}

/**
 * How NumPy cuts the innermost group, if that is a reduced one: in one piece, row by row, or into buffers.
 * `isCast`: the input is cast on the way. Source: npyiter_find_buffering_setup of NumPy 2.4, for the two operands of a
 * reduction whose result the iterator allocates.
 */
export function piecesOf(
  axes: ReducedAxes,
  order: readonly number[],
  strides: readonly number[],
  isCast: boolean,
): Pieces {
  const iterator = iteratorAxes(axes, order, strides)
  const { outer, core, isReduceLoop, isBuffered } = bufferingSetup(iterator, isCast)
  if (isReduceLoop) return { block: core, piece: core }
  const block = product(iterator.slice(0, outer + 1))
  return { block, piece: isBuffered && block > BUFFER ? core * Math.floor(BUFFER / core) : block }
}

/** Without axes of one element, neighbours joined where both operands walk them in one stride. */
function iteratorAxes({ shape, reduced }: ReducedAxes, order: readonly number[], strides: readonly number[]) {
  const axes: IteratorAxis[] = []
  let output = 1
  for (const axis of order.toReversed()) {
    const count = shape[axis] ?? 1
    if (count === 1) continue
    const next = { count, input: strides[axis] ?? 0, output: reduced[axis] ? 0 : output }
    if (!reduced[axis]) output *= count
    const inner = axes.at(-1)
    const joins = inner !== undefined && continues(inner, next, 'input') && continues(inner, next, 'output')
    if (joins) axes[axes.length - 1] = { ...inner, count: inner.count * count }
    else axes.push(next)
  }
  return axes.length === 0 ? [{ count: 1, input: 0, output: 0 }] : axes
}

function continues(inner: IteratorAxis, outer: IteratorAxis, operand: 'input' | 'output'): boolean {
  return inner[operand] * inner.count === outer[operand]
}

function product(axes: readonly IteratorAxis[]): number {
  return axes.reduce((size, { count }) => size * count, 1)
}

/**
 * Which axes one call of the iterator covers: up to `outer`, whose inside has `core` elements. NumPy weighs the number of
 * operands that would need a buffer against the size one call then has.
 */
function bufferingSetup(axes: readonly IteratorAxis[], isCast: boolean) {
  let cost = isCast ? 2 : 1
  let size = axes[0]?.count ?? 1
  let best = { cost, size, outer: 0, core: 1 }
  let reduceAxis = 0
  const singleStride = { input: 1, output: 1 }
  for (let axis = 1; axis < axes.length && reduceAxis === 0 && (size < BUFFER || cost === 1); axis++) {
    const [inner, outer] = [axes[axis - 1] as IteratorAxis, axes[axis] as IteratorAxis]
    for (const operand of ['output', 'input'] as const) {
      if (singleStride[operand] === axis) {
        if (continues(inner, outer, operand)) {
          singleStride[operand]++
          continue
        }
        if (operand === 'output' || !isCast) cost++
      }
      if (operand === 'output' && (inner.output === 0 || outer.output === 0)) reduceAxis = axis
    }
    const core = size
    size *= outer.count
    const reach = cost > 1 ? Math.min(size, BUFFER) : size
    if (cost * best.size <= best.cost * reach) best = { cost, size, outer: axis, core }
  }
  const isReduceLoop = reduceAxis !== 0 && best.outer === reduceAxis
  const isBuffered = isCast || singleStride.input <= best.outer
  return { ...best, isReduceLoop, isBuffered }
}
