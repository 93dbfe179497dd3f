// What is worth keeping in memory, as users say it. Source: Neuroglancer's chunk priority tiers.

/**
 * visible: shown or worked on now, let go of last. prefetch: wanted soon. recent: used once, let go of first; the default.
 * Within one priority what was used longest ago goes first.
 */
export type Priority = 'visible' | 'prefetch' | 'recent'

export const DEFAULT_PRIORITY = 'recent'

const RANKS: Record<Priority, number> = { recent: 0, prefetch: 1, visible: 2 }

/** Lower ranks are let go of first. */
export function rankOf(priority: Priority): number {
  return RANKS[priority]
}

/** Errors: TypeError. */
export function checkPriority(priority: unknown): Priority {
  if (typeof priority === 'string' && Object.hasOwn(RANKS, priority)) return priority as Priority // a key of RANKS
  throw new TypeError(`a priority is one of ${Object.keys(RANKS).join(', ')}, got ${String(priority)}`)
}
