// The memory budget of one disk in this page: memory is counted before it is taken, and what is worth least makes room for it.
import { MemoryBudgetError } from './core/errors.js'
import { Departures } from './departures.js'
import type { Lender } from './guest-memory.js'
import { Ledger } from './ledger.js'
import { Reservation } from './reservation.js'
import type { Count, Loan, Resident } from './resident.js'
import { Spares } from './spares.js'
import { type Waiter, WaitingLine } from './waiting-line.js'
import { DEFAULT_WATERMARKS, HighWater, type Watermarks } from './watermarks.js'

export type { Resident } from './resident.js'

export interface BudgetOptions {
  readonly watermarks?: Partial<Watermarks>
  readonly lender?: Lender | undefined
  /** `residentBytes` may be another. */
  onChange?(): void
  /** What is in use has passed the high watermark. */
  onPressure?(usedBytes: number): void
}

const LOOK_AGAIN_MS = 250
const LET_GO_TURNS = 50
const LET_GO_TURN_MS = 20

/**
 * Invariants: nothing is admitted above the limit, and buffers that are kept to be used again never take more than it leaves.
 * Nobody waits for what user code holds. Whoever holds an array's turn must not wait here: turns are what leaving waits for.
 */
export class MemoryBudget {
  /** They have the room that is left. */
  readonly spares = new Spares()
  readonly #ledger = new Ledger()
  readonly #line = new WaitingLine()
  readonly #departures = new Departures(() => this.serve())
  readonly #lender: Lender | undefined
  readonly #onChange: () => void
  readonly #highWater: HighWater
  #limit: number
  #isServing = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #untilMet: (() => void)[] = []

  constructor(limit: number, { watermarks, lender, onChange, onPressure }: BudgetOptions = {}) {
    this.#limit = limit
    this.spares.room = limit
    this.#lender = lender
    this.#onChange = onChange ?? (() => undefined)
    this.#highWater = new HighWater({ ...DEFAULT_WATERMARKS, ...watermarks }, this, this.#ledger, onPressure)
  }

  get limit(): number {
    return this.#limit
  }

  /** What holds now: a limit that was lowered comes down as memory is let go of. */
  get limitInForce(): number {
    return Math.max(this.#limit, this.residentBytes)
  }

  /** Of loaded arrays, reservations, and what connected workers have borrowed. */
  get residentBytes(): number {
    return this.#ledger.residentBytes
  }

  /** All that is counted but spare buffers. */
  get usedBytes(): number {
    return this.#ledger.usedBytes
  }

  set watermarks(watermarks: Partial<Watermarks>) {
    this.#highWater.watermarks = { ...DEFAULT_WATERMARKS, ...watermarks }
    this.#highWater.watch()
  }

  /**
   * Resolves when `byteLength` are counted, in order of asking. Reserve all that a call needs at once, and before any array's
   * turn is taken. Errors: MemoryBudgetError where user code holds too much, the signal's reason.
   */
  async reserve(byteLength: number, options: { path?: string; signal?: AbortSignal } = {}): Promise<Reservation> {
    const reservation = new Reservation(this, byteLength, options.path)
    await this.admit(reservation, byteLength, options.signal)
    return reservation
  }

  /**
   * As `reserve`, but without waiting: undefined where it would have to. Lets go only of what is free, and only where nothing
   * less valuable would first have to be written; with `from`, of what that says.
   */
  async tryReserve(
    byteLength: number,
    path?: string,
    from?: (count: Count) => boolean,
  ): Promise<Reservation | undefined> {
    if (this.#line.first !== undefined) return undefined
    const reservation = new Reservation(this, byteLength, path)
    const picks = this.#ledger.leastValuable(this.#missing(byteLength), from)
    const freed = picks.reduce((sum, count) => sum + count.byteLength, 0)
    const isFree = picks.every(({ resident }) => resident.isEvictable)
    if (!isFree || freed < this.#missing(byteLength)) return undefined
    for (const { resident } of picks) resident.evict()
    if (this.#missing(byteLength) > 0) return undefined // whoever is told of evictions may do anything
    this.#count(reservation, byteLength)
    try {
      await this.#lender?.borrow(byteLength, 'now')
      return reservation
    } catch {
      this.#countNotBorrowed(reservation, byteLength)
      return undefined
    }
  }

  /** Counts `byteLength` in all for `resident`; where that is more than before it waits for room. Errors: as `reserve`. */
  async admit(resident: Resident, byteLength: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const added = byteLength - (this.#ledger.get(resident)?.byteLength ?? 0)
    const admitted =
      added > 0 ? this.#line.join(resident, added, signal, () => this.serve()) : this.#count(resident, added)
    this.serve()
    await admitted
  }

  touch(resident: Resident): void {
    this.#ledger.touch(resident)
  }

  /** `spare`: its buffer, which nobody has any more. */
  remove(resident: Resident, spare?: ArrayBuffer): void {
    const count = this.#ledger.get(resident)
    if (count === undefined) return
    this.#count(resident, -count.byteLength)
    if (spare !== undefined) this.spares.give(spare)
    this.serve()
  }

  /** `resident` has less than before. */
  reduce(resident: Resident, byteLength: number): void {
    this.#count(resident, -Math.min(byteLength, this.#ledger.get(resident)?.byteLength ?? 0))
    this.serve()
  }

  handOver(from: Resident, to: Resident): void {
    const byteLength = this.#ledger.get(from)?.byteLength
    if (byteLength === undefined) return
    this.#ledger.add(from, -byteLength)
    this.#ledger.add(to, byteLength)
    this.#ledger.touch(to)
    this.serve()
  }

  /** Counts what whoever calls has found room for. */
  force(resident: Resident, byteLength: number): void {
    this.#count(resident, byteLength)
  }

  /**
   * Counts buffers for bytes on their way: up to `wanted` as there is room, `least` in any case, for what writes memory out
   * must not wait for memory. Who needs none in any case stands back for those who wait.
   */
  async lend(wanted: number, least: number): Promise<Loan> {
    const free = this.#ledger.leastValuable(this.#missing(least), ({ resident }) => resident.isEvictable)
    for (const { resident } of free) resident.evict()
    const room = least === 0 && this.#line.first !== undefined ? 0 : this.#limit - this.usedBytes
    let byteLength = Math.max(Math.min(wanted, room), least)
    this.#lend(byteLength)
    if (this.#lender !== undefined && !(await this.#lender.lend(byteLength))) {
      this.#lend(least - byteLength)
      byteLength = least
      this.#lender.take(least)
    }
    let isOver = false
    const end = () => {
      if (isOver) return
      isOver = true
      this.#lend(-byteLength)
      this.#lender?.giveBack(byteLength, 'lent')
      this.serve()
    }
    return { byteLength, end }
  }

  /** Resolves when no more than `limit` is counted; from now on nothing new is admitted above it. */
  setLimit(limit: number): Promise<void> {
    this.#limit = limit
    const isMet = new Promise<void>((resolve) => this.#untilMet.push(resolve))
    this.serve()
    return isMet
  }

  /** Lets go of about that much, where it can; waits a while for calls that hold it. */
  async letGo(byteLength: number): Promise<void> {
    const wantedBytes = this.usedBytes - byteLength
    for (let turn = 0; turn < LET_GO_TURNS; turn++) {
      const missing = this.usedBytes - wantedBytes
      for (const count of this.#ledger.leastValuable(missing)) await this.dismiss(count, missing)
      if (this.usedBytes <= wantedBytes || !this.#ledger.isPassing) return
      await new Promise((resolve) => setTimeout(resolve, LET_GO_TURN_MS))
    }
  }

  /** What failed to leave may be asked again: something has changed. */
  retry(): void {
    for (const count of this.#ledger.counts) count.blockedUntil = 0
    this.serve()
  }

  /** To be called when a resident's standing may be another: makes room for who waits, in order, or refuses them. */
  serve(): void {
    if (this.#isServing) return // the one that runs sees what changed
    this.#isServing = true
    try {
      while (this.#serveFirst());
      if (this.#line.first === undefined) this.#makeRoom(0, undefined)
    } finally {
      this.#isServing = false
    }
    this.spares.room = this.#limit - this.usedBytes
    if (this.usedBytes <= this.#limit) for (const resolve of this.#untilMet.splice(0)) resolve()
    this.#highWater.watch()
  }

  /** Evicts it, or asks it to leave. */
  dismiss(count: Count, wantedBytes: number): Promise<void> {
    return this.#departures.dismiss(count, wantedBytes)
  }

  /** Whether it is worth looking at the next one. */
  #serveFirst(): boolean {
    const waiter = this.#line.first
    if (waiter === undefined) return false
    const { added, resident } = waiter
    if (this.#missing(added) > 0) {
      if (this.#ledger.heldBytes(resident) + added > this.#limit) {
        this.#line.refuse(waiter, this.refusal(waiter.resident, added))
        return true
      }
      this.#makeRoom(added, resident)
      if (this.#missing(added) > 0) return this.#lookAgain() // something leaves, or ends by itself
    }
    this.#line.leave(waiter)
    this.#count(resident, added)
    if (this.#lender === undefined) waiter.admit()
    else void this.#borrow(this.#lender, waiter)
    return true
  }

  /** What ends by itself may take so long that it counts as held. */
  #lookAgain(): false {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.serve()
    }, LOOK_AGAIN_MS)
    return false
  }

  /** What was admitted here is asked of the page too; where that refuses, what is this worker's own makes room. */
  async #borrow(lender: Lender, waiter: Waiter): Promise<void> {
    const { resident, added } = waiter
    try {
      await lender.borrow(added, 'wait').catch(async (error: unknown) => {
        if (!(error instanceof MemoryBudgetError)) throw error
        await this.letGo(added)
        await lender.borrow(added, 'wait')
      })
    } catch (error) {
      waiter.refuse(error)
      return this.#countNotBorrowed(resident, added)
    }
    if (waiter.isGone()) this.reduce(resident, added)
    else waiter.admit()
  }

  #makeRoom(added: number, asking: Resident | undefined): void {
    if (this.#missing(added) <= 0) return
    const missing = this.#missing(added) - this.#ledger.leavingBytes
    const picks = this.#ledger.leastValuable(missing, ({ resident }) => resident !== asking)
    for (const count of picks) void this.dismiss(count, missing)
  }

  #missing(added: number): number {
    return this.usedBytes + added - this.#limit
  }

  #count(resident: Resident, added: number): void {
    this.#ledger.add(resident, added)
    if (resident instanceof Reservation && added > 0) resident.spare = this.spares.take(added)
    if (added < 0) this.#lender?.giveBack(-added, 'loaded')
    this.spares.room = this.#limit - this.usedBytes
    this.#onChange()
  }

  #lend(byteLength: number): void {
    this.#ledger.lentBytes += byteLength
    this.spares.room = this.#limit - this.usedBytes
  }

  #countNotBorrowed(resident: Resident, added: number): void {
    this.#ledger.add(resident, -added)
    this.#onChange()
    this.serve()
  }

  /** That so much more does not fit. */
  refusal(asking: Resident, added: number): MemoryBudgetError {
    return this.#ledger.refusal(this.#limit, asking, added)
  }
}
