// What takes memory, as the budget sees it, and in what order it is let go of.
import { DEFAULT_PRIORITY, type Priority, rankOf } from './priority.js'

/** Something that takes memory. What can neither go now nor is held goes, or can go, by and by: a call that needs it ends. */
export interface Resident {
  readonly path: string | undefined
  /** `evict()` loses nothing and needs no work. */
  readonly isEvictable: boolean
  /** Lets go of the memory, which `remove`s it. */
  evict(): void
  /**
   * Frees its memory by work such as writing it to disk; `byteLength` are enough. Resolves with whether that could be done,
   * never rejects. undefined where it cannot be asked now.
   */
  readonly leave?: ((byteLength: number) => Promise<boolean>) | undefined
  /** User code holds it: nobody waits for that. */
  readonly isHeld?: boolean
  /** Default: 'recent'. */
  readonly worth?: Priority
  /** Buffers that are kept to be used again: they are no array's, and the first to go. */
  readonly isRecycled?: boolean
}

/** Counted for bytes on their way to disk or from there. */
export interface Loan {
  readonly byteLength: number
  end(): void
}

/** What the budget knows of a resident. */
export interface Count {
  readonly resident: Resident
  byteLength: number
  /** Turn of the budget's clock. */
  usedAt: number
  isLeaving: boolean
  /** In a row, of `leave`. */
  failures: number
  /** Not asked to leave before: milliseconds of `performance.now()`. */
  blockedUntil: number
}

/**
 * free: can be evicted at once. movable: can be asked to leave. leaving: was asked. held: stays until user code lets go, or
 * until it may be asked again. passing: in use by a call that will end.
 */
export type Standing = 'free' | 'movable' | 'leaving' | 'held' | 'passing'

export function standingOf({ resident, isLeaving, blockedUntil }: Count): Standing {
  if (isLeaving) return 'leaving'
  if (resident.isEvictable) return 'free'
  if (resident.leave !== undefined) return blockedUntil > performance.now() ? 'held' : 'movable'
  return resident.isHeld === true ? 'held' : 'passing'
}

/** Of reading or writing anything, in bytes that are read in that time: about 0.3 ms at 1 GB/s. */
const ROUND_TRIP_BYTES = 256 * 1024
/** A byte that is written before it can be read again costs so many bytes that are only read. */
const WRITTEN_BYTE_COST = 3

/** The one to let go of first comes first. `now` is the budget's clock. */
export function leastValuableFirst(counts: readonly Count[], now: number): Count[] {
  const ranked = counts.map((count) => ({ count, rank: rank(count), gain: gainOf(count, now) }))
  ranked.sort((a, b) => a.rank - b.rank || b.gain - a.gain)
  return ranked.map(({ count }) => count)
}

function rank({ resident }: Count): number {
  return resident.isRecycled === true ? -1 : rankOf(resident.worth ?? DEFAULT_PRIORITY)
}

/** Memory freed, the longer unused the more, for what it costs to bring it back: GreedyDual-Size over least recently used. */
function gainOf({ resident, byteLength, usedAt }: Count, now: number): number {
  const cost = ROUND_TRIP_BYTES + byteLength * (resident.isEvictable ? 1 : WRITTEN_BYTE_COST)
  return ((now - usedAt + 1) * byteLength) / cost
}
