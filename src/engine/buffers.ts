// Recycled buffers: page faults of fresh memory cost more than the I/O into it.
import type { Scheduler } from './storage.js'

/** Memory of a smaller one is as fast to get. */
const MIN_KEPT_BYTES = 64 << 10
const KEPT_FOR_MS = 10_000

/** Invariant: every buffer in `#kept` is referred to from nowhere else. */
export class BufferPool {
  readonly #scheduler: Scheduler
  #kept: ArrayBuffer[] = []
  #byteLength = 0
  #maxBytes = 0
  #cancel: (() => void) | undefined

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  get byteLength(): number {
    return this.#byteLength
  }

  /** From now on no more than that, which whoever counts this thread's memory allows; nothing to begin with. */
  keep(byteLength: number): void {
    this.#maxBytes = byteLength
    this.#trim()
  }

  /** A buffer of exactly that length; what is in it is anything. */
  take(byteLength: number): ArrayBuffer {
    const found = this.#kept.findIndex((buffer) => buffer.byteLength === byteLength)
    return found < 0 ? new ArrayBuffer(byteLength) : this.#remove(found)
  }

  /** The oldest ones go first. */
  give(buffer: ArrayBuffer): void {
    const { byteLength } = buffer
    if (byteLength > this.#maxBytes || byteLength < MIN_KEPT_BYTES || this.#kept.includes(buffer)) return
    this.#kept.push(buffer)
    this.#byteLength += byteLength
    this.#trim()
    this.#cancel?.()
    this.#cancel = this.#scheduler.after(KEPT_FOR_MS, () => {
      this.#kept = []
      this.#byteLength = 0
    })
  }

  #trim(): void {
    while (this.#byteLength > this.#maxBytes) this.#remove(0)
  }

  #remove(index: number): ArrayBuffer {
    const [buffer] = this.#kept.splice(index, 1) as [ArrayBuffer]
    this.#byteLength -= buffer.byteLength
    return buffer
  }
}
