// The elements of given ranks, found digit by digit from the highest: a pass counts, among the elements that begin with the
// digits found so far, how many have each next digit. State: a table of digits for every output and rank.
import type { DType, TypedArray } from '../../dtype.js'
import { CAST_STEP } from './casts.js'
import { elementOfKey, type KeyWriter, keyBits, keyWriterOf, nanTestOf } from './keys.js'
import type { RankFinder } from './percentile.js'

/** Counts that are kept at a time. */
const MAX_COUNTS = 2 ** 21

export class DigitSearch implements RankFinder {
  readonly passes: number
  readonly casts: readonly DType[] = []
  readonly #dtype: DType
  readonly #anyNaN: (x: TypedArray, start: number, n: number) => boolean
  readonly #keysOf: KeyWriter
  readonly #high = new Uint32Array(CAST_STEP)
  readonly #low = new Uint32Array(CAST_STEP)
  readonly #bits: number
  readonly #targets: number
  /** For every output and rank: the digits found, the rank among the elements that begin with them, counts by next digit. */
  readonly #prefixHigh: Uint32Array
  readonly #prefixLow: Uint32Array
  readonly #rank: Float64Array
  /** The first of the output's searches with the same digits: it counts for all of them. */
  readonly #leader: Uint32Array
  readonly #counts: Float64Array
  readonly #hasNaN: Uint8Array
  /** Bits of the key that are known. */
  #known = 0

  constructor(dtype: DType, outputs: number, wanted: readonly number[]) {
    this.#dtype = dtype
    this.#anyNaN = nanTestOf(dtype)
    this.#keysOf = keyWriterOf(dtype)
    this.#targets = wanted.length
    const searches = outputs * wanted.length
    this.#bits = [16, 8, 4, 2].find((bits) => searches * 2 ** bits <= MAX_COUNTS) ?? 1
    this.passes = keyBits(dtype) / this.#bits
    this.#prefixHigh = new Uint32Array(searches)
    this.#prefixLow = new Uint32Array(searches)
    this.#rank = Float64Array.from({ length: searches }, (_, search) => wanted[search % wanted.length] ?? 0)
    this.#leader = Uint32Array.from({ length: searches }, (_, search) => search - (search % wanted.length))
    this.#counts = new Float64Array(searches * 2 ** this.#bits)
    this.#hasNaN = new Uint8Array(outputs)
  }

  run(x: TypedArray, start: number, n: number, at: number): void {
    for (let done = 0; done < n; done += CAST_STEP) {
      const count = Math.min(CAST_STEP, n - done)
      this.#keysOf(x, start + done, count, this.#high, this.#low)
      if (this.#known === 0 && this.#anyNaN(x, start + done, count)) this.#hasNaN[at] = 1
      for (let search = at * this.#targets; search < (at + 1) * this.#targets; search++) {
        if (this.#leader[search] === search) this.#tally(search, count)
      }
    }
  }

  rows(x: TypedArray, start: number, n: number, at: number): void {
    for (let i = 0; i < n; i++) this.run(x, start + i, 1, at + i)
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
    const search = output * this.#targets + index
    return elementOfKey(this.#dtype, this.#prefixHigh[search] as number, this.#prefixLow[search] as number)
  }

  /** The digit after the known ones is in the high word or in the low one, never in both. */
  #tally(search: number, n: number): void {
    const [inHigh, shift] = this.#nextDigit()
    const mask = 2 ** this.#bits - 1
    const base = search * 2 ** this.#bits
    const [high, low, counts] = [this.#high, this.#low, this.#counts]
    const prefixHigh = this.#prefixHigh[search] as number
    const prefixLow = this.#prefixLow[search] as number
    const above = inHigh ? upperBits(this.#known) : 0xffffffff
    const aboveLow = inHigh ? 0 : upperBits(this.#known - 32)
    for (let i = 0; i < n; i++) {
      if ((((high[i] as number) ^ prefixHigh) & above) !== 0) continue
      if ((((low[i] as number) ^ prefixLow) & aboveLow) !== 0) continue
      const digit = (((inHigh ? high[i] : low[i]) as number) >>> shift) & mask
      counts[base + digit] = (counts[base + digit] as number) + 1
    }
  }

  #descend(search: number, digits: number): void {
    const [inHigh, shift] = this.#nextDigit()
    const base = (this.#leader[search] as number) * digits
    let rank = this.#rank[search] as number
    let digit = 0
    while (digit < digits - 1 && rank >= (this.#counts[base + digit] as number)) {
      rank -= this.#counts[base + digit] as number
      digit++
    }
    this.#rank[search] = rank
    const prefix = inHigh ? this.#prefixHigh : this.#prefixLow
    prefix[search] = (prefix[search] as number) | (digit << shift)
  }

  /** Ranks ascend, and so do the digits of an output's searches. */
  #leaderOf(search: number): number {
    const isFirst = search % this.#targets === 0
    const sharesHigh = this.#prefixHigh[search] === this.#prefixHigh[search - 1]
    const isSame = sharesHigh && this.#prefixLow[search] === this.#prefixLow[search - 1]
    return isFirst || !isSame ? search : (this.#leader[search - 1] as number)
  }

  /** Whether the next digit is in the high word, and how far from its right end. */
  #nextDigit(): [boolean, number] {
    const inHigh = this.#known < 32
    return [inHigh, 32 - this.#bits - (this.#known % 32)]
  }
}

/** The highest `count` bits of a word. */
function upperBits(count: number): number {
  return count === 0 ? 0 : -1 << (32 - count)
}
