// The elements of one operand in the order of a walk: straight from the disk where they lie so, else from a window of them.
import { DTYPES, type DType, type TypedArray } from '../../core/dtype.js'
import type { ViewLayout } from '../../core/layout.js'
import { NDArray } from '../../core/ndarray.js'
import { type TileReader, tileReader } from '../../core/numpy/tiles.js'
import { sizeOf, stridesOf } from '../../core/shape.js'
import { isContiguous } from '../../core/strided.js'
import { bytesOf, partOf } from '../../core/typed-array.js'
import { isAscending } from '../../core/view-layout.js'
import { BLOCK_BYTES } from '../../protocol.js'
import type { DataFiles } from '../data-files.js'
import type { Entry } from '../entry.js'
import { MAX_SPAN_BYTES, planOf } from '../plan.js'
import { PlanReader, readRange } from '../reading.js'
import type { Steps } from '../work.js'
import type { Grain } from './grain.js'
import type { Lease } from './tile-memory.js'

/** An operand: an array on disk or in memory, and how it is seen. */
export interface Operand {
  readonly from: Entry | TypedArray
  readonly dtype: DType
  readonly layout: ViewLayout
}

export interface LeafReader {
  /** `count` elements from the one at `start` of the walk on; good until the next call. */
  read(start: number, count: number): TypedArray | Promise<TypedArray>
}

export interface Reading {
  readonly data: DataFiles
  readonly steps: Steps
  readonly grain: Grain
  readonly lease: Lease
}

/** `layout`: what the walk sees of the operand. `tile`: the most elements asked for at a time. `sharing`: see Grain.window. */
export function leafReader(
  { from, dtype }: Operand,
  layout: ViewLayout,
  reading: Reading,
  { tile, sharing }: { readonly tile: number; readonly sharing: number },
): LeafReader {
  if (!('blocks' in from))
    return new NearReader(NDArray.fromParts({ ...layout, data: from, dtype }), reading.lease, tile)
  if (isContiguous(layout.shape, layout.strides)) return new StraightReader(from, layout, reading, tile)
  const isInOrder = isAscending(layout)
  const window = reading.grain.window(DTYPES[dtype].itemsize, isInOrder, distinctSize(layout), sharing)
  return new WindowReader(from, layout, reading, { window, tile: Math.min(tile, sizeOf(layout.shape)) })
}

/** How many elements there are, repeated ones counted once. */
function distinctSize({ shape, strides }: ViewLayout): number {
  return sizeOf(shape.filter((_, axis) => strides[axis] !== 0))
}

/** Of what is in memory. */
class NearReader implements LeafReader {
  readonly #reader: TileReader
  readonly #lease: Lease
  readonly #place: () => TypedArray
  #tile: TypedArray | undefined

  constructor(array: NDArray, lease: Lease, tile: number) {
    this.#reader = tileReader(array, tile)
    this.#lease = lease
    this.#place = () => {
      this.#tile ??= lease.room(array.dtype, tile)
      return this.#tile
    }
  }

  read(start: number, count: number): TypedArray {
    return this.#lease.near(this.#reader.read(start, count), this.#place)
  }
}

class StraightReader implements LeafReader {
  readonly #entry: Entry
  readonly #offset: number
  readonly #reading: Reading
  readonly #buffer: TypedArray
  readonly #bytes: Uint8Array

  constructor(entry: Entry, { shape, offset }: ViewLayout, reading: Reading, tile: number) {
    this.#entry = entry
    this.#offset = offset
    this.#reading = reading
    this.#buffer = reading.lease.room(entry.dtype, Math.min(tile, sizeOf(shape)))
    this.#bytes = bytesOf(this.#buffer)
  }

  async read(start: number, count: number): Promise<TypedArray> {
    const { itemsize, width } = DTYPES[this.#entry.dtype]
    const { data, steps } = this.#reading
    const at = (this.#offset + start) * itemsize
    const bytes = partOf(this.#bytes, 0, count * itemsize)
    for (let done = 0; done < bytes.byteLength; done += BLOCK_BYTES) {
      const part = partOf(bytes, done, Math.min(BLOCK_BYTES, bytes.byteLength - done))
      readRange(data, this.#entry, at + done, part)
      if (steps.spend(part.byteLength)) await steps.pause()
    }
    return partOf(this.#buffer, 0, count * width)
  }
}

/**
 * Keeps the elements of a box of the walk, in its order. What the walk repeats is kept once. Boxes are ranges of one axis:
 * indices before it are fixed, axes behind it whole.
 */
class WindowReader implements LeafReader {
  readonly #entry: Entry
  readonly #layout: ViewLayout
  readonly #reading: Reading
  readonly #axis: number
  /** Indices of that axis in a box. */
  readonly #step: number
  /** Elements of the walk for one index of that axis. */
  readonly #inner: number
  readonly #kept: TypedArray
  readonly #tile: TypedArray
  readonly #planned: PlanReader
  /** The elements of the walk that are kept. */
  #first = 0
  #count = 0
  #keptOffset = Number.NaN
  #window: TileReader | undefined

  constructor(
    entry: Entry,
    layout: ViewLayout,
    reading: Reading,
    { window, tile }: { readonly window: number; readonly tile: number },
  ) {
    this.#entry = entry
    this.#layout = layout
    this.#reading = reading
    const { shape } = layout
    const distinct = distinctShape(layout)
    let axis = shape.length - 1
    let inner = 1
    while (axis > 0 && inner * (distinct[axis] ?? 1) <= window) inner *= distinct[axis--] ?? 1
    const length = shape[axis] ?? 1
    this.#axis = axis
    this.#step = distinct[axis] === 1 ? length : Math.max(1, Math.min(length, Math.floor(window / inner)))
    this.#inner = sizeOf(shape.slice(axis + 1))
    this.#kept = reading.lease.room(entry.dtype, inner * Math.min(this.#step, distinct[axis] ?? 1))
    this.#tile = reading.lease.room(entry.dtype, tile)
    const room = () => bytesOf(reading.lease.room('uint8', MAX_SPAN_BYTES))
    this.#planned = new PlanReader(reading.data, entry, bytesOf(this.#kept), { room, copy: reading.lease.copy })
  }

  async read(start: number, count: number): Promise<TypedArray> {
    const { itemsize, width } = DTYPES[this.#entry.dtype]
    for (let done = 0; done < count; ) {
      const at = start + done
      if (at < this.#first || at >= this.#first + this.#count) await this.#moveTo(at)
      const part = Math.min(count - done, this.#first + this.#count - at)
      const elements = (this.#window as TileReader).read(at - this.#first, part) // there is one after moving
      if (part === count) return this.#reading.lease.near(elements, () => this.#tile)
      bytesOf(this.#tile).set(bytesOf(elements), done * itemsize)
      done += part
    }
    return this.#tile.subarray(0, count * width)
  }

  /** Keeps the box with that element of the walk. */
  async #moveTo(at: number): Promise<void> {
    const { shape, strides } = this.#layout
    const length = shape[this.#axis] ?? 1
    const index = Math.floor(at / this.#inner) % length
    const start = index - (index % this.#step)
    const box = [Math.min(this.#step, length - start), ...shape.slice(this.#axis + 1)]
    const boxStrides = strides.slice(this.#axis)
    let offset = this.#layout.offset + start * (strides[this.#axis] ?? 0)
    let rest = Math.floor(at / (this.#inner * length))
    for (let axis = this.#axis - 1; axis >= 0; axis--) {
      offset += (rest % (shape[axis] ?? 1)) * (strides[axis] ?? 0)
      rest = Math.floor(rest / (shape[axis] ?? 1))
    }
    this.#first = Math.floor(at / (this.#inner * length)) * this.#inner * length + start * this.#inner
    const isKept = offset === this.#keptOffset && sizeOf(box) === this.#count
    this.#count = sizeOf(box)
    if (!isKept) await this.#keep({ shape: box, strides: boxStrides, offset })
  }

  async #keep(box: ViewLayout): Promise<void> {
    const { steps } = this.#reading
    const { dtype } = this.#entry
    const shape = distinctShape(box)
    const plan = planOf({ ...box, shape }, DTYPES[dtype].itemsize)
    this.#keptOffset = Number.NaN
    await this.#planned.read(plan, steps)
    this.#keptOffset = box.offset
    const inOrder = stridesOf(shape)
    const strides = box.strides.map((stride, axis) => (stride === 0 ? 0 : (inOrder[axis] ?? 0)))
    const kept = NDArray.fromParts({ data: this.#kept, dtype, shape: box.shape, strides })
    this.#window = tileReader(kept, this.#tile.length / DTYPES[dtype].width)
  }
}

/** With one index of every axis that repeats. */
function distinctShape({ shape, strides }: ViewLayout): number[] {
  return shape.map((length, axis) => (strides[axis] === 0 ? 1 : length))
}
