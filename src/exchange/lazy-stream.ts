// Streams that begin when they are first read.
import type { WorkOptions } from '../call.js'
import { checkWorkOptions } from '../work-options.js'

type Controller = ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>

/**
 * What `start` gives, read as it is asked for; a chunk's memory is used again when the next is asked for. The signal that `start`
 * gets is aborted when the stream is cancelled. As soon as `signal` is, the stream fails with its reason. A byte stream where the
 * browser has them: who reads into buffers of their own (`getReader({ mode: 'byob' })`) leaves nothing to the garbage
 * collector. Errors: TypeError.
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
  /** Of the chunk that was asked for last, what nobody has read. */
  let rest: Uint8Array = new Uint8Array()
  const source = {
    start(controller: Controller) {
      const fail = () => {
        controller.error(signal?.reason)
        end(signal?.reason).catch(() => undefined) // the stream has failed already
      }
      if (signal?.aborted === true) fail()
      else signal?.addEventListener('abort', fail, { signal: abort.signal })
    },
    async pull(controller: Controller) {
      try {
        chunks ??= start(abort.signal).then((begun) => begun[Symbol.asyncIterator]())
        while (rest.byteLength === 0) {
          const next = await (await chunks).next()
          if (abort.signal.aborted) return
          if (next.done === true) {
            close(controller)
            abort.abort() // nothing is left that could fail
            return
          }
          rest = next.value
        }
        rest = rest.subarray(give(rest, controller))
      } catch (error) {
        abort.abort(error)
        throw error
      }
    },
    cancel: end,
  }
  const strategy = { highWaterMark: 0 }
  if (typeof ReadableByteStreamController === 'undefined') return new ReadableStream<Uint8Array>(source, strategy)
  return new ReadableStream({ ...source, type: 'bytes' }, strategy)
}

/** Of `bytes` as many as are asked for: how many. */
function give(bytes: Uint8Array, controller: Controller): number {
  const request = requestOf(controller)
  if (!request?.view) {
    controller.enqueue(new Uint8Array(bytes)) // a copy, also of a Node Buffer, whose `slice` is none
    return bytes.byteLength
  }
  const { buffer, byteOffset, byteLength } = request.view
  const count = Math.min(bytes.byteLength, byteLength)
  new Uint8Array(buffer, byteOffset, count).set(bytes.subarray(0, count))
  request.respond(count)
  return count
}

function close(controller: Controller): void {
  controller.close()
  requestOf(controller)?.respond(0) // a reader's own buffer goes back to it
}

function requestOf(controller: Controller): ReadableStreamBYOBRequest | null {
  return 'byobRequest' in controller ? controller.byobRequest : null
}
