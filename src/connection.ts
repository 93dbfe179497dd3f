// A page's connection to one disk: sends its calls to a storage service, and outlives the service where that can be replaced.
import { unlessAborted } from './abort.js'
import { Call, type CallOptions } from './call.js'
import { DiskClosedError, StorageUnavailableError, WorkerFailedError } from './core/errors.js'
import type { PageLender } from './guest-memory.js'
import { watchPageLifecycle } from './lifecycle.js'
import type { ConnectionSetup, Connector, Link } from './link.js'
import { setUpMemory } from './local-link.js'
import { checkDiskOptions, type DiskOptions } from './options.js'
import { setUpPort } from './port-link.js'
import type {
  CallRequest,
  EvictionPolicy,
  MethodName,
  OpenRequest,
  Params,
  Result,
  Role,
  ServiceMessage,
} from './protocol.js'
import { Relay } from './relay.js'
import { Taken } from './taken.js'
import { setUpWorker } from './worker-link.js'
import { writtenBy } from './written.js'

/**
 * idle: there is no service; the next call makes one.
 * connecting: one is being made; calls wait for it.
 * ready: calls are sent at once.
 * suspended: the page is frozen or hidden and has let go of the disk; calls wait until it is back.
 * closed: for good; calls reject.
 */
type State = 'idle' | 'connecting' | 'ready' | 'suspended' | 'closed'

/** What waits for a service: a call, or whoever waits for the connection to be open. */
type Task = Pick<Call, 'send' | 'recall' | 'fail'> & Partial<Pick<Call, 'progress'>>

/** Open connections are not collected: comlink never answers a call whose root proxy is. */
const pinned = new Set<Connection>()

export class Connection {
  readonly name: string
  readonly backend: 'opfs' | 'memory'
  /** The disk's. */
  readonly evictionPolicy: EvictionPolicy
  /** This connection's id with the service; it names the lock that tells other tabs it lives. */
  readonly client: string
  readonly fallbackReason: StorageUnavailableError | undefined
  /** What the page's objects hold; asked at every connect. */
  holds: () => OpenRequest['holds'] = () => []
  /** In a worker behind a port: the budget of the page when the port was opened. */
  readonly pageMemory: number | undefined
  /** As the service told last. */
  role: Role
  /** Counts the memory of workers behind our ports. */
  lender: PageLender | undefined

  readonly #connector: Connector
  /** Everything not settled, in the order it was asked for. */
  readonly #tasks = new Map<number, Task>()
  readonly #listeners = new Set<(message: ServiceMessage) => void>()
  readonly #relays = new Set<Relay>()
  /** Begun with the service there is now, and gone with it. */
  readonly #drafts = new Set<number>()
  #state: State = 'idle'
  /** Ends the attempt to connect, and what the link it made may still tell. In 'connecting' and 'ready' only. */
  #epoch: AbortController | undefined
  /** In 'ready' only. */
  #link: Link | undefined
  #closing: Promise<void> | undefined
  #unwatch: () => void = () => undefined
  #nextId = 1

  constructor(setup: ConnectionSetup) {
    const { name, backend, evictionPolicy, client, connector, fallbackReason, pageMemory, role = 'owner' } = setup
    this.name = name
    this.backend = backend
    this.evictionPolicy = evictionPolicy
    this.client = client
    this.#connector = connector
    this.fallbackReason = fallbackReason
    this.pageMemory = pageMemory
    this.role = role
  }

  /** Resolves when the disk is open. Errors: what opening it throws, or the signal's reason; the connection is closed then. */
  async open(signal?: AbortSignal): Promise<void> {
    pinned.add(this)
    if (this.#connector.endsWithPage) this.#unwatch = watchPageLifecycle(this)
    const id = this.#nextId++
    const opened = new Promise<void>((resolve, reject) => {
      this.#add(id, { send: () => resolve(), recall: () => true, fail: reject })
    })
    try {
      await unlessAborted(signal, opened)
      this.#tasks.delete(id)
    } catch (error) {
      this.#end()
      throw error
    }
  }

  /**
   * Calls the service. Buffers of `transfer` are gone once the request was sent, intact where it never was. Errors: the
   * service's, rebuilt; the signal's reason; DiskClosedError; WorkerFailedError when the worker is lost during the call; what
   * connecting again throws.
   */
  async call<M extends MethodName>(method: M, params: Params<M>, options: CallOptions = {}): Promise<Result<M>> {
    if (this.#closing !== undefined) throw this.#closedError()
    return this.#request(method, params, options)
  }

  /** Tells `listener` what the service says by itself, progress excepted; returns how to end that. */
  onMessage(listener: (message: ServiceMessage) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A port for `openDisk({ port })` in another worker of the page; it outlives changes of the storage worker. */
  async connect(): Promise<MessagePort> {
    if (this.#closing !== undefined) throw this.#closedError()
    const { port1, port2 } = new MessageChannel()
    const relay: Relay = new Relay(this, port1, () => this.#relays.delete(relay))
    this.#relays.add(relay)
    return port2
  }

  /**
   * Closes the disk, ends its worker and lets go of its locks; idempotent. What is pending rejects with DiskClosedError. Where
   * there is no worker there is nothing to flush. Errors: those of flushing, all being open as before; none with `discard`.
   */
  close({ discard = false }: { discard?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close(discard).catch((error: unknown) => {
      this.#closing = undefined
      throw error
    })
    return this.#closing
  }

  /** The page is about to be frozen or hidden: lets go of the disk before this returns. */
  suspend(): void {
    if (this.#state === 'suspended' || this.#state === 'closed') return
    this.#drop('suspended')
    const lost = new WorkerFailedError(`the page was frozen or hidden during a call to disk '${this.name}'`)
    this.#fail(lost, (task) => !task.recall())
  }

  /** The page is back: takes the disk again, so that what was committed becomes durable though nobody calls. */
  resume(): void {
    if (this.#state === 'suspended') this.#connect()
  }

  async #request<M extends MethodName>(method: M, params: Params<M>, options: CallOptions): Promise<Result<M>> {
    options.signal?.throwIfAborted()
    if ('draft' in params && method !== 'abortWrite' && !this.#drafts.has(params.draft)) {
      throw new WorkerFailedError('the storage worker was replaced while the value was written')
    }
    const id = this.#nextId++
    const request = { id, method, params, wantsProgress: options.onProgress !== undefined }
    const call = new Call(request, options, this.#giveBack)
    this.#add(id, call)
    try {
      const result = (await call.result) as Result<M> // what the service answers this method with
      if (this.#relays.size > 0) this.#tellWritten(method, result, options.by)
      if (method === 'beginWrite') this.#drafts.add((result as Result<'beginWrite'>).draft)
      return result
    } finally {
      this.#tasks.delete(id)
      if ('draft' in params && method !== 'write') this.#drafts.delete(params.draft)
    }
  }

  #add(id: number, task: Task): void {
    this.#tasks.set(id, task)
    if (this.#link !== undefined) task.send(this.#link.service)
    else if (this.#state === 'idle') this.#connect()
  }

  #connect(): void {
    const epoch = new AbortController()
    const { signal } = epoch
    const wasAsked = this.#tasks.size > 0
    this.#state = 'connecting'
    this.#epoch = epoch
    const receive = (message: ServiceMessage) => {
      if (!signal.aborted) this.#receive(message)
    }
    this.#connector.connect({ signal, holds: this.#allHolds(), receive }).then(
      (link) => (signal.aborted ? link.end() : this.#connected(link)),
      (error: unknown) => (signal.aborted ? undefined : this.#failed(error, wasAsked)),
    )
  }

  #connected(link: Link): void {
    this.#state = 'ready'
    this.#link = link
    const lose = () => {
      if (this.#link === link) this.#lose(link.lost.reason)
    }
    link.lost.addEventListener('abort', lose)
    if (link.lost.aborted) lose()
    else for (const task of this.#tasks.values()) task.send(link.service)
  }

  /** Calls that came while nobody had asked for the attempt get one of their own, with its whole time to wait. */
  #failed(error: unknown, wasAsked: boolean): void {
    if (wasAsked) {
      this.#lose(error)
    } else {
      this.#drop('idle')
      if (this.#tasks.size > 0) this.#connect()
    }
  }

  #lose(error: unknown): void {
    this.#drop('idle')
    this.#fail(error)
  }

  #fail(error: unknown, concerns: (task: Task) => boolean = () => true): void {
    for (const [id, task] of this.#tasks) {
      if (!concerns(task)) continue
      this.#tasks.delete(id)
      task.fail(error)
    }
  }

  #drop(state: State): void {
    this.#state = state
    this.#epoch?.abort()
    this.#epoch = undefined
    const link = this.#link
    this.#link = undefined
    link?.end()
    if (link !== undefined) this.#tell({ type: 'letGo' })
    this.#drafts.clear()
  }

  async #close(discard: boolean): Promise<void> {
    try {
      if (this.#link !== undefined) await this.#request('close', {}, {})
    } catch (error) {
      if (!discard) throw error
    }
    this.#end()
  }

  #end(): void {
    this.#closing ??= Promise.resolve()
    this.#drop('closed')
    this.#unwatch()
    this.#connector.dispose()
    pinned.delete(this)
    this.#fail(this.#closedError())
  }

  /** What an aborted call took of the service all the same. */
  readonly #giveBack = (request: CallRequest, value: unknown): void => {
    const taken = new Taken()
    taken.note(request, value)
    taken.giveBack(this)
  }

  #receive(message: ServiceMessage): void {
    if (message.type === 'progress') {
      this.#tasks.get(message.id)?.progress?.(message.doneBytes, message.totalBytes)
      if (message.isLast) this.#link?.service.told(message.id)
      return
    }
    if (message.type === 'role') this.role = message.role
    this.#tell(message)
  }

  #tellWritten<M extends MethodName>(method: M, result: Result<M>, by: CallOptions['by']): void {
    for (const { incarnation, version } of writtenBy(method, result)) {
      this.#tell({ type: 'written', incarnation, version }, by)
    }
  }

  #tell(message: ServiceMessage, except?: CallOptions['by']): void {
    for (const listener of this.#listeners) if (listener !== except) listener(message)
  }

  #allHolds(): OpenRequest['holds'] {
    return [...this.holds(), ...[...this.#relays].flatMap((relay) => relay.holds())]
  }

  #closedError(): DiskClosedError {
    return new DiskClosedError(`disk '${this.name}' was closed: open it again, and its arrays by their paths`)
  }
}

/**
 * Opens a disk in the way `options` say. Errors: TypeError, StorageUnavailableError, DiskLockedError, WorkerFailedError,
 * ProtocolVersionError, the signal's reason, and what the service finds on opening the disk.
 */
export async function openConnection(options: DiskOptions = {}): Promise<Connection> {
  const { backend = 'opfs', port, signal } = checkDiskOptions(options)
  signal?.throwIfAborted()
  if (port !== undefined) return open(await setUpPort(port, options), signal)
  if (backend === 'memory') return open(setUpMemory(options), signal)
  try {
    return await open(setUpWorker(options), signal)
  } catch (error) {
    if (backend === 'opfs' || !(error instanceof StorageUnavailableError)) throw error
    return open({ ...setUpMemory(options), fallbackReason: error }, signal)
  }
}

async function open(setup: ConnectionSetup, signal: AbortSignal | undefined): Promise<Connection> {
  const connection = new Connection(setup)
  await connection.open(signal)
  return connection
}
