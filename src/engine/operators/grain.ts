// How much of a computation is in memory at a time.

/** Some tiles together stay in the cache; I/O in larger pieces is hardly faster. */
const TILE_BYTES = 256 << 10
/** Of arrays that are read in the order they lie in, but not all of it. */
const RANGE_BYTES = 1 << 20
/** Of each operand of a matrix product, and of its sums. */
const BLOCK_BYTES = 8 << 20
/** An array no larger is read once and kept. */
const KEPT_BYTES = 4 << 20
/** Of arrays whose elements come in another order than they lie in: each part that is kept costs a pass over the array. */
const WINDOW_BYTES = 16 << 20
/** Of a reduction with many results: what each keeps is 8 to 32 bytes. */
const OUTPUTS = 2 ** 19

export class Grain {
  readonly #tile: number | undefined

  /** `tile`: elements, in place of the limits by bytes, for tests. */
  constructor(tile?: number) {
    this.#tile = tile
  }

  /** Elements computed at a time, of arrays of which the widest has elements of `itemsize` bytes. */
  tile(itemsize: number): number {
    return this.#tile ?? TILE_BYTES / itemsize
  }

  /** Elements of an array that are kept at a time. `sharing`: how many arrays are read in another order than they lie in. */
  window(itemsize: number, isInOrder: boolean, size: number, sharing: number): number {
    if (this.#tile !== undefined) return this.#tile
    if (size * itemsize <= KEPT_BYTES) return size
    return (isInOrder ? RANGE_BYTES : WINDOW_BYTES / Math.max(1, sharing)) / itemsize
  }

  /** Results of a reduction computed at a time. */
  get outputs(): number {
    return this.#tile ?? OUTPUTS
  }

  /** Elements of a block of a matrix product. */
  block(itemsize: number): number {
    return this.#tile ?? BLOCK_BYTES / itemsize
  }
}
