// Web Locks of the page: held until released, waited for with a time-out and a signal.
import { StorageUnavailableError } from './core/errors.js'

export interface HeldLock {
  /** Idempotent. */
  release(): void
}

export interface LockWait {
  readonly signal: AbortSignal
  /** Milliseconds; 0 does not wait. */
  readonly timeoutMs: number
}

/** setTimeout takes longer ones for 0. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Errors: StorageUnavailableError where this context has no Web Locks. */
export function requireLocks(): LockManager {
  const { navigator, isSecureContext } = globalThis as Partial<typeof globalThis> // Node 20 has neither
  if (isSecureContext === false) {
    throw new StorageUnavailableError('this page is not a secure context: arrays on disk need https or localhost', {
      missing: 'secure context',
    })
  }
  const locks = navigator?.locks as LockManager | undefined // the DOM's types know no browser without it
  if (locks !== undefined) return locks
  throw new StorageUnavailableError('this browser has no Web Locks', { missing: 'navigator.locks' })
}

export function hasLocks(): boolean {
  return (globalThis as Partial<typeof globalThis>).navigator?.locks !== undefined
}

/**
 * Resolves with the lock, or with undefined when it was not free in time. A lock that is free is had whatever the time-out.
 * Errors: the signal's reason, StorageUnavailableError.
 */
export async function acquireLock(name: string, { signal, timeoutMs }: LockWait): Promise<HeldLock | undefined> {
  signal.throwIfAborted()
  const atOnce = await request(name, { ifAvailable: true })
  const held = atOnce === undefined && timeoutMs > 0 ? await queue(name, { signal, timeoutMs }) : atOnce
  if (!signal.aborted) return held
  held?.release()
  throw signal.reason
}

/** Resolves when whoever holds the lock has let go or died; rejects when the signal is aborted. */
export async function whenFree(name: string, signal: AbortSignal): Promise<void> {
  await requireLocks().request(name, { signal }, () => undefined)
}

async function queue(name: string, { signal, timeoutMs }: LockWait): Promise<HeldLock | undefined> {
  const waiting = new AbortController()
  const stop = () => waiting.abort()
  const timer = timeoutMs > MAX_TIMER_MS ? undefined : setTimeout(stop, timeoutMs)
  signal.addEventListener('abort', stop)
  try {
    return await request(name, { signal: waiting.signal })
  } catch (error) {
    if (waiting.signal.aborted) return undefined
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

function request(name: string, options: LockOptions): Promise<HeldLock | undefined> {
  const locks = requireLocks()
  return new Promise((resolve, reject) => {
    const granted = (lock: Lock | null) => {
      if (lock !== null) return new Promise<void>((release) => resolve({ release }))
      resolve(undefined)
      return undefined
    }
    locks.request(name, options, granted).catch((error: unknown) => reject(refused(error)))
  })
}

/** Sandboxed frames and pages without permission to store have the API, but no locks. */
function refused(error: unknown): unknown {
  if (!(error instanceof DOMException) || error.name !== 'SecurityError') return error
  return new StorageUnavailableError(`this context may not use Web Locks: ${error.message}`, {
    missing: 'navigator.locks',
    cause: error,
  })
}
