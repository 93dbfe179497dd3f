// How an array's bytes are cut into blocks: whole blocks of 1 MiB, then what is left over in blocks of at most 256 KiB.
import { BLOCK_BYTES } from '../protocol.js'

/**
 * What is left after the whole blocks shares slots with other arrays' rests. Cut this small, at most a quarter of a shared
 * slot stays unused, whatever the sizes of the arrays.
 */
const TAIL_BLOCK_BYTES = BLOCK_BYTES / 4

/** Data files end here. A position is the number of the file times this, plus the offset in it. */
export const FILE_BYTES = 4096 * BLOCK_BYTES
/** Data files are numbered below this. */
const MAX_FILES = 10_000
export const SLOTS_PER_FILE = FILE_BYTES / BLOCK_BYTES

/** Blocks start at multiples of this, so that typed views of any dtype fit. */
const ALIGNMENT = 64

/** The position of a block that is all zeros and has no place on disk. */
export const HOLE = -1

/** The position of a block whose bytes were not there when the disk was opened, for data file `file` was too short. */
export function missingIn(file: number): number {
  return HOLE - 1 - file
}

/** The position of a block that check() has found damaged or missing in data file `file`, named and given up. */
export function givenUpIn(file: number): number {
  return missingIn(file + MAX_FILES)
}

export function isGivenUp(position: number): boolean {
  return position <= givenUpIn(0)
}

/** The data file that lacks the block of that position; undefined where none does. */
export function missingFrom(position: number): number | undefined {
  return position < HOLE ? (HOLE - 1 - position) % MAX_FILES : undefined
}

/** Whether a block of that length can have the position: a place in one slot, none, or one of those that say why not. */
export function isPosition(position: number, byteLength: number): boolean {
  if (!Number.isInteger(position)) return false
  if (position < 0) return position > missingIn(2 * MAX_FILES)
  const offset = position % BLOCK_BYTES
  return position < MAX_FILES * FILE_BYTES && offset % ALIGNMENT === 0 && offset + byteLength <= BLOCK_BYTES
}

export function blockCount(nbytes: number): number {
  const whole = Math.floor(nbytes / BLOCK_BYTES)
  return whole + Math.ceil((nbytes - whole * BLOCK_BYTES) / TAIL_BLOCK_BYTES)
}

export function blockStart(index: number, nbytes: number): number {
  const whole = Math.floor(nbytes / BLOCK_BYTES)
  return index <= whole ? index * BLOCK_BYTES : whole * BLOCK_BYTES + (index - whole) * TAIL_BLOCK_BYTES
}

export function blockLength(index: number, nbytes: number): number {
  const whole = Math.floor(nbytes / BLOCK_BYTES)
  if (index < whole) return BLOCK_BYTES
  return Math.min(TAIL_BLOCK_BYTES, nbytes - blockStart(index, nbytes))
}

/** The block that holds byte `offset`. */
export function blockAt(offset: number, nbytes: number): number {
  const whole = Math.floor(nbytes / BLOCK_BYTES)
  const index = Math.floor(offset / BLOCK_BYTES)
  return index < whole ? index : whole + Math.floor((offset - whole * BLOCK_BYTES) / TAIL_BLOCK_BYTES)
}

export function aligned(byteLength: number): number {
  return Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT
}

/** An array's blocks as the catalog keeps them: position and checksum of each, in turn. Never changed once made. */
export type BlockTable = Float64Array

export function emptyBlocks(nbytes: number): BlockTable {
  const table = new Float64Array(2 * blockCount(nbytes))
  for (let i = 0; i < table.length; i += 2) table[i] = HOLE
  return table
}

export function positionOf(table: BlockTable, index: number): number {
  return table[2 * index] as number
}

export function checksumOf(table: BlockTable, index: number): number {
  return table[2 * index + 1] as number
}

/** How many bytes from block `first` on lie one after the other in a file (or are all holes), up to `wanted`. */
export function neighbouringBytes(table: BlockTable, nbytes: number, first: number, wanted: number): number {
  const position = positionOf(table, first)
  let length = blockLength(first, nbytes)
  for (let index = first + 1; length < wanted && 2 * index < table.length; index++) {
    if (positionOf(table, index) !== (position === HOLE ? HOLE : position + length)) break
    // Two data files are neighbours in numbers only.
    if (position !== HOLE && (position + length) % FILE_BYTES === 0) break
    length += blockLength(index, nbytes)
  }
  return Math.min(length, wanted)
}
