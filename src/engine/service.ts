// The storage service: one open disk and its clients. Runs in the storage worker, or in the page over memory.
import { toErrorData } from '../core/error-data.js'
import { DiskClosedError } from '../core/errors.js'
import {
  type CallRequest,
  type OpenRequest,
  type Outcome,
  PROTOCOL_VERSION,
  type Result,
  type ServiceMessage,
  type ServiceRoot,
} from '../protocol.js'
import { writtenBy } from '../written.js'
import { Client } from './client.js'
import type { Lease } from './leases.js'
import { OpenDisk } from './open-disk.js'
import type { Directory, Scheduler, StateStore } from './storage.js'

/** What differs between a worker over OPFS and a page over memory. */
export interface ServiceHost {
  /** Errors: StorageUnavailableError, DiskLockedError. */
  openDirectory(request: OpenRequest): Promise<Directory>
  states(name: string): StateStore
  readonly scheduler: Scheduler
  /** Ids of the clients that live now. */
  liveClients(): Promise<ReadonlySet<string>>
  /** Lets go of the disk. */
  closeDirectory(): Promise<void>
  /** Buffers that come with a call are this thread's alone, and may be kept for reuse. */
  readonly ownsBuffers: boolean
}

/** A service for one client. */
export function createService(host: ServiceHost, send: (message: ServiceMessage) => void): ServiceRoot {
  let opened: Service | undefined
  return {
    hello: async () => PROTOCOL_VERSION,
    open: (request) =>
      outcomeOf(async () => {
        opened = await Service.open(host, request, send)
      }),
    call: (request) => opened?.call(opened.first, request) ?? outcomeOf(() => Promise.reject(closed())),
    abort: (id) => opened?.first.abort(id),
    told: (id) => opened?.first.told(id),
  }
}

export class Service {
  /** Whose request opened the disk: its limits hold for all. */
  readonly first: Client
  readonly #host: ServiceHost
  readonly #clients = new Set<Client>()
  readonly #outcomes = new Set<Promise<Outcome<unknown>>>()
  #disk: OpenDisk | undefined
  #closing: Promise<void> | undefined

  /**
   * `isTakeOver`: other clients of the owner before are about to join. Errors: those of openDirectory, ProtocolVersionError,
   * CorruptDataError, QuotaExceededError; the directory is closed then.
   */
  static async open(
    host: ServiceHost,
    request: OpenRequest,
    send: Client['send'],
    isTakeOver = false,
  ): Promise<Service> {
    const directory = await host.openDirectory(request)
    try {
      const service = new Service(host, new Client(request, send))
      const tell = (message: ServiceMessage, to?: string) => service.#tell(message, to)
      service.#disk = await OpenDisk.open(directory, host, request, tell, isTakeOver)
      return service
    } catch (error) {
      await host.closeDirectory()
      throw error
    }
  }

  private constructor(host: ServiceHost, first: Client) {
    this.#host = host
    this.first = first
    this.#clients.add(first)
  }

  /** Takes in another client, which holds what it says. Errors: DiskClosedError, QuotaExceededError. */
  join(request: Pick<OpenRequest, 'client' | 'durability' | 'holds'>, send: Client['send']): Client {
    const client = new Client(request, send)
    this.#open().join(client, request.holds)
    this.#clients.add(client)
    return client
  }

  /** The client's worker has ended: its calls, drafts and leases end, its holds stay. */
  leave(client: Client): void {
    if (!this.#clients.delete(client)) return
    client.leave()
    this.#disk?.leave(client)
  }

  /** The clients with which arrays go: `forget` is to be called when one of them is no more. */
  get holders(): ReadonlySet<string> {
    return this.#open().holders
  }

  /** Nobody of that id is left: what only it held goes, where purge is armed. */
  forget(id: string): void {
    this.#disk?.forget(id)
  }

  call(client: Client, request: CallRequest): Promise<Outcome<unknown>> {
    if (request.method === 'close') return outcomeOf(() => this.#close())
    return this.#tracked(outcomeOf(() => this.#run(client, request)))
  }

  /**
   * Keeps the blocks of an array in place, for a client that reads so much of it that it does so by itself; undefined where the
   * call is better answered from here. To be ended by `client.endLease`. Errors: as those of the call.
   */
  lease(client: Client, request: CallRequest<'read' | 'readMany'>): Outcome<Lease | undefined> {
    try {
      return { ok: true, value: this.#open().lease(client, request.params) }
    } catch (error) {
      return { ok: false, error: toErrorData(error) }
    }
  }

  /** Resolves when no attempt to close is under way. */
  async isOpen(): Promise<boolean> {
    await this.#closing?.catch(() => undefined)
    return this.#disk !== undefined
  }

  async #run(client: Client, request: CallRequest): Promise<unknown> {
    const { method } = request
    const disk = this.#open()
    const result = await client.run(request, this.#host.scheduler, (work) => disk.call(request, work, client))
    if (this.#clients.size > 1) this.#tellWritten(client, method, result as Result<typeof method>) // of this method
    return result
  }

  #open(): OpenDisk {
    if (this.#disk === undefined || this.#closing !== undefined) throw closed()
    return this.#disk
  }

  #tracked(outcome: Promise<Outcome<unknown>>): Promise<Outcome<unknown>> {
    this.#outcomes.add(outcome)
    return outcome.finally(() => this.#outcomes.delete(outcome))
  }

  #tell(message: ServiceMessage, to?: string): void {
    for (const client of this.#clients) if (to === undefined || client.id === to) client.send(message)
  }

  #tellWritten(by: Client, method: CallRequest['method'], result: Result<typeof method>): void {
    for (const { incarnation, version } of writtenBy(method, result)) {
      for (const client of this.#clients) if (client !== by) client.send({ type: 'written', incarnation, version })
    }
  }

  #close(): Promise<void> {
    this.#closing ??= this.#closeDisk().finally(() => {
      this.#closing = undefined
    })
    return this.#closing
  }

  /** What was called before is done first. */
  async #closeDisk(): Promise<void> {
    if (this.#disk === undefined) return
    await Promise.all(this.#outcomes)
    await this.#disk.close()
    this.#disk = undefined
    await this.#host.closeDirectory()
  }
}

function closed(): DiskClosedError {
  return new DiskClosedError('the disk is closed')
}

export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, error: toErrorData(error) }
  }
}
