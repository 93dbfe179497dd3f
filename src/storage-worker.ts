// A running storage worker: started, greeted, and watched for its end.
import { unlessAborted } from './abort.js'
import { StorageUnavailableError, WorkerFailedError } from './core/errors.js'
import { shakeHands } from './handshake.js'
import { randomId } from './ids.js'
import { whenFree } from './locks.js'
import type { WorkerSource } from './options.js'
import type { ServiceMessage } from './protocol.js'
import { type Remote, wrapService } from './remote.js'
import { spawnWorker } from './spawn.js'

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
  const worker = spawnWorker(source)
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
    await unlessAborted(signal, shakeHands(remote, lifeLock, life.signal))
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
  return new WorkerFailedError("the storage worker's script could not be loaded, or the page's CSP forbids it")
}
