// A stream of bytes taken in the portions one wants. What was given is read before more is asked for: memory is used again.
import { InvalidSourceError } from '../core/errors.js'

export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()
  #takenBytes = 0

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next bytes as fresh memory; fewer at the end. */
  async take(byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(byteLength)
    const filled = await this.fill(bytes)
    return filled === byteLength ? bytes : bytes.slice(0, filled)
  }

  /** Fills `bytes` from its start; resolves with how many there were. */
  async fill(bytes: Uint8Array): Promise<number> {
    let filled = 0
    while (filled < bytes.byteLength && (await this.#pull())) {
      const part = this.#next(bytes.byteLength - filled)
      bytes.set(part, filled)
      filled += part.byteLength
    }
    return filled
  }

  /** The next `byteLength` bytes as they come. Errors: InvalidSourceError where there are fewer. */
  async *portions(byteLength: number): AsyncGenerator<Uint8Array, void, undefined> {
    const start = this.#takenBytes
    const end = start + byteLength
    while (this.#takenBytes < end) {
      if (!(await this.#pull())) {
        const found = this.#takenBytes - start
        throw new InvalidSourceError(`cut short: ${byteLength} bytes of data were announced, there are ${found}`)
      }
      yield this.#next(end - this.#takenBytes)
    }
  }

  /** Whether all was taken. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#pull())
  }

  /** Nothing more is wanted: ends the source, also one that hangs. */
  cancel(): void {
    this.#chunks.return?.().catch(() => undefined) // what it has to say concerns nobody any more
  }

  /** Whether there is a next byte. */
  async #pull(): Promise<boolean> {
    while (this.#rest.byteLength === 0) {
      const { done, value } = await this.#chunks.next()
      if (done === true) return false
      if (!(value instanceof Uint8Array))
        throw new TypeError(`a stream of bytes gives Uint8Arrays, got ${String(value)}`)
      this.#rest = value
    }
    return true
  }

  #next(atMost: number): Uint8Array {
    const part = this.#rest.subarray(0, atMost)
    this.#rest = this.#rest.subarray(part.byteLength)
    this.#takenBytes += part.byteLength
    return part
  }
}
