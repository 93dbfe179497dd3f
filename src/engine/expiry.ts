// Arrays whose time to live is over: nobody finds them from that moment on, and their bytes go soon after.
import type { Engine } from './engine.js'
import type { Entry } from './entry.js'
import { RankedQueue } from './ranked-queue.js'
import type { Scheduler } from './storage.js'

/** Many go together; those that are held are looked at again as often. */
const SWEEP_EVERY_MS = 1000
/** In one commit. */
const MOST_AT_ONCE = 1000
/** Timers take no more everywhere. */
const MAX_WAIT_MS = 2 ** 31 - 1

export class Expiry {
  readonly #engine: Engine
  readonly #scheduler: Scheduler
  readonly #evict: (entries: readonly Entry[]) => readonly Entry[]
  readonly #queue: RankedQueue
  #timer: { readonly at: number; readonly cancel: () => void } | undefined

  /** `evict` removes those that may go, and returns the others. */
  constructor(engine: Engine, scheduler: Scheduler, evict: (entries: readonly Entry[]) => readonly Entry[]) {
    this.#engine = engine
    this.#scheduler = scheduler
    this.#evict = evict
    this.#queue = new RankedQueue((incarnation) => {
      const expires = engine.arrays.get(incarnation)?.expires
      return expires === undefined ? undefined : [expires, incarnation]
    })
  }

  add({ incarnation, expires }: Entry): void {
    if (expires === Number.POSITIVE_INFINITY) return
    this.#queue.add(incarnation)
    this.start()
  }

  /** Errors: QuotaExceededError. */
  sweep(): void {
    const due: Entry[] = []
    for (let top = this.#queue.peek(); top !== undefined && due.length < MOST_AT_ONCE; top = this.#queue.peek()) {
      const entry = this.#engine.entry(top.incarnation)
      if (!this.#engine.hasExpired(entry)) break
      due.push(entry)
      this.#queue.take()
    }
    let kept: readonly Entry[] = due
    try {
      kept = this.#evict(due)
    } finally {
      for (const { incarnation } of kept) this.#queue.add(incarnation)
      this.start()
    }
  }

  /** Sees to what is to expire next, if there is anything. */
  start(): void {
    const next = this.#queue.peek()
    if (next === undefined) {
      this.stop()
      return
    }
    const now = this.#scheduler.now()
    const wait = Math.min(Math.max(next.rank[0] - now, SWEEP_EVERY_MS), MAX_WAIT_MS)
    if (this.#timer !== undefined && this.#timer.at <= now + wait) return
    this.stop()
    const cancel = this.#scheduler.after(wait, () => this.#sweepUnasked())
    this.#timer = { at: now + wait, cancel }
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #sweepUnasked(): void {
    this.#timer = undefined
    try {
      this.sweep()
    } catch (error) {
      this.#engine.onMarkFailed(error)
    }
  }
}
