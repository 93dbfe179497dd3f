// Values that a client writes piece by piece, between beginWrite and commitWrite.
import type { PutResult, WriteTarget } from '../protocol.js'
import type { Target } from './arrays.js'
import type { Origin } from './calls.js'
import type { Client } from './client.js'
import type { Draft } from './draft.js'
import { KeyedMutex } from './keyed-mutex.js'
import type { Parts } from './maintenance.js'
import type { Work } from './work.js'

interface OpenDraft {
  readonly target: Target
  readonly draft: Draft
  readonly client: Client
}

export class OpenDrafts {
  readonly #parts: Parts
  readonly #open = new Map<number, OpenDraft>()
  readonly #writing = new KeyedMutex<number>()
  // A draft of a worker that is gone must not be found in the next one.
  #next = Math.floor(Math.random() * 2 ** 40)

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#open.size
  }

  /** Errors: KeyExistsError, StaleArrayError, QuotaExceededError. */
  async begin(target: WriteTarget, client: Client): Promise<number> {
    const checked = this.#parts.arrays.target(target, client.id)
    const draft = await this.#parts.arrays.draft(checked)
    this.#open.set(this.#next, { target: checked, draft, client })
    return this.#next++
  }

  /** Pieces that come while one is written wait for it. */
  write(id: number, offset: number, bytes: Uint8Array, work: Work): Promise<void> {
    return this.#writing.run(id, async () => {
      const { draft } = this.#get(id)
      if (offset !== draft.filled) throw new RangeError(`the next piece begins at ${draft.filled}, not at ${offset}`)
      await draft.write(bytes, work)
    })
  }

  /** Errors: StaleArrayError, KeyExistsError, QuotaExceededError; the draft is gone then too. */
  commit(id: number, origin: Origin | undefined): { readonly result: PutResult; readonly isNew: boolean } {
    const { target, draft } = this.#get(id)
    this.#open.delete(id)
    try {
      if (!draft.complete) throw new RangeError(`${draft.nbytes - draft.filled} bytes are missing`)
      const [result] = this.#parts.arrays.commit([{ target, blocks: draft.blocks }], origin)
      return { result: result as PutResult, isNew: target.kind === 'create' }
    } catch (error) {
      this.#parts.engine.room.discard(draft)
      throw error
    }
  }

  abort(id: number): void {
    const open = this.#open.get(id)
    this.#open.delete(id)
    if (open !== undefined) this.#parts.engine.room.discard(open.draft)
  }

  /** Those of a client that has left. */
  abortAll(client: Client): void {
    for (const [id, open] of this.#open) if (open.client === client) this.abort(id)
  }

  #get(id: number): OpenDraft {
    const open = this.#open.get(id)
    if (open === undefined) throw new RangeError(`there is no draft ${id}`)
    return open
  }
}
