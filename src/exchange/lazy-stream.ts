// Streams that begin when they are first read.

/** What `start` gives, one chunk for each pull; `signal` is aborted when the stream is cancelled. */
export function streamOf(
  start: (signal: AbortSignal) => Promise<AsyncGenerator<Uint8Array, void, undefined>>,
): ReadableStream<Uint8Array> {
  const abort = new AbortController()
  let chunks: Promise<AsyncGenerator<Uint8Array, void, undefined>> | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        chunks ??= start(abort.signal)
        const next = await (await chunks).next()
        if (next.done === true) controller.close()
        else controller.enqueue(next.value)
      },
      async cancel(reason) {
        abort.abort(reason)
        await (await chunks)?.return()
      },
    },
    { highWaterMark: 0 },
  )
}
