// The beginning of an operation: all turns have come, and its results have room in memory.
import { unlessAborted } from '../abort.js'
import type { Reservation } from '../reservation.js'
import type { Session } from '../session.js'
import { type Job, resultBytes } from './job.js'
import { needsOf } from './operation.js'
import { type Receiver, receiverOf } from './receiving.js'
import { homeOf, Turns } from './turns.js'

export interface Entered {
  readonly home: Session | undefined
  readonly receivers: readonly Receiver[]
  readonly turns: Turns
  /** Where the results are in memory, and not the caller's yet. */
  readonly room: Reservation | undefined
}

/**
 * Room that is not there is waited for outside of the turns, which are taken anew: calls that were made meanwhile come first
 * then. Errors: MemoryBudgetError before anything is read, those of turns and outs, the signal's reason; all is left then.
 */
export async function enter(job: Job, taken: Turns): Promise<Entered> {
  const { signal } = job.work
  let turns = taken
  let room: Reservation | undefined
  let lender: Session | undefined
  try {
    for (;;) {
      signal?.throwIfAborted()
      await unlessAborted(signal, turns.entered())
      const needs = needsOf(job, job.sources)
      const home = homeOf(needs)
      const receivers = job.outs.map((out) => receiverOf(out, home))
      const byteLength = home === undefined ? 0 : resultBytes(job, receivers)
      if (lender !== home || room?.byteLength !== byteLength) {
        room?.release()
        room = byteLength === 0 ? undefined : await home?.budget.tryReserve(byteLength)
      }
      if (home === undefined || byteLength === 0 || room !== undefined) return { home, receivers, turns, room }
      turns.leave()
      lender = home
      room = await home.budget.reserve(byteLength, { ...(signal && { signal }) })
      turns = Turns.take(needs, signal)
    }
  } catch (error) {
    turns.leave()
    room?.release()
    throw error
  }
}
