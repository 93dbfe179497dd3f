// Recycled buffers: page faults of fresh memory cost more than the I/O into it.
import type { Scheduler } from './storage.js'

/** One large array given back and read again is the case that pays. */
const MAX_KEPT_BYTES = 256 << 20
const KEPT_FOR_MS = 10_000

/** Invariant: every buffer in `#kept` is referred to from nowhere else. */
export class BufferPool {
  readonly #scheduler: Scheduler
  #kept: ArrayBuffer[] = []
  #cancel: (() => void) | undefined

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  get byteLength(): number {
    return this.#kept.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /** A buffer of exactly that length; what is in it is anything. */
  take(byteLength: number): ArrayBuffer {
    const found = this.#kept.findIndex((buffer) => buffer.byteLength === byteLength)
    return found < 0 ? new ArrayBuffer(byteLength) : (this.#kept.splice(found, 1)[0] as ArrayBuffer)
  }

  /** The oldest ones go first. */
  give(buffer: ArrayBuffer): void {
    if (buffer.byteLength > MAX_KEPT_BYTES || buffer.byteLength === 0) return
    this.#kept.push(buffer)
    while (this.byteLength > MAX_KEPT_BYTES) this.#kept.shift()
    this.#cancel?.()
    this.#cancel = this.#scheduler.after(KEPT_FOR_MS, () => {
      this.#kept = []
    })
  }
}
