// Written back before anybody waits for it: what has changes is offloaded in the background between two watermarks.
import type { BudgetOptions, MemoryBudget } from './budget.js'
import type { Ledger } from './ledger.js'
import { unreferenced } from './spares.js'

/** Fractions of the budget. What is clean does not count: its memory can be had at once. */
export interface Watermarks {
  /** Above it the least valuable arrays with changes are offloaded in the background. */
  readonly high: number
  /** Down to here. */
  readonly low: number
}

/**
 * A quarter of the budget can be loaded in one go without waiting for a write; and each time the background begins it writes a
 * quarter, so that an array that is changed again and again is not written each time.
 */
export const DEFAULT_WATERMARKS: Watermarks = { high: 0.75, low: 0.5 }

/** So that a burst of calls is looked at once. */
const LOOK_AFTER_MS = 10

/** Whether these, and the defaults for what is missing, are watermarks. */
export function areWatermarks(given: unknown): given is Partial<Watermarks> {
  if (typeof given !== 'object' || given === null) return false
  const { high, low }: { high: unknown; low: unknown } = { ...DEFAULT_WATERMARKS, ...given }
  return typeof high === 'number' && typeof low === 'number' && low >= 0 && low <= high && high <= 1
}

export class HighWater {
  watermarks: Watermarks
  readonly #budget: MemoryBudget
  readonly #ledger: Ledger
  readonly #onPressure: BudgetOptions['onPressure']
  #isHigh = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(watermarks: Watermarks, budget: MemoryBudget, ledger: Ledger, onPressure: BudgetOptions['onPressure']) {
    this.watermarks = watermarks
    this.#budget = budget
    this.#ledger = ledger
    this.#onPressure = onPressure
  }

  /** Looks soon, where there may be something to do. */
  watch(): void {
    const { residentBytes, limit } = this.#budget
    const { high, low } = this.watermarks
    const level = this.#isHigh ? low : high
    if (this.#timer !== undefined || (residentBytes <= level * limit && !this.#isHigh)) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#look()
    }, LOOK_AFTER_MS)
    unreferenced(this.#timer)
  }

  #look(): void {
    const { limit } = this.#budget
    const { high, low } = this.watermarks
    const usedBytes = this.#ledger.changedBytes
    if (usedBytes <= low * limit) this.#isHigh = false
    if (!this.#isHigh && usedBytes > high * limit) {
      this.#isHigh = true
      this.#onPressure?.(usedBytes)
    }
    if (!this.#isHigh) return
    const tooMany = usedBytes - this.#ledger.leavingBytes - low * limit
    const changed = this.#ledger.leastValuable(tooMany, ({ resident }) => !resident.isEvictable)
    for (const count of changed) void this.#budget.dismiss(count, count.byteLength)
  }
}
