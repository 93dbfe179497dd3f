// Buffers that were given back, kept for a while to be used again.
import { free } from './free.js'

/** A load into memory that was touched before is faster by about 1 s per GiB: page faults cost that. */
const MAX_SPARE_BYTES = 256 * 2 ** 20
/** Of less the allocation does not count. */
const MIN_SPARE_BYTES = 2 ** 16
/** Whoever loads again does so soon. */
const SPARE_FOR_MS = 10_000

/** Invariant: nobody else has these buffers. */
export class Spares {
  /** Oldest first. */
  #buffers: ArrayBuffer[] = []
  #byteLength = 0
  #room = 0
  #expiry: ReturnType<typeof setTimeout> | undefined

  get byteLength(): number {
    return this.#byteLength
  }

  /** Bytes that all may take. */
  set room(byteLength: number) {
    this.#room = byteLength
    this.#trim(byteLength)
  }

  /** Keeps a buffer, which nobody else has, where there is room; smaller ones, whose memory is faster to get again, go for it. */
  give(buffer: ArrayBuffer): void {
    const { byteLength } = buffer
    const excess = this.#byteLength + byteLength - Math.min(this.#room, MAX_SPARE_BYTES)
    if (byteLength < MIN_SPARE_BYTES || !this.#freeSmaller(byteLength, excess)) {
      free(buffer)
      return
    }
    this.#buffers.push(buffer)
    this.#byteLength += byteLength
    clearTimeout(this.#expiry)
    this.#expiry = setTimeout(() => this.#trim(0), SPARE_FOR_MS)
    unreferenced(this.#expiry)
  }

  /** One of exactly that length; what is in it is anything. */
  take(byteLength: number): ArrayBuffer | undefined {
    const at = this.#buffers.findIndex((buffer) => buffer.byteLength === byteLength)
    return at < 0 ? undefined : this.#remove(at)
  }

  /** A copy in one of them, where there is one of that length. */
  copyOf(bytes: Uint8Array): ArrayBuffer {
    const copy = this.take(bytes.byteLength) ?? new ArrayBuffer(bytes.byteLength)
    new Uint8Array(copy).set(bytes)
    return copy
  }

  /** The oldest ones of less than `byteLength`, until `excess` bytes are gone; false, and nothing is, where all are not enough. */
  #freeSmaller(byteLength: number, excess: number): boolean {
    const smaller = this.#buffers.filter((buffer) => buffer.byteLength < byteLength)
    if (smaller.reduce((sum, buffer) => sum + buffer.byteLength, 0) < excess) return false
    const until = this.#byteLength - excess
    for (const buffer of smaller) if (this.#byteLength > until) free(this.#remove(this.#buffers.indexOf(buffer)))
    return true
  }

  #trim(byteLength: number): void {
    while (this.#byteLength > Math.max(0, byteLength)) free(this.#remove(0))
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
