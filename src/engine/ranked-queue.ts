// Arrays in order of a rank that only grows: what was queued with an older rank goes back when its turn comes.

/** Compared by the first number, then by the second. */
export type Rank = readonly [number, number]

interface Queued {
  readonly incarnation: number
  readonly rank: Rank
}

/** A binary heap, the lowest rank first: exact, though nothing is moved when a rank grows. */
export class RankedQueue {
  readonly #rankOf: (incarnation: number) => Rank | undefined
  readonly #heap: Queued[] = []

  /** `rankOf` gives undefined for an array that is no more. */
  constructor(rankOf: (incarnation: number) => Rank | undefined) {
    this.#rankOf = rankOf
  }

  get size(): number {
    return this.#heap.length
  }

  /** Of an array that is not in the queue. */
  add(incarnation: number): void {
    const rank = this.#rankOf(incarnation)
    if (rank === undefined) return
    this.#heap.push({ incarnation, rank })
    this.#rise(this.#heap.length - 1)
  }

  /** The array with the lowest rank. */
  peek(): Queued | undefined {
    for (;;) {
      const [top] = this.#heap
      if (top === undefined) return undefined
      const rank = this.#rankOf(top.incarnation)
      if (rank === undefined) this.#removeTop()
      else if (!isLower(top.rank, rank)) return top
      else {
        this.#heap[0] = { incarnation: top.incarnation, rank }
        this.#sink()
      }
    }
  }

  take(): number | undefined {
    const top = this.peek()
    if (top !== undefined) this.#removeTop()
    return top?.incarnation
  }

  #removeTop(): void {
    const last = this.#heap.pop() as Queued // callers have seen the top
    if (this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink()
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      if (left >= this.#heap.length) return
      const child = right < this.#heap.length && this.#isBefore(right, left) ? right : left
      if (!this.#isBefore(child, at)) return
      this.#swap(at, child)
      at = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    return isLower((this.#heap[a] as Queued).rank, (this.#heap[b] as Queued).rank) // both are in the heap
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap as [Queued, ...Queued[]] // both are in the heap
    ;[heap[a], heap[b]] = [heap[b] as Queued, heap[a] as Queued]
  }
}

function isLower(a: Rank, b: Rank): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
}
