// How many chunks zarrita has under way.
import { hastenCollection } from '../collection.js'
import { forEachAtMost } from '../for-each-at-most.js'
import { BOX_BYTES } from './boxes.js'

const MOST_CHUNKS = 8
const FEWEST_CHUNKS = 2

/** Errors: TypeError. */
export function checkConcurrency(asked: unknown): void {
  if (asked === undefined || (Number.isSafeInteger(asked) && (asked as number) > 0)) return
  throw new TypeError(`concurrency is a positive integer, got ${String(asked)}`)
}

/** What was asked for, or else as many as make a box. */
export function concurrencyOf(asked: number | undefined, chunkBytes: number): number {
  return asked ?? Math.max(FEWEST_CHUNKS, Math.min(MOST_CHUNKS, Math.floor(BOX_BYTES / chunkBytes)))
}

/** For the option `createQueue` of zarrita. */
export function queueOf(
  concurrency: number,
  chunkBytes: number,
): {
  add(task: () => Promise<void>): void
  onIdle(): Promise<undefined[]>
} {
  const tasks: (() => Promise<void>)[] = []
  return {
    add: (task) => void tasks.push(task),
    onIdle: async () => {
      await forEachAtMost(concurrency, tasks, undefined, async (task) => {
        await task()
        hastenCollection(chunkBytes)
      })
      return []
    },
  }
}
