// Where bytes come from: files, responses, streams and addresses, opened as one kind of stream.
import { unlessAborted } from '../abort.js'
import { InvalidSourceError } from '../core/errors.js'
import { chunksOf } from '../transfer.js'

/** A string or URL is fetched. A stream or response is read once, and cancelled where not all of it is wanted. */
export type ByteSource = string | URL | Response | Blob | ReadableStream<Uint8Array>

/** Bytes as they come. Ending the iteration ends the source. */
export interface OpenSource {
  readonly chunks: AsyncIterable<Uint8Array>
  /** In bytes; undefined where it is not known before the end. */
  readonly size: number | undefined
}

/** Errors: InvalidSourceError for a response that is no success, TypeError for what is no source, those of `fetch`. */
export async function openSource(source: ByteSource, signal: AbortSignal | undefined): Promise<OpenSource> {
  if (source instanceof Blob) return { chunks: chunksOf(source.stream()), size: source.size }
  if (source instanceof Response) return openResponse(source)
  if (source instanceof ReadableStream) return { chunks: chunksOf(source), size: undefined }
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
  return { chunks: chunksOf(response.body ?? new Blob().stream()), size: lengthOf(response) }
}

/** Of what is decompressed on the way, or may be without our seeing it, the length says nothing. */
function lengthOf({ headers, type }: Response): number | undefined {
  const length = headers.get('content-length')
  if (length === null || headers.has('content-encoding') || type === 'cors') return undefined
  return Number(length)
}
