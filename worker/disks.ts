// Listing and deleting disks, none of which this worker has open.
import { toErrorData } from '../src/core/error-data.js'
import type { Outcome } from '../src/protocol.js'
import { diskNames, removeDiskFolder } from './opfs-folders.js'
import { takeOwnership } from './ownership.js'
import { deleteStates } from './state-store.js'

export function listDisks(): Promise<Outcome<string[]>> {
  return outcomeOf(diskNames)
}

/** Crash order: states that no array refers to do no harm, so they go last. */
export function deleteDisk(name: string): Promise<Outcome<void>> {
  return outcomeOf(async () => {
    const giveUp = await takeOwnership(name, 0)
    try {
      await removeDiskFolder(name)
      await deleteStates(name)
    } finally {
      giveUp()
    }
  })
}

async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, error: toErrorData(error) }
  }
}
