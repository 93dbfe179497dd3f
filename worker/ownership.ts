// Web Locks of the worker: the disk's owner, the worker's life, and who else lives.
import { DiskLockedError } from '../src/core/errors.js'
import { clientLockName, ownerLockName } from '../src/names.js'

/** Browsers free the locks of a terminated worker some time after its page's. */
const HANDOVER_MS = 1000
/** AbortSignal.timeout takes no more everywhere. */
const MAX_WAIT_MS = 2 ** 31 - 1

/**
 * Makes this worker the disk's owner; resolves with how to end that. Errors: DiskLockedError where another worker stays the
 * owner for `lockTimeout` milliseconds.
 */
export async function takeOwnership(disk: string, lockTimeout: number): Promise<() => void> {
  const waitMs = Math.min(Math.max(lockTimeout, HANDOVER_MS), MAX_WAIT_MS)
  const signal = AbortSignal.timeout(waitMs)
  try {
    return await hold(ownerLockName(disk), { signal })
  } catch (error) {
    if (!signal.aborted) throw error
    throw new DiskLockedError(`disk '${disk}' is in use by another worker: waited ${waitMs} ms for it to end`)
  }
}

/** The page queues on this lock: being granted it, it knows that the worker has ended. */
export async function holdForLife(lock: string): Promise<void> {
  await hold(lock, {})
}

/** The clients whose page, or connection, is there now. */
export async function liveClients(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query()
  const prefix = clientLockName('')
  const names = held.flatMap(({ name }) => name ?? [])
  return new Set(names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)))
}

function hold(name: string, options: LockOptions): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const granted = () => new Promise<void>((release) => resolve(release))
    navigator.locks.request(name, options, granted).catch(reject)
  })
}
