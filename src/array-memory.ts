// An array's memory, as the budget sees it: what it is worth, whether it can go, and how it goes.

import { DEFAULT_PRIORITY, type Priority, rankOf } from './priority.js'
import { Readers } from './readers.js'
import type { Residency } from './residency.js'
import type { Count, Resident } from './resident.js'
import { writeBackUnlessGone } from './write-back.js'

/** Whoever fetches ahead uses it soon, or not at all. */
const AWAITED_FOR_MS = 10_000
/** Memory that is in use for longer counts as held: the work may itself wait for memory. */
const LONG_USE_MS = 1000

export class ArrayMemory implements Resident {
  /** What users say it is worth. */
  priority: Priority = DEFAULT_PRIORITY
  readonly readers: Readers
  readonly #array: Residency
  /** Until then it counts as prefetched: milliseconds of `performance.now()`. */
  #awaitedUntil = 0

  constructor(array: Residency) {
    const { budget } = array.session
    this.#array = array
    this.readers = new Readers(budget)
    array.lock.onIdle = () => budget.serve()
  }

  get path(): string {
    return this.#array.path
  }

  get worth(): Priority {
    return this.priority === 'recent' && performance.now() < this.#awaitedUntil ? 'prefetch' : this.priority
  }

  get isEvictable(): boolean {
    const { live, lock } = this.#array
    return live !== undefined && !live.dirty && !this.#isWanted && lock.isIdle
  }

  /** By a buffer that was given away for writing, a pin, mode c, or work that takes long. */
  get isHeld(): boolean {
    const { count, pins, since } = this.#array.uses
    return this.#isKept || pins > 0 || (count > 0 && performance.now() - since > LONG_USE_MS)
  }

  get leave(): (() => Promise<boolean>) | undefined {
    return this.#array.hasChanges && !this.#isWanted ? this.#leave : undefined
  }

  evict(): void {
    this.#array.evict()
  }

  /** A use: what was prefetched for it was. */
  touch(): void {
    this.#awaitedUntil = 0
    this.#array.session.budget.touch(this)
  }

  /** Whether the array can be loaded in this turn: it is, or there is room, or room is had without waiting. */
  async hasRoom(): Promise<boolean> {
    const { live, meta } = this.#array
    return live !== undefined || this.readers.hasRoom(meta.nbytes, meta.path)
  }

  /** Not in a turn. Errors: MemoryBudgetError, that of the readers' signal. */
  waitForRoom(): Promise<void> {
    const { nbytes, path } = this.#array.meta
    return this.readers.waitForRoom(nbytes, path)
  }

  /** In a turn: whether there is room where only what is worth less than what is wanted soon has to go, and without work. */
  async hasRoomToPrefetch(): Promise<boolean> {
    const isWorthLess = ({ resident }: Count) =>
      resident.isEvictable && rankOf(resident.worth ?? DEFAULT_PRIORITY) < rankOf('prefetch')
    const { live, meta } = this.#array
    return live === undefined && this.readers.hasRoom(meta.nbytes, meta.path, isWorthLess)
  }

  /** It was loaded for a use to come. */
  awaitUse(): void {
    this.#awaitedUntil = performance.now() + AWAITED_FOR_MS
  }

  get #isWanted(): boolean {
    return this.#isKept || this.#array.uses.count > 0
  }

  /** Memory in mode c is all there is of its changes, and where they go. */
  get #isKept(): boolean {
    const { live } = this.#array
    return live !== undefined && (live.out || live.mode === 'c')
  }

  readonly #leave = async (): Promise<boolean> => {
    const { lock, session, path } = this.#array
    try {
      const isGone = await lock.alone(async () => {
        if (this.leave === undefined) return false // used again meanwhile
        await writeBackUnlessGone(this.#array, {})
        if (this.#array.isGone) return true
        if (this.#isWanted) return false // given away meanwhile
        this.#array.evict()
        return true
      })
      return isGone || this.leave === undefined
    } catch (error) {
      session.emit('error', { error, path, during: 'eviction' })
      return false
    }
  }
}
