// The first words with a storage service: is there one, and does it speak this version?
import { unlessAborted } from './abort.js'
import { LazyDiskCacheError, ProtocolVersionError, WorkerFailedError } from './core/errors.js'
import { PROTOCOL_VERSION, type ServiceRoot } from './protocol.js'

/** A worker script is fetched, compiled and answering in 0.1 s; this leaves room for a slow network. */
export const HANDSHAKE_TIMEOUT_MS = 10_000

/** Errors: WorkerFailedError where no storage service answers in time, ProtocolVersionError, the signal's reason. */
export async function shakeHands(
  root: Pick<ServiceRoot, 'hello'>,
  lifeLock: string,
  signal: AbortSignal,
): Promise<void> {
  const version = await withinTimeout(unlessAborted(signal, root.hello(lifeLock))).catch((error: unknown) => {
    if (signal.aborted || error instanceof LazyDiskCacheError) throw error
    throw new WorkerFailedError('what answers is not the storage worker of this library', { cause: error })
  })
  if (version === PROTOCOL_VERSION) return
  throw new ProtocolVersionError(
    `the storage worker speaks version ${String(version)} of the protocol, the page ${PROTOCOL_VERSION}: ` +
      'serve both from one release of the library',
  )
}

async function withinTimeout<T>(promise: Promise<T>): Promise<T> {
  const late = new AbortController()
  const timer = setTimeout(() => {
    late.abort(new WorkerFailedError(`the storage worker did not answer within ${HANDSHAKE_TIMEOUT_MS / 1000} s`))
  }, HANDSHAKE_TIMEOUT_MS)
  try {
    return await unlessAborted(late.signal, promise)
  } finally {
    clearTimeout(timer)
  }
}
