// What happens by itself after calls: pages are told of changes, and an idle disk gives room back to the browser.
import type { ServiceMessage } from '../protocol.js'
import type { Engine } from './engine.js'
import type { Scheduler } from './storage.js'

/** Many changes are told at once. */
const CHANGED_AFTER_MS = 16
const IDLE_AFTER_MS = 5000
/** Compaction costs a copy of what it moves, so an idle disk may be this much larger than its live bytes. */
const MAX_DISK_RATIO = 1.25
const MAX_DISK_EXTRA_BYTES = 32 << 20

export class Housekeeping {
  readonly #engine: Engine
  readonly #scheduler: Scheduler
  readonly #send: (message: ServiceMessage) => void
  readonly #compact: () => Promise<void>
  #cancelTelling: (() => void) | undefined
  #cancelIdle: (() => void) | undefined

  constructor(
    engine: Engine,
    scheduler: Scheduler,
    send: (message: ServiceMessage) => void,
    compact: () => Promise<void>,
  ) {
    this.#engine = engine
    this.#scheduler = scheduler
    this.#send = send
    this.#compact = compact
  }

  afterCall(): void {
    this.#cancelTelling ??= this.#scheduler.after(CHANGED_AFTER_MS, () => {
      this.#cancelTelling = undefined
      const { liveBytes, size } = this.#engine.arrays
      this.#send({ type: 'changed', liveBytes, arrays: size })
    })
    this.#cancelIdle?.()
    this.#cancelIdle = this.#scheduler.after(IDLE_AFTER_MS, () => {
      this.#tidy().catch((error) => this.#engine.onMarkFailed(error))
    })
  }

  stop(): void {
    this.#cancelTelling?.()
    this.#cancelIdle?.()
  }

  async #tidy(): Promise<void> {
    this.#engine.mark()
    this.#engine.cutTails()
    const { diskBytes, liveBytes } = this.#engine.usage
    if (diskBytes > MAX_DISK_RATIO * liveBytes + MAX_DISK_EXTRA_BYTES) await this.#compact()
  }
}
