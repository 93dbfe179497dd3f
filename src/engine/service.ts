// The storage service: one disk behind ServiceRoot. Runs in the storage worker, or in the page over memory.
import { toErrorData } from '../core/error-data.js'
import { DiskClosedError } from '../core/errors.js'
import {
  type CallRequest,
  type OpenRequest,
  type Outcome,
  PROTOCOL_VERSION,
  type ServiceMessage,
  type ServiceRoot,
} from '../protocol.js'
import { OpenDisk } from './open-disk.js'
import type { Directory, Scheduler, StateStore } from './storage.js'
import { Work } from './work.js'

/** What differs between a worker over OPFS and a page over memory. */
export interface ServiceHost {
  /** Takes the disk's lock and opens its folder. Errors: StorageUnavailableError, DiskLockedError. */
  openDirectory(request: OpenRequest): Promise<Directory>
  states(name: string): StateStore
  readonly scheduler: Scheduler
  /** Ids of the clients that live now. */
  liveClients(): Promise<ReadonlySet<string>>
  /** Lets go of the disk's lock. */
  closeDirectory(): Promise<void>
  /** Buffers that come with a call are this thread's alone, and may be kept for reuse. */
  readonly ownsBuffers: boolean
}

export function createService(host: ServiceHost, send: (message: ServiceMessage) => void): ServiceRoot {
  return new Service(host, send)
}

/** Every buffer a result carries, for the way back by transfer. */
export function transferables(value: unknown): ArrayBuffer[] {
  const buffer = typeof value === 'object' && value !== null && 'buffer' in value ? value.buffer : undefined
  return buffer instanceof ArrayBuffer ? [buffer] : []
}

class Service implements ServiceRoot {
  readonly #host: ServiceHost
  readonly #send: (message: ServiceMessage) => void
  readonly #running = new Map<number, Work>()
  readonly #outcomes = new Set<Promise<Outcome<unknown>>>()
  #disk: OpenDisk | undefined
  #closing: Promise<void> | undefined

  constructor(host: ServiceHost, send: (message: ServiceMessage) => void) {
    this.#host = host
    this.#send = send
  }

  async hello(): Promise<number> {
    return PROTOCOL_VERSION
  }

  open(request: OpenRequest): Promise<Outcome<void>> {
    return outcomeOf(async () => {
      const directory = await this.#host.openDirectory(request)
      try {
        this.#disk = await OpenDisk.open(directory, this.#host, request, this.#send)
      } catch (error) {
        await this.#host.closeDirectory()
        throw error
      }
    })
  }

  call(request: CallRequest): Promise<Outcome<unknown>> {
    if (request.method === 'close') return outcomeOf(() => this.#close())
    const outcome = outcomeOf(() => this.#run(request))
    this.#outcomes.add(outcome)
    return outcome.finally(() => this.#outcomes.delete(outcome))
  }

  abort(id: number): void {
    this.#running.get(id)?.abort()
  }

  told(id: number): void {
    this.#running.get(id)?.told()
  }

  async #run({ id, method, params, wantsProgress }: CallRequest): Promise<unknown> {
    if (this.#disk === undefined || this.#closing !== undefined) throw new DiskClosedError('the disk is closed')
    const report = (doneBytes: number, totalBytes: number | undefined, isLast: boolean): void =>
      this.#send({ type: 'progress', id, doneBytes, totalBytes, isLast })
    const work = new Work(this.#host.scheduler, wantsProgress ? report : undefined)
    this.#running.set(id, work)
    try {
      return await this.#disk.call(method, params, work)
    } finally {
      this.#running.delete(id)
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

async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, error: toErrorData(error) }
  }
}
