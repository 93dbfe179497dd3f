// The events of a disk, and what its snapshot, usage and statistics tell.
import type { DType } from './core/dtype.js'
import type { JsonObject } from './protocol.js'

/** `path` of an array without a cachePath is the one it has for this page only. */
export interface DiskEventMap {
  /** An array was read into memory. */
  load: CustomEvent<{ path: string; byteLength: number; milliseconds: number }>
  /** An array's memory was let go of by `offload()`, written back before where that was needed. */
  offload: DiskEventMap['load']
  /**
   * An array's memory was let go of to make room ('memory'), or its bytes went from disk: for room ('disk'), because its time
   * was over ('expired'), or by `evict({ tag })` ('tag').
   */
  evict: CustomEvent<{ path: string; byteLength: number; reason: 'memory' | 'disk' | 'expired' | 'tag' }>
  /** An array's bytes are gone because nothing holds it any more. */
  purge: CustomEvent<{ path: string; byteLength: number }>
  /**
   * memory: what is held or has changes has passed the high watermark of the budget, and is offloaded. disk: a write was
   * refused for want of room, or nine tenths of `diskBudget` are used; `limitBytes` is the budget, or the browser's word.
   */
  pressure: CustomEvent<{ kind: 'memory' | 'disk'; usedBytes: number; limitBytes: number }>
  role: CustomEvent<{ role: 'owner' | 'guest' }>
  /** What went wrong where nobody could be told by a rejection. */
  error: CustomEvent<{ error: unknown; path?: string; during: 'hook' | 'write-back' | 'eviction' | 'sweep' }>
}

export type DiskEventDetail<K extends keyof DiskEventMap> = DiskEventMap[K]['detail']

/** An array as `list` tells it. */
export interface ArrayInfo {
  readonly path: string
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly nbytes: number
  readonly className: string
  readonly attributes: JsonObject
  /** In the memory of this page. */
  readonly loaded: boolean
  readonly modified: Date
}

export interface DiskUsage {
  /** Of arrays that are loaded or being loaded, and what calls have reserved: of this page and the workers it shares the disk with. */
  readonly residentBytes: number
  /** The limit in force, never below `residentBytes`: one that was lowered follows as arrays are let go of. */
  readonly memoryBudget: number
  /** Bytes of the arrays on disk, holes left out. */
  readonly liveBytes: number
  /** In our files, to be used again. */
  readonly freeBytes: number
  /** Of our files. */
  readonly diskBytes: number
  /** Of the whole origin, as the browser tells it; 0 where it does not. */
  readonly originBytes: number
  /** As the browser tells it; 0 where it does not. */
  readonly quotaBytes: number
  readonly arrays: number
  readonly openHandles: number
}

/** Counted since the disk was opened by this page. */
export interface DiskStats {
  /** Uses of an array that was in memory. */
  readonly hits: number
  /** Uses of an array that had to be read from disk. */
  readonly misses: number
  readonly loads: number
  readonly offloads: number
  readonly evictions: { readonly memory: number; readonly disk: number; readonly expired: number; readonly tag: number }
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly compactions: number
}

export interface DiskSnapshot {
  readonly residentBytes: number
  readonly liveBytes: number
  readonly arrays: number
  readonly role: 'owner' | 'guest'
}
