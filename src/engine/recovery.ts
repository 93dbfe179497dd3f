// Opening a disk: reads the catalog, decides which of the last changes count, and says what is in use.
import { CorruptDataError, ProtocolVersionError } from '../core/errors.js'
import { CATALOG_FILES, Catalog, type Copy } from './catalog.js'
import { checksum } from './checksum.js'
import type { DataFiles } from './data-files.js'
import type { Change, Entry } from './entry.js'
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
import { ArrayIndex, eachStored, remapped } from './index-of-arrays.js'
import { blockCount, blockLength, checksumOf, isPosition, missingIn, positionOf } from './layout.js'
import { fileOf } from './space.js'
import type { Directory, SyncFile } from './storage.js'

export interface Recovered {
  readonly catalog: Catalog
  readonly index: ArrayIndex
  /** Everything in the catalog is durable, both copies hold it, in today's format: nothing has to be written before the disk is used. */
  readonly clean: boolean
}

/** The frames of one copy, gaps filled from the other. */
interface Log {
  readonly frames: readonly Frame[]
  readonly end: number
  readonly epoch: number
  readonly tip: number
  /** Bytes up to and including the snapshot-end frame. */
  readonly snapshotBytes: number
}

/** Errors: ProtocolVersionError, CorruptDataError; no file is open then. */
export async function recover(directory: Directory, data: DataFiles, pause: () => Promise<void>): Promise<Recovered> {
  const files: SyncFile[] = []
  try {
    for (const name of CATALOG_FILES) files.push(await directory.open(name))
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
  const [a, b] = [readAll(files[0]), readAll(files[1])]
  const log = newestLog(a, b)
  refuseNewer(a, log)
  refuseNewer(b, log)
  if (log === undefined) {
    await data.find(0)
    refuseDamaged([a, b], data)
  }
  const copies = [copyOf(files[0], a, log), copyOf(files[1], b, log)] as const
  const index = new ArrayIndex()
  if (log === undefined) return { catalog: new Catalog(copies, 0, 0), index, clean: false }
  // Crash order: opening may go on to overwrite one copy, so the other must hold everything by then.
  if (copies.every(({ live }) => !live)) copies[1].live = mend(files[1], b, a, log)
  const whole = await replay(log.frames, index, data, pause)
  const complete = await noteMissing(index, data)
  const last = log.frames.at(-1) as Frame
  const catalog = new Catalog(copies, last.sequence, log.snapshotBytes)
  const marked = last.changes.some(({ kind }) => kind === 'durable' || kind === 'snapshot-end')
  // Frames of another format must not follow those of an older one: the first tells a reader what the others are.
  const current = [a, b].every((bytes) => formatOf(bytes) === CATALOG_FORMAT)
  return { catalog, index, clean: whole && complete && catalog.mirrored && marked && current }
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

/** The log of the copy with the higher epoch, if its snapshot is whole, else that of the other. */
function newestLog(a: Uint8Array, b: Uint8Array): Log | undefined {
  const logA = readLog(a, b)
  if (logA !== undefined && decodeFrame(b, 0, NO_FRAME)?.epoch === logA.epoch) return logA
  const logB = readLog(b, a)
  if (logA === undefined || logB === undefined) return logA ?? logB
  return logB.epoch > logA.epoch ? logB : logA
}

function readLog(bytes: Uint8Array, other: Uint8Array): Log | undefined {
  const frames: Frame[] = []
  let end = 0
  let tip = NO_FRAME
  let snapshotBytes: number | undefined
  for (;;) {
    const frame = decodeFrame(bytes, end, tip) ?? decodeFrame(other, end, tip)
    if (frame === undefined) break
    frames.push(frame)
    end += frame.byteLength
    tip = frame.checksum
    if (frame.changes.some(({ kind }) => kind === 'snapshot-end')) snapshotBytes = end
  }
  const first = frames[0]
  return first === undefined || snapshotBytes === undefined
    ? undefined
    : { frames, end, epoch: first.epoch, tip, snapshotBytes }
}

function copyOf(file: SyncFile, bytes: Uint8Array, log: Log | undefined): Copy {
  const epoch = Math.max(log?.epoch ?? 0, decodeFrame(bytes, 0, NO_FRAME)?.epoch ?? 0)
  return { file, epoch, end: log?.end ?? 0, tip: log?.tip ?? NO_FRAME, live: log !== undefined && holds(bytes, log) }
}

/** Whether the copy holds every frame of the log itself. */
function holds(bytes: Uint8Array, log: Log): boolean {
  let tip = NO_FRAME
  let offset = 0
  for (const frame of log.frames) {
    if (frameChecksum(bytes, offset, frame.byteLength, tip) !== frame.checksum) return false
    offset += frame.byteLength
    tip = frame.checksum
  }
  return true
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
  frames: readonly Frame[],
  index: ArrayIndex,
  data: DataFiles,
  pause: () => Promise<void>,
): Promise<boolean> {
  const durable = durableSequence(frames)
  for (const { sequence, changes } of frames) {
    for (const change of changes) {
      if (change.kind === 'remap' && !fits(change, index)) return false
      const brings = sequence > durable && (change.kind === 'put' || change.kind === 'remap')
      if (brings && !(await verifiesBlocks(change, index, data, pause))) return false
    }
    for (const change of changes) index.apply(change)
  }
  return true
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
  await data.find(lastPosition(index))
  let complete = true
  for (const entry of [...index.values()]) {
    const indexes: number[] = []
    const places: number[] = []
    eachStored(entry, (position, byteLength, nth) => {
      if (data.covers(position, byteLength)) return
      indexes.push(nth)
      places.push(missingIn(fileOf(position)), checksumOf(entry.blocks, nth))
    })
    if (indexes.length === 0) continue
    complete = false
    const { incarnation, version, modified } = entry
    index.apply({ kind: 'remap', incarnation, version, modified, indexes, blocks: Float64Array.from(places) })
  }
  return complete
}

function lastPosition(index: ArrayIndex): number {
  let last = 0
  for (const entry of index.values()) {
    eachStored(entry, (position) => {
      if (position > last) last = position
    })
  }
  return last
}

function durableSequence(frames: readonly Frame[]): number {
  let durable = (frames[0] as Frame).sequence
  for (const { changes } of frames)
    for (const change of changes) if (change.kind === 'durable') durable = change.sequence
  return durable
}

async function verifiesBlocks(
  change: Change & { kind: 'put' | 'remap' },
  index: ArrayIndex,
  data: DataFiles,
  pause: () => Promise<void>,
): Promise<boolean> {
  const before = index.get(change.kind === 'put' ? change.entry.incarnation : change.incarnation)
  const after = change.kind === 'put' ? change.entry : before && remapped(before, change)
  if (after === undefined) return false
  const known = new Set<number>()
  if (before !== undefined) eachStored(before, (position) => known.add(position))
  const fresh: { position: number; byteLength: number; index: number }[] = []
  eachStored(after, (position, byteLength, i) => {
    if (!known.has(position)) fresh.push({ position, byteLength, index: i })
  })
  for (const block of fresh) {
    if (!(await blockVerifies(after, block.index, block.byteLength, data))) return false
    await pause()
  }
  return true
}

/** Whether the bytes on disk are those that were written. */
async function blockVerifies(entry: Entry, index: number, byteLength: number, data: DataFiles): Promise<boolean> {
  const position = positionOf(entry.blocks, index)
  const bytes = new Uint8Array(byteLength)
  await data.find(position)
  try {
    data.read(bytes, position, entry.path)
  } catch {
    return false
  }
  return checksum(bytes) === checksumOf(entry.blocks, index)
}
