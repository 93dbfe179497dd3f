// When the next mark comes by itself: as soon as anything asked for.
import type { Scheduler } from './storage.js'

export class MarkTimer {
  readonly #scheduler: Scheduler
  readonly #mark: () => void
  #cancel: (() => void) | undefined
  /** Milliseconds the scheduled mark had to wait; infinite where none is scheduled. */
  #wait = Number.POSITIVE_INFINITY

  constructor(scheduler: Scheduler, mark: () => void) {
    this.#scheduler = scheduler
    this.#mark = mark
  }

  /** One that is due soon is not put off: commits may come faster than the shortest timer runs. */
  within(wait: number): void {
    if (this.#wait <= wait) return
    this.stop()
    this.#wait = wait
    this.#cancel = this.#scheduler.after(wait, this.#mark)
  }

  stop(): void {
    this.#cancel?.()
    this.#wait = Number.POSITIVE_INFINITY
  }
}
