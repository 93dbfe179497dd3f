// Memory that is counted before it is used: for an array that is about to be read, for what a call needs while it runs.
import type { MemoryBudget } from './budget.js'
import { dispose } from './disposal.js'
import type { Resident } from './resident.js'

/** Ends with `release`, or as another resident's memory. */
export class Reservation implements Resident, Disposable {
  readonly path: string | undefined
  readonly isEvictable = false
  readonly byteLength: number
  /** A buffer of that length to be used again, where there was one. */
  spare: ArrayBuffer | undefined
  readonly #budget: MemoryBudget

  constructor(budget: MemoryBudget, byteLength: number, path: string | undefined) {
    this.#budget = budget
    this.byteLength = byteLength
    this.path = path
  }

  evict(): void {
    // in use
  }

  takeSpare(): ArrayBuffer | undefined {
    const { spare } = this
    this.spare = undefined
    return spare
  }

  /** Counts the memory for `resident` from now on, beside what that has; a spare buffer that was not taken is one again. */
  handTo(resident: Resident): void {
    this.#budget.handOver(this, resident)
    const spare = this.takeSpare()
    if (spare !== undefined) this.#budget.spares.give(spare)
  }

  /** Idempotent, and of no effect after `handTo`. */
  release(): void {
    this.#budget.remove(this, this.takeSpare())
  }

  [dispose](): void {
    this.release()
  }
}
