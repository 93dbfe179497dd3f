// What page and storage service agree on: the calls, their data, the events. Types and constants only.
import type { DType } from './core/dtype.js'
import type { ErrorData } from './core/error-data.js'
import type { ResolvedSelection } from './core/selection.js'
import type { EvaluatedArray, Evaluation } from './evaluation.js'

/** Checked in the handshake: page and worker must have the same. */
export const PROTOCOL_VERSION = 6

/** A page's worker has the disk, or is served by the one that has. */
export type Role = 'owner' | 'guest'

/** What JSON can say, by name. */
export type JsonObject = { readonly [key: string]: unknown }

/** An array as the service describes it. */
export interface ArrayMeta {
  readonly path: string
  /** Names this array and no other, for ever: made with it, gone with it. Replacing at a path makes a new one. */
  readonly incarnation: number
  /** Grows with every change of the bytes. */
  readonly version: number
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly nbytes: number
  readonly className: string
  readonly attributes: JsonObject
  /** Milliseconds since the epoch. */
  readonly modified: number
  /** Made without a cachePath: never listed, gone with its page. */
  readonly ephemeral: boolean
  /** A container state is kept for it. */
  readonly hasState: boolean
}

export interface CreateSpec {
  readonly path: string
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly className: string
  readonly attributes: JsonObject
  /** false: KeyExistsError where the path is taken. */
  readonly overwrite: boolean
  readonly ephemeral: boolean
  /** The bytes go when no client holds the array any more. */
  readonly purge: boolean
  /** Milliseconds from its commit on after which it is not found any more. */
  readonly expire?: number
  readonly tags?: readonly string[]
}

/** What goes first from a disk that is a cache and full; 'none': nothing, and writes beyond the budget are refused. */
export const EVICTION_POLICIES = ['none', 'least-recently-used', 'least-frequently-used', 'oldest'] as const
export type EvictionPolicy = (typeof EVICTION_POLICIES)[number]

/** Why an array's bytes went from disk though nobody deleted the array. */
export type DiskEvictionReason = 'disk' | 'expired' | 'tag'

/** A value that was read: writing over another one is a StaleArrayError. */
export interface Version {
  readonly incarnation: number
  readonly version: number
}

/** What a whole-array write makes: a new array, or a new value of one that exists. */
export type WriteTarget = { readonly create: CreateSpec } | { readonly replace: Version }

/** `bytes`: all of it, in C order. `item`: one element, repeated. Neither: zeros, which take no room. */
export interface Put {
  readonly target: WriteTarget
  readonly bytes?: Uint8Array
  readonly item?: Uint8Array
}

export interface PutResult {
  readonly meta: ArrayMeta
  /** The incarnation that was at the path before, where a create replaced one. */
  readonly replaced: number | undefined
}

export interface ServiceUsage {
  readonly liveBytes: number
  readonly freeBytes: number
  readonly diskBytes: number
  readonly arrays: number
  readonly openHandles: number
  /** Bytes of recycled buffers the service keeps. */
  readonly bufferBytes: number
}

export interface ServiceStats {
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly compactions: number
  readonly evictions: Readonly<Record<DiskEvictionReason, number>>
}

/** What `check()` has found. */
export interface Problem {
  /** Bytes that are not those written; a file that is too short; a change that was cut off; a file that is none of ours; a state without an array. */
  readonly kind: 'checksum' | 'truncated' | 'interrupted-write' | 'foreign-file' | 'orphan-state'
  /** The array concerned, where there is one. */
  readonly path?: string
  /** The file in the disk's folder. */
  readonly file: string
  /** For people: what was found and what was expected. */
  readonly detail: string
  /** Whether `check({ fix: true })` has mended it. */
  readonly fixed: boolean
}

export interface OpenRequest {
  readonly name: string
  /** The page's id; it holds the Web Lock `clientLockName(client)` as long as it lives. */
  readonly client: string
  readonly durability: 'relaxed' | 'strict'
  /** Milliseconds to wait for another owner that does not answer. */
  readonly lockTimeout: number
  /** Bytes of arrays the disk may hold; default: what the browser allows. */
  readonly diskBudget?: number
  /** Default: 'none'. */
  readonly evictionPolicy?: EvictionPolicy
  /** What this client held before its worker was replaced. */
  readonly holds: readonly { readonly incarnation: number; readonly count: number }[]
}

/**
 * The calls of the storage service. A method takes one object and resolves with plain data. Every `bytes` and `into` of the
 * page is transferred (its buffer is gone for the caller); every buffer in a result is transferred back, and with every reply
 * the buffer of `bytes`, see reply.ts.
 *
 * A "hold" is one object of the page on an incarnation: `put`, `commitWrite` of a create, and `open` take one, `release`
 * gives it up. When the last hold on a purge-armed or ephemeral array goes, so do its bytes.
 */
export interface StorageMethods {
  /** Writes any number of values in one commit. Errors: KeyExistsError, StaleArrayError, QuotaExceededError. */
  put(p: { puts: readonly Put[] }): PutResult[]
  /** Begins values that come in pieces, for one commit; their room is reserved now. Errors: those of `put`. */
  beginWrite(p: { targets: readonly WriteTarget[] }): { draft: number }
  /** The next bytes of the values, one after the other. A piece ends where a value does, or a multiple of BLOCK_BYTES behind its start. */
  write(p: { draft: number; offset: number; bytes: Uint8Array }): void
  /** Errors: StaleArrayError, KeyExistsError. A draft that fails is aborted. */
  commitWrite(p: { draft: number }): PutResult[]
  abortWrite(p: { draft: number }): void

  /** Errors: NotFoundError. Takes a hold. */
  open(p: { path: string }): ArrayMeta
  stat(p: { path: string } | { incarnation: number }): ArrayMeta | undefined
  /** Not the ephemeral ones; in order of path. */
  list(p: { prefix: string }): ArrayMeta[]
  release(p: { incarnations: readonly number[] }): void
  /** Arms or disarms purge (and, disarmed, an ephemeral array is no longer one); disarmed, it is durably so when it resolves. */
  setPurge(p: { incarnation: number; purge: boolean }): ArrayMeta

  /** The selection in C order; undefined selection: everything. `into` is filled from its start and given back. */
  read(p: { incarnation: number; selection?: ResolvedSelection; into?: ArrayBuffer }): {
    buffer: ArrayBuffer
    version: number
  }
  /** The selections one after the other in one buffer, each at a multiple of the item size. */
  readMany(p: { incarnation: number; selections: readonly ResolvedSelection[]; into?: ArrayBuffer }): {
    buffer: ArrayBuffer
    version: number
  }
  /** `bytes` in C order and the array's dtype, of a shape that broadcasts to the selection's. Errors: QuotaExceededError. */
  set(p: { incarnation: number; selection: ResolvedSelection; bytes: Uint8Array; shape: readonly number[] }): ArrayMeta
  /** Concatenates along `axis`; `shape` is that of `bytes`. */
  append(p: { incarnation: number; axis: number; bytes: Uint8Array; shape: readonly number[] }): ArrayMeta
  /**
   * The results, one after the other in `buffer`. Errors: DTypeError, ShapeError with NumPy's words; StaleArrayError where a
   * source is not what it was.
   */
  evaluate(p: Evaluation): { buffer: ArrayBuffer; results: readonly EvaluatedArray[] }
  /**
   * As `evaluate`; a result with a target is its new value on disk, cast to its dtype, all of them in one commit.
   * Errors: as `evaluate`, StaleArrayError where a target has another version, QuotaExceededError.
   */
  evaluateInto(p: Evaluation & { targets: readonly (Version | undefined)[] }): {
    buffer: ArrayBuffer
    /** For every result: in memory, or what the target is now. */
    results: readonly (EvaluatedArray | ArrayMeta)[]
  }
  setAttributes(p: { incarnation: number; attributes: JsonObject }): ArrayMeta
  /**
   * `overwrite`: in place of what is at `to`, in the same commit. `purge`: from then on it is not ephemeral, and armed or not.
   * Errors: NotFoundError, KeyExistsError.
   */
  rename(p: { from: string; to: string; overwrite?: boolean; purge?: boolean }): ArrayMeta
  /** Returns the incarnations that are gone. */
  delete(p: { paths: readonly string[] }): number[]
  /** Removes the array whoever holds it; nothing where it is gone already. */
  purge(p: { incarnation: number }): void
  clear(p: Record<never, never>): number[]

  saveState(p: { incarnation: number; state: unknown }): ArrayMeta
  loadState(p: { incarnation: number }): unknown

  /** From now on the service keeps so many bytes of buffers to use again, and drops the rest. */
  keepBuffers(p: { byteLength: number }): void
  /**
   * Of the page, by workers behind its ports: counts memory there. wait, now: to load into, waiting for room or not. lent,
   * taken: for bytes on their way, if there is room or in any case. Errors: MemoryBudgetError.
   */
  borrowMemory(p: { byteLength: number; how: 'wait' | 'now' | 'lent' | 'taken' }): void
  /** answer: to 'memoryWanted', when all that could be done was. */
  returnMemory(p: { byteLength: number; what: 'loaded' | 'lent' | 'answer' }): void

  /** Removes every array with that tag, whoever holds it; returns how many. */
  evict(p: { tag: string }): number

  usage(p: Record<never, never>): ServiceUsage
  stats(p: Record<never, never>): ServiceStats
  check(p: { fix: boolean }): { problems: Problem[]; fixed: boolean }
  /** Makes everything committed so far durable. */
  flush(p: Record<never, never>): void
  compact(p: Record<never, never>): void
  /** Flushes, then closes every file and lets go of the disk's lock. */
  close(p: Record<never, never>): void
}

export type MethodName = keyof StorageMethods
/** Answered by the page for workers behind its ports. */
export type PageMethod = 'borrowMemory' | 'returnMemory'
export type Params<M extends MethodName> = Parameters<StorageMethods[M]>[0]
export type Result<M extends MethodName> = ReturnType<StorageMethods[M]>

export interface CallRequest<M extends MethodName = MethodName> {
  /** Unique in the client; abort and progress name it. */
  readonly id: number
  readonly method: M
  readonly params: Params<M>
  readonly wantsProgress: boolean
  /** Between workers: the caller has the answer of every call with a lower id. */
  readonly answeredBelow?: number
  /** Between workers: it was sent to another owner, whose answer did not come. */
  readonly isRetry?: boolean
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorData }

/** What the service tells without being asked. */
export type ServiceMessage =
  | {
      readonly type: 'progress'
      readonly id: number
      readonly doneBytes: number
      readonly totalBytes: number | undefined
      readonly isLast?: boolean // the call goes on when `told` names it
    }
  | { readonly type: 'changed'; readonly liveBytes: number; readonly arrays: number }
  | { readonly type: 'gone'; readonly incarnations: readonly number[] }
  /** Another client of the same service has changed an array, or what is said of it; the version is the one it has now. */
  | { readonly type: 'written'; readonly incarnation: number; readonly version: number }
  /** The client's worker is the disk's owner, or a guest, from now on. */
  | { readonly type: 'role'; readonly role: Role }
  /** Others may have changed anything: the disk was let go of, or has another owner. */
  | { readonly type: 'letGo' }
  /** To a worker behind a port: the page needs so many bytes of memory. */
  | { readonly type: 'memoryWanted'; readonly byteLength: number }
  | { readonly type: 'purged'; readonly path: string; readonly byteLength: number }
  | {
      readonly type: 'evicted'
      readonly path: string
      readonly byteLength: number
      readonly reason: DiskEvictionReason
    }
  /** A write was refused, or the disk's budget is nearly used up. */
  | { readonly type: 'pressure'; readonly usedBytes: number; readonly limitBytes: number }
  | {
      readonly type: 'error'
      readonly error: ErrorData
      readonly path: string | undefined
      readonly during: 'sweep' | 'write-back'
    }

/** Addresses of the scripts that a storage worker runs when it first needs them, by name; none where it is one script. */
export type WorkerParts = { readonly [name: string]: string }

/** The one object behind comlink, but for `call`: see call-messages.ts. ids on the wire, no proxies but this one. */
export interface ServiceRoot {
  /**
   * Answers at once with the service's PROTOCOL_VERSION. `lifeLock` is held by the worker as long as it lives. `parts` are told where
   * the worker's script is known to be the library's alone: it may be run a second time.
   */
  hello(lifeLock: string, parts?: WorkerParts): Promise<number>
  /** Takes the disk's lock, opens its files, recovers, sweeps; or joins the owner that serves others. */
  open(request: OpenRequest): Promise<Outcome<void>>
  call(request: CallRequest): Promise<Outcome<unknown>>
  abort(id: number): void
  /** The caller was told the last progress of a call. */
  told(id: number): void
}

/** The storage worker's root: what needs OPFS but no open disk comes with it. */
export interface WorkerRoot extends ServiceRoot {
  listDisks(): Promise<Outcome<string[]>>
  /** Removes the disk's folder and states; nothing where it does not exist. Errors: DiskLockedError, StorageUnavailableError. */
  deleteDisk(name: string): Promise<Outcome<void>>
}

/** What `connect()` offers another worker of the page: the page's disk, already open. */
export interface RelayRoot extends ServiceRoot {
  identify(): Promise<{
    readonly name: string
    readonly backend: 'opfs' | 'memory'
    readonly role: Role
    readonly evictionPolicy: EvictionPolicy
    /** Bytes that page and workers share. */
    readonly memoryBudget: number
  }>
}

/** A ServiceMessage on the way; over the channel of the answers, so that the two keep their order. */
export interface EventMessage {
  readonly event: ServiceMessage
}

/** Payload is laid out in blocks of this size; see engine/layout.ts. */
export const BLOCK_BYTES = 1 << 20
