// Listing and deleting disks, none of which this worker has open.
import { DiskLockedError } from '../src/core/errors.js'
import { outcomeOf } from '../src/engine/service.js'
import type { Outcome } from '../src/protocol.js'
import { diskNames, removeDiskFolder } from './opfs-folders.js'
import { takeOwnership } from './ownership.js'
import { deleteStates } from './state-store.js'

/** For whoever has the disk to close it. */
const WAIT_MS = 5000

export function listDisks(): Promise<Outcome<string[]>> {
  return outcomeOf(diskNames)
}

/** Crash order: states that no array refers to do no harm, so they go last. */
export function deleteDisk(name: string): Promise<Outcome<void>> {
  return outcomeOf(async () => {
    const giveUp = await whileFree(name)
    try {
      await removeDiskFolder(name)
      await deleteStates(name)
    } finally {
      giveUp()
    }
  })
}

/** Errors: DiskLockedError where some page has the disk. */
async function whileFree(name: string): Promise<() => void> {
  const signal = AbortSignal.timeout(WAIT_MS)
  try {
    return await takeOwnership(name, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    throw new DiskLockedError(`disk '${name}' is open: waited ${WAIT_MS} ms for it to be closed everywhere`)
  }
}
