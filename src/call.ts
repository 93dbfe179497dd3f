// One call on its way: what was asked, who waits for the answer, and whether it may be asked again.
import { fromErrorData } from './core/error-data.js'
import type { Service } from './link.js'
import type { CallRequest, ServiceMessage } from './protocol.js'
import { REPEATABLE } from './repeatable.js'

/** What every call that takes its time can be given. */
export interface WorkOptions {
  /** Ends the call: it rejects with the signal's reason, and what it was to change is as it was. */
  signal?: AbortSignal
  /** Called as it goes on, in bytes; `totalBytes` is undefined where nobody knows. */
  onProgress?(progress: { doneBytes: number; totalBytes: number | undefined }): void
}

export interface CallOptions extends WorkOptions {
  /** Buffers inside the params that move with the request. */
  transfer?: ArrayBuffer[]
  /** Who calls: every other listener is told of what the call has changed. */
  by?: (message: ServiceMessage) => void
  /** Called with the buffer of `bytes` before the call settles, or after an abort; not where it is lost with the worker. */
  giveBack?: (buffer: ArrayBuffer) => void
}

export class Call {
  /** Settles once: with the answer, the error it was answered with, or that of `fail`. */
  readonly result: Promise<unknown>
  readonly #signal: AbortSignal | undefined
  readonly #onProgress: WorkOptions['onProgress']
  readonly #onBuffer: CallOptions['giveBack']
  readonly #onLate: (request: CallRequest, value: unknown) => void
  #request: CallRequest
  #buffers: ArrayBuffer[]
  /** Where it was sent; undefined while it waits for a service. */
  #service: Service | undefined
  #reportedBytes = 0
  #isSettled = false
  #resolve!: (value: unknown) => void // set by the promise's executor
  #reject!: (error: unknown) => void

  /** `onLate` gets the answer of a call that was aborted, but too late for the service. */
  constructor(request: CallRequest, options: CallOptions, onLate: (request: CallRequest, value: unknown) => void) {
    const { signal, onProgress, transfer = [], giveBack } = options
    this.#request = request
    this.#onLate = onLate
    this.#buffers = transfer
    this.#onProgress = onProgress
    this.#onBuffer = giveBack
    this.#signal = signal
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    signal?.addEventListener('abort', this.#abort)
  }

  send(service: Service): void {
    this.#service = service
    service.call(this.#request, this.#buffers).then(
      ({ outcome, buffer }) => {
        if (buffer !== undefined) this.#onBuffer?.(buffer)
        if (outcome.ok) this.#succeed(outcome.value)
        else this.fail(fromErrorData(outcome.error))
      },
      (error: unknown) => this.fail(error),
    )
  }

  /** The service is gone. Returns whether the call may be sent to another one. */
  recall(): boolean {
    if (this.#service === undefined) return true
    this.#service = undefined
    this.#request = withoutInto(this.#request)
    this.#buffers = []
    return REPEATABLE.has(this.#request.method)
  }

  fail(error: unknown): void {
    this.#settle()
    this.#reject(error)
  }

  /** An exception of the listener is the page's to see, and no concern of the call. */
  progress(doneBytes: number, totalBytes: number | undefined): void {
    if (doneBytes < this.#reportedBytes) return // sent again, it begins again
    this.#reportedBytes = doneBytes
    try {
      this.#onProgress?.({ doneBytes, totalBytes })
    } catch (error) {
      if (typeof reportError === 'function') reportError(error) // Node has none
    }
  }

  #succeed(value: unknown): void {
    if (this.#isSettled) {
      this.#onLate(this.#request, value)
    } else {
      this.#settle()
      this.#resolve(value)
    }
  }

  #settle(): void {
    this.#isSettled = true
    this.#signal?.removeEventListener('abort', this.#abort)
  }

  readonly #abort = () => {
    this.#service?.abort(this.#request.id)
    this.fail(this.#signal?.reason)
  }
}

/** A buffer to read into is gone with the service it was sent to; the answer comes in a fresh one then. */
function withoutInto(request: CallRequest): CallRequest {
  if (!('into' in request.params)) return request
  const { into: _gone, ...params } = request.params
  return { ...request, params }
}
