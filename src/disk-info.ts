// What a disk tells of itself.
import { frozenAttributes } from './attributes.js'
import type { ArrayInfo, DiskStats, DiskUsage } from './events.js'
import type { ArrayMeta } from './protocol.js'
import type { Session } from './session.js'

export function infoOf(session: Session, meta: ArrayMeta): ArrayInfo {
  const { path, dtype, nbytes, className } = meta
  const shape = Object.freeze([...meta.shape])
  const attributes = frozenAttributes(meta.attributes)
  const loaded = session.knows(meta.incarnation)?.live !== undefined
  return { path, shape, dtype, nbytes, className, attributes, loaded, modified: new Date(meta.modified) }
}

export async function usageOf(session: Session): Promise<DiskUsage> {
  const [usage, estimate] = await Promise.all([session.call('usage', {}), storageManager()?.estimate()])
  const { liveBytes, freeBytes, diskBytes, arrays, openHandles } = usage
  const { usage: originBytes = 0, quota: quotaBytes = 0 } = estimate ?? {}
  const { residentBytes, limitInForce: memoryBudget } = session.budget
  return { residentBytes, memoryBudget, liveBytes, freeBytes, diskBytes, originBytes, quotaBytes, arrays, openHandles }
}

export async function statsOf(session: Session): Promise<DiskStats> {
  const { hits, misses, loads, offloads, evictions: memory } = session.counted
  const { evictions, ...disk } = await session.call('stats', {})
  return { hits, misses, loads, offloads, evictions: { memory, ...evictions }, ...disk }
}

/** Node and insecure contexts have none. */
export function storageManager(): StorageManager | undefined {
  return (globalThis as { navigator?: Partial<Navigator> }).navigator?.storage
}
