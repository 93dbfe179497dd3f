// The end of arrays: one commit, then the pages are told and what was kept beside the bytes goes.
import type { Origin } from './calls.js'
import type { Send } from './client.js'
import type { Entry } from './entry.js'
import type { Parts } from './maintenance.js'

export class Removal {
  readonly #parts: Parts
  readonly #send: Send

  constructor(parts: Parts, send: Send) {
    this.#parts = parts
    this.#send = send
  }

  /** Returns the incarnations. Errors: QuotaExceededError, and then nothing is gone. */
  remove(entries: readonly Entry[], origin?: Origin): number[] {
    if (entries.length === 0) return []
    this.#parts.engine.commit(() => entries.map(({ incarnation }) => ({ kind: 'delete', incarnation })), origin)
    const incarnations = entries.map(({ incarnation }) => incarnation)
    this.forget(incarnations)
    return incarnations
  }

  /** As `remove`, of what nobody holds any more; `client` was the last that did. */
  purge(entries: readonly Entry[], client?: string): void {
    this.remove(entries)
    for (const { path, nbytes } of entries) this.#send({ type: 'purged', path, byteLength: nbytes }, client)
  }

  /** Tells the pages. */
  forget(incarnations: readonly number[]): void {
    if (incarnations.length === 0) return
    this.#send({ type: 'gone', incarnations })
    this.#parts.states.forget(incarnations)
  }
}
