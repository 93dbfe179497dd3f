// What a compressed part of a GeoTIFF would become, counted without decoding it: as geotiff decodes it.
import { InvalidSourceError } from '../../core/errors.js'
import { zstdDecodedBytes } from '../decoded-size.js'

const COUNTERS: Readonly<Record<number, (bytes: Uint8Array, atMost: number) => number>> = {
  5: lzwDecodedBytes,
  7: jpegDecodedBytes,
  32773: packBitsDecodedBytes,
  34887: lercDecodedBytes,
  50000: zstdDecodedBytes,
  50001: webPDecodedBytes,
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

/** Of uint8, int8, int16 and so on, as the format numbers them. */
const LERC_ITEM_SIZES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 8]
/** What is behind a part is looked at where it is more. */
const LERC_END_BYTES = 10

/** Of one blob of version 2, as TIFF has them. Errors: InvalidSourceError for anything else. Source: CntZImage and Lerc2 of Esri. */
function lercDecodedBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes.byteLength < 64 || text(bytes, 0, 6) !== 'Lerc2 ' ? 0 : view.getInt32(6, true)
  const at = version >= 3 ? 14 : 10 // behind a checksum
  const dimensions = version >= 4 ? view.getUint32(at + 8, true) : 1
  const rest = at + (version >= 4 ? 12 : 8)
  const itemSize = LERC_ITEM_SIZES[view.byteLength < rest + 16 ? -1 : view.getInt32(rest + 12, true)]
  if (version < 1 || itemSize === undefined || view.getInt32(rest + 8, true) < bytes.byteLength - LERC_END_BYTES) {
    throw new InvalidSourceError('this GeoTIFF has parts of LERC that are none of version 2')
  }
  return view.getUint32(at, true) * view.getUint32(at + 4, true) * dimensions * itemSize
}

/** Errors: InvalidSourceError: the browser would decode other pictures too. Source: RFC 9649. */
function webPDecodedBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isWebP = bytes.byteLength >= 30 && text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 12) === 'WEBP'
  const area = isWebP ? WEBP_AREAS[text(bytes, 12, 16)]?.(view) : undefined
  if (area === undefined) throw new InvalidSourceError('this GeoTIFF has parts of WebP that are none')
  return 4 * area
}

/** Pixels, by the name of the first chunk. */
const WEBP_AREAS: Readonly<Record<string, (view: DataView) => number>> = {
  'VP8 ': (view) => (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff),
  VP8L: (view) => ((view.getUint32(21, true) & 0x3fff) + 1) * (((view.getUint32(21, true) >>> 14) & 0x3fff) + 1),
  VP8X: (view) => ((view.getUint32(24, true) & 0xffffff) + 1) * ((view.getUint32(26, true) >>> 8) + 1),
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end))
}
