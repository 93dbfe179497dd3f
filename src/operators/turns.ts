// The turns of several arrays taken in one step, so that calls come in the order in which they were made and none wait for
// each other.
import type { Custody } from '../custody.js'
import type { FairLock } from '../fair-lock.js'
import type { Session } from '../session.js'

/** What a call needs of an array. `isAlone`: nobody else may use it meanwhile, for it is written. */
export interface Need {
  readonly custody: Custody
  readonly isAlone: boolean
}

/** The disk whose service computes: that of an `out`, else of the first operand that is on one. */
export function homeOf(needs: readonly Need[]): Session | undefined {
  return needs.find(({ custody }) => custody.residency !== undefined)?.custody.residency?.session
}

interface Turn extends Need {
  readonly entered: Promise<void>
  leave(): void
}

export class Turns {
  readonly #needs: readonly Need[]
  readonly #turns: readonly Turn[]

  private constructor(needs: readonly Need[], turns: readonly Turn[]) {
    this.#needs = needs
    this.#turns = turns
  }

  /**
   * Whoever asks for these arrays later comes later. They are held until they are left. Of needs of one array the first
   * counts: those that are alone come first. Errors: none; see `entered`.
   */
  static take(needs: readonly Need[], signal: AbortSignal | undefined): Turns {
    const byLock = new Map<FairLock, Need>()
    for (const need of needs) {
      const { lock } = need.custody.place
      if (!byLock.has(lock)) byLock.set(lock, need)
    }
    return new Turns(
      needs,
      [...byLock.values()].map((need) => take(need, signal)),
    )
  }

  /** Resolves when all turns have come. Errors: DiskClosedError, StaleArrayError, the signal's reason; all are left then. */
  async entered(): Promise<void> {
    try {
      await Promise.all(this.#turns.map(({ entered }) => entered))
      for (const { custody } of this.#needs) custody.check()
    } catch (error) {
      this.leave()
      throw error
    }
  }

  /** What is only read may be used by others again. */
  leaveShared(): void {
    for (const turn of this.#turns) if (!turn.isAlone) turn.leave()
  }

  leave(): void {
    for (const turn of this.#turns) turn.leave()
  }
}

function take({ custody, isAlone }: Need, signal: AbortSignal | undefined): Turn {
  let leave = () => {}
  const left = new Promise<void>((resolve) => {
    leave = resolve
  })
  const entered = new Promise<void>((resolve, reject) => {
    const hold = () => {
      resolve()
      return left
    }
    custody.turn(isAlone ? 'alone' : 'together', hold, signal).catch(reject)
  })
  entered.catch(() => undefined) // seen by whoever waits for all
  return { custody, isAlone, entered, leave }
}
