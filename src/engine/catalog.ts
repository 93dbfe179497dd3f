// The catalog's two files: appending frames to both alike, and replacing them in turn by a snapshot.
import type { Change, Entry } from './entry.js'
import { readExactly, resizeExactly, writeExactly } from './files.js'
import { type EncodedFrame, encodeFrame, HEADER_BYTES, NO_FRAME } from './frame.js'
import type { SyncFile } from './storage.js'
import type { UseTable } from './uses.js'

export const CATALOG_FILES = ['catalog-a', 'catalog-b'] as const

/** Room is made this far ahead, so that an append never extends a file and so cannot meet the quota half way. */
const GROWTH_BYTES = 256 * 1024
/** Left free behind frames that bring bytes: with the quota used up, arrays can still be deleted and marks be set. */
const SPARE_BYTES = 64 * 1024
/** Entries a snapshot's frame holds. */
const SNAPSHOT_BATCH = 64
/** Numbers that tell of uses in a snapshot's frame: three for an array. */
const SNAPSHOT_USES = 3 * 4096
/** A log is worth replacing once it is this long, and longer than twice the snapshot it began with. */
const LOG_BYTES_BEFORE_SNAPSHOT = 4 << 20

/** One file of the pair. Frames of `epoch` lie from offset 0 to `end` without gaps; what follows is older or zero. */
export interface Copy {
  readonly file: SyncFile
  epoch: number
  log: number
  end: number
  /** Checksum of the last frame. */
  tip: number
  /** false while the file is not whole: it takes no appends and counts for nothing. */
  live: boolean
}

export interface SnapshotState {
  readonly entries: readonly Entry[]
  readonly uses: UseTable
  readonly calls: readonly Change[]
  readonly nextIncarnation: number
}

type Pause = () => Promise<void>

export class Catalog {
  readonly #copies: readonly [Copy, Copy]
  #sequence: number
  #snapshotBytes: number
  /** The changes appended while one copy is replaced, by sequence; they follow the snapshot in it. */
  #missed: { sequence: number; changes: readonly Change[] }[] | undefined

  constructor(copies: readonly [Copy, Copy], sequence: number, snapshotBytes: number) {
    this.#copies = copies
    this.#sequence = sequence
    this.#snapshotBytes = snapshotBytes
  }

  /** Of the last frame. The next has one more, whatever its epoch. */
  get sequence(): number {
    return this.#sequence
  }

  /** Both copies are whole and alike. */
  get mirrored(): boolean {
    return this.#copies.every((copy) => copy.live)
  }

  get byteLength(): number {
    return this.#copies.reduce((sum, copy) => sum + copy.file.getSize(), 0)
  }

  get wantsSnapshot(): boolean {
    if (this.#missed !== undefined) return false
    return !this.mirrored || this.#end > Math.max(LOG_BYTES_BEFORE_SNAPSHOT, 3 * this.#snapshotBytes)
  }

  /** A snapshot would make room in the files for further frames. */
  get isShrinkable(): boolean {
    return this.#end - this.#snapshotBytes > SPARE_BYTES
  }

  get #end(): number {
    return Math.max(...this.#copies.map((copy) => copy.end))
  }

  /** Whether a frame of that size can be appended without asking the browser for room. */
  hasRoomFor(byteLength: number): boolean {
    return this.#copies.every(({ live, file, end }) => !live || end + byteLength + SPARE_BYTES <= file.getSize())
  }

  /** Makes room for such a frame. Errors: QuotaExceededError. */
  reserve(byteLength: number): void {
    for (const copy of this.#copies) if (copy.live) makeRoom(copy, byteLength + SPARE_BYTES)
  }

  /** Appends a frame; returns its sequence. Errors: QuotaExceededError, and then no copy holds the frame. */
  append(make: (sequence: number) => readonly Change[]): number {
    return this.#append(make, false)
  }

  /**
   * As `append`, and the catalog is flushed. The second copy does not get the frame before the first is flushed: where it has it,
   * everything before had been durable.
   */
  appendDurably(make: (sequence: number) => readonly Change[]): number {
    return this.#append(make, true)
  }

  #append(make: (sequence: number) => readonly Change[], isDurable: boolean): number {
    const sequence = this.#sequence + 1
    const changes = make(sequence)
    const live = this.#copies.filter((copy) => copy.live)
    const frame = encodeFrame(live[0] as Copy, sequence, changes)
    const spare = changes.some(({ kind }) => kind === 'put' || kind === 'remap') ? SPARE_BYTES : 0
    for (const copy of live) makeRoom(copy, frame.bytes.byteLength + spare)
    try {
      for (const copy of live) {
        writeExactly(copy.file, frame.bytes, copy.end)
        if (isDurable) copy.file.flush()
      }
    } catch (error) {
      for (const copy of live) attempt(() => scrub(copy))
      throw error
    }
    for (const copy of live) advance(copy, frame.bytes.byteLength, frame.checksum)
    this.#missed?.push({ sequence, changes })
    this.#sequence = sequence
    return sequence
  }

  /**
   * Replaces both copies, one after the other, by frames that make the state of now from nothing. Every append
   * meanwhile goes to the copy that is whole. Errors: QuotaExceededError, and then one copy stays live.
   *
   * Crash order: a copy counts only where every frame up to its snapshot-end verifies, what was appended meanwhile among them;
   * until it is flushed the other one stays as it was.
   */
  async snapshot(state: SnapshotState, pause: Pause): Promise<void> {
    const [first, second] = [...this.#copies].sort((a, b) => Number(a.live) - Number(b.live)) as [Copy, Copy]
    if (second.live) second.file.flush() // before the other one goes
    const epoch = Math.max(first.epoch, second.epoch) + 1
    this.#missed = []
    try {
      await this.#replace(first, epoch, state, pause)
      // From here to the first pause nothing runs in between: no append can be missed by both copies.
      this.#catchUp(first)
      appendTo(first, encodeFrame(first, this.#sequence, [{ kind: 'snapshot-end', entries: state.entries.length }]))
      this.#snapshotBytes = first.end
      first.file.flush()
      first.live = true
      second.live = false
      this.#missed = []
      await this.#copyOver(first, second, pause)
    } finally {
      this.#missed = undefined
    }
  }

  close(): void {
    for (const copy of this.#copies) copy.file.close()
  }

  async #replace(
    copy: Copy,
    epoch: number,
    { entries, uses, calls, nextIncarnation }: SnapshotState,
    pause: Pause,
  ): Promise<void> {
    const base = this.#sequence
    Object.assign(copy, { live: false, epoch, log: Math.random(), end: 0, tip: NO_FRAME })
    // All frames of a snapshot carry the sequence of the state they hold.
    const write = (changes: readonly Change[]): void => appendTo(copy, encodeFrame(copy, base, changes))
    write([{ kind: 'snapshot-begin', nonce: Math.random(), nextIncarnation }])
    for (let i = 0; i < entries.length; i += SNAPSHOT_BATCH) {
      write(entries.slice(i, i + SNAPSHOT_BATCH).map((entry) => ({ kind: 'put', entry })))
      await pause()
    }
    for (let i = 0; i < uses.length; i += SNAPSHOT_USES) {
      write([{ kind: 'used', uses: uses.subarray(i, i + SNAPSHOT_USES) }])
      await pause()
    }
    for (let i = 0; i < calls.length; i += SNAPSHOT_BATCH) {
      write(calls.slice(i, i + SNAPSHOT_BATCH))
      await pause()
    }
  }

  #catchUp(copy: Copy): void {
    for (const { sequence, changes } of this.#missed ?? []) {
      appendTo(copy, encodeFrame(copy, sequence, changes))
    }
  }

  async #copyOver(from: Copy, to: Copy, pause: Pause): Promise<void> {
    const { end, tip, epoch, log } = from
    Object.assign(to, { epoch, log, end: 0 })
    const piece = new Uint8Array(Math.min(1 << 20, end))
    while (to.end < end) {
      const part = piece.subarray(0, Math.min(piece.byteLength, end - to.end))
      if (!readExactly(from.file, part, to.end)) throw new RangeError('a catalog file became shorter while it was open')
      appendTo(to, { bytes: part, checksum: tip })
      await pause()
    }
    this.#catchUp(to)
    to.file.flush()
    to.live = true
  }
}

function appendTo(copy: Copy, frame: EncodedFrame): void {
  makeRoom(copy, frame.bytes.byteLength)
  writeExactly(copy.file, frame.bytes, copy.end)
  advance(copy, frame.bytes.byteLength, frame.checksum)
}

function advance(copy: Copy, byteLength: number, tip: number): void {
  copy.end += byteLength
  copy.tip = tip
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // What it would have mended is no worse for it.
  }
}

/** Errors: QuotaExceededError. */
function makeRoom(copy: Copy, byteLength: number): void {
  const needed = copy.end + byteLength
  if (needed <= copy.file.getSize()) return
  const ahead = Math.ceil((needed + GROWTH_BYTES) / GROWTH_BYTES) * GROWTH_BYTES
  try {
    resizeExactly(copy.file, ahead)
  } catch {
    resizeExactly(copy.file, needed)
  }
}

/**
 * Makes sure that a frame of which only one copy was written is not found again. Should even that fail, the next append
 * overwrites the frame, and until then its blocks have to verify.
 */
function scrub(copy: Copy): void {
  const length = Math.min(HEADER_BYTES, copy.file.getSize() - copy.end)
  if (length > 0) copy.file.write(new Uint8Array(length), copy.end)
}
