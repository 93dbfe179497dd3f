// Waiting for files that another worker has only just let go of.
import { DiskLockedError } from '../src/core/errors.js'

/** Some browsers free the files of a page that was reloaded or closed only after a second or two. */
const MAX_WAIT_MS = 2500
const RETRY_MS = 50

/** Errors: DiskLockedError where a file of the disk stays open elsewhere; those of `attempt`. */
export async function unlocked<T>(disk: string, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + MAX_WAIT_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NoModificationAllowedError') throw error
      if (performance.now() > deadline) throw stillOpen(disk, error)
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

function stillOpen(disk: string, cause: unknown): DiskLockedError {
  return new DiskLockedError(`a file of disk '${disk}' is still open in another tab or worker`, { cause })
}
