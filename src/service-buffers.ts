// What the storage worker keeps of buffers to use again: allowed by the page, and counted there.
import type { MemoryBudget } from './budget.js'
import type { Connection } from './connection.js'
import type { Resident } from './resident.js'

/** Of the budget; enough for the small arrays written and read in one go. */
const PART = 1 / 8
const MAX_BYTES = 64 * 2 ** 20
/** Memory that was needed for something else is left to it for a while; and nobody needs another worker for this. */
const AGAIN_AFTER_MS = 1000

/** Calls are served in order: what follows `evict` finds the memory free. */
export class ServiceBuffers implements Resident {
  readonly path = undefined
  readonly isEvictable = true
  readonly isRecycled = true
  readonly #connection: Connection
  readonly #budget: MemoryBudget
  #byteLength = 0
  /** Milliseconds of `performance.now()`. */
  #offeredAgainAt = 0

  constructor(connection: Connection, budget: MemoryBudget) {
    this.#connection = connection
    this.#budget = budget
  }

  /** Lets the worker keep some where memory is half empty; of a worker behind a port the page is asked, not we. */
  offer(): void {
    const { limit, usedBytes } = this.#budget
    const byteLength = Math.floor(Math.min(MAX_BYTES, limit * PART))
    const { backend, pageMemory } = this.#connection
    if (this.#byteLength > 0 || byteLength === 0 || backend === 'memory' || pageMemory !== undefined) return
    if (usedBytes + byteLength > limit / 2 || performance.now() < this.#offeredAgainAt) return
    this.#byteLength = byteLength
    this.#budget.force(this, byteLength)
    this.#tell()
  }

  evict(): void {
    this.forget()
    this.#tell()
  }

  /** There is another worker. */
  forget(): void {
    this.#byteLength = 0
    this.#offeredAgainAt = performance.now() + AGAIN_AFTER_MS
    this.#budget.remove(this)
  }

  #tell(): void {
    this.#connection.call('keepBuffers', { byteLength: this.#byteLength }).catch(() => undefined) // closed or lost: there are none
  }
}
