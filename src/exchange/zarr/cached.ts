// Zarr elsewhere behind a cache on disk.
import type { AbsolutePath, AsyncReadable, RangeQuery, Readable } from 'zarrita'
import { segmentOfKey } from '../../core/path.js'
import type { Disk } from '../../disk.js'
import { isTag } from '../../lifetime.js'
import { boundCodecs } from './bounded-codecs.js'
import { Entries, type Entry, SEPARATOR } from './entries.js'
import { givesAway, isGivingAway } from './given-away.js'
import { partOf } from './range.js'
import { type AddressOptions, type Answer, type Remote, remoteAddress, remoteStore } from './remote.js'
import { SharedWork } from './shared-work.js'

/** `fetch`, `overrides` and `useSuffixRequest` are those of zarrita's FetchStore, for an address. */
export interface CachedZarrOptions extends AddressOptions {
  /** Where the cache is kept. */
  disk: Disk
  /** Of this cache; what was used longest ago goes first. The disk's own budget and eviction stand beside it. */
  maxBytes: number
  /** Default: `zarr/<address>`; what has no address goes with the page. */
  cachePath?: string
  /** Milliseconds for which nobody is asked whether something has changed. Default Infinity: until `refresh()`. */
  maxAge?: number
  /** For `disk.evict({ tag })`. */
  tags?: readonly string[]
}

/** To be given to zarrita. */
export interface CachedZarrStore extends AsyncReadable {
  /** The bytes; undefined where there are none. Errors: those of the remote, where they are not in the cache. */
  get(key: AbsolutePath, options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined>
  /** A part of them. Errors: as `get`. */
  getRange(key: AbsolutePath, range: RangeQuery, options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined>
  /** From now on what is in the cache is asked for once more before it is given. */
  refresh(): void
  /** Removes all that is in the cache. */
  clear(): Promise<void>
  /** `bytes` with 512 for every entry. */
  usage(): Promise<{ bytes: number; entries: number }>
}

const OPTIONS: readonly string[] = [
  ...['disk', 'maxBytes', 'cachePath', 'maxAge', 'tags', 'fetch', 'overrides', 'useSuffixRequest'],
]

/**
 * A remote Zarr, a store of zarrita or an address, whose chunks and metadata are kept on disk when they are first read: keys and
 * ranges, and also that there is nothing under a key. Reads of one thing at one time share one request. After `maxAge`, or
 * `refresh()`, the remote is asked again: an address by ETag and Last-Modified where the server gives them, a FetchStore by way of
 * the browser's own cache; parts of an object of which one turns out to be another version are dropped. Where the remote cannot
 * be asked, what is in the cache is given, whatever its age: so what was read once can be read offline. What finds no room is
 * given and not kept. What a server says in Cache-Control does not count. Errors: TypeError; of the methods those of the remote where there is nothing in the cache,
 * DiskClosedError, the signal's reason. Source: AsyncReadable of zarrita; stale-if-error of RFC 5861.
 */
export function cached(remote: string | URL | Readable, options: CachedZarrOptions): CachedZarrStore {
  checkOptions(options)
  boundCodecs()
  const isAddress = typeof remote === 'string' || remote instanceof URL
  if (!isAddress && typeof remote?.get !== 'function')
    throw new TypeError('cached takes an address or a store of zarrita')
  if (!isAddress && (options.fetch ?? options.overrides ?? options.useSuffixRequest) !== undefined) {
    throw new TypeError('fetch, overrides and useSuffixRequest are for an address: a store has its own')
  }
  const { disk, maxBytes, tags, maxAge = Number.POSITIVE_INFINITY } = options
  const source = isAddress ? remoteAddress(remote, addressOptions(options)) : remoteStore(remote)
  const path =
    options.cachePath ??
    `zarr/${source.url === undefined ? `unnamed-${crypto.randomUUID()}` : segmentOfKey(source.url)}`
  const isEphemeral = options.cachePath === undefined && source.url === undefined
  const cache = new Cache(source, new Entries({ disk, path, maxBytes, tags, isEphemeral }), maxAge)
  const store: CachedZarrStore = {
    get: (key, { signal } = {}) => cache.read(key, undefined, signal),
    getRange: (key, range, { signal } = {}) => cache.read(key, range, signal),
    refresh: () => cache.refresh(),
    clear: () => cache.clear(),
    usage: () => cache.entries.usage(),
  }
  return isAddress || isGivingAway(remote) ? givesAway(store) : store
}

function addressOptions({ fetch, overrides, useSuffixRequest }: CachedZarrOptions): AddressOptions {
  return { ...(fetch && { fetch }), ...(overrides && { overrides }), ...(useSuffixRequest && { useSuffixRequest }) }
}

class Cache {
  readonly entries: Entries
  readonly #remote: Remote
  readonly #maxAge: number
  readonly #reads = new SharedWork<Uint8Array | undefined>()
  /** What was checked before has to be checked again. */
  #validFrom = 0

  constructor(remote: Remote, entries: Entries, maxAge: number) {
    this.#remote = remote
    this.entries = entries
    this.#maxAge = maxAge
  }

  async read(
    key: AbsolutePath,
    range: RangeQuery | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array | undefined> {
    const name = nameOf(key, range)
    const { result, isFirst } = await this.#reads.run(name, signal, (all) => this.#read(name, key, range, all))
    return isFirst ? result : result?.slice() // each has memory of its own
  }

  refresh(): void {
    this.#validFrom = Date.now()
  }

  async clear(): Promise<void> {
    await Promise.all((await this.entries.names()).map((name) => this.entries.remove(name)))
  }

  async #read(
    name: string,
    key: AbsolutePath,
    range: RangeQuery | undefined,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const entry = await this.entries.read(name, signal)
    if (entry !== undefined && this.#isValid(entry)) return entry.bytes
    if (range !== undefined) {
      const whole = await this.entries.read(nameOf(key, undefined), signal)
      if (whole !== undefined && this.#isValid(whole)) return whole.bytes && partOf(whole.bytes, range)
    }
    const checked = Math.max(Date.now(), this.#validFrom + 1)
    const known = entry?.bytes === undefined ? undefined : entry.validator
    let answer: Answer | 'unchanged'
    try {
      answer = await this.#remote.read({ key, range, signal, known, isRefresh: entry !== undefined })
    } catch (error) {
      signal.throwIfAborted()
      if (entry === undefined) throw error
      return entry.bytes
    }
    if (entry !== undefined && (answer === 'unchanged' || isSame(entry, answer))) {
      await this.entries.renew(name, { ...entry, checked })
      return entry.bytes
    }
    const news = answer as Answer // 'unchanged' is only said of what is known
    await this.#dropOtherVersions(key, name, news, entry !== undefined)
    await this.entries.write(name, { ...news, checked })
    return news.bytes
  }

  /** So that no object is put together of parts of two versions. */
  async #dropOtherVersions(key: AbsolutePath, name: string, answer: Answer, isChanged: boolean): Promise<void> {
    for (const [other, validator] of this.entries.partsOf(key)) {
      const isAnother = isChanged || (validator && answer.validator && !isAlike(validator, answer.validator))
      if (other !== name && isAnother) await this.entries.remove(other)
    }
  }

  #isValid({ checked }: Entry): boolean {
    return checked > this.#validFrom && Date.now() - checked < this.#maxAge
  }
}

function nameOf(key: AbsolutePath, range: RangeQuery | undefined): string {
  if (range === undefined) return key
  return key + SEPARATOR + ('suffixLength' in range ? `-${range.suffixLength}` : `${range.offset}+${range.length}`)
}

function isSame(entry: Entry, answer: { bytes: Uint8Array | undefined }): boolean {
  const [a, b] = [entry.bytes, answer.bytes]
  if (a === undefined || b === undefined) return a === b
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i])
}

function isAlike(a: NonNullable<Entry['validator']>, b: NonNullable<Entry['validator']>): boolean {
  return a.etag === b.etag && a.modified === b.modified
}

/** Errors: TypeError. */
function checkOptions(options: CachedZarrOptions): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('cached takes options: { disk, maxBytes }')
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option))
  if (unknown !== undefined) throw new TypeError(`cached: unknown option '${unknown}'`)
  const { disk, maxBytes, maxAge = 0, tags = [] } = options
  if (typeof disk?.openArray !== 'function') throw new TypeError('cached: disk is an open disk')
  if (!(maxBytes > 0)) throw new TypeError(`cached: maxBytes is a positive number of bytes, got ${String(maxBytes)}`)
  if (!(maxAge >= 0)) throw new TypeError(`cached: maxAge is a number of milliseconds, got ${String(maxAge)}`)
  if (!tags.every(isTag)) throw new TypeError('cached: tags are strings')
}
