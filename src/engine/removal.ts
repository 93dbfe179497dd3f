// The end of arrays: one commit, then the pages are told and what was kept beside the bytes goes.
import { toErrorData } from '../core/error-data.js'
import type { Origin } from './calls.js'
import type { Send } from './client.js'
import type { Entry } from './entry.js'
import type { Parts } from './maintenance.js'

export class Removal {
  readonly #parts: Parts
  readonly #send: Send
  /** Gone, but not yet durably. */
  #forgotten: number[] = []

  constructor(parts: Parts, send: Send) {
    this.#parts = parts
    this.#send = send
    parts.engine.onMarked = () => this.#dropStates()
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

  /** Tells the pages; what a crash leaves of the container states, check() finds. */
  forget(incarnations: readonly number[]): void {
    if (incarnations.length === 0) return
    this.#send({ type: 'gone', incarnations })
    this.#forgotten.push(...incarnations)
  }

  /** Crash order: an array that a power cut brings back has its state still. */
  #dropStates(): void {
    const keys = this.#forgotten.splice(0).map(String)
    if (keys.length === 0) return
    this.#parts.states.delete(keys).catch((error) => {
      this.#send({ type: 'error', error: toErrorData(error), path: undefined, during: 'sweep' })
    })
  }
}
