// Web Locks of the worker: the disk's owner, the worker's life, and who else lives.
import { DiskLockedError } from '../src/core/errors.js'
import { clientLockName, ownerLockName } from '../src/names.js'

/** Browsers free the locks of a terminated worker some time after its page's. */
export const HANDOVER_MS = 1000

/** Waits to be the disk's owner; resolves with how to end that. Errors: the signal's reason. */
export function takeOwnership(disk: string, signal: AbortSignal): Promise<() => void> {
  return hold(ownerLockName(disk), { signal })
}

export function lockedError(disk: string, waitedMs: number): DiskLockedError {
  return new DiskLockedError(
    `disk '${disk}' is in use by another worker that does not answer: waited ${waitedMs} ms for it`,
  )
}

/** The page queues on this lock: being granted it, it knows that the worker has ended. */
export async function holdForLife(lock: string): Promise<void> {
  await hold(lock, {})
}

/** Resolves when whoever holds the lock has let go or died. Errors: the signal's reason. */
export async function whenFree(lock: string, signal: AbortSignal): Promise<void> {
  await navigator.locks.request(lock, { signal }, () => undefined)
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
