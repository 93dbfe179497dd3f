// Holds that are given up, sent together.
import type { Connection } from './connection.js'

export class Releases {
  readonly #connection: Connection
  #waiting: number[] = []
  #sending: Promise<void> | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Resolves when the service knows that one hold on `incarnation` is given up. */
  add(incarnation: number): Promise<void> {
    this.#waiting.push(incarnation)
    this.#sending ??= this.#send()
    return this.#sending
  }

  /** Resolves when nothing waits. */
  async sent(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending.catch(() => undefined)
  }

  async #send(): Promise<void> {
    await undefined // finalizers run one after the other
    try {
      while (this.#waiting.length > 0) await this.#connection.call('release', { incarnations: this.#waiting.splice(0) })
    } finally {
      this.#sending = undefined
    }
  }
}
