// What is asked to let go of its memory: a few at a time, and after a failure not at once again.
import { type Count, standingOf } from './resident.js'
import { unreferenced } from './spares.js'

/** The second is copied while the first is written. */
const MAX_LEAVING = 2
/** After a failure; twice as long after each further one. */
const RETRY_AFTER_MS = 1000
const MAX_RETRY_AFTER_MS = 60_000

export class Departures {
  readonly #onChange: () => void
  #leaving = 0

  /** `onChange` is called when one is over, and when one that failed may be asked again. */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Evicts it, or asks it to leave where not too many do; `wantedBytes` are enough. */
  async dismiss(count: Count, wantedBytes: number): Promise<void> {
    const { resident } = count
    if (resident.isEvictable) return resident.evict()
    if (this.#leaving >= MAX_LEAVING || resident.leave === undefined) return
    const before = count.byteLength
    this.#leaving++
    count.isLeaving = true
    const could = await resident.leave(wantedBytes)
    count.isLeaving = false
    this.#leaving--
    const isSpared = could && (count.byteLength < before || standingOf(count) !== 'movable')
    if (isSpared) count.failures = 0
    else this.#block(count)
    this.#onChange()
  }

  #block(count: Count): void {
    const delay = Math.min(MAX_RETRY_AFTER_MS, RETRY_AFTER_MS * 2 ** count.failures++)
    count.blockedUntil = performance.now() + delay
    unreferenced(setTimeout(this.#onChange, delay + 1))
  }
}
