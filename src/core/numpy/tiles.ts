// Tiles of arrays in memory: runs of elements in C order, brought to contiguous memory and back.
import { DTYPES, type DType, type TypedArray } from '../dtype.js'
import type { NDArray } from '../ndarray.js'
import { isContiguous } from '../strided.js'
import { type CopyRow, rowCopier } from '../strided-row.js'
import { allocate, partOf } from '../typed-array.js'

/** Elements of a tile in memory. */
const DEFAULT_TILE = 65_536
let tile: number | undefined

export function tileSize(): number {
  return tile ?? DEFAULT_TILE
}

/** What `setTileSize` has set. */
export function chosenTileSize(): number | undefined {
  return tile
}

/** How many elements operators compute at a time, for tests: no result depends on it. */
export function setTileSize(elements?: number): void {
  tile = elements
}

/** Reads an array piece by piece, in C order. */
export interface TileReader {
  /** `count` elements from the one at `start` of C order on; good until the next call. */
  read(start: number, count: number): TypedArray
}

export interface TileWriter {
  /** Where to put `count` elements; `write` with the same numbers follows. */
  target(start: number, count: number): TypedArray
  write(start: number, count: number): void
}

/** Tiles of `array`, of at most `capacity` elements: its own memory where they lie in it so. */
export function tileReader(array: NDArray, capacity: number): TileReader {
  if (isContiguous(array.shape, array.strides)) {
    return { read: (start, count) => elementsOf(array.data, array.dtype, array.offset + start, count) }
  }
  const buffer = allocate(array.dtype, Math.min(capacity, array.size))
  const rows = new Rows(array, buffer, 'read')
  return {
    read(start, count) {
      rows.copy(start, count)
      return elementsOf(buffer, array.dtype, 0, count)
    },
  }
}

export function tileWriter(array: NDArray, capacity: number): TileWriter {
  if (isContiguous(array.shape, array.strides)) {
    return {
      target: (start, count) => elementsOf(array.data, array.dtype, array.offset + start, count),
      write: () => {},
    }
  }
  const buffer = allocate(array.dtype, Math.min(capacity, array.size))
  const rows = new Rows(array, buffer, 'write')
  return {
    target: (_start, count) => elementsOf(buffer, array.dtype, 0, count),
    write: (start, count) => rows.copy(start, count),
  }
}

function elementsOf(data: TypedArray, dtype: DType, start: number, count: number): TypedArray {
  const { width } = DTYPES[dtype]
  return partOf(data, start * width, count * width)
}

interface RowAxis {
  readonly count: number
  readonly stride: number
}

/** Copies runs of an array's elements to a buffer, or from it, row by row of its innermost axis. */
class Rows {
  readonly #axes: readonly RowAxis[]
  readonly #inner: RowAxis
  readonly #array: NDArray
  readonly #buffer: TypedArray
  readonly #direction: 'read' | 'write'
  readonly #copyWhole: CopyRow

  constructor(array: NDArray, buffer: TypedArray, direction: 'read' | 'write') {
    const axes = joinedAxes(array)
    this.#inner = axes.pop() ?? { count: 1, stride: 1 }
    this.#axes = axes
    this.#array = array
    this.#buffer = buffer
    this.#direction = direction
    this.#copyWhole = this.#copier(this.#inner.count)
  }

  copy(start: number, count: number): void {
    const length = this.#inner.count
    let done = 0
    let row = Math.floor(start / length)
    const skipped = start - row * length
    if (skipped > 0) {
      const part = Math.min(length - skipped, count)
      this.#move(this.#copier(part), 0, this.#offsetOf(row++) + skipped * this.#inner.stride)
      done = part
    }
    for (; count - done >= length; done += length) this.#move(this.#copyWhole, done, this.#offsetOf(row++))
    if (done < count) this.#move(this.#copier(count - done), done, this.#offsetOf(row))
  }

  #move(copyRow: CopyRow, inBuffer: number, inArray: number): void {
    if (this.#direction === 'read') copyRow(inBuffer, inArray)
    else copyRow(inArray, inBuffer)
  }

  #copier(count: number): CopyRow {
    const { itemsize } = DTYPES[this.#array.dtype]
    const { stride } = this.#inner
    if (this.#direction === 'read')
      return rowCopier(this.#buffer, this.#array.data, itemsize, { count, to: 1, from: stride })
    return rowCopier(this.#array.data, this.#buffer, itemsize, { count, to: stride, from: 1 })
  }

  #offsetOf(row: number): number {
    let rest = row
    let offset = this.#array.offset
    for (let axis = this.#axes.length - 1; axis >= 0; axis--) {
      const { count, stride } = this.#axes[axis] as RowAxis
      const above = Math.floor(rest / count)
      offset += (rest - above * count) * stride
      rest = above
    }
    return offset
  }
}

/** The axes of more than one element, neighbours joined where one stride walks both. */
function joinedAxes({ shape, strides }: NDArray): RowAxis[] {
  const axes: RowAxis[] = []
  shape.forEach((count, axis) => {
    if (count === 1) return
    const stride = strides[axis] ?? 0
    const outer = axes.at(-1)
    if (outer?.stride === stride * count) axes[axes.length - 1] = { count: outer.count * count, stride }
    else axes.push({ count, stride })
  })
  return axes
}
