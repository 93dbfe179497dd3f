// A selection of a Zarr array cut into boxes along its chunks, so that each chunk is in one box.
import * as zarr from 'zarrita'
import type { ResolvedSelection, Selection } from '../../core/selection.js'
import { slice } from '../../core/slice.js'

/** Of boxes, where chunks are smaller. Long runs of the array on disk are written in far fewer blocks than short ones. */
const BOX_BYTES = 16 * 2 ** 20

/** The same elements on both sides. */
export interface Box {
  /** Of the Zarr array: a range on every axis. */
  readonly zarr: zarr.Slice[]
  /** Of that selection: its extent on every axis. */
  readonly shape: number[]
  /** Of the array on disk, whose axes are those that the selection keeps. */
  readonly disk: Selection
  readonly size: number
}

/** In C order of the Zarr array; none where it is empty. */
export function* boxesOf(
  selection: ResolvedSelection,
  chunkShape: readonly number[],
  itemsize: number,
): Generator<Box, void, undefined> {
  if (selection.some(({ count }) => count === 0)) return
  const cuts = selection.map((axis, i) => cutsOf(axis, chunkShape[i] ?? 1))
  const taken = chunksPerBox(cuts, BOX_BYTES / itemsize)
  yield* productOf(selection, cuts, taken, [])
}

/** An axis that is walked upwards. */
function ascending({ start, step, count }: ResolvedSelection[number]): { start: number; step: number } {
  return step > 0 ? { start, step } : { start: start + (count - 1) * step, step: -step }
}

/** Counted upwards: where the selected elements of another chunk begin, and the end. */
function cutsOf(axis: ResolvedSelection[number], chunk: number): number[] {
  const { start, step } = ascending(axis)
  const cuts: number[] = []
  for (let at = 0; at < axis.count; ) {
    cuts.push(at)
    const end = (Math.floor((start + at * step) / chunk) + 1) * chunk
    at = Math.ceil((end - start) / step)
  }
  return [...cuts, axis.count]
}

/** How many neighbouring chunks make a box: as many as fit, the last axis first, for its elements are neighbours on disk. */
function chunksPerBox(cuts: readonly (readonly number[])[], maxSize: number): number[] {
  const widest = cuts.map((axis) => axis.reduce((most, cut, i) => Math.max(most, cut - (axis[i - 1] ?? cut)), 1))
  let size = widest.reduce((product, extent) => product * extent, 1)
  const taken = cuts.map(() => 1)
  for (let axis = cuts.length - 1; axis >= 0; axis--) {
    const chunks = (cuts[axis]?.length ?? 1) - 1
    const fitting = Math.max(1, Math.min(chunks, Math.floor(maxSize / size)))
    taken[axis] = fitting
    size *= fitting
    if (fitting < chunks) break
  }
  return taken
}

function* productOf(
  selection: ResolvedSelection,
  cuts: readonly (readonly number[])[],
  taken: readonly number[],
  before: readonly (readonly [number, number])[],
): Generator<Box, void, undefined> {
  const axis = before.length
  const at = cuts[axis]
  if (at === undefined) {
    yield boxOf(selection, before)
    return
  }
  const last = at.length - 1
  for (let i = 0; i < last; i += taken[axis] ?? 1) {
    const range = [at[i] ?? 0, at[Math.min(last, i + (taken[axis] ?? 1))] ?? 0] as const
    yield* productOf(selection, cuts, taken, [...before, range])
  }
}

function boxOf(selection: ResolvedSelection, ranges: readonly (readonly [number, number])[]): Box {
  const shape = ranges.map(([from, to]) => to - from)
  const inZarr = selection.map((axis, i) => {
    const { start, step } = ascending(axis)
    const [from, to] = ranges[i] as readonly [number, number] // one for every axis
    return zarr.slice(start + from * step, start + (to - 1) * step + 1, step)
  })
  const onDisk = selection.flatMap(({ step, count, keep }, i) => {
    const [from, to] = ranges[i] as readonly [number, number]
    if (!keep) return []
    return step > 0 ? [slice(from, to)] : [slice(count - 1 - from, to === count ? null : count - 1 - to, -1)]
  })
  return { zarr: inZarr, shape, disk: onDisk, size: shape.reduce((product, extent) => product * extent, 1) }
}
