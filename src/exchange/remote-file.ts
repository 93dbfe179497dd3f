// A file on a server, read by ranges.
import { unlessAborted } from '../abort.js'
import { InvalidSourceError } from '../core/errors.js'

/** What must stay as it is for two ranges to be of one file. */
interface Identity {
  readonly etag: string | null
  readonly modified: string | null
  /** In bytes; undefined where the server does not say, or another origin does not let us see it. */
  readonly size: number | undefined
}

interface Range {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly identity: Identity
}

export class RemoteFile {
  readonly #url: string | URL
  readonly #identity: Identity
  /** From the start of the file. */
  readonly beginning: Uint8Array<ArrayBuffer>

  private constructor(url: string | URL, { bytes, identity }: Range) {
    this.#url = url
    this.#identity = identity
    this.beginning = bytes
  }

  /** Reads up to `byteLength` bytes from the start. Errors: InvalidSourceError where the server gives no ranges, those of `fetch`. */
  static async open(url: string | URL, byteLength: number, signal: AbortSignal | undefined): Promise<RemoteFile> {
    return new RemoteFile(url, await readRange(url, 0, byteLength, signal))
  }

  get size(): number | undefined {
    return this.#identity.size
  }

  /** Errors: InvalidSourceError where the file has fewer bytes or is another one by now, those of `fetch`. */
  async read(start: number, byteLength: number, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes, identity } = await readRange(this.#url, start, byteLength, signal)
    const { etag, modified, size } = this.#identity
    if (identity.etag !== etag || identity.modified !== modified || identity.size !== size) {
      throw new InvalidSourceError(`${this.#url} was changed since it was opened: open it again`)
    }
    if (bytes.byteLength === byteLength) return bytes
    throw new InvalidSourceError(`${this.#url} is cut short: ${byteLength} bytes from ${start} on were asked for`)
  }
}

/** Fewer bytes where the file ends. No If-Range: another origin would have to allow it, and comparing afterwards tells as much. */
async function readRange(
  url: string | URL,
  start: number,
  byteLength: number,
  signal: AbortSignal | undefined,
): Promise<Range> {
  const headers = { Range: `bytes=${start}-${start + byteLength - 1}` }
  // Firefox has a reason of its own.
  const response = await unlessAborted(signal, fetch(url, signal === undefined ? { headers } : { headers, signal }))
  if (response.status !== 206) {
    void response.body?.cancel() // it would be the whole file
    const reason = response.ok ? 'does not give parts of files (range requests)' : `answered with ${response.status}`
    throw new InvalidSourceError(`the server of ${url} ${reason}`)
  }
  const range = response.headers.get('content-range')
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range ?? '') ?? []
  const bytes = new Uint8Array(await unlessAborted(signal, response.arrayBuffer()))
  if (bytes.byteLength > byteLength || (range !== null && Number(from) !== start)) {
    throw new InvalidSourceError(`the server of ${url} gave other bytes than were asked for`)
  }
  return {
    bytes,
    identity: {
      etag: response.headers.get('etag'),
      modified: response.headers.get('last-modified'),
      size: size === undefined || size === '*' ? undefined : Number(size),
    },
  }
}
