// The disks of this origin: listed and deleted without being opened, by a short-lived worker.
import { unlessAborted } from './abort.js'
import { fromErrorData } from './core/error-data.js'
import { StorageUnavailableError } from './core/errors.js'
import { fetchedLocal } from './local-link.js'
import { requireLocks } from './locks.js'
import { checkDiskName, checkWorkerSource, type WorkerSource } from './options.js'
import type { Outcome } from './protocol.js'
import type { Remote } from './remote.js'
import { startWorker } from './storage-worker.js'

/** See open-disk.ts. */
export async function listDisks(options: WorkerSource = {}): Promise<string[]> {
  const source = checkWorkerSource('listDisks', options)
  const local = await fetchedLocal()
  const stored = await withWorker(source, (remote) => remote.listDisks())
  return [...new Set([...(local?.listLocalDisks() ?? []), ...(stored ?? [])])].sort()
}

/**
 * Removes a disk and all that is on it; nothing happens where there is none. Errors: DiskLockedError where it is open and
 * stays so for 5 s, WorkerFailedError, TypeError.
 */
export async function deleteDisk(name: string, options: WorkerSource = {}): Promise<void> {
  checkDiskName('deleteDisk', name)
  const source = checkWorkerSource('deleteDisk', options)
  const local = await fetchedLocal()
  await local?.deleteLocalDisk(name)
  await withWorker(source, (remote) => remote.deleteDisk(name))
}

/** Resolves with undefined where this context has no storage: there are no disks then. */
async function withWorker<T>(
  source: WorkerSource,
  work: (remote: Remote) => Promise<Outcome<T>>,
): Promise<T | undefined> {
  try {
    requireLocks()
    const { remote, lost, end } = await startWorker(source, () => undefined, new AbortController().signal)
    try {
      const outcome = await unlessAborted(lost, work(remote))
      if (!outcome.ok) throw fromErrorData(outcome.error)
      return outcome.value
    } finally {
      end()
    }
  } catch (error) {
    if (error instanceof StorageUnavailableError) return undefined
    throw error
  }
}
