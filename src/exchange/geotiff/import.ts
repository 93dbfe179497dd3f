// GeoTIFF files as arrays on disk, a band of rows at a time.
import type { GeoTIFFImage, Pool } from 'geotiff'
import { unlessAborted } from '../../abort.js'
import { DiskBackedNDArray } from '../../array.js'
import { InvalidSourceError } from '../../core/errors.js'
import { byteLengthOf } from '../../core/shape.js'
import { checkBelievable } from '../believed.js'
import type { ByteSource } from '../byte-source.js'
import { type ImportOptions, importOptions } from '../made-elsewhere.js'
import { goingOn } from '../metering.js'
import { type OpenGeoTiff, openGeoTiff, readable } from './file.js'
import { geoMetadata } from './metadata.js'
import { dtypeOf, isStoredPlainly, type Raster, rowsOf } from './rows.js'

/** Of `fromGeoTiff`. */
export interface FromGeoTiffOptions extends ImportOptions {
  /** Which image of the file: pages and overviews have one each. Default 0. */
  image?: number
  /** Of geotiff, which decodes in its workers all but deflate. Default: decoded in this thread. */
  pool?: Pool
}

/** Of a tile or strip, decoded. geotiff decodes them whole. */
const MAX_TILE_BYTES = 2 ** 29

/**
 * An image of a TIFF file as an array of shape [height, width], or [height, width, samples] where a pixel has several, written
 * as it is decoded and committed at the end; kept where there is a cachePath. Elements are as they are stored: no colors are
 * converted; floats of 16 bits become float32, integers of other sizes the next larger dtype. Attributes, under those given:
 * `geoKeys`, `origin`, `resolution`, `boundingBox`, `tiePoints`, `pixelScale`, `transformation`, `noData`, `gdal`, as far as the
 * file has them; numbers that JSON has not are text. From an address only what is needed comes, by range requests; what can
 * only be read from its start is put on disk first. Takes a few times 8 MiB of memory, or as much as one row of compressed
 * strips. Errors: InvalidSourceError for what is no such file, is cut short or says of its parts what they are not; DTypeError for samples that differ, complex ones
 * and integers of 64 bits; those of DiskBackedNDArray.create. Nothing is left on disk then. Source: readRasters of geotiff.
 */
export async function fromGeoTiff(
  source: ByteSource | GeoTIFFImage,
  { image: number = 0, pool, ...given }: FromGeoTiffOptions = {},
): Promise<DiskBackedNDArray> {
  const options = importOptions(given)
  const { signal } = options
  signal?.throwIfAborted()
  if (!Number.isSafeInteger(number) || number < 0) throw new TypeError(`image is a number from 0 on, got ${number}`)
  const file = await openGeoTiff(source, number, options)
  try {
    const raster = rasterOf(file)
    const metadata = await unlessAborted(
      signal,
      readable(signal, () => geoMetadata(file.image)),
    )
    const attributes = { ...metadata, ...options.attributes }
    const { shape, dtype } = raster
    const staging = { ...(options.disk && { disk: options.disk }), ...(signal && { signal }), ...(pool && { pool }) }
    const creation = { ...options, ...goingOn(options, file.readBytes), attributes, shape, dtype }
    return await DiskBackedNDArray.create(rowsOf(raster, staging), creation)
  } finally {
    await file.end()
  }
}

/** Errors: InvalidSourceError, DTypeError, ShapeError. */
function rasterOf({ image }: OpenGeoTiff): Raster {
  const [width, height, samples] = [image.getWidth(), image.getHeight(), image.getSamplesPerPixel()]
  const lengths = [width, height, samples, image.getTileWidth(), image.getTileHeight()]
  if (!lengths.every((length) => Number.isSafeInteger(length) && length > 0)) {
    throw new InvalidSourceError(`this GeoTIFF has an image of ${width} by ${height} pixels of ${samples} samples`)
  }
  const dtype = dtypeOf(image)
  const shape = samples === 1 ? [height, width] : [height, width, samples]
  const nbytes = byteLengthOf(shape, dtype)
  checkBelievable(nbytes, 'this GeoTIFF')
  const partShape = [image.getTileHeight(), image.getTileWidth(), image.planarConfiguration === 1 ? samples : 1]
  const partBytes = byteLengthOf(partShape, dtype)
  const raster = { image, shape, dtype, rowBytes: byteLengthOf(shape.slice(1), dtype), partBytes }
  if (partBytes > MAX_TILE_BYTES && !isStoredPlainly(raster)) {
    throw new InvalidSourceError(`this GeoTIFF has parts of ${partBytes} bytes, too large to be decoded`)
  }
  return raster
}
