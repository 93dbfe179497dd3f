// What goes from a disk that is a cache: by the policy when there is no room, by age, by tag. Nothing that anybody holds or
// uses goes by itself.
import type { DiskEvictionReason, EvictionPolicy, ServiceMessage } from '../protocol.js'
import type { Origin } from './calls.js'
import type { Engine } from './engine.js'
import type { Entry } from './entry.js'
import { Expiry } from './expiry.js'
import type { Holds } from './holds.js'
import { storedBytes } from './index-of-arrays.js'
import { type Rank, RankedQueue } from './ranked-queue.js'
import type { Removal } from './removal.js'
import { budgetExceeded, type Limits } from './room.js'
import type { Scheduler } from './storage.js'

/** Pages are told when so much of the budget is used: a tenth is left to act in. */
const HIGH_WATERMARK = 0.9
/** Told again only after it was less than this. */
const LOW_WATERMARK = 0.8

/** Guests join a new owner within some milliseconds. */
const GATHERING_MS = 1000

export interface EvictionRules {
  readonly diskBudget: number
  readonly evictionPolicy: EvictionPolicy
}

interface Surroundings {
  readonly engine: Engine
  readonly holds: Holds
  readonly scheduler: Scheduler
  readonly send: (message: ServiceMessage) => void
  readonly removal: Removal
}

export class Evictor implements Limits {
  readonly diskBudget: number
  readonly evictions: Record<DiskEvictionReason, number> = { disk: 0, expired: 0, tag: 0 }
  readonly #policy: EvictionPolicy
  readonly #around: Surroundings
  readonly #expiry: Expiry
  /** All arrays; made when one has to go for the first time. */
  #queue: RankedQueue | undefined
  #isUnderPressure = false
  /** In wait for `begin`. */
  #cancelBegin: (() => void) | undefined

  constructor({ diskBudget, evictionPolicy }: EvictionRules, around: Surroundings) {
    this.diskBudget = diskBudget
    this.#policy = evictionPolicy
    this.#around = around
    this.#expiry = new Expiry(around.engine, around.scheduler, (entries) => this.#evictExpired(entries))
  }

  /** Of a disk that was just opened: what has expired goes, and what is too much. Errors: QuotaExceededError. */
  begin(): void {
    const { arrays } = this.#around.engine
    for (const entry of arrays.unpacked()) this.#expiry.add(entry)
    this.#expiry.sweep()
    this.#evict(this.#victims(arrays.liveBytes - this.diskBudget).entries, 'disk')
    this.changed()
  }

  /** As `begin`, when the clients of the owner before had time to say what they hold. */
  beginLater(): void {
    this.#cancelBegin = this.#around.scheduler.after(GATHERING_MS, () => {
      this.#cancelBegin = undefined
      try {
        this.begin()
      } catch (error) {
        this.#around.engine.onMarkFailed(error)
      }
    })
  }

  /** Nothing goes by itself until `start`. */
  stop(): void {
    this.#cancelBegin?.()
    this.#expiry.stop()
  }

  start(): void {
    if (this.#cancelBegin !== undefined) this.beginLater()
    this.#expiry.start()
  }

  /** An array was opened, read or written. */
  noteUse(incarnation: number): void {
    const { engine } = this.#around
    const isOfUse = this.#policy === 'least-recently-used' || this.#policy === 'least-frequently-used'
    if (isOfUse && engine.arrays.get(incarnation) !== undefined) engine.noteUse(incarnation)
  }

  admit(growth: number): void {
    const { engine } = this.#around
    if (growth <= 0 || engine.plannedBytes + growth <= this.diskBudget) return
    this.#expiry.sweep()
    const excess = engine.plannedBytes + growth - this.diskBudget
    if (excess > 0 && !this.#evictByPolicy(excess)) throw budgetExceeded(growth, this.diskBudget)
  }

  evict(byteLength: number): boolean {
    const before = this.evictions.expired
    this.#expiry.sweep()
    return this.evictions.expired > before || this.#evictByPolicy(byteLength)
  }

  /** Whoever holds them; returns how many. Errors: QuotaExceededError. */
  evictTagged(tag: string, origin: Origin | undefined): number {
    const tagged = [...this.#around.engine.arrays.values()].filter(({ tags }) => tags.includes(tag))
    this.#evict(tagged, 'tag', origin)
    return tagged.length
  }

  made(entry: Entry): void {
    this.#expiry.add(entry)
    this.#queue?.add(entry.incarnation)
    // Deleted arrays stay in the queue until their turn.
    if (this.#queue !== undefined && this.#queue.size > 2 * this.#around.engine.arrays.size + 1000)
      this.#queue = undefined
  }

  changed(): void {
    const { liveBytes } = this.#around.engine.arrays
    if (liveBytes < LOW_WATERMARK * this.diskBudget) this.#isUnderPressure = false
    if (this.#isUnderPressure || liveBytes < HIGH_WATERMARK * this.diskBudget) return
    this.#isUnderPressure = true
    this.#around.send({ type: 'pressure', usedBytes: liveBytes, limitBytes: this.diskBudget })
  }

  #evictByPolicy(byteLength: number): boolean {
    const { entries, isEnough } = this.#victims(byteLength)
    if (isEnough) this.#evict(entries, 'disk')
    return isEnough
  }

  /** The first in the policy's order that may go, of at least so many bytes where there are as many. */
  #victims(byteLength: number): { readonly entries: readonly Entry[]; readonly isEnough: boolean } {
    const entries: Entry[] = []
    const taken: number[] = []
    let rest = byteLength
    while (rest > 0 && this.#policy !== 'none') {
      this.#queue ??= this.#queueOfAll()
      const incarnation = this.#queue.take()
      if (incarnation === undefined) break
      taken.push(incarnation)
      const entry = this.#around.engine.entry(incarnation)
      const size = this.#mayGo(entry) ? storedBytes(entry) : 0
      if (size > 0) entries.push(entry)
      rest -= size
    }
    // What is evicted then is no more when its turn comes again.
    for (const incarnation of taken) this.#queue?.add(incarnation)
    return { entries, isEnough: rest <= 0 }
  }

  #queueOfAll(): RankedQueue {
    const { arrays } = this.#around.engine
    const queue = new RankedQueue((incarnation) => {
      const entry = arrays.get(incarnation)
      return entry && this.#rankOf(entry)
    })
    for (const { incarnation } of arrays.values()) queue.add(incarnation)
    return queue
  }

  /** Before uses were noted, an array's last change counts as its last use. */
  #rankOf({ incarnation, version, modified }: Entry): Rank {
    if (this.#policy === 'oldest') return [version, incarnation]
    const { at = modified, count = 0 } = this.#around.engine.arrays.uses.get(incarnation) ?? {}
    return this.#policy === 'least-frequently-used' ? [count, at] : [at, incarnation]
  }

  #mayGo({ incarnation, ephemeral }: Entry): boolean {
    const { engine, holds } = this.#around
    return !ephemeral && !holds.isHeld(incarnation) && !engine.isInUse(incarnation)
  }

  #evictExpired(expired: readonly Entry[]): Entry[] {
    this.#evict(
      expired.filter((entry) => this.#mayGo(entry)),
      'expired',
    )
    return expired.filter(({ incarnation }) => this.#around.engine.arrays.get(incarnation) !== undefined)
  }

  #evict(entries: readonly Entry[], reason: DiskEvictionReason, origin?: Origin): void {
    if (entries.length === 0) return
    this.#around.removal.remove(entries, origin)
    this.evictions[reason] += entries.length
    for (const { path, nbytes } of entries) this.#around.send({ type: 'evicted', path, byteLength: nbytes, reason })
  }
}
