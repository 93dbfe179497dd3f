// The elements of given ranks, found digit by digit from the highest: a pass counts, among the elements that begin with the
// digits found so far, how many have each next digit. State: a table of digits for every output and rank.
import type { DType, TypedArray } from '../../dtype.js'
import type { ReducedAxes } from './axes.js'
import { CAST_STEP } from './casts.js'
import { elementOfKey, type KeyWriter, keyBits, keyWriterOf, nanTestOf } from './keys.js'
import type { RankFinder } from './rank-finder.js'

/** Bytes of the counts that are kept at a time. */
export const COUNT_BYTES = 12 << 20

/** Searches are numbered rank by rank, each for all outputs: neighbouring outputs have neighbouring counts. */
export class DigitSearch implements RankFinder {
  readonly passes: number
  readonly casts: readonly DType[] = []
  readonly #dtype: DType
  readonly #anyNaN: (x: TypedArray, start: number, n: number) => boolean
  readonly #keysOf: KeyWriter
  readonly #high = new Uint32Array(CAST_STEP)
  readonly #low = new Uint32Array(CAST_STEP)
  readonly #bits: number
  readonly #outputs: number
  /** For every search: the digits found, and the rank among the elements that begin with them. */
  readonly #prefixHigh: Uint32Array
  readonly #prefixLow: Uint32Array
  readonly #rank: Float64Array
  /** The first of the output's searches with the same digits: it counts for all of them. */
  readonly #leader: Uint32Array
  /** By next digit, then by search. */
  readonly #counts: Uint32Array | Float64Array
  readonly #hasNaN: Uint8Array
  /** Bits of the key that are known. */
  #known = 0

  constructor(dtype: DType, { outputs, count }: ReducedAxes, wanted: readonly number[]) {
    this.#dtype = dtype
    this.#anyNaN = nanTestOf(dtype)
    this.#keysOf = keyWriterOf(dtype)
    this.#outputs = outputs
    const searches = outputs * wanted.length
    const Counts = count < 2 ** 32 ? Uint32Array : Float64Array
    const most = COUNT_BYTES / Counts.BYTES_PER_ELEMENT
    // Large tables are for many elements: they have to be cleared and gone through for each digit.
    const bits = [16, 8, 4, 2].find((few) => searches * 2 ** few <= (few === 16 && count < 2 ** 14 ? 0 : most)) ?? 1
    this.#bits = Math.min(bits, keyBits(dtype))
    this.passes = keyBits(dtype) / this.#bits
    this.#prefixHigh = new Uint32Array(searches)
    this.#prefixLow = new Uint32Array(searches)
    this.#rank = new Float64Array(searches)
    wanted.forEach((rank, target) => {
      this.#rank.fill(rank, target * outputs, (target + 1) * outputs)
    })
    this.#leader = Uint32Array.from({ length: searches }, (_, search) => search % outputs)
    this.#counts = new Counts(searches * 2 ** this.#bits)
    this.#hasNaN = new Uint8Array(outputs)
  }

  run(x: TypedArray, start: number, n: number, at: number): void {
    for (let done = 0; done < n; done += CAST_STEP) {
      const count = Math.min(CAST_STEP, n - done)
      this.#keysOf(x, start + done, count, this.#high, this.#low)
      if (this.#known === 0 && this.#anyNaN(x, start + done, count)) this.#hasNaN[at] = 1
      for (let search = at; search < this.#rank.length; search += this.#outputs) {
        if (this.#leader[search] === search) this.#tally(search, count)
      }
    }
  }

  rows(x: TypedArray, start: number, n: number, at: number): void {
    this.grid(x, start, n, at, 1)
  }

  grid(x: TypedArray, start: number, n: number, at: number, count: number): void {
    for (let done = 0; done < n * count; done += CAST_STEP) {
      const step = Math.min(CAST_STEP, n * count - done)
      this.#keysOf(x, start + done, step, this.#high, this.#low)
      if (this.#known === 0 && this.#anyNaN(x, start + done, step))
        this.#noteNaNs(x, start + done, step, at, n, done % n)
      for (let first = at; first < this.#rank.length; first += this.#outputs) {
        this.#tallyRows(first, n, done % n, step)
      }
    }
  }

  endPass(): boolean {
    const digits = 2 ** this.#bits
    for (let search = 0; search < this.#rank.length; search++) this.#descend(search, digits)
    for (let search = 0; search < this.#rank.length; search++) this.#leader[search] = this.#leaderOf(search)
    this.#counts.fill(0)
    this.#known += this.#bits
    return this.#known < keyBits(this.#dtype)
  }

  element(output: number, index: number): number | bigint {
    if (this.#hasNaN[output] === 1) return Number.NaN
    const search = index * this.#outputs + output
    return elementOfKey(this.#dtype, this.#prefixHigh[search] as number, this.#prefixLow[search] as number)
  }

  /** `column`: of the first element in its row of `n`. */
  #noteNaNs(x: TypedArray, start: number, count: number, at: number, n: number, column: number): void {
    for (let i = 0; i < count; i++) if (this.#anyNaN(x, start + i, 1)) this.#hasNaN[at + ((column + i) % n)] = 1
  }

  /** `count` keys, all of the search's output. */
  #tally(search: number, count: number): void {
    const { digits, shift, above, aboveLow } = this.#nextDigit()
    const mask = 2 ** this.#bits - 1
    const searches = this.#rank.length
    const [high, low, counts] = [this.#high, this.#low, this.#counts]
    const prefixHigh = this.#prefixHigh[search] as number
    const prefixLow = this.#prefixLow[search] as number
    for (let i = 0; i < count; i++) {
      if ((((high[i] as number) ^ prefixHigh) & above) !== 0) continue
      if ((((low[i] as number) ^ prefixLow) & aboveLow) !== 0) continue
      const digit = ((digits[i] as number) >>> shift) & mask
      const index = digit * searches + search
      counts[index] = (counts[index] as number) + 1
    }
  }

  /** `count` keys of rows of `n`, from the one of `column` on; the searches of a row begin with `first`. */
  #tallyRows(first: number, n: number, column: number, count: number): void {
    const { digits, shift, above, aboveLow } = this.#nextDigit()
    const mask = 2 ** this.#bits - 1
    const searches = this.#rank.length
    const [high, low, counts, leader] = [this.#high, this.#low, this.#counts, this.#leader]
    const [prefixHigh, prefixLow] = [this.#prefixHigh, this.#prefixLow]
    const end = first + n
    for (let i = 0, search = first + column; i < count; i++, search++) {
      if (search === end) search = first
      if (leader[search] !== search) continue
      if ((((high[i] as number) ^ (prefixHigh[search] as number)) & above) !== 0) continue
      if ((((low[i] as number) ^ (prefixLow[search] as number)) & aboveLow) !== 0) continue
      const digit = ((digits[i] as number) >>> shift) & mask
      const index = digit * searches + search
      counts[index] = (counts[index] as number) + 1
    }
  }

  #descend(search: number, digits: number): void {
    const { isHigh, shift } = this.#nextDigit()
    const leader = this.#leader[search] as number
    const searches = this.#rank.length
    let rank = this.#rank[search] as number
    let digit = 0
    for (; digit < digits - 1; digit++) {
      const count = this.#counts[digit * searches + leader] as number
      if (rank < count) break
      rank -= count
    }
    this.#rank[search] = rank
    const prefix = isHigh ? this.#prefixHigh : this.#prefixLow
    prefix[search] = (prefix[search] as number) | (digit << shift)
  }

  /** Ranks ascend, and so do the digits of an output's searches. */
  #leaderOf(search: number): number {
    const before = search - this.#outputs
    const isSame =
      before >= 0 &&
      this.#prefixHigh[search] === this.#prefixHigh[before] &&
      this.#prefixLow[search] === this.#prefixLow[before]
    return isSame ? (this.#leader[before] as number) : search
  }

  /** The digit after the known ones is in the high word or in the low one, never in both. */
  #nextDigit() {
    const isHigh = this.#known < 32
    return {
      isHigh,
      digits: isHigh ? this.#high : this.#low,
      /** How far it is from the right end of its word. */
      shift: 32 - this.#bits - (this.#known % 32),
      /** The known bits of either word. */
      above: isHigh ? upperBits(this.#known) : 0xffffffff,
      aboveLow: isHigh ? 0 : upperBits(this.#known - 32),
    }
  }
}

/** The highest `count` bits of a word. */
function upperBits(count: number): number {
  return count === 0 ? 0 : -1 << (32 - count)
}
