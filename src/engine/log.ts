// The log of a catalog as its two files have it: gaps in one filled from the other, and what is lost in both.
import type { CommittedCall } from './calls.js'
import type { FoundChange } from './entry.js'
import { decodeFrame, decodeLinked, type Frame, frameChecksum, NO_FRAME, nextLinked } from './frame.js'
import { PlainFrames } from './plain-frames.js'

/** What is in the files. The second never gets a frame with a proof before the first is flushed. */
export type Copies = readonly [Uint8Array, Uint8Array]

export interface Log {
  /** Where `plain` is there, one may stand for many that only put plain entries: for such as need not be looked at one by one. */
  readonly frames: readonly Frame[]
  readonly plain: PlainFrames | undefined
  /** Before which of them others are lost that had been durable: they are whole in neither file. */
  readonly gaps: readonly number[]
  /** Behind its end lie frames of its own that count for nothing. */
  readonly isCut: boolean
  readonly end: number
  readonly epoch: number
  readonly log: number
  readonly tip: number
  /** Bytes up to and including the snapshot-end frame. */
  readonly snapshotBytes: number
  /** The copy all frames were found in; undefined where it took both. */
  readonly source: Uint8Array | undefined
}

interface Found {
  readonly frame: Frame
  readonly bytes: Uint8Array
  readonly offset: number
  /** Checksum of the frame it follows. */
  readonly previous: number
}

/** The log of the copy with the higher epoch, if its snapshot is whole, else that of the other. */
export function newestLog(copies: Copies): Log | undefined {
  const log = newestOf(copies, true)
  const isWhole = log === undefined || (log.gaps.length === 0 && !log.isCut && log.source !== undefined)
  return isWhole ? log : newestOf(copies, false) // what is damaged is looked at frame by frame
}

function newestOf(copies: Copies, isFast: boolean): Log | undefined {
  const logA = readLog(copies, 0, isFast)
  if (logA !== undefined && decodeFrame(copies[1], 0, NO_FRAME)?.epoch === logA.epoch) return logA
  const logB = readLog(copies, 1, isFast)
  if (logA === undefined || logB === undefined) return logA ?? logB
  return logB.epoch > logA.epoch ? logB : logA
}

/** `isFast`: plain frames are taken together. */
function readLog(copies: Copies, nth: 0 | 1, isFast: boolean): Log | undefined {
  const [bytes, other] = [copies[nth], copies[1 - nth] as Uint8Array]
  const plain = isFast ? PlainFrames.over(bytes) : undefined
  const found: Found[] = []
  const gaps: number[] = []
  let end = 0
  let tip = NO_FRAME
  let snapshotBytes: number | undefined
  for (;;) {
    const before = found.at(-1)?.frame
    const run = before && plain && runAt(plain, bytes, end, before)
    const next = run ?? foundAt(bytes, end, tip) ?? foundAt(other, end, tip)
    const one = next ?? (snapshotBytes === undefined ? undefined : foundBehind(copies, end, found[0]?.frame.log ?? 0))
    if (one === undefined) break
    if (next === undefined) gaps.push(found.length)
    found.push(one)
    end = one.offset + one.frame.byteLength
    tip = one.frame.checksum
    if (one.frame.changes.some(({ kind }) => kind === 'snapshot-end')) snapshotBytes = end
  }
  if (snapshotBytes === undefined) return undefined
  return { ...whole(oneByOne(found), gaps, copies[1]), snapshotBytes, plain }
}

/**
 * The same, frame by frame behind what is known to be durable and behind the last proof: of these frames each may not count, and has
 * to be asked which arrays it changes. A snapshot's are no such.
 */
function oneByOne(found: readonly Found[]): Found[] {
  const frames = found.map(({ frame }) => frame)
  const [base, durable, told] = [frames[0]?.sequence, durableSequence(frames), lastProof(frames)]
  return found.flatMap((one, i) => {
    const { sequence, changes } = one.frame
    const isSettled = sequence === base || (sequence <= durable && i < told)
    return isSettled || changes[0]?.kind !== 'packed' ? [one] : [...framesOf(one)]
  })
}

/** Frames that go on behind `before`, as one. */
function runAt(plain: PlainFrames, bytes: Uint8Array, offset: number, before: Frame): Found | undefined {
  const run = plain.scan(offset, before)
  if (run === undefined) return undefined
  const changes: FoundChange[] = run.changes.map((change) => ({ ...change, calls: () => callsOf(found) }))
  const found: Found = { frame: { ...run, changes }, bytes, offset, previous: before.checksum }
  return found
}

function callsOf(run: Found): CommittedCall[] {
  return [...framesOf(run)].flatMap(({ frame }) =>
    frame.changes.filter((change): change is CommittedCall => change.kind === 'call'),
  )
}

function* framesOf({ frame: run, bytes, offset, previous }: Found): Generator<Found> {
  let [at, tip] = [offset, previous]
  while (at < offset + run.byteLength) {
    const frame = decodeFrame(bytes, at, tip) as Frame // it was found to be one
    yield { frame, bytes, offset: at, previous: tip }
    at += frame.byteLength
    tip = frame.checksum
  }
}

/** Of the last commit that is known to be durable. */
export function durableSequence(frames: readonly Frame[]): number {
  let durable = frames[0]?.sequence ?? 0
  for (const { changes } of frames)
    for (const change of changes) if (change.kind === 'durable') durable = change.sequence
  return durable
}

/** The index of the last frame with a proof, -1 where there is none. */
export function lastProof(frames: readonly Frame[]): number {
  return frames.findLastIndex(({ changes }) => changes.some(({ kind }) => kind === 'proof'))
}

function foundAt(bytes: Uint8Array, offset: number, previous: number): Found | undefined {
  const frame = decodeFrame(bytes, offset, previous)
  return frame && { frame, bytes, offset, previous }
}

/** The next frame of that log in either copy. */
function foundBehind(copies: Copies, from: number, log: number): Found | undefined {
  const next = copies.flatMap((bytes) => {
    for (let at = nextLinked(bytes, from, log); at !== undefined; at = nextLinked(bytes, at + 8, log)) {
      const linked = decodeLinked(bytes, at, log)
      if (linked !== undefined) return [{ ...linked, bytes, offset: at }]
    }
    return []
  })
  return next.sort((a, b) => a.offset - b.offset)[0]
}

/**
 * The log up to the first gap that no proof lies behind: after a power cut frames may be missing that were never durable, and what
 * comes behind them is nothing.
 */
function whole(
  found: readonly Found[],
  gaps: readonly number[],
  second: Uint8Array,
): Omit<Log, 'snapshotBytes' | 'plain'> {
  const proven = gaps.length === 0 ? -1 : found.findLastIndex((one) => isProof(one, second))
  const first = gaps.find((at) => at > proven)
  const kept = first === undefined ? found : found.slice(0, first)
  const { frame, offset, bytes } = kept.at(-1) as Found
  return {
    frames: kept.map((one) => one.frame),
    gaps: gaps.filter((at) => at <= proven),
    isCut: kept.length < found.length,
    end: offset + frame.byteLength,
    epoch: frame.epoch,
    log: frame.log,
    tip: frame.checksum,
    source: kept.every((one) => one.bytes === bytes) ? bytes : undefined,
  }
}

function isProof({ frame, offset, previous }: Found, second: Uint8Array): boolean {
  if (!frame.changes.some(({ kind }) => kind === 'proof')) return false
  return frameChecksum(second, offset, frame.byteLength, previous) === frame.checksum
}

/** Whether the copy holds every frame of the log itself. */
export function holds(bytes: Uint8Array, log: Log): boolean {
  const { source } = log
  return source === undefined ? verifies(bytes, log) : bytes === source || beginAlike(bytes, source, log.end)
}

/** Frames are multiples of 8 bytes. */
function beginAlike(a: Uint8Array, b: Uint8Array, byteLength: number): boolean {
  if (a.byteLength < byteLength) return false
  const count = byteLength / 4
  const those = new Uint32Array(a.buffer, a.byteOffset, count)
  const these = new Uint32Array(b.buffer, b.byteOffset, count)
  for (let i = 0; i < count; i++) if (those[i] !== these[i]) return false
  return true
}

function verifies(bytes: Uint8Array, log: Log): boolean {
  let tip = NO_FRAME
  let offset = 0
  for (const frame of log.frames) {
    if (frameChecksum(bytes, offset, frame.byteLength, tip) !== frame.checksum) return false
    tip = frame.checksum
    offset += frame.byteLength
  }
  return true
}
