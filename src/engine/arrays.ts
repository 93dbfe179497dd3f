// What can be done with arrays: create and replace, read, set, append. Each is one commit.
import { DTYPES } from '../core/dtype.js'
import { StaleArrayError } from '../core/errors.js'
import { checkResolved, type ResolvedSelection, selectedShape } from '../core/selection.js'
import { checkAxis, sizeOf } from '../core/shape.js'
import { BLOCK_BYTES, type Put, type PutResult, type Version, type WriteTarget } from '../protocol.js'
import type { Origin } from './calls.js'
import { checkAppendable, checkBroadcast, checkByteLength, checkSpec } from './check-request.js'
import { Draft, DraftWriter } from './draft.js'
import type { Engine, NewEntry } from './engine.js'
import { type Change, descriptionOf, type Entry, metaOf } from './entry.js'
import { storedBytes } from './index-of-arrays.js'
import { KeyedMutex } from './keyed-mutex.js'
import { type BlockTable, blockLength, emptyBlocks, positionOf } from './layout.js'
import { readRange, readSelections } from './reading.js'
import { type RegionValue, touchedBlocks, writeRegion } from './region.js'
import type { Replaced } from './room.js'
import type { Work } from './work.js'

/** A checked target. `entry` lacks what only the commit knows. */
export type Target =
  | { readonly kind: 'create'; readonly entry: NewEntry; readonly overwrite: boolean }
  | { readonly kind: 'replace'; readonly entry: Entry }

/** A target and the blocks that are to be its value. */
interface Filled {
  readonly target: Target
  readonly blocks: BlockTable
}

export class Arrays {
  readonly #engine: Engine
  /** Changes of one array's bytes that start from its present ones, by incarnation. */
  readonly #changing = new KeyedMutex<number>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Errors: KeyExistsError, StaleArrayError, InvalidPathError, DTypeError, ShapeError. */
  target(target: WriteTarget, client: string): Target {
    if ('create' in target) {
      const entry = checkSpec(target.create, client)
      if (!target.create.overwrite) this.#engine.checkFree(entry.path)
      return { kind: 'create', entry, overwrite: target.create.overwrite }
    }
    return { kind: 'replace', entry: this.#current(target.replace) }
  }

  /** Room for the bytes of each target, of no array twice. Errors: TypeError, QuotaExceededError. */
  async drafts(targets: readonly Target[]): Promise<Draft[]> {
    checkDistinct(targets)
    const sizes = targets.map(({ entry }) => entry.nbytes)
    return this.#engine.room.drafts(
      sizes,
      targets.flatMap((target) => this.#replacedBy(target)),
    )
  }

  /** Writes all values, then commits them in one frame. Errors: those of target(), TypeError, QuotaExceededError, AbortedError. */
  async put(puts: readonly Put[], client: string, work: Work): Promise<PutResult[]> {
    const targets = puts.map(({ target }) => this.target(target, client))
    checkDistinct(targets)
    work.begin(targets.reduce((sum, { entry }) => sum + entry.nbytes, 0))
    const stored = targets
      .map((target, i) => ({ target, put: puts[i] as Put }))
      .filter(({ target, put }) => hasBytes(target, put))
    const sizes = stored.map(({ target }) => target.entry.nbytes)
    const replaced = targets.flatMap((target) => this.#replacedBy(target))
    const drafts = await this.#engine.room.drafts(sizes, replaced)
    const filling = stored.map(({ target, put }, i) => ({ ...put, target, draft: drafts[i] as Draft })) // one for each
    const draftOf = new Map(filling.map(({ target, draft }) => [target, draft]))
    try {
      await Draft.writeAll(
        filling.flatMap(({ draft, bytes }) => (bytes === undefined ? [] : [{ draft, bytes }])),
        work,
      )
      for (const { draft, bytes, item } of filling) {
        if (bytes === undefined && item !== undefined) await repeat(draft, item, work)
      }
      await work.end()
      const blocksOf = (target: Target) => draftOf.get(target)?.blocks ?? emptyBlocks(target.entry.nbytes)
      return this.commit(
        targets.map((target) => ({ target, blocks: blocksOf(target) })),
        work.origin,
      )
    } catch (error) {
      for (const draft of drafts) this.#engine.room.discard(draft)
      throw error
    }
  }

  /** Errors: KeyExistsError, StaleArrayError, QuotaExceededError; the caller keeps the drafts' room then. */
  commit(filled: readonly Filled[], origin: Origin | undefined): PutResult[] {
    const engine = this.#engine
    for (const { target } of filled) {
      if (target.kind === 'replace') this.#current(target.entry)
      else if (!target.overwrite) engine.checkFree(target.entry.path)
    }
    const replaced = filled.map(({ target }) =>
      target.kind === 'create' ? engine.arrays.at(target.entry.path)?.incarnation : undefined,
    )
    const entries: Entry[] = []
    const make = (version: number, modified: number) =>
      filled.map(({ target, blocks }): Change => {
        const now = { blocks, version, modified }
        const entry: Entry =
          target.kind === 'create'
            ? { ...madeOf(target.entry, modified), ...now, hasState: false, incarnation: engine.takeIncarnation() }
            : { ...engine.entry(target.entry.incarnation), ...now }
        entries.push(entry)
        return { kind: 'put', entry }
      })
    engine.commit(make, origin)
    return entries.map((entry, i) => ({ meta: metaOf(entry), replaced: replaced[i] }))
  }

  /** Those under the prefix that anybody may find, in order of path. */
  list(prefix: string): Entry[] {
    const found: Entry[] = []
    for (const entry of this.#engine.arrays.values()) {
      if (!entry.ephemeral && entry.path.startsWith(prefix) && !this.#engine.hasExpired(entry)) found.push(entry)
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** Runs `work` while no one else changes the array's bytes or moves them. */
  exclusively<T>(incarnation: number, work: () => Promise<T>): Promise<T> {
    return this.#changing.run(incarnation, () => this.#engine.reading(work, [incarnation]))
  }

  /**
   * The selections one after the other, or else the whole array, in the buffer that `room` gives.
   * Errors: StaleArrayError, InvalidSelectionError, CorruptDataError, AbortedError.
   */
  read(
    incarnation: number,
    selections: readonly ResolvedSelection[] | undefined,
    room: (byteLength: number) => ArrayBuffer,
    work: Work,
  ): Promise<{ buffer: ArrayBuffer; version: number }> {
    return this.#engine.reading(async () => {
      const entry = this.#engine.entry(incarnation)
      const buffer = await readSelections(this.#engine.data, entry, selections, room, work)
      return { buffer, version: entry.version }
    }, [incarnation])
  }

  /** Errors: StaleArrayError, InvalidSelectionError, ShapeError, QuotaExceededError, AbortedError. */
  set(incarnation: number, selection: ResolvedSelection, value: RegionValue, work: Work): Promise<Entry> {
    return this.exclusively(incarnation, async () => {
      const entry = this.#engine.entry(incarnation)
      const resolved = checkResolved(selection, entry.shape)
      const { itemsize } = DTYPES[entry.dtype]
      checkByteLength(value.bytes, value.shape, itemsize)
      checkBroadcast(value.shape, selectedShape(resolved))
      if (resolved.some(({ count }) => count === 0)) return entry
      work.begin(sizeOf(selectedShape(resolved)) * itemsize)
      const indexes = touchedBlocks(entry, resolved)
      const lengths = indexes.map((index) => blockLength(index, entry.nbytes))
      const positions = await this.#engine.room.reserve(lengths, [replacedBlocks(entry, indexes)])
      try {
        const checksums = await writeRegion(this.#engine.data, entry, resolved, value, { indexes, positions }, work)
        await work.end()
        const blocks = Float64Array.from(
          { length: 2 * indexes.length },
          (_, i) => (i % 2 === 0 ? positions : checksums)[i >> 1] as number,
        )
        this.#current(entry)
        const make = (version: number, modified: number): Change[] => [
          { kind: 'remap', incarnation, version, modified, indexes, blocks },
        ]
        this.#engine.commit(make, work.origin)
      } catch (error) {
        this.#engine.room.release(positions, lengths)
        throw error
      }
      return this.#engine.entry(incarnation)
    })
  }

  /** NumPy's concatenate along an axis, in place. Errors: StaleArrayError, ShapeError, QuotaExceededError, AbortedError. */
  append(incarnation: number, axis: number, value: RegionValue, work: Work): Promise<Entry> {
    return this.exclusively(incarnation, async () => {
      const entry = this.#engine.entry(incarnation)
      const { itemsize } = DTYPES[entry.dtype]
      checkByteLength(value.bytes, value.shape, itemsize)
      const along = checkAxis(axis, entry.shape.length)
      checkAppendable(entry.shape, value.shape, along)
      if (value.shape[along] === 0) return entry
      const shape = entry.shape.map((size, i) => (i === along ? size + (value.shape[i] as number) : size))
      const outer = entry.shape.slice(0, along).reduce((product, size) => product * size, 1)
      const nbytes = entry.nbytes + value.bytes.byteLength
      // Behind the last row whole blocks stay where they are.
      const keptBytes = outer === 1 ? Math.floor(entry.nbytes / BLOCK_BYTES) * BLOCK_BYTES : 0
      work.begin(nbytes - keptBytes)
      const kept = entry.blocks.slice(0, (2 * keptBytes) / BLOCK_BYTES)
      const gone = Array.from({ length: (entry.blocks.length - kept.length) / 2 }, (_, i) => kept.length / 2 + i)
      const draft = await this.#engine.room.draft(nbytes, [replacedBlocks(entry, gone)], kept, keptBytes)
      try {
        await this.#interleave(entry, value.bytes, outer, keptBytes, draft, work)
        await work.end()
        const described = { ...entry, ...descriptionOf(this.#current(entry)) }
        const { blocks } = draft
        const make = (version: number, modified: number): Change[] => [
          { kind: 'put', entry: { ...described, shape, nbytes, blocks, version, modified } },
        ]
        this.#engine.commit(make, work.origin)
      } catch (error) {
        this.#engine.room.discard(draft, keptBytes)
        throw error
      }
      return this.#engine.entry(incarnation)
    })
  }

  /** For each of `outer` rows the entry's bytes, then the value's. */
  async #interleave(
    entry: Entry,
    bytes: Uint8Array,
    outer: number,
    keptBytes: number,
    draft: Draft,
    work: Work,
  ): Promise<void> {
    const writer = new DraftWriter(draft, work)
    const oldRow = entry.nbytes / outer
    const newRow = bytes.byteLength / outer
    for (let row = 0; row < outer; row++) {
      const end = (row + 1) * oldRow
      for (let at = row * oldRow + keptBytes; at < end; ) {
        const part = writer.room.subarray(0, end - at)
        readRange(this.#engine.data, entry, at, part)
        at += part.byteLength
        await writer.filled(part.byteLength)
      }
      await writer.write(bytes.subarray(row * newRow, (row + 1) * newRow))
    }
  }

  /** What goes from the disk when the target has its new value. */
  #replacedBy(target: Target): Replaced[] {
    const { arrays } = this.#engine
    const entry = target.kind === 'create' ? arrays.at(target.entry.path) : arrays.get(target.entry.incarnation)
    return entry === undefined ? [] : [{ incarnation: entry.incarnation, byteLength: storedBytes(entry) }]
  }

  /** Errors: StaleArrayError where the array is gone or its bytes are another version's. */
  #current({ incarnation, version }: Version): Entry {
    const entry = this.#engine.entry(incarnation)
    if (entry.version === version) return entry
    throw new StaleArrayError(
      `'${entry.path}' was changed since it was loaded (version ${version}, now ${entry.version}): load it again with { discard: true }`,
    )
  }
}

/** Whether the value takes room. Errors: ShapeError where it is none for the target. */
function hasBytes({ entry }: Target, { bytes, item }: Put): boolean {
  const { itemsize } = DTYPES[entry.dtype]
  if (bytes !== undefined) checkByteLength(bytes, entry.shape, itemsize)
  else if (item !== undefined) checkByteLength(item, [], itemsize)
  return bytes !== undefined || item !== undefined
}

/** The time to live begins with the commit. */
function madeOf({ expire, ...entry }: NewEntry, modified: number): Omit<NewEntry, 'expire'> & { expires: number } {
  return { ...entry, expires: modified + expire }
}

/** What a change of those blocks gives up. */
function replacedBlocks({ incarnation, blocks, nbytes }: Entry, indexes: readonly number[]): Replaced {
  const byteLength = indexes.reduce(
    (sum, index) => sum + (positionOf(blocks, index) >= 0 ? blockLength(index, nbytes) : 0),
    0,
  )
  return { incarnation, byteLength }
}

/** Fills the draft with one element, repeated. */
async function repeat(draft: Draft, item: Uint8Array, work: Work): Promise<void> {
  const writer = new DraftWriter(draft, work)
  const pattern = new Uint8Array(Math.min(BLOCK_BYTES, draft.nbytes))
  for (let at = 0; at < pattern.byteLength; at += item.byteLength) pattern.set(item, at)
  for (let rest = draft.nbytes; rest > 0; rest -= pattern.byteLength) await writer.write(pattern.subarray(0, rest))
}

/** In one frame the last of two values for one array would win, and the first be lost. Errors: TypeError. */
function checkDistinct(targets: readonly Target[]): void {
  const paths = new Set<string>()
  for (const { entry } of targets) {
    if (paths.has(entry.path)) throw new TypeError(`two values for '${entry.path}' in one call`)
    paths.add(entry.path)
  }
}
