// The page's disk offered to another worker of the page: what comes over one port, called on the page's connection.
import type { Connection } from './connection.js'
import { toErrorData } from './core/error-data.js'
import type { GuestMemory } from './guest-memory.js'
import { hasLocks, whenFree } from './locks.js'
import { clientLockName } from './names.js'
import {
  type CallRequest,
  type OpenRequest,
  type Outcome,
  type Params,
  PROTOCOL_VERSION,
  type RelayRoot,
  type ServiceMessage,
} from './protocol.js'
import { exposeService, type OfferedService } from './remote.js'
import type { Reply } from './reply.js'
import { Taken } from './taken.js'

export class Relay implements OfferedService {
  readonly #connection: Connection
  readonly #onGone: () => void
  readonly #send: (message: ServiceMessage) => void
  readonly #taken = new Taken()
  readonly #memory: GuestMemory | undefined
  /** By the guest's call id. */
  readonly #running = new Map<number, AbortController>()
  /** Aborted when the guest has left or is gone. */
  readonly #gone = new AbortController()

  constructor(connection: Connection, port: MessagePort, onGone: () => void) {
    this.#connection = connection
    this.#onGone = onGone
    this.#send = exposeService(this, port)
    this.#memory = connection.lender?.open((byteLength) => this.#send({ type: 'memoryWanted', byteLength }))
    const unsubscribe = connection.onMessage(this.#send)
    this.#gone.signal.addEventListener('abort', unsubscribe)
    port.addEventListener('close', () => this.#leave()) // fired by newer browsers and Node
  }

  async hello(): Promise<number> {
    return PROTOCOL_VERSION
  }

  async identify(): ReturnType<RelayRoot['identify']> {
    const { name, backend, role, evictionPolicy, lender } = this.#connection
    return { name, backend, role, evictionPolicy, memoryBudget: lender?.limit ?? Number.POSITIVE_INFINITY }
  }

  /** The disk is open; watches the guest, whose lock becomes free when its worker is terminated. */
  async open({ client }: OpenRequest): Promise<Outcome<void>> {
    if (hasLocks()) {
      whenFree(clientLockName(client), this.#gone.signal).then(
        () => this.#leave(),
        () => undefined, // it has left
      )
    }
    return { ok: true, value: undefined }
  }

  async call(request: CallRequest): Promise<Reply> {
    let buffer: ArrayBuffer | undefined
    const outcome = await this.#outcome(request, (back) => {
      buffer = back
    })
    return { outcome, ...(buffer && { buffer }) }
  }

  async #outcome(request: CallRequest, giveBack: (buffer: ArrayBuffer) => void): Promise<Outcome<unknown>> {
    const { id, method } = request
    if (method === 'close') {
      this.#leave()
      return { ok: true, value: undefined }
    }
    const abort = new AbortController()
    this.#running.set(id, abort)
    try {
      const value = await this.#answer(request, { signal: abort.signal, giveBack })
      this.#taken.note(request, value)
      if (this.#gone.signal.aborted) this.#taken.giveBack(this.#connection)
      return { ok: true, value }
    } catch (error) {
      return { ok: false, error: toErrorData(error) }
    } finally {
      this.#running.delete(id)
    }
  }

  #answer(
    request: CallRequest,
    { signal, giveBack }: { signal: AbortSignal; giveBack: (buffer: ArrayBuffer) => void },
  ): unknown {
    const { id, method, params, wantsProgress } = request
    if (method === 'borrowMemory') return this.#memory?.borrow(params as Params<'borrowMemory'>, signal) // of this method
    if (method === 'returnMemory') return this.#memory?.returned(params as Params<'returnMemory'>) // of this method
    return this.#connection.call(method, params, {
      signal,
      giveBack,
      by: this.#send,
      transfer: requestBuffers(request),
      ...(wantsProgress && { onProgress: (progress) => this.#send({ type: 'progress', id, ...progress }) }),
    })
  }

  abort(id: number): void {
    this.#running.get(id)?.abort()
  }

  /** The page is told first, and does not wait for the guest: an abort of the guest at the last report may come too late. */
  told(): void {
    // nothing waits for it
  }

  /** What the guest holds. */
  holds(): OpenRequest['holds'] {
    return this.#taken.holds()
  }

  #leave(): void {
    if (this.#gone.signal.aborted) return
    this.#gone.abort()
    for (const running of this.#running.values()) running.abort()
    this.#taken.giveBack(this.#connection)
    this.#memory?.end()
    this.#onGone()
  }
}

/** The buffers a request came with: the relay's own by now, and moved on. */
function requestBuffers({ params }: CallRequest): ArrayBuffer[] {
  if ('puts' in params) {
    return [...new Set(params.puts.flatMap(({ bytes }) => (bytes === undefined ? [] : buffersOf(bytes))))] // may share one
  }
  if ('bytes' in params) return buffersOf(params.bytes)
  return 'into' in params && params.into !== undefined ? [params.into] : []
}

function buffersOf({ buffer }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : []
}
