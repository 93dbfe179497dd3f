// What a compressed part of a GeoTIFF would become, counted without decoding it: as geotiff decodes it.
import { InvalidSourceError } from '../../core/errors.js'
import { zstdDecodedBytes } from '../decoded-size.js'

const COUNTERS: Readonly<Record<number, (bytes: Uint8Array, atMost: number) => number>> = {
  5: lzwDecodedBytes,
  7: jpegDecodedBytes,
  32773: packBitsDecodedBytes,
  50000: zstdDecodedBytes,
}

/** Not counted further where it is more than `atMost`; 0 where nothing is known of the compression. */
export function decodedBytes(compression: number, bytes: Uint8Array, atMost: number): number {
  return COUNTERS[compression]?.(bytes, atMost) ?? 0
}

const CLEAR = 256
const END = 257
const FIRST = 258
const MIN_BITS = 9
const MAX_BITS = 12
/** Encoders clear the table before they need more. */
const MAX_CODES = 4093

/** Errors: InvalidSourceError for codes that stand for nothing: geotiff never comes to an end of some. Source: TIFF 6.0, section 13. */
function lzwDecodedBytes(bytes: Uint8Array, atMost: number): number {
  const lengths = new Float64Array(2 ** MAX_BITS).fill(1, 0, CLEAR)
  let [total, known, width, before] = [0, FIRST, MIN_BITS, 0]
  for (let bit = 0; bit + width <= 8 * bytes.byteLength && total <= atMost; ) {
    const code = bitsAt(bytes, bit, width)
    bit += width
    if (code === END) break
    if (code === CLEAR) {
      ;[known, width, before] = [FIRST, MIN_BITS, 0]
      continue
    }
    if (code >= MAX_CODES || code > known || (code === known && before === 0)) {
      throw new InvalidSourceError('this GeoTIFF has LZW codes that stand for nothing')
    }
    const length = code < known ? (lengths[code] as number) : before + 1
    if (before > 0 && known < lengths.length) lengths[known++] = before + 1
    total += length
    before = length
    if (known + 1 >= 2 ** width && width < MAX_BITS) width++
  }
  return total
}

function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  const at = bit >> 3
  const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
  return (three >> (24 - (bit & 7) - count)) & (2 ** count - 1)
}

/** Source: TIFF 6.0, section 9. */
function packBitsDecodedBytes(bytes: Uint8Array): number {
  let total = 0
  for (let at = 0; at < bytes.byteLength; ) {
    const header = ((bytes[at] as number) << 24) >> 24
    total += Math.abs(header) + 1
    at += header < 0 ? 2 : header + 2
  }
  return total
}

const START_OF_IMAGE = 0xffd8

/** As the frame says, of 8 bits a sample; 0 where there is none. Source: ITU T.81, annex B. */
function jpegDecodedBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 4 || view.getUint16(0) !== START_OF_IMAGE) return 0
  for (let at = 2; at + 10 <= bytes.byteLength; ) {
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return view.getUint16(at + 5) * view.getUint16(at + 7) * view.getUint8(at + 9)
    at += 2 + view.getUint16(at + 2)
  }
  return 0
}
