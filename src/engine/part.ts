// Parts of the engine that are fetched when they are first needed.
import { WorkerFailedError } from '../core/errors.js'

/** Fetches a part, once. Errors: WorkerFailedError where it cannot be had; the next call tries again. */
export function part<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined
      const reason = error instanceof Error ? error.message : String(error)
      throw new WorkerFailedError(`the operators could not be loaded: ${reason}`, { cause: error })
    })
    return loading
  }
}
