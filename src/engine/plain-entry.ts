// Looking through the bytes of a plain entry, without objects for what is in it.
import { DTYPE_NAMES, DTYPES } from '../core/dtype.js'
import type { ByteReader } from './bytes.js'
import { blockCount } from './layout.js'
import { FIRST_HASH, hashed, PackedEntry } from './packed.js'

const ITEM_SIZES = DTYPE_NAMES.map((dtype) => DTYPES[dtype].itemsize)
/** So many at most are read without a decoder, and a call takes so many arguments everywhere. */
const MAX_PATH_BYTES = 1024
const MAX_AXES = 64
const SLASH = 0x2f
const DOT = 0x2e

/** The entry that begins where the reader is, which is behind it then; undefined where it is not plain, or not whole. */
export function readPlainEntry(reader: ByteReader, maxIncarnation: number): PackedEntry | undefined {
  const at = reader.offset
  const pathLength = reader.integer()
  const pathAt = reader.offset
  reader.pass(pathLength)
  const hash = hashOfPath(reader.bytes, pathAt, pathLength)
  if (hash === undefined) return undefined
  const isBare = reader.integer() === 0 && reader.byte() === 0 && reader.integer() === 0 // attributes, flags, clients
  if (!isBare) return undefined
  const incarnation = reader.integer()
  reader.integer() // version
  let size = ITEM_SIZES[reader.byte()]
  if (size === undefined || incarnation > maxIncarnation) return undefined
  const ndim = reader.integer()
  if (ndim > MAX_AXES) return undefined
  for (let axis = 0; axis < ndim; axis++) size *= reader.integer()
  const nbytes = reader.integer()
  if (nbytes !== size || nbytes > Number.MAX_SAFE_INTEGER) return undefined
  reader.pass(reader.integer()) // the class
  const modified = reader.double()
  const count = reader.integer()
  const blocksAt = reader.offset
  if (!(modified >= 0) || count !== 2 * blockCount(nbytes)) return undefined
  reader.pass(8 * count)
  const entry = new PackedEntry({ bytes: reader.bytes, at, pathAt, pathLength }, hash, incarnation, nbytes, blocksAt)
  return entry.hasPositions ? entry : undefined
}

/** undefined where it is none that `checkPath` takes, or not ASCII. */
function hashOfPath(bytes: Uint8Array, at: number, length: number): number | undefined {
  if (length > MAX_PATH_BYTES) return undefined
  let hash = FIRST_HASH
  let segment = 0
  let dots = 0
  for (let i = 0; i < length; i++) {
    const unit = bytes[at + i] as number
    if (unit > 0x7f) return undefined
    hash = hashed(hash, unit)
    if (unit === SLASH) {
      if (segment === dots && segment <= 2) return undefined
      segment = 0
      dots = 0
    } else {
      segment++
      if (unit === DOT) dots++
    }
  }
  return segment === dots && segment <= 2 ? undefined : hash
}
