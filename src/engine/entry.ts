// An array in the catalog, and the changes that make the catalog.
import type { DType } from '../core/dtype.js'
import type { ArrayMeta, JsonObject } from '../protocol.js'
import type { BlockTable } from './layout.js'
import type { PackedRun } from './plain-frames.js'
import type { UseTable } from './uses.js'

/** Never changed once made: a change makes another Entry, so a reader keeps what it started with. */
export interface Entry {
  readonly path: string
  readonly incarnation: number
  /** Sequence of the commit that last changed the bytes. */
  readonly version: number
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly nbytes: number
  readonly className: string
  readonly attributes: JsonObject
  /** Milliseconds since the epoch. */
  readonly modified: number
  readonly ephemeral: boolean
  readonly purge: boolean
  readonly hasState: boolean
  /** The clients that hold it, kept while it is ephemeral or purge is armed: with the last of them it goes. */
  readonly clients: readonly string[]
  /** Milliseconds since the epoch; from then on it is not found any more. Infinity: never. */
  readonly expires: number
  readonly tags: readonly string[]
  readonly blocks: BlockTable
}

/** What of an entry can change without its bytes. */
export type Description = Pick<
  Entry,
  'path' | 'attributes' | 'ephemeral' | 'purge' | 'hasState' | 'clients' | 'expires' | 'tags'
>

export function descriptionOf(entry: Description): Description {
  const { path, attributes, ephemeral, purge, hasState, clients, expires, tags } = entry
  return { path, attributes, ephemeral, purge, hasState, clients, expires, tags }
}

export type Change =
  /** A new array (dropping what is at its path), or a new value of one. */
  | { readonly kind: 'put'; readonly entry: Entry }
  /** New places for some blocks. The version stays where only the places change. */
  | {
      readonly kind: 'remap'
      readonly incarnation: number
      readonly version: number
      readonly modified: number
      readonly indexes: readonly number[]
      readonly blocks: BlockTable
    }
  | { readonly kind: 'describe'; readonly incarnation: number; readonly description: Description }
  | { readonly kind: 'delete'; readonly incarnation: number }
  /** When and how often arrays were used; nothing of theirs changes. */
  | { readonly kind: 'used'; readonly uses: UseTable }
  /** The frame's changes were asked for by that call. `changed`: incarnations, those of `made` too, and versions, in turn. */
  | {
      readonly kind: 'call'
      readonly client: string
      readonly id: number
      readonly answeredBelow: number
      readonly changed: readonly number[]
      readonly made: readonly number[]
      readonly gone: readonly number[]
    }
  /** Everything up to `sequence` is on the platter. */
  | { readonly kind: 'durable'; readonly sequence: number }
  /**
   * In a frame that the second copy did not get before the first was flushed: where it has it, everything before had been durable.
   * Behind `since`, the sequence of the one before, only arrays of these incarnations were changed or made.
   */
  | { readonly kind: 'proof'; readonly since: number; readonly changed: readonly number[] }
  /** Arrays that a power cut takes may have had any incarnation below: later lives of the disk begin there. */
  | { readonly kind: 'reserved'; readonly nextIncarnation: number }
  | { readonly kind: 'snapshot-begin'; readonly nonce: number; readonly nextIncarnation: number }
  | { readonly kind: 'snapshot-end'; readonly entries: number }

/** A change as a catalog has it. */
export type FoundChange = Change | PackedRun

export function metaOf(entry: Entry): ArrayMeta {
  const { path, incarnation, version, dtype, shape, nbytes, className, attributes, modified, ephemeral, hasState } =
    entry
  return { path, incarnation, version, dtype, shape, nbytes, className, attributes, modified, ephemeral, hasState }
}
