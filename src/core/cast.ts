// Casts between the fourteen dtypes, with NumPy's semantics. What TypedArray.set does natively is left to it; the rest goes
// through a float64 tile, so that every loop here sees one class of array only.
import { DTYPES, type DType, type TypedArray } from './dtype.js'
import { halfBitsOf, halfTable } from './half.js'
import { halfBits, type NumberArray } from './scalar.js'
import { allocate } from './typed-array.js'

/** Elements a tile; its two buffers stay in the first-level cache. */
const TILE = 2048
const tile = new Float64Array(TILE)
const pairs = new Float64Array(2 * TILE)

/**
 * `source`, of dtype `from`, as fresh elements of dtype `to`. Integers wrap, floats are truncated towards integers (out of
 * range: unspecified, as in C) and rounded once towards floats, to bool is `!= 0`, complex to real drops the imaginary part.
 * Source: numpy.ndarray.astype.
 */
export function castTyped<D extends DType>(source: TypedArray, from: DType, to: D): TypedArray<D> {
  const target = allocate(to, source.length / DTYPES[from].width)
  castInto(target, to, source, from)
  return target
}

/** The same into `target`, which has as many elements and shares no memory with `source`. */
export function castInto(target: TypedArray, to: DType, source: TypedArray, from: DType): void {
  if (from === to || isNative(from, to)) {
    ;(target as NumberArray).set(source as NumberArray) // both of numbers or both of bigints
    return
  }
  const size = source.length / DTYPES[from].width
  const read = readerOf(source, from, to)
  const write = writerOf(target, to)
  for (let start = 0; start < size; start += TILE) {
    const count = Math.min(TILE, size - start)
    read(start, count)
    write(start, count)
  }
}

/** Whether TypedArray.set makes this cast. */
function isNative(from: DType, to: DType): boolean {
  if (to === 'bool' || from === 'float16' || to === 'float16') return false
  return DTYPES[from].width === DTYPES[to].width && isWide(from) === isWide(to)
}

/** Whether the elements are bigints. */
function isWide(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'uint64'
}

/** Moves `count` elements from `start` on into the tile, or from it. */
type Move = (start: number, count: number) => void

function readerOf(source: TypedArray, from: DType, to: DType): Move {
  if (from === 'float16') return readHalves(halfBits(source))
  if (DTYPES[from].kind === 'complex') return readComplex(source as NumberArray, to === 'bool')
  if (isWide(from)) return readWide(source, from, to)
  return (start, count) => tile.set((source as NumberArray).subarray(start, start + count))
}

function readHalves(bits: Uint16Array): Move {
  const table = halfTable()
  return (start, count) => {
    for (let i = 0; i < count; i++) tile[i] = table[bits[start + i] as number] as number
  }
}

function readComplex(source: NumberArray, toBool: boolean): Move {
  return (start, count) => {
    pairs.set(source.subarray(2 * start, 2 * (start + count)))
    for (let i = 0; i < count; i++) tile[i] = pairs[2 * i] as number
    if (!toBool) return
    for (let i = 0; i < count; i++) if (pairs[2 * i + 1] !== 0) tile[i] = 1
  }
}

/** Reads 64-bit integers as two words each: `Number(bigint)` is ten times slower. */
function readWide(source: TypedArray, from: DType, to: DType): Move {
  const { kind } = DTYPES[to]
  const words = new Uint32Array(source.buffer, source.byteOffset, 2 * source.length)
  if (kind === 'int' || kind === 'uint') {
    return (start, count) => {
      for (let i = 0; i < count; i++) tile[i] = words[2 * (start + i)] as number
    }
  }
  const signed = from === 'int64'
  const onceRounded = to === 'float32' || to === 'complex64'
  return (start, count) => {
    for (let i = 0; i < count; i++) {
      const low = words[2 * (start + i)] as number
      const word = words[2 * (start + i) + 1] as number
      const high = signed ? word | 0 : word
      tile[i] = high * 2 ** 32 + (onceRounded && Math.abs(high) >= 2 ** 20 ? stickyLow(low) : low)
    }
  }
}

/**
 * Folds the lowest 16 bits of the low word into one, so that the 64-bit value is exact as a float64 and lies on the same side
 * of every float32 midpoint: from 2^52 on float32 is 2^29 apart.
 */
function stickyLow(low: number): number {
  return ((low >>> 16) | ((low & 0xffff) === 0 ? 0 : 1)) * 2 ** 16
}

function writerOf(target: TypedArray, to: DType): Move {
  if (to === 'bool') return writeBools(target as Uint8Array)
  if (to === 'float16') return writeHalves(halfBits(target))
  if (DTYPES[to].kind === 'complex') return writeComplex(target as NumberArray)
  if (isWide(to)) return writeWide(target)
  return (start, count) => (target as NumberArray).set(tile.subarray(0, count), start)
}

function writeBools(target: Uint8Array): Move {
  return (start, count) => {
    for (let i = 0; i < count; i++) target[start + i] = tile[i] === 0 ? 0 : 1
  }
}

function writeHalves(bits: Uint16Array): Move {
  return (start, count) => {
    for (let i = 0; i < count; i++) bits[start + i] = halfBitsOf(tile[i] as number)
  }
}

function writeComplex(target: NumberArray): Move {
  return (start, count) => {
    for (let i = 0; i < count; i++) {
      pairs[2 * i] = tile[i] as number
      pairs[2 * i + 1] = 0
    }
    target.set(pairs.subarray(0, 2 * count), 2 * start)
  }
}

function writeWide(target: TypedArray): Move {
  const words = new Uint32Array(target.buffer, target.byteOffset, 2 * target.length)
  return (start, count) => {
    for (let i = 0; i < count; i++) {
      const value = Math.trunc(tile[i] as number)
      const high = Math.floor(value / 2 ** 32)
      words[2 * (start + i)] = value - high * 2 ** 32
      words[2 * (start + i) + 1] = high
    }
  }
}
