// Which output and which place the next element of a walk belongs to.
import type { TypedArray } from '../../dtype.js'
import type { Fold } from './fold.js'
import type { Group } from './walk.js'

/** A group and how far its next index is in outputs and in places. */
interface OuterGroup {
  readonly count: number
  readonly output: number
  readonly place: number
}

/** An odometer over the groups of a walk. */
export class Odometer {
  /** The group whose elements lie next to each other. */
  readonly #inner: Group
  readonly #outer: readonly OuterGroup[]
  readonly #indices: Float64Array
  /** The output of the next run, or the first of the row; the element's place among those of its output. */
  #at = 0
  #place = 0
  /** Elements of the inner group that came. */
  #done = 0

  constructor(groups: readonly Group[]) {
    this.#inner = groups.at(-1) ?? { count: 1, reduced: true }
    let output = this.#inner.reduced ? 1 : this.#inner.count
    let place = this.#inner.reduced ? this.#inner.count : 1
    this.#outer = groups
      .slice(0, -1)
      .toReversed()
      .map(({ count, reduced }) => {
        const step = { count, output: reduced ? 0 : output, place: reduced ? place : 0 }
        if (reduced) place *= count
        else output *= count
        return step
      })
    this.#indices = new Float64Array(this.#outer.length)
  }

  feed(fold: Fold, x: TypedArray, size: number): void {
    const { count, reduced } = this.#inner
    for (let start = 0; start < size; ) {
      const together = reduced ? fold.runs : fold.grid
      const whole = together === undefined ? 0 : this.#whole(size - start)
      if (whole > 1) {
        together?.call(fold, x, start, count, this.#at, whole)
        start += whole * count
        this.#skip(whole)
        continue
      }
      const n = Math.min(count - this.#done, size - start)
      if (reduced) fold.run(x, start, n, this.#at, this.#place + this.#done)
      else fold.rows(x, start, n, this.#at + this.#done, this.#place)
      start += n
      this.#done += n
      if (this.#done === count) this.#advance()
    }
  }

  /** How many runs of neighbouring outputs, or rows of the same, lie whole in the next `size` elements. */
  #whole(size: number): number {
    const outer = this.#outer[0]
    if (outer === undefined || this.#done > 0) return 0
    return Math.min(Math.floor(size / this.#inner.count), outer.count - (this.#indices[0] as number))
  }

  /** Past `count` of the group around the inner one. */
  #skip(count: number): void {
    const { output, place } = this.#outer[0] as OuterGroup
    this.#indices[0] = (this.#indices[0] as number) + count - 1
    this.#at += output * (count - 1)
    this.#place += place * (count - 1)
    this.#advance()
  }

  #advance(): void {
    this.#done = 0
    for (let group = 0; group < this.#outer.length; group++) {
      const { count, output, place } = this.#outer[group] as OuterGroup
      const index = (this.#indices[group] as number) + 1
      if (index < count) {
        this.#indices[group] = index
        this.#at += output
        this.#place += place
        return
      }
      this.#indices[group] = 0
      this.#at -= output * (count - 1)
      this.#place -= place * (count - 1)
    }
  }
}
