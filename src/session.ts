// One open disk of this page, shared by all handles on it: its connection, the arrays known here, events, the end.
import { MemoryBudget } from './budget.js'
import type { CallOptions, WorkOptions } from './call.js'
import type { Connection } from './connection.js'
import { fromErrorData } from './core/error-data.js'
import { DiskClosedError } from './core/errors.js'
import type { DiskEventDetail, DiskEventMap, DiskSnapshot } from './events.js'
import type { FairLock } from './fair-lock.js'
import { borrowedFrom, lenderOf } from './guest-memory.js'
import type { Occupant } from './live.js'
import type { ArrayMeta, MethodName, Params, PutResult, Result, ServiceMessage } from './protocol.js'
import { Releases } from './releases.js'
import { Residency } from './residency.js'
import { ServiceBuffers } from './service-buffers.js'
import { Snapshots } from './snapshots.js'
import type { Watermarks } from './watermarks.js'
import { writeBackAll, writeBackUnlessGone } from './write-back.js'

/** Arrays under it end with their page. */
export const EPHEMERAL_FOLDER = '~ephemeral'

interface Watched {
  readonly residency: Residency
  readonly reference: WeakRef<Occupant>
}

export class Session {
  readonly connection: Connection
  readonly budget: MemoryBudget
  readonly counted = { hits: 0, misses: 0, loads: 0, offloads: 0, evictions: 0 }
  /** What handles on this disk dispatch events to. */
  readonly targets = new Set<EventTarget>()
  /** Computations of `getOrCreate` under way, by path; `signal` is that of the caller who began it. */
  readonly computations = new Map<
    string,
    { readonly result: Promise<unknown>; readonly signal: AbortSignal | undefined }
  >()
  #state: 'open' | 'closing' | 'closed' = 'open'
  /** By incarnation; kept as long as an object refers to it, or its changes are not written. */
  readonly #residencies = new Map<number, Residency>()
  /** The same, where they are as far as this page knows. */
  readonly #byPath = new Map<string, Residency>()
  readonly #collected = new FinalizationRegistry<Watched>((watched) => void this.#onCollected(watched))
  readonly #releases: Releases
  /** Calls under way that belong to no array yet. */
  readonly #running = new Set<Promise<unknown>>()
  readonly #snapshots = new Snapshots()
  readonly #serviceBuffers: ServiceBuffers
  #ephemeralPaths = 0

  constructor(connection: Connection, memoryBudget: number, watermarks: Partial<Watermarks> = {}) {
    this.connection = connection
    this.budget = new MemoryBudget(memoryBudget, {
      watermarks,
      lender: borrowedFrom(connection),
      onChange: () => this.#onMemory(),
      onPressure: (usedBytes) => this.emit('pressure', { kind: 'memory', usedBytes, limitBytes: this.budget.limit }),
    })
    this.#serviceBuffers = new ServiceBuffers(connection, this.budget)
    connection.lender = lenderOf(this.budget)
    this.#releases = new Releases(connection)
    connection.onMessage(this.#receive)
    connection.holds = () =>
      [...this.#residencies].map(([incarnation, { occupants }]) => ({ incarnation, count: occupants.count }))
  }

  get name(): string {
    return this.connection.name
  }

  // Calls

  /** For what is asked anew. Errors: DiskClosedError. */
  checkOpen(): void {
    if (this.#state !== 'open')
      throw new DiskClosedError(`disk '${this.name}' was closed: open it again, and its arrays by their paths`)
  }

  /** For what was asked before the disk was being closed: it is still done. Errors: DiskClosedError. */
  checkNotClosed(): void {
    if (this.#state === 'closed')
      throw new DiskClosedError(`disk '${this.name}' was closed: open it again, and its arrays by their paths`)
  }

  /** As the connection's. */
  readonly call = <M extends MethodName>(method: M, params: Params<M>, options?: CallOptions): Promise<Result<M>> =>
    this.connection.call(method, params, { ...options, by: this.#receive })

  /** Runs what belongs to no array: the disk is not closed before it is done. Errors: DiskClosedError, the task's. */
  async run<T>(task: () => T | Promise<T>): Promise<T> {
    this.checkOpen()
    return this.goOn(task)
  }

  /** As `run`, for what was begun before the disk was being closed. */
  async goOn<T>(task: () => T | Promise<T>): Promise<T> {
    this.checkNotClosed()
    const running = Promise.resolve(task())
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** As `run`, in the turn of the array at `path` where this page knows it. */
  at<T>(path: string, task: () => Promise<T>): Promise<T> {
    return this.run(() => this.residencyAt(path)?.lock.alone(task) ?? task())
  }

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  // Arrays

  /** A path for an array that nobody gave one. */
  ephemeralPath(): string {
    return `${EPHEMERAL_FOLDER}/${this.connection.client}/${this.#ephemeralPaths++}`
  }

  /** What this page knows of an array the service told of. */
  residencyOf(meta: ArrayMeta, lock?: FairLock): Residency {
    const known = this.#residencies.get(meta.incarnation)
    if (known !== undefined) {
      known.learn(meta)
      return known
    }
    const residency = new Residency(this, meta, false, lock)
    this.#residencies.set(meta.incarnation, residency)
    this.#byPath.set(meta.path, residency)
    return residency
  }

  /** As `residencyOf`, for an array that was just created. */
  created({ meta, replaced }: PutResult, lock?: FairLock): Residency {
    if (replaced !== undefined) this.gone([replaced], 'was replaced by a new one')
    return this.residencyOf(meta, lock)
  }

  residencyAt(path: string): Residency | undefined {
    return this.#byPath.get(path)
  }

  /** To be called when `residency` has another path than before. */
  moved(residency: Residency, before: string): void {
    if (this.#byPath.get(before) === residency) this.#byPath.delete(before)
    if (this.#residencies.get(residency.meta.incarnation) === residency) this.#byPath.set(residency.path, residency)
  }

  knows(incarnation: number): Residency | undefined {
    return this.#residencies.get(incarnation)
  }

  gone(incarnations: readonly number[], reason: string): void {
    for (const incarnation of incarnations) {
      const residency = this.#residencies.get(incarnation)
      residency?.markGone(reason)
      if (residency !== undefined) this.#forget(residency)
    }
  }

  watch(occupant: Occupant, residency: Residency, reference: WeakRef<Occupant>): void {
    this.#collected.register(occupant, { residency, reference }, occupant)
  }

  unwatch(occupant: Occupant): void {
    this.#collected.unregister(occupant)
  }

  /** Gives up one hold; resolves when the service knows. */
  release(residency: Residency): Promise<void> {
    if (residency.occupants.count === 0 && this.#residencies.get(residency.meta.incarnation) === residency) {
      residency.drop()
      this.#forget(residency)
    }
    return residency.isGone || this.#state === 'closed'
      ? Promise.resolve()
      : this.#releases.add(residency.meta.incarnation)
  }

  /** Writes back every changed array and makes all that is committed durable. */
  async flush(options: WorkOptions = {}): Promise<void> {
    await writeBackAll(this.#residencies, options)
    await this.call('flush', {})
  }

  // Telling

  emit<K extends keyof DiskEventMap>(type: K, detail: DiskEventDetail<K>): void {
    for (const target of this.targets) target.dispatchEvent(new CustomEvent(type, { detail }))
  }

  get snapshot(): DiskSnapshot {
    return this.#snapshots.current
  }

  subscribe(listener: () => void): () => void {
    return this.#snapshots.subscribe(listener)
  }

  /** Reads what no message told yet. */
  async begin(): Promise<void> {
    const { liveBytes, arrays } = await this.connection.call('usage', {})
    this.#snapshots.change({ liveBytes, arrays, role: this.connection.role })
    this.#serviceBuffers.offer()
  }

  // The end

  /** Writes back, waits for what is under way, closes. Errors: those of writing, everything being open as before. */
  async close({ discard = false }: { discard?: boolean } = {}): Promise<void> {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    try {
      if (!discard) {
        await Promise.allSettled(this.#running)
        await writeBackAll(this.#residencies, {})
        await this.#releases.sent()
      }
      await this.connection.close({ discard })
    } catch (error) {
      this.#state = 'open'
      throw error
    }
    this.#state = 'closed'
    for (const residency of this.#residencies.values()) residency.drop()
    this.#residencies.clear()
    this.#byPath.clear()
  }

  #forget(residency: Residency): void {
    this.#residencies.delete(residency.meta.incarnation)
    if (this.#byPath.get(residency.path) === residency) this.#byPath.delete(residency.path)
  }

  async #onCollected({ residency, reference }: Watched): Promise<void> {
    residency.occupants.collected(reference)
    if (this.#state !== 'open') return
    try {
      if (residency.occupants.count === 0 && !residency.purge && !residency.meta.ephemeral && !residency.isGone) {
        await residency.lock.alone(() => writeBackUnlessGone(residency, {}))
      }
    } catch (error) {
      this.emit('error', { error, path: residency.path, during: 'write-back' })
      return // its changes stay in memory, to be written when it is evicted, opened again or the disk is closed
    }
    await this.release(residency).catch(() => undefined) // the disk was closed meanwhile, or its worker is lost
  }

  readonly #receive = (message: ServiceMessage): void => {
    if (message.type === 'changed') this.#onDisk(message)
    if (message.type === 'written') this.#residencies.get(message.incarnation)?.doubt(message.version)
    if (message.type === 'letGo') this.#onLetGo()
    if (message.type === 'role' && this.#snapshots.change({ role: message.role }))
      this.emit('role', { role: message.role })
    if (message.type === 'memoryWanted') void this.#giveBackMemory(message.byteLength)
    if (message.type === 'gone') this.gone(message.incarnations, 'was replaced, deleted or purged')
    if (message.type === 'purged') this.emit('purge', { path: message.path, byteLength: message.byteLength })
    if (message.type === 'evicted') {
      const { path, byteLength, reason } = message
      this.emit('evict', { path, byteLength, reason })
    }
    if (message.type === 'pressure') {
      const { usedBytes, limitBytes } = message
      this.emit('pressure', { kind: 'disk', usedBytes, limitBytes })
    }
    if (message.type === 'error') {
      const { path, during } = message
      const error = fromErrorData(message.error)
      this.emit('error', path === undefined ? { error, during } : { error, path, during })
    }
  }

  /** Where bytes were freed, what found no room on disk may. */
  #onDisk({ liveBytes, arrays }: { liveBytes: number; arrays: number }): void {
    const isRoomier = liveBytes < this.snapshot.liveBytes
    this.#snapshots.change({ liveBytes, arrays })
    if (isRoomier) this.budget.retry()
  }

  #onMemory(): void {
    this.#snapshots.change({ residentBytes: this.budget.residentBytes })
    this.#serviceBuffers.offer()
  }

  /** The page asks its other workers. */
  async #giveBackMemory(byteLength: number): Promise<void> {
    await this.budget.letGo(byteLength)
    await this.connection.call('returnMemory', { byteLength: 0, what: 'answer' }).catch(() => undefined) // closed meanwhile
  }

  #onLetGo(): void {
    for (const residency of this.#residencies.values()) residency.doubt()
    this.#serviceBuffers.forget()
  }
}
