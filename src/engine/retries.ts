// Calls that guests ask again after a change of the owner: what was done already is answered, and not repeated.
import { WorkerFailedError } from '../core/errors.js'
import type { ArrayMeta, CallRequest } from '../protocol.js'
import type { CommittedCall } from './calls.js'
import type { Client, Send } from './client.js'
import type { Engine } from './engine.js'
import { metaOf } from './entry.js'
import type { Holds } from './holds.js'
import type { Scheduler } from './storage.js'

export class Retries {
  readonly #engine: Engine
  readonly #holds: Holds
  readonly #scheduler: Scheduler
  readonly #send: Send

  constructor(engine: Engine, holds: Holds, scheduler: Scheduler, send: Send) {
    this.#engine = engine
    this.#holds = holds
    this.#scheduler = scheduler
    this.#send = send
  }

  /** undefined where the call was not done, and may be done now. Errors: those of answerOf, WorkerFailedError for a lost draft. */
  answer(request: CallRequest, { id }: Client): { readonly value: unknown } | undefined {
    const committed = this.#engine.arrays.calls.get(id, request.id)
    if (committed === undefined) {
      if (request.method !== 'commitWrite') return undefined
      throw new WorkerFailedError('what was written piece by piece was lost with the owner of the disk before its end')
    }
    const value = answerOf(this.#engine, request, committed)
    for (const incarnation of committed.made) this.#holds.take(id, incarnation)
    void this.#scheduler.pause().then(() => this.#tellNewer(committed)) // behind the answer
    return { value }
  }

  #tellNewer({ client, changed }: CommittedCall): void {
    for (let i = 0; i < changed.length; i += 2) {
      const entry = this.#engine.arrays.get(changed[i] as number)
      if (entry === undefined || entry.version === changed[i + 1]) continue
      const { incarnation, version } = entry
      this.#send({ type: 'written', incarnation, version }, client)
    }
  }
}

/**
 * What the call was answered when it was done, of the versions it made: a later one is another's. Errors: StaleArrayError where the
 * array is gone by now; WorkerFailedError where the answer held more than is kept.
 */
function answerOf(engine: Engine, { method, params }: CallRequest, { changed, gone }: CommittedCall): unknown {
  const metas: ArrayMeta[] = []
  for (let i = 0; i < changed.length; i += 2) {
    const entry = engine.entry(changed[i] as number)
    metas.push({ ...metaOf(entry), version: changed[i + 1] as number })
  }
  switch (method) {
    case 'put':
    case 'commitWrite':
      return metas.map((meta) => ({ meta, replaced: undefined }))
    case 'evaluateInto':
      if ('targets' in params && params.targets.every((target) => target !== undefined)) {
        return { buffer: new ArrayBuffer(0), results: metas }
      }
      throw new WorkerFailedError('the results in memory were lost with the owner of the disk; those on disk are there')
    case 'delete':
    case 'clear':
      return [...gone]
    case 'evict':
      return gone.length
    case 'purge':
    case 'release':
      return undefined
    default:
      return metas[0]
  }
}
