// The page's disk offered to another worker of the page: what comes over one port, called on the page's connection.
import type { Connection } from './connection.js'
import { toErrorData } from './core/error-data.js'
import { hasLocks, whenFree } from './locks.js'
import {
  type CallRequest,
  clientLockName,
  type OpenRequest,
  type Outcome,
  PROTOCOL_VERSION,
  type RelayRoot,
  type ServiceMessage,
} from './protocol.js'
import { exposeService } from './remote.js'
import { Taken } from './taken.js'

export class Relay implements RelayRoot {
  readonly #connection: Connection
  readonly #onGone: () => void
  readonly #send: (message: ServiceMessage) => void
  readonly #taken = new Taken()
  /** By the guest's call id. */
  readonly #running = new Map<number, AbortController>()
  /** Aborted when the guest has left or is gone. */
  readonly #gone = new AbortController()

  constructor(connection: Connection, port: MessagePort, onGone: () => void) {
    this.#connection = connection
    this.#onGone = onGone
    this.#send = exposeService(this, port)
    const unsubscribe = connection.onMessage(this.#send)
    this.#gone.signal.addEventListener('abort', unsubscribe)
    port.addEventListener('close', () => this.#leave()) // fired by newer browsers and Node
  }

  async hello(): Promise<number> {
    return PROTOCOL_VERSION
  }

  async identify(): ReturnType<RelayRoot['identify']> {
    const { name, backend, evictionPolicy } = this.#connection
    return { name, backend, evictionPolicy }
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

  async call(request: CallRequest): Promise<Outcome<unknown>> {
    const { id, method, params } = request
    if (method === 'close') {
      this.#leave()
      return { ok: true, value: undefined }
    }
    const abort = new AbortController()
    this.#running.set(id, abort)
    try {
      const value = await this.#connection.call(method, params, {
        signal: abort.signal,
        by: this.#send,
        transfer: requestBuffers(request),
        ...(request.wantsProgress && { onProgress: (progress) => this.#send({ type: 'progress', id, ...progress }) }),
      })
      this.#taken.note(request, value)
      if (this.#gone.signal.aborted) this.#taken.giveBack(this.#connection)
      return { ok: true, value }
    } catch (error) {
      return { ok: false, error: toErrorData(error) }
    } finally {
      this.#running.delete(id)
    }
  }

  abort(id: number): void {
    this.#running.get(id)?.abort()
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
    this.#onGone()
  }
}

/** The buffers a request came with: the relay's own by now, and moved on. */
function requestBuffers({ params }: CallRequest): ArrayBuffer[] {
  if ('puts' in params) return params.puts.flatMap(({ bytes }) => (bytes === undefined ? [] : buffersOf(bytes)))
  if ('bytes' in params) return buffersOf(params.bytes)
  return 'into' in params && params.into !== undefined ? [params.into] : []
}

function buffersOf({ buffer }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : []
}
