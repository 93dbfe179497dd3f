// openDisk, deleteDisk, listDisks: what a page loads first. What is behind them is fetched when one is called.
import type { Disk } from './disk.js'
import type { DiskOptions, WorkerSource } from './options.js'

/** Whether what talks to workers is there or on its way: the first disk's worker starts meanwhile. */
let isFetched = false

/**
 * Opens a disk, or gives another handle on the one of that name that is open in this page; the last `memoryBudget` wins then.
 * Errors: TypeError for an unknown option, and for another backend, durability, diskBudget or evictionPolicy than the open one's;
 * StorageUnavailableError, DiskLockedError, WorkerFailedError, ProtocolVersionError, the signal's reason.
 */
export async function openDisk(options?: DiskOptions): Promise<Disk> {
  const ahead = isFetched ? undefined : import('./spawn.js').then(({ spawnAhead }) => spawnAhead(options))
  isFetched = true
  try {
    return await (await import('./open.js')).openDisk(options)
  } finally {
    ahead?.then((end) => end()).catch(() => undefined) // where the script has not come, openDisk says so
  }
}

/**
 * Removes a disk and all that is on it; nothing happens where there is none. Errors: DiskLockedError where it is open and stays so
 * for 5 s, WorkerFailedError, TypeError.
 */
export async function deleteDisk(name: string, options?: WorkerSource): Promise<void> {
  return (await import('./open.js')).deleteDisk(name, options)
}

/** The names of all disks: those of this origin's OPFS, where there is one, and this page's in memory. Errors: WorkerFailedError. */
export async function listDisks(options?: WorkerSource): Promise<string[]> {
  return (await import('./open.js')).listDisks(options)
}
