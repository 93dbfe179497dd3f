// Catalog frames: the bytes of a list of changes, with length, epoch, sequence and checksum before them.
import { ByteWriter, viewOf } from './bytes.js'
import { readChanges, writeChanges } from './change-codec.js'
import { checksum } from './checksum.js'
import type { Change, FoundChange } from './entry.js'

/** Raised with every change of what is below; a disk with a higher one is refused, never repaired. */
export const CATALOG_FORMAT = 5

// Header, little-endian: magic u32, body length u32, epoch u32, format u32, sequence f64, checksum f64. The body is padded
// with zeros to a multiple of 8. The checksum is that of header and body with the previous frame's checksum in this field: a frame
// left over from another snapshot or another life never continues a log. From format 5 on the body begins with the number of the log,
// f64, and the previous frame's checksum, f64: behind a damaged frame, frames of its log are known by these.
export const HEADER_BYTES = 32
export const LINK_BYTES = 16
const FIRST_FORMAT_WITH_LINKS = 5
const MAGIC = 0x4643_444c
const OFFSET_LENGTH = 4
const OFFSET_EPOCH = 8
const OFFSET_FORMAT = 12
const OFFSET_SEQUENCE = 16
const OFFSET_CHECKSUM = 24
const OFFSET_LOG = 32
const OFFSET_PREVIOUS = 40

/** Where a log goes on. */
export interface Tip {
  readonly epoch: number
  /** At random: what a cut-short life of the disk left may have the same epoch. */
  readonly log: number
  /** Checksum of the last frame. */
  readonly tip: number
}

export interface Frame {
  readonly epoch: number
  /** 0 in formats that do not tell. */
  readonly log: number
  readonly sequence: number
  readonly changes: readonly FoundChange[]
  readonly checksum: number
  /** Header, body and padding. */
  readonly byteLength: number
}

/** Stands before the first frame of a file. */
export const NO_FRAME = 0

/** The format a catalog file says it has, whether or not the rest can be read; undefined where it is no catalog. */
export function formatOf(bytes: Uint8Array): number | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getUint32(0, true) === MAGIC ? view.getUint32(OFFSET_FORMAT, true) : undefined
}

/** Whether the first frame of a catalog file is whole, of whatever format: header and checksum stay as they are in all. */
export function beginsWhole(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return frameChecksum(bytes, 0, paddedLength(view.getUint32(OFFSET_LENGTH, true)), NO_FRAME) !== undefined
}

function paddedLength(bodyLength: number): number {
  return Math.ceil((HEADER_BYTES + bodyLength) / 8) * 8
}

export interface EncodedFrame {
  readonly bytes: Uint8Array
  readonly checksum: number
}

export function encodeFrame({ epoch, log, tip }: Tip, sequence: number, changes: readonly Change[]): EncodedFrame {
  const writer = new ByteWriter()
  writer.skip(HEADER_BYTES)
  writer.double(log)
  writer.double(tip)
  writeChanges(writer, changes)
  const bodyLength = writer.length - HEADER_BYTES
  writer.skip(-writer.length & 7)
  const bytes = writer.finish()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  view.setUint32(0, MAGIC, true)
  view.setUint32(OFFSET_LENGTH, bodyLength, true)
  view.setUint32(OFFSET_EPOCH, epoch, true)
  view.setUint32(OFFSET_FORMAT, CATALOG_FORMAT, true)
  view.setFloat64(OFFSET_SEQUENCE, sequence, true)
  view.setFloat64(OFFSET_CHECKSUM, tip, true)
  const sum = checksum(bytes)
  view.setFloat64(OFFSET_CHECKSUM, sum, true)
  return { bytes, checksum: sum }
}

/** The frame at `offset` that follows the one with checksum `previous`, or undefined where there is none that is whole. */
export function decodeFrame(bytes: Uint8Array, offset: number, previous: number): Frame | undefined {
  if (offset + HEADER_BYTES > bytes.byteLength) return undefined
  const view = viewOf(bytes)
  if (view.getUint32(offset, true) !== MAGIC) return undefined
  const bodyLength = view.getUint32(offset + OFFSET_LENGTH, true)
  const byteLength = paddedLength(bodyLength)
  const sum = frameChecksum(bytes, offset, byteLength, previous)
  if (sum === undefined) return undefined
  const isLinked = view.getUint32(offset + OFFSET_FORMAT, true) >= FIRST_FORMAT_WITH_LINKS
  const linkBytes = isLinked ? LINK_BYTES : 0
  if (bodyLength < linkBytes) return undefined
  const begin = offset + HEADER_BYTES
  const changes = readChanges(bytes, begin + linkBytes, begin + bodyLength)
  if (changes === undefined) return undefined
  const log = isLinked ? view.getFloat64(offset + OFFSET_LOG, true) : 0
  const epoch = view.getUint32(offset + OFFSET_EPOCH, true)
  const sequence = view.getFloat64(offset + OFFSET_SEQUENCE, true)
  if (epoch >= 2 ** 31 || !Number.isSafeInteger(sequence) || sequence < 0) return undefined
  return { epoch, log, sequence, changes, checksum: sum, byteLength }
}

/** A frame of that log at `offset`, whatever it follows, and the checksum of what that is. */
export function decodeLinked(
  bytes: Uint8Array,
  offset: number,
  log: number,
): { readonly frame: Frame; readonly previous: number } | undefined {
  if (offset + HEADER_BYTES + LINK_BYTES > bytes.byteLength) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_BYTES + LINK_BYTES)
  if (view.getUint32(OFFSET_FORMAT, true) < FIRST_FORMAT_WITH_LINKS || view.getFloat64(OFFSET_LOG, true) !== log)
    return undefined
  const previous = view.getFloat64(OFFSET_PREVIOUS, true)
  const frame = decodeFrame(bytes, offset, previous)
  return frame && { frame, previous }
}

/** Where something that begins as frames of that log do lies next, at `from` or behind. */
export function nextLinked(bytes: Uint8Array, from: number, log: number): number | undefined {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
  const [low, high] = new Uint32Array(Float64Array.of(log).buffer)
  const last = words.length - (HEADER_BYTES + LINK_BYTES) / 4
  for (let at = from >> 2; at <= last; at += 2) {
    if (words[at] !== MAGIC) continue // nearly all there is are zeros, or frames of an earlier log
    if (words[at + OFFSET_LOG / 4] === low && words[at + OFFSET_LOG / 4 + 1] === high) return 4 * at
  }
  return undefined
}

/** The checksum of a frame, or undefined where the bytes do not carry it. The bytes are left as they are. */
export function frameChecksum(
  bytes: Uint8Array,
  offset: number,
  byteLength: number,
  previous: number,
): number | undefined {
  if (offset + byteLength > bytes.byteLength) return undefined
  if (byteLength < HEADER_BYTES) return undefined
  const view = viewOf(bytes)
  const at = offset + OFFSET_CHECKSUM
  const expected = view.getFloat64(at, true)
  view.setFloat64(at, previous, true)
  const found = checksum(bytes.subarray(offset, offset + byteLength))
  view.setFloat64(at, expected, true)
  return found === expected ? found : undefined
}
