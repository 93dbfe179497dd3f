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
  /** This page has become the disk's owner or its guest. */
  role: CustomEvent<{ role: 'owner' | 'guest' }>
  /** What went wrong where nobody could be told by a rejection. */
  error: CustomEvent<{ error: unknown; path?: string; during: 'hook' | 'write-back' | 'eviction' | 'sweep' }>
}

export type DiskEventDetail<K extends keyof DiskEventMap> = DiskEventMap[K]['detail']

/** An array as `list` tells it. */
export interface ArrayInfo {
  /** Segments joined by '/'. */
  readonly path: string
  /** The length of each axis. */
  readonly shape: readonly number[]
  /** One of NumPy's fourteen. */
  readonly dtype: DType
  /** Bytes of all elements. */
  readonly nbytes: number
  /** The name its class is registered under. */
  readonly className: string
  /** As they were given when it was made. */
  readonly attributes: JsonObject
  /** In the memory of this page. */
  readonly loaded: boolean
  /** When its bytes were last changed. */
  readonly modified: Date
}

/** What a disk uses, in bytes. */
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
  /** How many arrays there are, those without a cachePath too. */
  readonly arrays: number
  /** Files that the storage worker holds open. */
  readonly openHandles: number
}

/** Counted since the disk was opened by this page. */
export interface DiskStats {
  /** Uses of an array that was in memory. */
  readonly hits: number
  /** Uses of an array that had to be read from disk. */
  readonly misses: number
  /** Arrays read into memory. */
  readonly loads: number
  /** Arrays let go of by `offload()`. */
  readonly offloads: number
  /** Arrays that had to go, by the reason that the event `evict` tells. */
  readonly evictions: { readonly memory: number; readonly disk: number; readonly expired: number; readonly tag: number }
  /** From disk. */
  readonly bytesRead: number
  /** To disk, what compaction moves left out. */
  readonly bytesWritten: number
  /** How often files were made smaller. */
  readonly compactions: number
}

/** The same object until something in it has changed. */
export interface DiskSnapshot {
  /** In memory, as `usage()` counts it. */
  readonly residentBytes: number
  /** Of the arrays on disk. */
  readonly liveBytes: number
  /** How many there are on disk. */
  readonly arrays: number
  /** Whether this page's worker serves the disk, or another's. */
  readonly role: 'owner' | 'guest'
}
