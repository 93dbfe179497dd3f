// The memory budget of one disk in this page: counts what is loaded, makes room by letting go of what can be read again.
import { MemoryBudgetError } from './core/errors.js'

/** Something that takes memory. */
export interface Resident {
  readonly path: string | undefined
  /** Its bytes are on disk as they are in memory, and nobody uses them. */
  readonly isEvictable: boolean
  /** Lets go of the memory, which `remove`s it. */
  evict(): void
}

/** Spare buffers together. A load into memory that was touched before is faster by about 1 s per GiB: page faults cost that. */
const MAX_SPARE_BYTES = 256 * 2 ** 20
/** Whoever loads again does so soon. */
const SPARE_FOR_MS = 10_000
const MAX_HOLDERS_NAMED = 10

export class MemoryBudget {
  #limit: number
  #residentBytes = 0
  /** Bytes of each, least recently used first. */
  readonly #residents = new Map<Resident, number>()
  /** Buffers that were given back, oldest first; within the limit, and the first to go. */
  #spares: ArrayBuffer[] = []
  #expiry: ReturnType<typeof setTimeout> | undefined
  #waiting: (() => void)[] = []

  readonly #onChange: () => void

  /** `onChange` is called when `residentBytes` may be another. */
  constructor(limit: number, onChange: () => void = () => undefined) {
    this.#limit = limit
    this.#onChange = onChange
  }

  get limit(): number {
    return this.#limit
  }

  /** What holds now: a limit that was lowered comes down as memory is let go of. */
  get limitInForce(): number {
    return Math.max(this.#limit, this.#residentBytes)
  }

  get residentBytes(): number {
    return this.#residentBytes
  }

  get residents(): Iterable<Resident> {
    return this.#residents.keys()
  }

  /** Counts `byteLength` for `resident`, making room first. Errors: MemoryBudgetError, nothing being changed. */
  admit(resident: Resident, byteLength: number): void {
    const own = this.#residents.get(resident) ?? 0
    if (!this.#makeRoom(byteLength - own, resident)) throw this.#refusal(byteLength)
    this.#residents.delete(resident)
    this.#residents.set(resident, byteLength)
    this.#residentBytes += byteLength - own
    this.#onChange()
  }

  touch(resident: Resident): void {
    const byteLength = this.#residents.get(resident)
    if (byteLength === undefined) return
    this.#residents.delete(resident)
    this.#residents.set(resident, byteLength)
  }

  remove(resident: Resident): void {
    this.#residentBytes -= this.#residents.get(resident) ?? 0
    this.#residents.delete(resident)
    this.#settle()
    this.#onChange()
  }

  /** Resolves when no more than `limit` is in memory; from now on nothing new is admitted above it. */
  setLimit(limit: number): Promise<void> {
    this.#limit = limit
    this.#dropSpares(0)
    for (const resident of [...this.#residents.keys()]) {
      if (this.#residentBytes <= limit) break
      if (resident.isEvictable) resident.evict()
    }
    const isMet = new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#settle()
    return isMet
  }

  /** Keeps a buffer nobody else has, for `takeSpare`. */
  giveSpare(buffer: ArrayBuffer): void {
    const spareBytes = buffer.byteLength + this.#spareBytes()
    if (spareBytes > MAX_SPARE_BYTES || this.#residentBytes + spareBytes > this.#limit) return
    this.#spares.push(buffer)
    clearTimeout(this.#expiry)
    this.#expiry = setTimeout(() => this.#dropSpares(0), SPARE_FOR_MS)
    unreferenced(this.#expiry)
  }

  takeSpare(byteLength: number): ArrayBuffer | undefined {
    const at = this.#spares.findIndex((buffer) => buffer.byteLength === byteLength)
    return at < 0 ? undefined : this.#spares.splice(at, 1)[0]
  }

  /** Evicts nothing where everything that can go would not be enough. */
  #makeRoom(needed: number, asking: Resident): boolean {
    const others = [...this.#residents].filter(([resident]) => resident !== asking && resident.isEvictable)
    const evictableBytes = others.reduce((sum, [, byteLength]) => sum + byteLength, 0)
    if (needed > 0 && this.#residentBytes - evictableBytes + needed > this.#limit) return false
    for (const [resident] of others) {
      if (this.#residentBytes + needed <= this.#limit) break
      resident.evict()
    }
    this.#dropSpares(Math.max(0, this.#limit - this.#residentBytes - needed))
    return true
  }

  #refusal(requested: number): MemoryBudgetError {
    const holders = [...this.#residents]
      .filter(([resident]) => !resident.isEvictable)
      .map(([{ path }, byteLength]) => ({ path, byteLength }))
      .sort((a, b) => b.byteLength - a.byteLength)
    const held = holders.reduce((sum, { byteLength }) => sum + byteLength, 0)
    return new MemoryBudgetError(
      `${requested} bytes do not fit a memory budget of ${this.#limit} bytes, ${held} of which are in use: ` +
        'offload or release some of the holders, or raise the budget',
      { requested, holders: holders.slice(0, MAX_HOLDERS_NAMED) },
    )
  }

  #settle(): void {
    if (this.#residentBytes > this.#limit) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #spareBytes(): number {
    return this.#spares.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  #dropSpares(keptBytes: number): void {
    while (this.#spareBytes() > keptBytes) this.#spares.shift()
  }
}

/** Node's timers keep the process running. */
function unreferenced(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref()
}
