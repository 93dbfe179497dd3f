// Bytes kept on a disk under names, up to so many; those used longest ago go first.

import type { DiskBackedNDArray } from '../../array.js'
import { NotFoundError, QuotaExceededError, StaleArrayError } from '../../core/errors.js'
import { keyOfSegment, segmentOfKey } from '../../core/path.js'
import type { Disk } from '../../disk.js'
import type { JsonObject } from '../../protocol.js'
import type { Validator } from './remote.js'

/** What was said of something, and when. */
export interface Entry {
  /** Undefined: that there is nothing. */
  readonly bytes: Uint8Array | undefined
  readonly validator: Validator | undefined
  /** In milliseconds, as Date.now(). */
  readonly checked: number
}

interface Known {
  /** In bytes. */
  readonly size: number
  readonly validator: Validator | undefined
}

export interface Place {
  readonly disk: Disk
  readonly path: string
  readonly maxBytes: number
  readonly tags: readonly string[] | undefined
  /** Whether it goes with the page. */
  readonly isEphemeral: boolean
}

/** Each entry counts at least so much, for what the catalog has of it. */
const ENTRY_BYTES = 512
/** What others have put there is looked for whenever this part of `maxBytes` was added. */
const RECOUNTS = 16

/** In names, between a key and what of it; no key has it. */
export const SEPARATOR = '\0'

function objectOf(name: string): string {
  return name.split(SEPARATOR, 1)[0] ?? ''
}

export class Entries {
  readonly #place: Place
  /** By name, in order of use. */
  #known = new Map<string, Known>()
  /** The names of what is kept of one object. */
  #parts = new Map<string, Set<string>>()
  #totalBytes = 0
  /** Of what is being written: counted, and not to go. */
  #pendingBytes = 0
  #addedBytes = 0
  #counted: Promise<void> | undefined
  /** Holds on what goes with the page. */
  readonly #held = new Map<string, DiskBackedNDArray>()

  constructor(place: Place) {
    this.#place = place
  }

  async read(name: string, signal: AbortSignal): Promise<Entry | undefined> {
    await this.#count()
    try {
      const array = await this.#place.disk.openArray<'uint8'>(this.#pathOf(name), { dtype: 'uint8', signal })
      try {
        const { missing, validator, checked } = array.attributes as { [K in keyof Entry | 'missing']?: unknown }
        const bytes = missing === true ? undefined : (await array.get([], { signal })).data
        this.#use(name)
        return { bytes, validator: validator as Validator | undefined, checked: Number(checked) }
      } finally {
        await array.close()
      }
    } catch (error) {
      if (!(error instanceof NotFoundError || error instanceof StaleArrayError)) throw error
      this.#drop(name)
      return undefined
    }
  }

  /** What does not fit, or finds no room on the disk, is not kept. Errors: those of the disk. */
  async write(name: string, entry: Entry): Promise<void> {
    await this.#count()
    const { disk, maxBytes, tags, isEphemeral } = this.#place
    const bytes = entry.bytes ?? new Uint8Array()
    const size = bytes.byteLength + ENTRY_BYTES
    if (size + this.#pendingBytes > maxBytes) return this.remove(name)
    this.#pendingBytes += size
    try {
      await Promise.all(this.#leastUsed().map((one) => this.remove(one)))
      const options = { attributes: attributesOf(entry), purgeDiskOnGc: isEphemeral, ...(tags && { tags }) }
      const array = await disk.array(bytes, { ...options, cachePath: this.#pathOf(name), automaticOffloading: false })
      this.#drop(name)
      this.#add(name, { size, validator: entry.validator })
      if (isEphemeral) await array.offload()
      if (isEphemeral) this.#held.set(name, array)
      else await array.close()
    } catch (error) {
      if (!(error instanceof QuotaExceededError)) throw error
    } finally {
      this.#pendingBytes -= size
    }
    this.#addedBytes += size
    if (this.#addedBytes > maxBytes / RECOUNTS) this.#counted = undefined
  }

  /** Notes that the bytes are still what they were. */
  async renew(name: string, entry: Entry): Promise<void> {
    try {
      const array = await this.#place.disk.openArray(this.#pathOf(name))
      await array.setAttributes(attributesOf(entry))
      await array.close()
    } catch (error) {
      if (!(error instanceof NotFoundError || error instanceof StaleArrayError)) throw error
    }
  }

  async remove(name: string): Promise<void> {
    this.#drop(name)
    await this.#place.disk.delete(this.#pathOf(name))
  }

  /** As far as is known here. */
  async names(): Promise<readonly string[]> {
    await this.#count()
    return [...this.#known.keys()]
  }

  /** What is kept of an object, with what its server said of it. */
  partsOf(object: string): readonly (readonly [name: string, validator: Validator | undefined])[] {
    return [...(this.#parts.get(object) ?? [])].map((name) => [name, this.#known.get(name)?.validator])
  }

  async usage(): Promise<{ bytes: number; entries: number }> {
    this.#counted = undefined
    await this.#count()
    return { bytes: this.#totalBytes, entries: this.#known.size }
  }

  /** Those that have to go for all that is kept and being written to fit; they count no more. */
  #leastUsed(): string[] {
    const names: string[] = []
    for (const name of this.#known.keys()) {
      if (this.#totalBytes + this.#pendingBytes <= this.#place.maxBytes) break
      names.push(name)
      this.#forget(name)
    }
    return names
  }

  /** Those not used here are the oldest. */
  #count(): Promise<void> {
    this.#counted ??= this.#countAll().catch((error: unknown) => {
      this.#counted = undefined
      throw error
    })
    return this.#counted
  }

  async #countAll(): Promise<void> {
    this.#addedBytes = 0
    const prefix = `${this.#place.path}/`
    const found = await this.#place.disk.list(prefix)
    const onDisk = new Map(
      found
        .sort((a, b) => a.modified.getTime() - b.modified.getTime())
        .map(({ path, nbytes, attributes: { validator } }) => [
          keyOfSegment(path.slice(prefix.length)) ?? '',
          { size: nbytes + ENTRY_BYTES, validator: validator as Validator | undefined },
        ]),
    )
    const used = [...this.#known.keys()].filter((name) => onDisk.has(name))
    const unused = [...onDisk.keys()].filter((name) => !this.#known.has(name))
    this.#known = new Map()
    this.#parts = new Map()
    this.#totalBytes = 0
    for (const name of [...unused, ...used]) this.#add(name, onDisk.get(name) as Known) // all of them are there
  }

  #add(name: string, known: Known): void {
    this.#known.set(name, known)
    this.#totalBytes += known.size
    const object = objectOf(name)
    const parts = this.#parts.get(object) ?? new Set()
    this.#parts.set(object, parts.add(name))
  }

  #use(name: string): void {
    const known = this.#known.get(name)
    if (known === undefined) return
    this.#known.delete(name)
    this.#known.set(name, known)
  }

  /** No more counted. */
  #forget(name: string): void {
    this.#totalBytes -= this.#known.get(name)?.size ?? 0
    this.#known.delete(name)
    const object = objectOf(name)
    this.#parts.get(object)?.delete(name)
    if (this.#parts.get(object)?.size === 0) this.#parts.delete(object)
  }

  #drop(name: string): void {
    this.#forget(name)
    void this.#held.get(name)?.close()
    this.#held.delete(name)
  }

  #pathOf(name: string): string {
    return `${this.#place.path}/${segmentOfKey(name)}`
  }
}

function attributesOf({ bytes, validator, checked }: Entry): JsonObject {
  return { checked, ...(validator && { validator }), ...(bytes === undefined && { missing: true }) }
}
