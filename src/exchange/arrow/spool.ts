// Bytes of a length that is not known yet, kept in ephemeral arrays on disk, or in memory where caching is off.
import { DiskBackedNDArray } from '../../array.js'
import type { ImportOptions } from '../made-elsewhere.js'

export class Spool {
  readonly #options: ImportOptions
  readonly #partBytes: number
  readonly #parts: DiskBackedNDArray[] = []
  #pending: Uint8Array<ArrayBuffer>
  #filled = 0

  constructor({ disk, signal, enableCaching }: ImportOptions, partBytes: number) {
    this.#options = {
      ...{ enableCaching: enableCaching !== false, automaticOffloading: enableCaching !== false },
      ...(disk && { disk }),
      ...(signal && { signal }),
    }
    this.#partBytes = Math.max(2 ** 16, partBytes)
    this.#pending = new Uint8Array(2 ** 16)
  }

  /** Copies. */
  async add(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.byteLength; ) {
      if (this.#filled === this.#partBytes) await this.#write()
      if (this.#filled === this.#pending.byteLength) this.#grow()
      const part = bytes.subarray(done, done + this.#pending.byteLength - this.#filled)
      this.#pending.set(part, this.#filled)
      this.#filled += part.byteLength
      done += part.byteLength
    }
  }

  /** All that was added. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (const part of this.#parts) yield (await part.get()).data as Uint8Array // made of bytes
    yield this.#pending.subarray(0, this.#filled)
  }

  /** Nothing more is wanted of it. */
  async end(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.cacheEnabled && part.purge()))
  }

  async #write(): Promise<void> {
    const bytes = this.#pending.slice(0, this.#filled)
    this.#parts.push(await DiskBackedNDArray.create(bytes, { ...this.#options, transfer: true }))
    this.#filled = 0
  }

  #grow(): void {
    const larger = new Uint8Array(Math.min(this.#partBytes, 2 * this.#pending.byteLength))
    larger.set(this.#pending)
    this.#pending = larger
  }
}
