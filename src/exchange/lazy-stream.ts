// Streams that begin when they are first read.
import type { WorkOptions } from '../call.js'
import { checkWorkOptions } from '../work-options.js'

/**
 * What `start` gives, one chunk for each pull; the signal it gets is aborted when the stream is cancelled. As soon as `signal` is,
 * the stream fails with its reason. Errors: TypeError.
 */
export function streamOf(
  start: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
  options: WorkOptions = {},
): ReadableStream<Uint8Array> {
  checkWorkOptions(options)
  const { signal } = options
  const abort = new AbortController()
  const end = async (reason: unknown) => {
    abort.abort(reason)
    await (await chunks)?.return?.()
  }
  let chunks: Promise<AsyncIterator<Uint8Array>> | undefined
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const fail = () => {
          controller.error(signal?.reason)
          end(signal?.reason).catch(() => undefined) // the stream has failed already
        }
        if (signal?.aborted === true) fail()
        else signal?.addEventListener('abort', fail, { signal: abort.signal })
      },
      async pull(controller) {
        try {
          chunks ??= start(abort.signal).then((begun) => begun[Symbol.asyncIterator]())
          const next = await (await chunks).next()
          if (abort.signal.aborted) return
          if (next.done !== true) return controller.enqueue(next.value)
          controller.close()
          abort.abort() // nothing is left that could fail
        } catch (error) {
          abort.abort(error)
          throw error
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
}
