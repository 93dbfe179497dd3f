// How many chunks zarrita has under way.
import { forEachAtMost } from '../for-each-at-most.js'

export const DEFAULT_CONCURRENCY = 8

/** Errors: TypeError. */
export function checkConcurrency(concurrency: unknown): number {
  if (Number.isSafeInteger(concurrency) && (concurrency as number) > 0) return concurrency as number
  throw new TypeError(`concurrency is a positive integer, got ${String(concurrency)}`)
}

/** For the option `createQueue` of zarrita. */
export function queueOf(concurrency: number): { add(task: () => Promise<void>): void; onIdle(): Promise<undefined[]> } {
  const tasks: (() => Promise<void>)[] = []
  return {
    add: (task) => void tasks.push(task),
    onIdle: async () => {
      await forEachAtMost(concurrency, tasks, undefined, (task) => task())
      return []
    },
  }
}
