// Zarr elsewhere: a store of zarrita, or an address, of which can also be asked whether something has changed.
import { type AbsolutePath, FetchStore, type RangeQuery, type Readable } from 'zarrita'
import { partOf } from './range.js'

/** What a server says of a version of a file. */
export interface Validator {
  readonly etag?: string
  readonly modified?: string
}

/** `bytes` undefined: there is nothing under that key. */
export interface Answer {
  readonly bytes: Uint8Array | undefined
  readonly validator: Validator | undefined
}

export interface Query {
  readonly key: AbsolutePath
  readonly range: RangeQuery | undefined
  readonly signal: AbortSignal
  /** Of what is here already: is it still so? */
  readonly known: Validator | undefined
  /** Whether something is here already, and may be old. */
  readonly isRefresh: boolean
}

export interface Remote {
  /** Undefined: nothing names it. */
  readonly url: string | undefined
  read(query: Query): Promise<Answer | 'unchanged'>
}

/** Options of zarrita's FetchStore. */
export interface AddressOptions {
  /** In place of the page's `fetch`. */
  fetch?: (request: Request) => Promise<Response>
  /** Of every request: headers, credentials. */
  overrides?: RequestInit
  /** Whether ends of files are asked for by `bytes=-n`, which not every server answers. */
  useSuffixRequest?: boolean
}

export function remoteStore(store: Readable): Remote {
  const read = async ({ key, range, signal, isRefresh }: Query): Promise<Answer> => {
    // A FetchStore hands this on to fetch: the browser's own cache then asks whether what it has is still so.
    const options = isRefresh ? { signal, cache: 'no-cache' } : { signal }
    if (range === undefined) return { bytes: await store.get(key, options), validator: undefined }
    if (store.getRange !== undefined) return { bytes: await store.getRange(key, range, options), validator: undefined }
    const whole = await store.get(key, options)
    return { bytes: whole && partOf(whole, range), validator: undefined }
  }
  return { url: 'url' in store ? String(store.url) : undefined, read }
}

/** Errors of `read`: as zarrita's FetchStore. */
export function remoteAddress(address: string | URL, options: AddressOptions): Remote {
  const url = String(address)
  const read = async ({ key, range, signal, known }: Query): Promise<Answer | 'unchanged'> => {
    let last: Response | undefined
    const ask = options.fetch ?? ((request: Request) => fetch(request))
    const store = new FetchStore(url, {
      ...options,
      fetch: async (request) => {
        last = await ask(request)
        return last.status === 304 ? new Response(null, { status: 404 }) : last // which FetchStore takes for no error
      },
    })
    const get = (headers: Record<string, string>) => {
      const init: RequestInit = { signal, headers, cache: 'no-store' }
      return range === undefined ? store.get(key, init) : store.getRange(key, range, init)
    }
    const bytes = await get(conditionsOf(known)).catch((error: unknown) => {
      // Another origin may not allow these headers, which looks the same as no network.
      if (known === undefined || signal.aborted || !(error instanceof TypeError)) throw error
      return get({})
    })
    if (last?.status === 304) return 'unchanged'
    return { bytes, validator: bytes && last && validatorOf(last) }
  }
  return { url, read }
}

function conditionsOf(known: Validator | undefined): Record<string, string> {
  return {
    ...(known?.etag !== undefined && { 'If-None-Match': known.etag }),
    ...(known?.modified !== undefined && { 'If-Modified-Since': known.modified }),
  }
}

function validatorOf({ headers }: Response): Validator | undefined {
  const etag = headers.get('etag')
  const modified = headers.get('last-modified')
  if (etag === null && modified === null) return undefined
  return { ...(etag !== null && { etag }), ...(modified !== null && { modified }) }
}
