// What a disk shows of itself at any time, and who is told when that changes: in the form UI frameworks expect.
import type { DiskSnapshot } from './events.js'

export class Snapshots {
  #current: DiskSnapshot = Object.freeze({ residentBytes: 0, liveBytes: 0, arrays: 0, role: 'owner' })
  readonly #listeners = new Set<{ readonly listener: () => void }>()

  /** The same object until something changed. */
  get current(): DiskSnapshot {
    return this.#current
  }

  /** Returns how to end it. One that subscribes twice is told twice, until both were ended. */
  subscribe(listener: () => void): () => void {
    const subscription = { listener }
    this.#listeners.add(subscription)
    return () => this.#listeners.delete(subscription)
  }

  /** Returns whether anything is new. An exception of a listener is the page's to see, and no concern of whoever made the change. */
  change(changed: Partial<DiskSnapshot>): boolean {
    const before = this.#current
    const now = { ...before, ...changed }
    const { residentBytes, liveBytes, arrays, role } = now
    const isSame = before.residentBytes === residentBytes && before.liveBytes === liveBytes && before.arrays === arrays
    if (isSame && before.role === role) return false
    this.#current = Object.freeze(now)
    for (const { listener } of [...this.#listeners]) {
      try {
        listener()
      } catch (error) {
        if (typeof reportError === 'function') reportError(error) // Node has none
      }
    }
    return true
  }
}
