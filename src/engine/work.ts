// One call's way through the engine: steps with yielding between them, abort, progress.
import type { Origin } from './calls.js'
import type { Scheduler } from './storage.js'

/** Between reports, so that a page is not flooded. */
const REPORT_INTERVAL_MS = 16

/** What a small read or write costs, measured in bytes of a large one: about 8 us, at 12 GB/s. */
const ACCESS_COST_BYTES = 16 * 1024
/** A step: one block of I/O. */
const STEP_COST_BYTES = 1 << 20
/** A step of what computes: up to a millisecond by the clock. */
const COMPUTING_STEP_COST_BYTES = 4 << 20

/** Thrown at the next step after abort(). The page has rejected with the signal's reason by then. */
export class AbortedError extends Error {
  override readonly name = 'AbortError'
}

/** A call as its steps are taken: `spend` tells when it is time to `pause`. */
export interface Steps {
  spend(bytes: number, doneBytes?: number): boolean
  pause(): Promise<void>
}

/** After the last report, `told()` is to be called when the caller knows it. */
type Report = (doneBytes: number, totalBytes: number | undefined, isLast: boolean) => void

export class Work implements Steps {
  /** What its commits are noted to belong to. */
  readonly origin: Origin | undefined
  readonly #scheduler: Scheduler
  readonly #report: Report | undefined
  #aborted = false
  /** Ends the wait for the caller to have been told the last report. */
  #told: () => void = () => undefined
  #cost = 0
  #doneBytes = 0
  #totalBytes: number | undefined
  #reportedAt = 0
  #pausedAt = 0

  constructor(scheduler: Scheduler, report?: Report, origin?: Origin) {
    this.#scheduler = scheduler
    this.#report = report
    this.origin = origin
  }

  abort(): void {
    this.#aborted = true
    this.#told()
  }

  /** The caller was told the last report: an abort at it has come before this. */
  told(): void {
    this.#told()
  }

  /** Errors: AbortedError. */
  check(): void {
    if (this.#aborted) throw new AbortedError('the call was aborted')
  }

  begin(totalBytes: number): void {
    this.check()
    this.#totalBytes = totalBytes
    this.#report?.(0, totalBytes, false)
  }

  /** Notes an access of `bytes`, of which `doneBytes` were asked for; true where it is time to pause(). */
  spend(bytes: number, doneBytes = bytes): boolean {
    this.#doneBytes += doneBytes
    this.#cost += Math.max(bytes, ACCESS_COST_BYTES)
    return this.#cost >= STEP_COST_BYTES
  }

  /** The same steps, for work that tells by `advance` how much of it is done. */
  get uncounted(): Steps {
    const spend = (bytes: number): boolean => {
      this.spend(bytes, 0)
      return this.#cost >= COMPUTING_STEP_COST_BYTES
    }
    return { spend, pause: () => this.pause() }
  }

  /** Notes computing, of which `doneBytes` were asked for; true where it is time to pause(). */
  advance(doneBytes: number): boolean {
    this.#doneBytes += doneBytes
    return this.#scheduler.now() !== this.#pausedAt
  }

  /** Milliseconds, of a clock that everything here goes by. */
  now(): number {
    return this.#scheduler.now()
  }

  /** Lets other calls run. Errors: AbortedError. */
  async pause(): Promise<void> {
    this.#cost = 0
    const now = this.#scheduler.now()
    if (now - this.#reportedAt >= REPORT_INTERVAL_MS) {
      this.#reportedAt = now
      // What is changed or moved meanwhile may be met twice.
      this.#report?.(Math.min(this.#doneBytes, this.#totalBytes ?? this.#doneBytes), this.#totalBytes, false)
    }
    await this.#scheduler.pause()
    this.#pausedAt = this.#scheduler.now()
    this.check()
  }

  /** The last report, before the commit: whoever is told may abort at it, later is too late. Errors: AbortedError. */
  async end(): Promise<void> {
    this.check()
    const totalBytes = this.#totalBytes
    const report = this.#report
    if (totalBytes === undefined || report === undefined) return
    await new Promise<void>((resolve) => {
      this.#told = resolve
      report(totalBytes, totalBytes, true)
    })
    this.check()
  }
}
