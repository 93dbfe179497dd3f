// When and how often arrays were used: kept in memory, and in the catalog as of the last mark.

/** Incarnation, time of the last use, number of uses; in turn. */
export type UseTable = Float64Array

export interface Use {
  /** Milliseconds since the epoch, more than at any use before. */
  readonly at: number
  readonly count: number
}

/** What is added to the time of the last use where the clock does not: milliseconds since the epoch still tell it. */
const TICK_MS = 2 ** -10

export class Uses {
  readonly #uses = new Map<number, Use>()
  /** Not in the catalog yet. */
  readonly #unsaved = new Set<number>()
  #last = 0

  get(incarnation: number): Use | undefined {
    return this.#uses.get(incarnation)
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0
  }

  note(incarnation: number, now: number): void {
    this.#last = Math.max(now, this.#last + TICK_MS)
    this.#uses.set(incarnation, { at: this.#last, count: (this.#uses.get(incarnation)?.count ?? 0) + 1 })
    this.#unsaved.add(incarnation)
  }

  forget(incarnation: number): void {
    this.#uses.delete(incarnation)
    this.#unsaved.delete(incarnation)
  }

  load(table: UseTable): void {
    for (let i = 0; i + 2 < table.length; i += 3) {
      const [incarnation, at, count] = table.subarray(i, i + 3) as unknown as [number, number, number]
      this.#uses.set(incarnation, { at, count })
      this.#last = Math.max(this.#last, at)
    }
  }

  /** All of them, or those only that the catalog does not have. */
  table(incarnations: Iterable<number> = this.#uses.keys()): UseTable {
    return Float64Array.from(
      [...incarnations].flatMap((incarnation) => {
        const use = this.#uses.get(incarnation)
        return use === undefined ? [] : [incarnation, use.at, use.count]
      }),
    )
  }

  unsaved(): UseTable {
    return this.table(this.#unsaved)
  }

  saved(): void {
    this.#unsaved.clear()
  }
}
