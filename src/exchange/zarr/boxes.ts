// A selection of a Zarr array cut into boxes along its chunks, so that each chunk is in one box.
import * as zarr from 'zarrita'
import type { ResolvedSelection, Selection } from '../../core/selection.js'
import { slice } from '../../core/slice.js'

/** Of boxes, where chunks are smaller. Long runs of the array on disk are written in far fewer blocks than short ones. */
export const BOX_BYTES = 8 * 2 ** 20

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

/** Of chunks: many that are small take more memory in being asked for than their bytes. */
const BOX_CHUNKS = 1024

/** In C order of the Zarr array; none where it is empty. */
export interface Boxes extends Iterable<Box> {
  readonly count: number
}

export function boxesOf(selection: ResolvedSelection, chunkShape: readonly number[], itemsize: number): Boxes {
  const cuts = selection.map((axis, i) => cutsOf(axis, chunkShape[i] ?? 1))
  const taken = chunksPerBox(cuts, BOX_BYTES / itemsize)
  const count = cuts.reduce((product, { parts }, axis) => product * Math.ceil(parts / (taken[axis] ?? 1)), 1)
  return { count, [Symbol.iterator]: () => productOf(selection, cuts, taken, []) }
}

/** The selected elements of an axis, counted upwards, cut where another chunk begins. */
interface Cuts {
  /** 0 where nothing is selected. */
  readonly parts: number
  /** No part has more elements. */
  readonly widest: number
  /** Where a part begins; of `parts`, the end. */
  at(part: number): number
}

/** An axis that is walked upwards. */
function ascending({ start, step, count }: ResolvedSelection[number]): { start: number; step: number } {
  return step > 0 ? { start, step } : { start: start + (count - 1) * step, step: -step }
}

function cutsOf(axis: ResolvedSelection[number], chunk: number): Cuts {
  const { count } = axis
  const { start, step } = ascending(axis)
  if (count === 0 || step >= chunk) return { parts: count, widest: 1, at: (part) => part }
  const first = Math.floor(start / chunk)
  const last = Math.floor((start + (count - 1) * step) / chunk)
  const at = (part: number) => Math.min(count, Math.max(0, Math.ceil(((first + part) * chunk - start) / step)))
  return { parts: last - first + 1, widest: Math.min(count, Math.ceil(chunk / step)), at }
}

/** How many neighbouring chunks make a box: as many as fit, the last axis first, for its elements are neighbours on disk. */
function chunksPerBox(cuts: readonly Cuts[], maxSize: number): number[] {
  let size = cuts.reduce((product, { widest }) => product * widest, 1)
  let chunks = 1
  const taken = cuts.map(() => 1)
  for (let axis = cuts.length - 1; axis >= 0; axis--) {
    const parts = cuts[axis]?.parts ?? 1
    const fitting = Math.max(1, Math.min(parts, Math.floor(maxSize / size), Math.floor(BOX_CHUNKS / chunks)))
    taken[axis] = fitting
    size *= fitting
    chunks *= fitting
    if (fitting < parts) break
  }
  return taken
}

function* productOf(
  selection: ResolvedSelection,
  cuts: readonly Cuts[],
  taken: readonly number[],
  before: readonly (readonly [number, number])[],
): Generator<Box, void, undefined> {
  const axis = before.length
  const cut = cuts[axis]
  if (cut === undefined) {
    yield boxOf(selection, before)
    return
  }
  const step = taken[axis] ?? 1
  for (let part = 0; part < cut.parts; part += step) {
    const range = [cut.at(part), cut.at(Math.min(cut.parts, part + step))] as const
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

/** What a chunk has of a box: elements along each axis, counted in the box, and `steps` apart in the chunk. */
export interface ChunkPart {
  readonly coordinates: readonly number[]
  readonly counts: readonly number[]
  readonly inBox: readonly number[]
  readonly inChunk: readonly number[]
  readonly steps: readonly number[]
}

export function* chunkParts(
  { zarr: ranges, shape }: Box,
  chunkShape: readonly number[],
): Generator<ChunkPart, void, undefined> {
  const axes = ranges.map((range, axis) => partsOfAxis(range, shape[axis] ?? 0, chunkShape[axis] ?? 1))
  yield* combined(axes, [])
}

interface AxisPart {
  readonly coordinate: number
  readonly count: number
  readonly inBox: number
  readonly inChunk: number
  readonly step: number
}

function partsOfAxis({ start, step }: zarr.Slice, count: number, chunk: number): AxisPart[] {
  const [first, by] = [start ?? 0, step ?? 1]
  const cuts = cutsOf({ start: first, step: by, count, keep: true }, chunk)
  return Array.from({ length: cuts.parts }, (_, part) => {
    const inBox = cuts.at(part)
    const at = first + inBox * by
    const coordinate = Math.floor(at / chunk)
    return { coordinate, count: cuts.at(part + 1) - inBox, inBox, inChunk: at - coordinate * chunk, step: by }
  })
}

function* combined(
  axes: readonly (readonly AxisPart[])[],
  before: readonly AxisPart[],
): Generator<ChunkPart, void, undefined> {
  const axis = axes[before.length]
  if (axis !== undefined) {
    for (const part of axis) yield* combined(axes, [...before, part])
    return
  }
  yield {
    coordinates: before.map(({ coordinate }) => coordinate),
    counts: before.map(({ count }) => count),
    inBox: before.map(({ inBox }) => inBox),
    inChunk: before.map(({ inChunk }) => inChunk),
    steps: before.map(({ step }) => step),
  }
}
