// The way to what computes, which is fetched when it is first needed; calls keep their order all the same.
import { homeOf, type Need, Turns } from './turns.js'

type Compute = typeof import('./compute.js')

/** `turns`: those that were taken before. */
export type Start = (compute: Compute, turns?: Turns) => Promise<unknown>

let fetched: Compute | undefined

/**
 * Calls `start` at once where what computes is there. Else it is fetched, with the turns of `needs` taken before: whatever is
 * called meanwhile comes later. Errors: those of `start`, DiskClosedError; a failed import.
 */
export async function whenFetched(
  needs: () => readonly Need[],
  signal: AbortSignal | undefined,
  start: Start,
): Promise<unknown> {
  if (fetched !== undefined) return start(fetched)
  const needed = needs()
  const home = homeOf(needed)
  const turns = Turns.take(needed, signal)
  const task = async () => {
    fetched = await import('./compute.js')
    return start(fetched, turns)
  }
  try {
    return await (home === undefined ? task() : home.run(task))
  } finally {
    turns.leave()
  }
}
