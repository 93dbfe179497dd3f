// Parts of the engine that are fetched when they are first needed.
import { WorkerFailedError } from '../core/errors.js'

/** Errors: WorkerFailedError where it cannot be had; the next call tries again. */
export async function fetchPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkerFailedError(`the operators could not be loaded: ${reason}`, { cause: error })
  }
}
