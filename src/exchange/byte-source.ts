// Where bytes come from: files, responses, streams and addresses, opened as one kind of stream.
import { unlessAborted } from '../abort.js'
import { InvalidSourceError } from '../core/errors.js'
import { chunksOf } from '../transfer.js'

/** A string or URL is fetched. A stream or response is read once, and cancelled where not all of it is wanted. */
export type ByteSource = string | URL | Response | Blob | ReadableStream<Uint8Array>

/** Bytes as they come. */
export interface OpenSource {
  /** A chunk's memory is used again for the next. Ending the iteration ends the source, also one that hangs. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** In bytes; undefined where it is not known before the end. */
  readonly size: number | undefined
}

/** Errors: InvalidSourceError for a response that is no success, TypeError for what is no source, those of `fetch`. */
export async function openSource(source: ByteSource, signal: AbortSignal | undefined): Promise<OpenSource> {
  if (source instanceof Blob) return { chunks: recycledChunksOf(source.stream()), size: source.size }
  if (source instanceof Response) return openResponse(source)
  if (source instanceof ReadableStream) return { chunks: recycledChunksOf(source), size: undefined }
  if (typeof source === 'string' || source instanceof URL) {
    return openResponse(await unlessAborted(signal, fetch(source, signal === undefined ? {} : { signal })))
  }
  throw new TypeError(`expected an address, a Response, a Blob or a ReadableStream, got ${String(source)}`)
}

function openResponse(response: Response): OpenSource {
  if (!response.ok) {
    void response.body?.cancel().catch(() => undefined) // it may be read by someone else
    throw new InvalidSourceError(`${response.url || 'the response'} has status ${response.status}`)
  }
  return { chunks: recycledChunksOf(response.body ?? new Blob().stream()), size: lengthOf(response) }
}

/** Of what is decompressed on the way, or may be without our seeing it, the length says nothing. */
function lengthOf({ headers, type }: Response): number | undefined {
  const length = headers.get('content-length')
  if (length === null || headers.has('content-encoding') || type === 'cors') return undefined
  return Number(length)
}

/** As large as what browsers hand on at most, for files. */
const CHUNK_BYTES = 2 ** 20

/** Fresh memory for each chunk is collected so late that hundreds of MiB pile up; only byte streams can do without. */
function recycledChunksOf(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = byteReaderOf(stream)
  if (reader === undefined) return chunksOf(stream)
  let memory: Uint8Array<ArrayBuffer> | undefined = new Uint8Array(CHUNK_BYTES)
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    const { done, value } = memory === undefined ? { done: true, value: undefined } : await reader.read(memory)
    memory = done || value === undefined ? undefined : new Uint8Array(value.buffer)
    return done || value === undefined ? { done: true, value: undefined } : { done: false, value }
  }
  const end = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    await reader.cancel()
    return { done: true, value: undefined }
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
}

function byteReaderOf(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  if (stream.locked) return undefined // the error is for the reader of any stream to give
  try {
    return stream.getReader({ mode: 'byob' })
  } catch {
    return undefined // it is no byte stream
  }
}
