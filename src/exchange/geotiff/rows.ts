// The rows of a raster from top to bottom, decoded in parts that memory has room for.
import type { GeoTIFFImage, Pool } from 'geotiff'
import type { WorkOptions } from '../../call.js'
import { DTYPES, type DType, type TypedArray } from '../../core/dtype.js'
import { DTypeError, InvalidSourceError } from '../../core/errors.js'
import { slice } from '../../core/slice.js'
import { bytesOf } from '../../core/typed-array.js'
import { diskNamed } from '../../default-disk.js'
import type { Disk } from '../../disk.js'
import { DEFAULT_DISK_NAME } from '../../options.js'
import { signalOnly } from '../../work-options.js'
import { swapInPlace } from '../byte-order.js'
import { limitedTo } from './decoder.js'
import { readable } from './file.js'

/** Decoded at a time, where tiles are no larger. */
const BAND_BYTES = 8 * 2 ** 20

export interface Raster {
  readonly image: GeoTIFFImage
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly rowBytes: number
  /** A tile or strip has no more. */
  readonly partBytes: number
}

interface RowsOptions extends WorkOptions {
  readonly disk?: Disk
  readonly pool?: Pool
}

/** From and to, in pixels: left, top, right, bottom. */
type Window = readonly [number, number, number, number]

const UNSIGNED = 1
const SIGNED = 2
const FLOAT = 3
const NOT_COMPRESSED = 1

/** As geotiff decodes the samples. Errors: DTypeError. */
export function dtypeOf(image: GeoTIFFImage): DType {
  const of = Array.from({ length: image.getSamplesPerPixel() }, (_, sample) => sampleDTypeOf(image, sample))
  const [dtype] = of
  if (dtype !== undefined && of.every((one) => one === dtype)) return dtype
  throw new DTypeError(`this GeoTIFF has samples of different types: ${of.join(', ')}`)
}

function sampleDTypeOf(image: GeoTIFFImage, sample: number): DType {
  const [format, bits] = [image.getSampleFormat(sample), image.getBitsPerSample(sample)]
  if (format === UNSIGNED && bits > 0 && bits <= 32) return bits <= 8 ? 'uint8' : bits <= 16 ? 'uint16' : 'uint32'
  if (format === SIGNED && (bits === 8 || bits === 16 || bits === 32)) return `int${bits}`
  if (format === FLOAT && (bits === 16 || bits === 32)) return 'float32'
  if (format === FLOAT && bits === 64) return 'float64'
  throw new DTypeError(`this GeoTIFF has samples of format ${format} with ${bits} bits, which geotiff does not decode`)
}

/** Whether strips have the rows one after the other, each as the array has them but for the order of bytes. */
export function isStoredPlainly({ image, dtype }: Raster): boolean {
  const compression = image.fileDirectory.getValue('Compression') ?? NOT_COMPRESSED
  const isInterleaved = image.planarConfiguration === 1 || image.getSamplesPerPixel() === 1
  const isWhole = image.getBitsPerSample(0) === DTYPES[dtype].itemsize * 8
  return !image.isTiled && compression === NOT_COMPRESSED && isInterleaved && isWhole
}

/** Errors: InvalidSourceError, those of writing what goes over the disk. */
export async function* rowsOf(raster: Raster, options: RowsOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { image, rowBytes } = raster
  const tileRowBytes = rowBytes * image.getTileHeight()
  if (tileRowBytes <= BAND_BYTES || (!image.isTiled && !isStoredPlainly(raster))) yield* decodedBands(raster, options)
  else if (image.isTiled) yield* overDisk(raster, options)
  else yield* storedRows(raster, options)
}

async function* decodedBands(raster: Raster, options: RowsOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { image, rowBytes, shape } = raster
  const [height = 0, width = 0] = shape
  const tileHeight = image.getTileHeight()
  const rows = Math.max(1, Math.floor(BAND_BYTES / (rowBytes * tileHeight))) * tileHeight
  for (let top = 0; top < height; top += rows) {
    yield bytesOf(await decoded(raster, [0, top, width, Math.min(height, top + rows)], options))
  }
}

/** Of rows of tiles that do not fit: their parts are put side by side on disk. */
async function* overDisk(raster: Raster, options: RowsOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { image, rowBytes, shape, dtype } = raster
  const [height = 0, width = 0, ...rest] = shape
  const tileHeight = image.getTileHeight()
  const tileColumnBytes = (rowBytes / width) * tileHeight * image.getTileWidth()
  const columns = Math.max(1, Math.floor(BAND_BYTES / tileColumnBytes)) * image.getTileWidth()
  const disk = options.disk ?? (await diskNamed(DEFAULT_DISK_NAME))
  const staged = await disk.zeros([tileHeight, width, ...rest], dtype)
  try {
    for (let top = 0; top < height; top += tileHeight) {
      const bottom = Math.min(height, top + tileHeight)
      for (let left = 0; left < width; left += columns) {
        const right = Math.min(width, left + columns)
        const part = await decoded(raster, [left, top, right, bottom], options)
        await staged.set([slice(0, bottom - top), slice(left, right)], part, signalOnly(options))
      }
      for await (const { array } of staged.view([slice(0, bottom - top)]).blocks(signalOnly(options))) {
        yield bytesOf(array.data)
      }
    }
  } finally {
    await staged.purge()
  }
}

async function* storedRows(
  { image, shape, dtype, rowBytes }: Raster,
  { signal }: RowsOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const [height = 0] = shape
  const stripRows = image.getTileHeight()
  for (let top = 0; top < height; top += stripRows) {
    const place = async () => Number(await image.fileDirectory.loadValueIndexed('StripOffsets', top / stripRows))
    const offset = await readable(signal, place)
    const stripBytes = Math.min(stripRows, height - top) * rowBytes
    for (let at = 0; at < stripBytes; at += BAND_BYTES) {
      const length = Math.min(BAND_BYTES, stripBytes - at)
      const [buffer] = await readable(signal, () => image.source.fetch([{ offset: offset + at, length }], signal))
      const bytes = new Uint8Array(buffer as ArrayBufferLike)
      if (bytes.byteLength !== length) throw new InvalidSourceError('this GeoTIFF is cut short within a strip')
      if (!image.littleEndian) swapInPlace(bytes, dtype)
      yield bytes
    }
  }
}

async function decoded({ image, partBytes }: Raster, window: Window, given: RowsOptions): Promise<TypedArray> {
  const { pool, signal } = given
  const limited = { window: [...window], interleave: true as const, pool: limitedTo(partBytes, pool) }
  const options = signal === undefined ? limited : { ...limited, signal }
  return readable(signal, async () => (await image.readRasters(options)) as TypedArray)
}
