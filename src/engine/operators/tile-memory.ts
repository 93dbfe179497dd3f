// Memory for what is computed on: the accelerator's, where there is one and some of it is free, else fresh memory.
import { DTYPES, type DType, type TypedArray } from '../../core/dtype.js'
import type { Kernels } from '../../core/numpy/kernel-table.js'
import type { Accelerator } from '../../core/numpy/simd/accelerator.js'
import type { Copy } from '../../core/numpy/simd/columns.js'
import { copyElements } from '../../core/strided.js'
import { allocate, bytesOf, wrap } from '../../core/typed-array.js'

/** Vectors are loaded fastest from multiples of it. */
const ALIGNMENT = 64

interface Extent {
  readonly start: number
  readonly end: number
}

/** The memory of one thread, shared by the computations that run in it. */
export class TileMemory {
  readonly kernels: Kernels
  readonly accelerator: Accelerator | undefined
  readonly copy: Copy
  /** In order, no two touching. */
  #free: Extent[]

  /** `kernels`: for what is not in the memory of an accelerator, or where there is none. */
  constructor(kernels: Kernels, accelerator?: Accelerator) {
    this.kernels = accelerator?.kernels ?? kernels
    this.accelerator = accelerator
    this.copy = accelerator?.copy ?? copyElements
    const start = Math.ceil((accelerator?.start ?? 0) / ALIGNMENT) * ALIGNMENT
    this.#free = accelerator === undefined ? [] : [{ start, end: accelerator.buffer.byteLength }]
  }

  get freeBytes(): number {
    return this.#free.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  /** The first place with so much room. */
  take(byteLength: number): Extent | undefined {
    const length = Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT
    const at = this.#free.findIndex(({ start, end }) => end - start >= length)
    const found = this.#free[at]
    if (found === undefined) return undefined
    const taken = { start: found.start, end: found.start + length }
    this.#free.splice(at, 1, ...(taken.end === found.end ? [] : [{ start: taken.end, end: found.end }]))
    return taken
  }

  give(extents: readonly Extent[]): void {
    const sorted = [...this.#free, ...extents].sort((a, b) => a.start - b.start)
    this.#free = []
    for (const extent of sorted) {
      const before = this.#free.at(-1)
      if (before?.end === extent.start) this.#free[this.#free.length - 1] = { start: before.start, end: extent.end }
      else this.#free.push(extent)
    }
  }
}

/** What one computation has of it, given back as a whole. */
export class Lease {
  readonly #memory: TileMemory
  readonly #taken: Extent[] = []
  readonly #parts = new Set<Lease>()

  constructor(memory: TileMemory) {
    this.#memory = memory
  }

  get kernels(): Kernels {
    return this.#memory.kernels
  }

  get copy(): Copy {
    return this.#memory.copy
  }

  /** A lease that ends with this one at the latest. */
  part(): Lease {
    const part = new Lease(this.#memory)
    this.#parts.add(part)
    return part
  }

  /** Whether there is memory that is faster than fresh one. */
  get isFaster(): boolean {
    return this.#memory.accelerator !== undefined
  }

  /** Room for `size` elements; what is in it is anything. */
  readonly room = (dtype: DType, size: number): TypedArray => {
    const { accelerator } = this.#memory
    const extent = size === 0 ? undefined : this.#memory.take(size * DTYPES[dtype].itemsize)
    if (accelerator === undefined || extent === undefined) return allocate(dtype, size)
    this.#taken.push(extent)
    return wrap(accelerator.buffer, dtype, extent.start, size)
  }

  /** The elements where the kernels work on them fastest: as they are, or else copied into `place`. */
  near(elements: TypedArray, place: () => TypedArray): TypedArray {
    const { accelerator } = this.#memory
    if (accelerator === undefined || elements.buffer === accelerator.buffer) return elements
    const near = place().subarray(0, elements.length)
    bytesOf(near).set(bytesOf(elements))
    return near
  }

  /** Nothing that was given out is used from now on. */
  end(): void {
    for (const part of this.#parts) part.end()
    this.#parts.clear()
    if (this.#taken.length > 0) this.#memory.give(this.#taken.splice(0))
  }
}
