// Room that commits gave up: it is free again when that is durable and no reader may still read what was there.
import type { Extents } from './index-of-arrays.js'
import type { Space } from './space.js'

interface GivenExtents {
  /** Of the commit that gave them up. */
  readonly sequence: number
  readonly extents: Extents
  /** The array that was deleted; undefined where they may be any array's. */
  readonly incarnation: number | undefined
}

interface Reader {
  /** Sequence of the last commit before it began. */
  readonly began: number
  /** undefined: may read any array. */
  readonly incarnations: readonly number[] | undefined
}

export class GivenUp {
  readonly #space: Space
  /** In order of sequence. */
  #given: GivenExtents[] = []
  readonly #readers = new Set<Reader>()

  constructor(space: Space) {
    this.#space = space
  }

  get size(): number {
    return this.#given.length
  }

  add(given: GivenExtents): void {
    if (given.extents.length > 0) this.#given.push(given)
  }

  begin(reader: Reader): void {
    this.#readers.add(reader)
  }

  end(reader: Reader): void {
    this.#readers.delete(reader)
  }

  isRead(incarnation: number): boolean {
    for (const reader of this.#readers) if (reader.incarnations?.includes(incarnation)) return true
    return false
  }

  /** Frees, from the oldest on, what is free by now, up to the first that is not. */
  reclaim(durable: number): void {
    let count = 0
    while (count < this.#given.length && this.#isFree(this.#given[count] as GivenExtents, durable)) count++
    for (const { extents } of this.#given.splice(0, count)) this.#release(extents)
  }

  /** Frees all that is free by now. */
  reclaimAll(durable: number): void {
    this.#given = this.#given.filter((given) => {
      const isFree = this.#isFree(given, durable)
      if (isFree) this.#release(given.extents)
      return !isFree
    })
  }

  #isFree({ sequence, incarnation }: GivenExtents, durable: number): boolean {
    if (sequence > durable) return false
    for (const reader of this.#readers) {
      const isOther = incarnation !== undefined && reader.incarnations?.includes(incarnation) === false
      if (reader.began < sequence && !isOther) return false
    }
    return true
  }

  #release(extents: Extents): void {
    for (let i = 0; i < extents.length; i += 2) this.#space.release(extents[i] as number, extents[i + 1] as number)
  }
}
