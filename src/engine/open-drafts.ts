// Values that a client writes piece by piece, between beginWrite and commitWrite.
import { partOf } from '../core/typed-array.js'
import type { PutResult, WriteTarget } from '../protocol.js'
import type { Target } from './arrays.js'
import type { Origin } from './calls.js'
import type { Client } from './client.js'
import { Draft, type NextBytes } from './draft.js'
import { KeyedMutex } from './keyed-mutex.js'
import type { Parts } from './maintenance.js'
import type { Work } from './work.js'

/** Values of one commit: a draft for each target. */
interface OpenDraft {
  readonly targets: readonly Target[]
  readonly drafts: readonly Draft[]
  readonly nbytes: number
  /** Bytes of all that are written. */
  filled: number
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

  /** Errors: KeyExistsError, StaleArrayError, TypeError, QuotaExceededError. */
  async begin(wanted: readonly WriteTarget[], client: Client): Promise<number> {
    const { arrays } = this.#parts
    const targets = wanted.map((target) => arrays.target(target, client.id))
    const drafts = await arrays.drafts(targets)
    const nbytes = drafts.reduce((sum, draft) => sum + draft.nbytes, 0)
    this.#open.set(this.#next, { targets, drafts, nbytes, filled: 0, client })
    return this.#next++
  }

  /** Pieces that come while one is written wait for it. Errors: RangeError, and then nothing is written; AbortedError. */
  write(id: number, offset: number, bytes: Uint8Array, work: Work): Promise<void> {
    return this.#writing.run(id, async () => {
      const open = this.#get(id)
      if (offset !== open.filled) throw new RangeError(`the next piece begins at ${open.filled}, not at ${offset}`)
      const next = partsOf(open, bytes)
      const before = filledBytes(next)
      try {
        await Draft.writeAll(next, work)
      } finally {
        open.filled += filledBytes(next) - before // where a write fails, of what came before it
      }
    })
  }

  /** Errors: StaleArrayError, KeyExistsError, QuotaExceededError; the draft is gone then too. */
  commit(id: number, origin: Origin | undefined): { readonly results: PutResult[]; readonly isNew: boolean[] } {
    const open = this.#get(id)
    const { targets, drafts, nbytes, filled } = open
    this.#open.delete(id)
    try {
      if (filled < nbytes) throw new RangeError(`${nbytes - filled} bytes are missing`)
      const values = targets.map((target, i) => ({ target, blocks: (drafts[i] as Draft).blocks })) // one for each target
      const results = this.#parts.arrays.commit(values, origin)
      return { results, isNew: targets.map(({ kind }) => kind === 'create') }
    } catch (error) {
      this.#discard(open)
      throw error
    }
  }

  abort(id: number): void {
    const open = this.#open.get(id)
    this.#open.delete(id)
    if (open !== undefined) this.#discard(open)
  }

  /** Those of a client that has left. */
  abortAll(client: Client): void {
    for (const [id, open] of this.#open) if (open.client === client) this.abort(id)
  }

  #discard({ drafts }: OpenDraft): void {
    for (const draft of drafts) this.#parts.engine.room.discard(draft)
  }

  #get(id: number): OpenDraft {
    const open = this.#open.get(id)
    if (open === undefined) throw new RangeError(`there is no draft ${id}`)
    return open
  }
}

function filledBytes(values: readonly NextBytes[]): number {
  return values.reduce((sum, { draft }) => sum + draft.filled, 0)
}

/** The values that `bytes` are of, which come next. Errors: RangeError for too many. */
function partsOf({ drafts, nbytes, filled }: OpenDraft, bytes: Uint8Array): NextBytes[] {
  const missing = nbytes - filled
  if (bytes.byteLength > missing) throw new RangeError(`${bytes.byteLength} bytes came where ${missing} are missing`)
  const parts: NextBytes[] = []
  let done = 0
  for (const draft of drafts) {
    if (done === bytes.byteLength) break
    const part = partOf(bytes, done, Math.min(bytes.byteLength - done, draft.nbytes - draft.filled))
    if (part.byteLength > 0) parts.push({ draft, bytes: part })
    done += part.byteLength
  }
  return parts
}
