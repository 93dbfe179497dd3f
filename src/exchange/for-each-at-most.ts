// Work on many things, a few at a time.

/** As soon as one fails, or `signal` is aborted, the signal that each is given is aborted. Errors: the first. */
export async function forEachAtMost<T>(
  limit: number,
  items: Iterable<T>,
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const abort = () => stop.abort(signal?.reason)
  signal?.addEventListener('abort', abort)
  const iterator = items[Symbol.iterator]()
  const run = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
      stop.signal.throwIfAborted()
      await work(next.value, stop.signal)
    }
  }
  try {
    await Promise.all(Array.from({ length: limit }, run))
  } catch (error) {
    stop.abort(error)
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}
