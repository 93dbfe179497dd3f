// Who waits for memory, in order of arrival.
import type { Resident } from './resident.js'

export interface Waiter {
  readonly resident: Resident
  /** Bytes beside what it has. */
  readonly added: number
  admit(): void
  refuse(error: unknown): void
  /** It was aborted: nobody takes what it is given. */
  isGone(): boolean
}

export class WaitingLine {
  readonly #waiters: Waiter[] = []

  get first(): Waiter | undefined {
    return this.#waiters[0]
  }

  /** Resolves when it was admitted; `onLeave` is called when it leaves by an abort. Errors: those of `refuse`, the signal's reason. */
  join(resident: Resident, added: number, signal: AbortSignal | undefined, onLeave: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.leave(waiter)
        reject(signal?.reason)
        onLeave()
      }
      const settled = (settle: () => void) => {
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const waiter: Waiter = {
        resident,
        added,
        isGone: () => signal?.aborted === true,
        admit: () => settled(resolve),
        refuse: (error) => settled(() => reject(error)),
      }
      signal?.addEventListener('abort', abort)
      this.#waiters.push(waiter)
    })
  }

  leave(waiter: Waiter): void {
    const at = this.#waiters.indexOf(waiter)
    if (at >= 0) this.#waiters.splice(at, 1)
  }

  refuse(waiter: Waiter, error: unknown): void {
    this.leave(waiter)
    waiter.refuse(error)
  }
}
