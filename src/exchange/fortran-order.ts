// Arrays in Fortran order brought to C order without holding them whole. What comes is cut into slabs, each put in C order by
// itself and kept on disk; then the panels of the result are put together from the parts that each slab has of them.
import { DiskBackedNDArray } from '../array.js'
import { blockSelections } from '../block-selections.js'
import type { WorkOptions } from '../call.js'
import { DTYPES, type DType, type TypedArray } from '../core/dtype.js'
import { NDArray } from '../core/ndarray.js'
import type { ResolvedAxis, Selection } from '../core/selection.js'
import { sizeOf, stridesOf } from '../core/shape.js'
import { copyElements } from '../core/strided.js'
import { allocate, bytesOf, wrap } from '../core/typed-array.js'
import { custodyOf } from '../custodies.js'
import { diskNamed } from '../default-disk.js'
import type { Disk } from '../disk.js'
import { sessionOf } from '../handles.js'
import { DEFAULT_DISK_NAME } from '../options.js'
import type { Residency } from '../residency.js'
import type { ByteReader } from './byte-reader.js'

/** As many are in memory a few times: as they came, put in order, on their way to disk. */
export const SLAB_BYTES = 8 * 2 ** 20
/** Of what was staged, read in one call. */
const READ_BYTES = 2 ** 20

interface Extent {
  readonly start: number
  readonly count: number
}

/** Part of an array: an extent on each axis. */
type Box = readonly Extent[]

/** A box whose elements lie in C order one after the other from `offset` on, counted in elements. */
interface Slab {
  readonly box: Box
  readonly offset: number
}

/** Room for the largest slab or panel: as it was stored, and in C order. */
interface Memory {
  readonly stored: TypedArray
  readonly ordered: TypedArray
}

/** How an array goes over the disk. */
interface Way {
  readonly slabs: readonly Slab[]
  readonly panels: readonly Box[]
  readonly dtype: DType
  readonly memory: Memory
  readonly staging: WorkOptions & { disk: Disk }
}

/** Whether the two orders differ. */
export function ordersDiffer(shape: readonly number[]): boolean {
  return sizeOf(shape) > 1 && shape.filter((length) => length > 1).length > 1
}

/**
 * The elements that `reader` gives in Fortran order, in C order, in the same memory again and again; what does not fit
 * `slabBytes` goes over the disk and takes the room of the array there meanwhile. Errors: those of reading, of making an array.
 */
export async function* inCOrder(
  reader: ByteReader,
  shape: readonly number[],
  dtype: DType,
  staging: WorkOptions & { disk?: Disk },
  slabBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const slabs = slabsOf(shape, dtype, slabBytes)
  const panels = boxesOf(shape, dtype, slabBytes)
  const boxes = [...panels, ...slabs.map(({ box }) => box)]
  const largest = boxes.reduce((most, box) => Math.max(most, sizeOf(countsOf(box))), 0)
  const memory = () => ({ stored: allocate(dtype, largest), ordered: allocate(dtype, largest) })
  if (slabs.length === 1) {
    yield* readSlabs(reader, slabs, dtype, memory())
    return
  }
  const disk = staging.disk ?? (await diskNamed(DEFAULT_DISK_NAME))
  const byteLength = 2 * largest * DTYPES[dtype].itemsize
  const loan = await sessionOf(disk).budget.lend(byteLength, byteLength)
  try {
    yield* overDisk(reader, shape, { slabs, panels, dtype, memory: memory(), staging: { ...staging, disk } })
  } finally {
    loan.end()
  }
}

async function* overDisk(
  reader: ByteReader,
  shape: readonly number[],
  { slabs, panels, dtype, memory, staging }: Way,
): AsyncGenerator<Uint8Array, void, undefined> {
  const staged = await DiskBackedNDArray.create(readSlabs(reader, slabs, dtype, memory), {
    ...staging,
    ...{ enableCaching: true, shape: [sizeOf(shape)], dtype },
  })
  try {
    yield* readPanels(staged, slabs, panels, memory, staging.signal)
  } finally {
    await staged.purge()
  }
}

/** In the order in which Fortran's elements come: along the last axis, and where that is too much along the ones before. */
function slabsOf(shape: readonly number[], dtype: DType, slabBytes: number): Slab[] {
  let offset = 0
  return boxesOf([...shape].reverse(), dtype, slabBytes).map((reversed) => {
    const slab = { box: [...reversed].reverse(), offset }
    offset += sizeOf(countsOf(reversed))
    return slab
  })
}

async function* readSlabs(
  reader: ByteReader,
  slabs: readonly Slab[],
  dtype: DType,
  { stored, ordered }: Memory,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { box } of slabs) {
    const counts = countsOf(box)
    const bytes = bytesOf(stored).subarray(0, sizeOf(counts) * DTYPES[dtype].itemsize)
    await reader.fill(bytes)
    const slab = NDArray.fromParts({ data: stored, shape: [...counts].reverse(), dtype }).transpose()
    copyElements(dtype, counts, { data: ordered, strides: stridesOf(counts), offset: 0 }, slab)
    yield bytesOf(ordered).subarray(0, bytes.byteLength)
  }
}

/** Straight from the service, about 1 MiB at a time: of a large array slabs times panels are so many that what each takes piles up. */
async function* readPanels(
  staged: DiskBackedNDArray,
  slabs: readonly Slab[],
  panels: readonly Box[],
  { ordered }: Memory,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { session, meta } = custodyOf(staged).residency as Residency // it was made on disk
  const { dtype, incarnation } = meta
  const { itemsize } = DTYPES[dtype]
  let into = new ArrayBuffer(READ_BYTES)
  for (const panel of panels) {
    const strides = stridesOf(countsOf(panel))
    for (const parts of readsOf(slabs, panel, itemsize)) {
      const selections = parts.map(({ run }) => [run])
      const options = { transfer: [into], ...(signal && { signal }) }
      const { buffer } = await session.call('readMany', { incarnation, selections, into }, options)
      into = buffer
      const data = wrap(buffer, dtype)
      let offset = 0
      for (const { run, counts, place } of parts) {
        const to = place.reduce((at, start, axis) => at + start * (strides[axis] ?? 0), 0)
        const from = { data, strides: stridesOf(counts), offset }
        copyElements(dtype, counts, { data: ordered, strides, offset: to }, from)
        offset += run.count
      }
    }
    yield bytesOf(ordered).subarray(0, sizeOf(countsOf(panel)) * itemsize)
  }
}

/** What the slabs have of a panel, as much at a time as READ_BYTES, or one part. */
function* readsOf(slabs: readonly Slab[], panel: Box, itemsize: number): Generator<Part[], void, undefined> {
  let parts: Part[] = []
  let byteLength = 0
  for (const slab of slabs) {
    const part = partOf(slab, panel)
    if (part === undefined) continue
    const partBytes = part.run.count * itemsize
    if (parts.length > 0 && byteLength + partBytes > READ_BYTES) {
      yield parts
      parts = []
      byteLength = 0
    }
    parts.push(part)
    byteLength += partBytes
  }
  if (parts.length > 0) yield parts
}

/** What a slab has of a panel. */
interface Part {
  /** One run of what is staged: a panel takes single indices of some axes, and of those behind all. */
  readonly run: ResolvedAxis
  readonly counts: readonly number[]
  /** Its first element, counted from the panel's. */
  readonly place: readonly number[]
}

function partOf({ box, offset }: Slab, panel: Box): Part | undefined {
  const [counts, place, within]: [number[], number[], number[]] = [[], [], []]
  for (const [axis, slab] of box.entries()) {
    const wanted = panel[axis] as Extent // of the same array
    const start = Math.max(slab.start, wanted.start)
    const count = Math.min(slab.start + slab.count, wanted.start + wanted.count) - start
    if (count <= 0) return undefined
    counts.push(count)
    place.push(start - wanted.start)
    within.push(start - slab.start)
  }
  let first = 0
  for (const [axis, { count }] of box.entries()) first = first * count + (within[axis] ?? 0)
  return { run: { start: offset + first, step: 1, count: sizeOf(counts), keep: true }, counts, place }
}

function boxesOf(shape: readonly number[], dtype: DType, byteLength: number): Box[] {
  const selections = [...blockSelections(shape, DTYPES[dtype].itemsize, byteLength)]
  return selections.map((selection) => shape.map((length, axis) => extentOf(selection[axis], length)))
}

/** Blocks are selected by slices with both ends, and nothing where an axis is whole. */
function extentOf(entry: Selection[number] | undefined, length: number): Extent {
  if (typeof entry !== 'object' || entry === null) return { start: 0, count: length }
  const start = entry.start ?? 0
  return { start, count: (entry.stop ?? length) - start }
}

function countsOf(box: Box): number[] {
  return box.map(({ count }) => count)
}
