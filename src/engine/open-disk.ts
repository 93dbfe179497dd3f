// A disk that is open: the methods of the protocol, over engine, holds and container states.
import { toErrorData } from '../core/error-data.js'
import { QuotaExceededError } from '../core/errors.js'
import { checkPath } from '../core/path.js'
import type { EvaluatedArray, Evaluation } from '../evaluation.js'
import type { CallRequest, MethodName, OpenRequest, Params, PutResult } from '../protocol.js'
import { Arrays } from './arrays.js'
import { BufferPool } from './buffers.js'
import { checkAttributes } from './check-request.js'
import type { Client, Send } from './client.js'
import { ContainerStates } from './container-states.js'
import { Engine } from './engine.js'
import { metaOf } from './entry.js'
import { evaluate } from './evaluating.js'
import { Evictor } from './evictor.js'
import { CHANGING, type Handler, type Handlers, LOOKING, USING } from './handlers.js'
import { Holds } from './holds.js'
import { Housekeeping } from './housekeeping.js'
import { type Lease, leaseOf } from './leases.js'
import { check, compact, type Parts } from './maintenance.js'
import { OpenDrafts } from './open-drafts.js'
import { Removal } from './removal.js'
import { rename } from './renaming.js'
import { Retries } from './retries.js'
import type { ServiceHost } from './service.js'
import type { Directory } from './storage.js'
import type { Work } from './work.js'

export class OpenDisk {
  readonly #parts: Parts
  readonly #host: ServiceHost
  readonly #send: Send
  readonly #removal: Removal
  readonly #holds: Holds
  readonly #evictor: Evictor
  readonly #pool: BufferPool
  readonly #drafts: OpenDrafts
  readonly #retries: Retries
  #compactions = 0
  readonly #housekeeping: Housekeeping

  /** Errors: ProtocolVersionError, QuotaExceededError. */
  static async open(
    directory: Directory,
    host: ServiceHost,
    request: OpenRequest,
    send: Send,
    isTakeOver = false,
  ): Promise<OpenDisk> {
    const engine = await Engine.open(directory, host.scheduler)
    const states = new ContainerStates(engine, host.states(request.name), (error) =>
      send({ type: 'error', error: toErrorData(error), path: undefined, during: 'sweep' }),
    )
    engine.onMarked = () => states.dropForgotten()
    const disk = new OpenDisk({ engine, arrays: new Arrays(engine), directory, states }, host, request, send)
    engine.onMarkFailed = (error) =>
      send({ type: 'error', error: toErrorData(error), path: undefined, during: 'write-back' })
    try {
      disk.#holds.join(request.client, request.holds)
      const live = await host.liveClients()
      engine.arrays.calls.keep(live)
      disk.#holds.sweep(live)
      if (isTakeOver) disk.#evictor.beginLater()
      else disk.#evictor.begin()
    } catch (error) {
      engine.abandon()
      throw error
    }
    disk.#housekeeping.afterCall()
    return disk
  }

  private constructor(parts: Parts, host: ServiceHost, request: OpenRequest, send: Send) {
    this.#parts = parts
    this.#host = host
    this.#send = send
    this.#pool = new BufferPool(host.scheduler)
    this.#drafts = new OpenDrafts(parts)
    this.#housekeeping = new Housekeeping(parts, host.scheduler, send, async (work) => {
      // What a draft has reserved is nobody's yet and cannot be moved.
      if (this.#drafts.size === 0) await this.#compact(work)
    })
    this.#removal = new Removal(parts, send)
    this.#holds = new Holds(parts.engine, (entries, client) => this.#removal.purge(entries, client))
    this.#retries = new Retries(parts.engine, this.#holds, host.scheduler, send)
    const { diskBudget = Number.POSITIVE_INFINITY, evictionPolicy = 'none' } = request
    const around = { ...parts, holds: this.#holds, removal: this.#removal, scheduler: host.scheduler, send }
    this.#evictor = new Evictor({ diskBudget, evictionPolicy }, around)
    parts.engine.limits = this.#evictor
  }

  /** Takes in a client, which holds this and nothing else. Errors: QuotaExceededError. */
  join(client: Client, holds: OpenRequest['holds']): void {
    this.#holds.join(client.id, holds)
    this.#housekeeping.afterCall()
  }

  leave(client: Client): void {
    this.#drafts.abortAll(client)
    this.#housekeeping.afterCall()
  }

  get holders(): ReadonlySet<string> {
    return this.#holds.noted
  }

  forget(client: string): void {
    try {
      this.#holds.forget(client)
    } catch (error) {
      // What it held is found when the disk is opened again.
      this.#send({ type: 'error', error: toErrorData(error), path: undefined, during: 'sweep' })
    }
    this.#housekeeping.afterCall()
  }

  lease(client: Client, params: Params<'read' | 'readMany'>): Lease | undefined {
    this.#evictor.noteUse(params.incarnation)
    return leaseOf(this.#parts.engine, client, params)
  }

  async call(request: CallRequest, work: Work, client: Client): Promise<unknown> {
    const { method, params } = request
    // Indexed access loses that handler and params belong to one method.
    const handlers = this.#handlers as { readonly [M in MethodName]?: Handler }
    const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined
    if (handler === undefined) throw new TypeError(`the storage service has no method ${String(method)}`)
    try {
      if ('incarnation' in params && USING.has(method)) this.#evictor.noteUse(params.incarnation)
      const answered = request.isRetry === true && this.#retries.answer(request, client)
      const value = answered ? answered.value : await handler(params, work, client)
      if (client.durability === 'strict' && CHANGING.has(method)) this.#parts.engine.mark()
      return value
    } catch (error) {
      this.#noteRefusal(error)
      throw error
    } finally {
      if (!LOOKING.has(method)) this.#housekeeping.afterCall()
    }
  }

  /** Errors: QuotaExceededError, and then everything is as before. */
  async close(): Promise<void> {
    await this.#housekeeping.stop()
    this.#evictor.stop()
    try {
      await this.#parts.engine.close()
      await this.#parts.states.settled()
    } catch (error) {
      this.#evictor.start()
      this.#housekeeping.afterCall()
      throw error
    }
  }

  readonly #handlers: Handlers = {
    put: async ({ puts }, work, client) => {
      const results = await this.#parts.arrays.put(puts, client.id, work)
      if (this.#host.ownsBuffers) for (const { bytes } of puts) if (bytes !== undefined) this.#recycle(bytes)
      const isNew = puts.map(({ target }) => 'create' in target)
      return this.#created(results, isNew, client)
    },
    beginWrite: async ({ targets }, _work, client) => ({ draft: await this.#drafts.begin(targets, client) }),
    write: ({ draft, offset, bytes }, work) => this.#drafts.write(draft, offset, bytes, work),
    commitWrite: ({ draft }, { origin }, client) => {
      const { results, isNew } = this.#drafts.commit(draft, origin)
      return this.#created(results, isNew, client)
    },
    abortWrite: ({ draft }) => this.#drafts.abort(draft),

    open: ({ path }, _work, client) => {
      const { incarnation } = this.#parts.engine.entryAt(checkPath(path))
      this.#evictor.noteUse(incarnation)
      this.#holds.take(client.id, incarnation)
      return metaOf(this.#parts.engine.entry(incarnation))
    },
    stat: (p) => {
      const { arrays } = this.#parts.engine
      const entry = 'path' in p ? this.#parts.engine.find(p.path) : arrays.get(p.incarnation)
      return entry === undefined ? undefined : metaOf(entry)
    },
    list: ({ prefix }) => this.#parts.arrays.list(prefix).map(metaOf),
    release: ({ incarnations }, _work, client) => this.#holds.release(client.id, incarnations),
    setPurge: ({ incarnation, purge }) => {
      const entry = this.#holds.setPurge(this.#parts.engine.entry(incarnation), purge)
      // Armed and lost again in a power cut, the array stays; and an arming that is refused must not have armed.
      if (!purge) this.#parts.engine.mark()
      return metaOf(entry)
    },

    read: ({ incarnation, selection, into }, work) =>
      this.#parts.arrays.read(incarnation, selection && [selection], this.#room(into), work),
    readMany: ({ incarnation, selections, into }, work) =>
      this.#parts.arrays.read(incarnation, selections, this.#room(into), work),
    set: async ({ incarnation, selection, bytes, shape }, work) =>
      metaOf(await this.#parts.arrays.set(incarnation, selection, { bytes, shape }, work)),
    append: async ({ incarnation, axis, bytes, shape }, work) =>
      metaOf(await this.#parts.arrays.append(incarnation, axis, { bytes, shape }, work)),
    evaluate: async (evaluation, work, client) => {
      const { buffer, results } = await this.#evaluate(evaluation, [], client, work)
      return { buffer, results: results as EvaluatedArray[] } // without targets all are in memory
    },
    evaluateInto: ({ targets, ...evaluation }, work, client) => this.#evaluate(evaluation, targets, client, work),
    setAttributes: ({ incarnation, attributes }, { origin }) => {
      const { engine } = this.#parts
      return metaOf(engine.describe(engine.entry(incarnation), { attributes: checkAttributes(attributes) }, origin))
    },
    rename: (params, { origin }) => {
      const { renamed, gone } = rename(this.#parts.engine, params, origin)
      this.#removal.forget(gone)
      return metaOf(renamed)
    },
    delete: ({ paths }, { origin }) => {
      const entries = [...new Set(paths)].flatMap((path) => this.#parts.engine.find(path) ?? [])
      return this.#removal.remove(entries, origin)
    },
    purge: ({ incarnation }, _work, client) => {
      const entry = this.#parts.engine.arrays.get(incarnation)
      if (entry !== undefined) this.#removal.purge([entry], client.id)
    },
    clear: (_, { origin }) => this.#removal.remove([...this.#parts.engine.arrays.values()], origin),

    saveState: ({ incarnation, state }) => this.#parts.states.save(incarnation, state),
    loadState: ({ incarnation }) => this.#parts.states.load(incarnation),

    evict: ({ tag }, { origin }) => this.#evictor.evictTagged(tag, origin),
    keepBuffers: ({ byteLength }) => this.#pool.keep(byteLength),
    usage: () => ({ ...this.#parts.engine.usage, bufferBytes: this.#pool.byteLength }),
    stats: () => {
      const { bytesRead, bytesWritten } = this.#parts.engine.data
      const { evictions } = this.#evictor
      return { bytesRead, bytesWritten, compactions: this.#compactions, evictions: { ...evictions } }
    },
    check: ({ fix }, work) => check(this.#parts, fix, work),
    flush: () => this.#parts.engine.mark(),
    compact: (_, work) => this.#compact(work),
  }

  #evaluate(evaluation: Evaluation, targets: Parameters<typeof evaluate>[2], client: Client, work: Work) {
    for (const source of evaluation.sources) if ('incarnation' in source) this.#evictor.noteUse(source.incarnation)
    return evaluate({ ...this.#parts, second: this.#host.second }, evaluation, targets, client.id, work)
  }

  /** The page's buffer where it is large enough, else one of ours. */
  #room(into: ArrayBuffer | undefined): (byteLength: number) => ArrayBuffer {
    return (byteLength) => (into !== undefined && into.byteLength >= byteLength ? into : this.#pool.take(byteLength))
  }

  #recycle({ buffer, byteLength }: Uint8Array): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) this.#pool.give(buffer)
  }

  /** Takes the new arrays' holds, and cleans up after the replaced ones. */
  #created(results: readonly PutResult[], isNew: readonly boolean[], client: Client): PutResult[] {
    for (const [i, { meta }] of results.entries()) {
      if (isNew[i]) this.#holds.take(client.id, meta.incarnation)
      this.#evictor.noteUse(meta.incarnation)
    }
    this.#removal.forget(results.flatMap(({ replaced }) => replaced ?? []))
    return [...results]
  }

  #noteRefusal(error: unknown): void {
    if (!(error instanceof QuotaExceededError)) return
    const { quota } = error
    const { liveBytes, diskBytes } = this.#parts.engine.usage
    const usedBytes = quota === this.#evictor.diskBudget ? liveBytes : diskBytes
    this.#send({ type: 'pressure', usedBytes, limitBytes: quota ?? usedBytes })
  }

  async #compact(work: Work): Promise<void> {
    await compact(this.#parts, work)
    this.#compactions++
  }
}
