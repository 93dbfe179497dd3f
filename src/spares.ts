// Buffers that were given back, kept for a while to be used again.

/** A load into memory that was touched before is faster by about 1 s per GiB: page faults cost that. */
const MAX_SPARE_BYTES = 256 * 2 ** 20
/** Whoever loads again does so soon. */
const SPARE_FOR_MS = 10_000

/** Invariant: nobody else has these buffers. */
export class Spares {
  /** Oldest first. */
  #buffers: ArrayBuffer[] = []
  #byteLength = 0
  #expiry: ReturnType<typeof setTimeout> | undefined

  get byteLength(): number {
    return this.#byteLength
  }

  /** Keeps a buffer where `room` bytes are enough for all. */
  give(buffer: ArrayBuffer, room: number): void {
    if (this.#byteLength + buffer.byteLength > Math.min(room, MAX_SPARE_BYTES)) return
    this.#buffers.push(buffer)
    this.#byteLength += buffer.byteLength
    clearTimeout(this.#expiry)
    this.#expiry = setTimeout(() => this.trim(0), SPARE_FOR_MS)
    unreferenced(this.#expiry)
  }

  /** One of exactly that length; what is in it is anything. */
  take(byteLength: number): ArrayBuffer | undefined {
    const at = this.#buffers.findIndex((buffer) => buffer.byteLength === byteLength)
    return at < 0 ? undefined : this.#remove(at)
  }

  /** Keeps no more than `room` bytes. */
  trim(room: number): void {
    while (this.#byteLength > Math.max(0, room)) this.#remove(0)
  }

  #remove(at: number): ArrayBuffer {
    const [buffer] = this.#buffers.splice(at, 1) as [ArrayBuffer] // callers know that there is one
    this.#byteLength -= buffer.byteLength
    return buffer
  }
}

/** Node's timers keep the process running. */
export function unreferenced(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref()
}
