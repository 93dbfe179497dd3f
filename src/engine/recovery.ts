// Opening a disk: reads the catalog, decides which of the last changes count, and says what is in use.
import { CorruptDataError, ProtocolVersionError } from '../core/errors.js'
import { CATALOG_FILES, Catalog, type Copy } from './catalog.js'
import { ChangedArrays } from './changed-arrays.js'
import type { DataFiles } from './data-files.js'
import { Doubt } from './doubt.js'
import type { Change, FoundChange } from './entry.js'
import { readExactly, writeExactly } from './files.js'
import {
  beginsWhole,
  CATALOG_FORMAT,
  decodeFrame,
  type Frame,
  formatOf,
  frameChecksum,
  HEADER_BYTES,
  NO_FRAME,
} from './frame.js'
import { ArrayIndex, eachStored } from './index-of-arrays.js'
import { blockCount, blockLength, checksumOf, isPosition, missingIn, positionOf } from './layout.js'
import { durableSequence, holds, type Log, lastProof, newestLog } from './log.js'
import { PackedEntries } from './packed.js'
import { fileOf } from './space.js'
import type { Directory, SyncFile } from './storage.js'
import { Verification } from './verification.js'

export interface Recovered {
  readonly catalog: Catalog
  readonly index: ArrayIndex
  /** Both copies of the catalog hold all of this and nothing else, in today's format: they can be gone on with. */
  readonly intact: boolean
  /** The last frame is a mark: what an intact catalog tells of is durable. */
  readonly marked: boolean
  /** Since the mark that told last. */
  readonly changed: ChangedArrays
  /** How many arrays may be gone without a trace, for both copies of the catalog are damaged where they were. */
  readonly lost: number
}

/** Errors: ProtocolVersionError, CorruptDataError; no file is open then. */
export async function recover(directory: Directory, data: DataFiles, pause: () => Promise<void>): Promise<Recovered> {
  const files: SyncFile[] = []
  try {
    await openTogether(CATALOG_FILES, directory, files)
    return await recoverFrom(files as [SyncFile, SyncFile], data, pause)
  } catch (error) {
    for (const file of files) file.close()
    data.close()
    throw error
  }
}

async function recoverFrom(
  files: readonly [SyncFile, SyncFile],
  data: DataFiles,
  pause: () => Promise<void>,
): Promise<Recovered> {
  const [a, b] = await readWhileOpening(files, data)
  const log = newestLog([a, b])
  refuseNewer(a, log)
  refuseNewer(b, log)
  if (log === undefined) refuseDamaged([a, b], data)
  const copies = [copyOf(files[0], a, log), copyOf(files[1], b, log)] as const
  if (log === undefined) return nothing(copies)
  // Crash order: opening may go on to overwrite one copy, so the other must hold everything by then.
  if (copies.every(({ live }) => !live) && log.gaps.length === 0) copies[1].live = mend(files[1], b, a, log)
  const index = new ArrayIndex(log.plain && new PackedEntries(log.plain))
  const doubt = new Doubt(index)
  const changed = new ChangedArrays((log.frames[0] as Frame).sequence)
  const whole = await replay(log, { index, doubt, changed }, new Verification(data, pause))
  const lost = doubt.giveUp()
  const complete = await noteMissing(index, data)
  const last = log.frames.at(-1) as Frame
  const catalog = new Catalog(copies, last.sequence, log.snapshotBytes)
  const marked = last.sequence === log.frames[0]?.sequence || last.changes.some(({ kind }) => kind === 'durable')
  // Frames of another format must not follow those of an older one: the first tells a reader what the others are.
  const current = [a, b].every((bytes) => formatOf(bytes) === CATALOG_FORMAT)
  return { catalog, index, changed, marked, intact: whole && complete && catalog.mirrored && current, lost }
}

/** At once: each file takes several turns through other processes of the browser. All that succeed are in `opened`. */
async function openTogether(names: readonly string[], directory: Directory, opened: SyncFile[]): Promise<void> {
  const openings = await Promise.allSettled(names.map((name) => directory.open(name)))
  for (const opening of openings) if (opening.status === 'fulfilled') opened.push(opening.value)
  for (const opening of openings) if (opening.status === 'rejected') throw opening.reason
}

/** The data files are opened only here, where the owner before has let go of the catalog: their sizes are final. */
async function readWhileOpening(
  [a, b]: readonly [SyncFile, SyncFile],
  data: DataFiles,
): Promise<readonly [Uint8Array, Uint8Array]> {
  const opening = data.openAll()
  try {
    return [readAll(a), readAll(b)]
  } finally {
    await opening
  }
}

function nothing(copies: readonly [Copy, Copy]): Recovered {
  const changed = new ChangedArrays(0)
  const catalog = new Catalog(copies, 0, 0)
  return { catalog, index: new ArrayIndex(), changed, marked: false, intact: false, lost: 0 }
}

/** More than any catalog has: a file of that size is another one, in its place. */
const MAX_CATALOG_BYTES = 2 ** 31

function readAll(file: SyncFile): Uint8Array {
  const size = file.getSize()
  const bytes = new Uint8Array(size > MAX_CATALOG_BYTES ? HEADER_BYTES : size)
  readExactly(file, bytes, 0)
  return bytes
}

/**
 * A newer version may have changed anything but a frame's header and checksum: its disks are left alone, damaged or not. A copy
 * that only seems newer, for its format's bytes are damaged, is as any damaged one where the other has a log.
 */
function refuseNewer(bytes: Uint8Array, log: Log | undefined): void {
  const format = formatOf(bytes)
  if (format !== undefined && format > CATALOG_FORMAT && (log === undefined || beginsWhole(bytes))) {
    throw new ProtocolVersionError(
      `this disk has format ${format}, written by a newer version of lazy-disk-cache; this version reads up to ${CATALOG_FORMAT}. Update the library; the disk was left as it is`,
    )
  }
}

/**
 * A disk whose making was cut short has at most one file with something in it: the second is begun when the first is flushed, and
 * data comes when both are.
 */
function refuseDamaged(copies: readonly Uint8Array[], data: DataFiles): void {
  if (copies.some(isBlank) && data.byteLength === 0) return
  throw new CorruptDataError('neither copy of the catalog can be read; deleting the disk makes its name usable again', {
    path: CATALOG_FILES[0],
  })
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

function copyOf(file: SyncFile, bytes: Uint8Array, log: Log | undefined): Copy {
  const epoch = Math.max(log?.epoch ?? 0, decodeFrame(bytes, 0, NO_FRAME)?.epoch ?? 0)
  const live = log !== undefined && log.gaps.length === 0 && holds(bytes, log)
  return { file, epoch, log: log?.log ?? 0, end: log?.end ?? 0, tip: log?.tip ?? NO_FRAME, live }
}

/** Puts the frames that `bytes`, what is in the file, lacks where the other copy has them; returns whether the file took them. */
function mend(file: SyncFile, bytes: Uint8Array, other: Uint8Array, log: Log): boolean {
  let tip = NO_FRAME
  let offset = 0
  try {
    for (const { byteLength, checksum: sum } of log.frames) {
      const end = offset + byteLength
      if (frameChecksum(bytes, offset, byteLength, tip) !== sum) writeExactly(file, other.subarray(offset, end), offset)
      offset = end
      tip = sum
    }
    file.flush()
    return true
  } catch {
    return false
  }
}

/**
 * Applies the frames, up to the first one after the last durable mark whose blocks do not all verify: the disk is as it was
 * at one moment, never a mixture. Returns whether that was all of them.
 */
async function replay(
  { frames, gaps, isCut }: Log,
  { index, doubt, changed }: { index: ArrayIndex; doubt: Doubt; changed: ChangedArrays },
  verification: Verification,
): Promise<boolean> {
  const durable = durableSequence(frames)
  const base = (frames[0] as Frame).sequence
  const told = lastProof(frames)
  for (const [i, { sequence, changes }] of frames.entries()) {
    if (gaps.includes(i)) doubt.begin((frames[i - 1] as Frame).sequence, frames.slice(i))
    for (const change of changes) {
      if (isDoubtful(change, doubt)) continue
      if (change.kind === 'remap' && !fits(change, index)) return false
      const brings = sequence > durable && (change.kind === 'put' || change.kind === 'remap')
      if (brings && !(await verification.verifies(change, index))) return false
    }
    for (const change of changes) {
      if (isDoubtful(change, doubt)) continue
      if (i > told && sequence > base && change.kind !== 'packed') changed.note(change, index)
      index.apply(change)
      doubt.end(change)
    }
    if (i === told) changed.told(sequence)
  }
  return gaps.length === 0 && !isCut
}

/** What it would change is not what it was made for. */
function isDoubtful(change: FoundChange, doubt: Doubt): boolean {
  return change.kind === 'remap' && doubt.concerns(change.incarnation)
}

/** Whether the blocks it moves are blocks of its array: a checksum can hold over nonsense. */
function fits({ incarnation, indexes, blocks }: Change & { kind: 'remap' }, index: ArrayIndex): boolean {
  const entry = index.get(incarnation)
  if (entry === undefined) return true
  const count = blockCount(entry.nbytes)
  return indexes.every((nth, i) => nth < count && isPosition(positionOf(blocks, i), blockLength(nth, entry.nbytes)))
}

/**
 * Finds the blocks that no file is long enough to hold. Once files have grown again they would read as zeros, so the index
 * says it for good. Returns whether there are none.
 */
async function noteMissing(index: ArrayIndex, data: DataFiles): Promise<boolean> {
  await data.find(index.lastPosition)
  if (index.isWithin(data)) return true
  for (const entry of [...index.values()]) {
    const indexes: number[] = []
    const places: number[] = []
    eachStored(entry, (position, byteLength, nth) => {
      if (data.covers(position, byteLength)) return
      indexes.push(nth)
      places.push(missingIn(fileOf(position)), checksumOf(entry.blocks, nth))
    })
    if (indexes.length === 0) continue
    const { incarnation, version, modified } = entry
    index.apply({ kind: 'remap', incarnation, version, modified, indexes, blocks: Float64Array.from(places) })
  }
  return false
}
