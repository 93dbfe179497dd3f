// A running storage worker: started, greeted, and watched for its end.
import { unlessAborted } from './abort.js'
import { StorageUnavailableError, WorkerFailedError } from './core/errors.js'
import { shakeHands } from './handshake.js'
import { randomId } from './ids.js'
import { whenFree } from './locks.js'
import type { WorkerSource } from './options.js'
import type { ServiceMessage, WorkerParts } from './protocol.js'
import { type Remote, wrapService } from './remote.js'
import { partsOfWorker, spawnWorker } from './spawn.js'

/** Set once it has turned out: some bundlers do not carry the script along. */
let isScriptMissing = false

export interface RunningWorker {
  readonly remote: Remote
  /** Aborted with a WorkerFailedError when the worker ended by itself, or its state is unknown. */
  readonly lost: AbortSignal
  /** Terminates it; synchronous and idempotent. */
  end(): void
}

/** Errors: StorageUnavailableError, WorkerFailedError, ProtocolVersionError, the signal's reason; no worker is left then. */
export async function startWorker(
  source: WorkerSource,
  receive: (message: ServiceMessage) => void,
  signal: AbortSignal,
): Promise<RunningWorker> {
  signal.throwIfAborted()
  if (typeof Worker === 'undefined') {
    throw new StorageUnavailableError('this context cannot start workers', { missing: 'Worker' })
  }
  if (source.worker !== undefined) return greeted(spawnWorker(source), receive, signal)
  if (source.workerUrl !== undefined) return greeted(spawnWorker(source), receive, signal, {})
  return startOwn(receive, signal)
}

/**
 * The library's own worker from its script; as text where that is not beside the library, or is of another origin than the page.
 * Errors: as `startWorker`.
 */
async function startOwn(receive: (message: ServiceMessage) => void, signal: AbortSignal): Promise<RunningWorker> {
  if (!isScriptMissing) {
    try {
      return await greeted(spawnWorker({}), receive, signal, partsOfWorker())
    } catch (error) {
      if (!isNotLoaded(error)) throw error
    }
  }
  const { inlineWorker } = await unlessAborted(signal, import('./inline.js'))
  try {
    const running = await greeted(inlineWorker(), receive, signal)
    isScriptMissing = true
    return running
  } catch (error) {
    if (!(error instanceof DOMException) && !isNotLoaded(error)) throw error
    signal.throwIfAborted()
    const message =
      'the storage worker can be loaded neither from beside the library nor as text, which the CSP of the page may forbid: ' +
      "serve 'lazy-disk-cache/worker', and say where by the option 'workerUrl'"
    throw new WorkerFailedError(message, { cause: error })
  }
}

/** The worker once it has answered; it is terminated where it does not. */
async function greeted(
  worker: Worker,
  receive: (message: ServiceMessage) => void,
  signal: AbortSignal,
  parts?: WorkerParts,
): Promise<RunningWorker> {
  const life = new AbortController()
  const lose = (reason: WorkerFailedError) => {
    worker.terminate()
    life.abort(reason)
  }
  worker.addEventListener('error', (event) => {
    event.preventDefault() // it is reported by rejecting
    lose(failure(event))
  })
  worker.addEventListener('messageerror', () =>
    lose(new WorkerFailedError('an answer of the storage worker was unreadable')),
  )
  const remote = wrapService(worker, receive)
  const lifeLock = `lazy-disk-cache:life:${randomId()}`
  try {
    const greeting = { hello: () => remote.hello(lifeLock, parts) }
    await unlessAborted(signal, shakeHands(greeting, lifeLock, life.signal))
  } catch (error) {
    worker.terminate()
    throw error
  }
  const watch = watchLife(lifeLock, lose)
  const end = () => {
    watch.abort()
    worker.terminate()
  }
  return { remote, lost: life.signal, end }
}

/** A worker that is terminated from outside fires no event, but the lock it held for life becomes free. */
function watchLife(lifeLock: string, lose: (reason: WorkerFailedError) => void): AbortController {
  const watch = new AbortController()
  whenFree(lifeLock, watch.signal).then(
    () => lose(new WorkerFailedError('the storage worker ended')),
    () => undefined, // no longer watched
  )
  return watch
}

/** A script that cannot be loaded fires an Event without a message; Chromium fires one for CSP too. */
function failure(event: Event): WorkerFailedError {
  const message = 'message' in event && typeof event.message === 'string' ? event.message : ''
  if (message !== '') return new WorkerFailedError(`the storage worker failed: ${message}`)
  const reason = "the storage worker's script could not be loaded, or the page's CSP forbids it"
  return new WorkerFailedError(reason, { cause: event })
}

/** Whether the browser has not got the worker's script, or refused it. */
function isNotLoaded(error: unknown): boolean {
  return error instanceof WorkerFailedError && (error.cause instanceof Event || error.cause instanceof DOMException)
}
