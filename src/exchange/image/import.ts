// Pictures as arrays on disk.
import { unlessAborted } from '../../abort.js'
import { DiskBackedNDArray } from '../../array.js'
import { InvalidSourceError } from '../../core/errors.js'
import { bytesOf } from '../../core/typed-array.js'
import { type ImportOptions, importOptions } from '../made-elsewhere.js'

/** Of `fromImage`: what CreateOptions has, but shape, dtype and transfer. */
export type FromImageOptions = ImportOptions

/** Of pixels that are got from the browser at a time. */
const BAND_BYTES = 8 * 2 ** 20

/**
 * A picture as an array of shape [height, width, 4]: red, green, blue, alpha in sRGB, uint8, or float16 from an ImageData of
 * floats. An ImageData's own memory is the array's live buffer; all else goes over a canvas, 8 MiB at a time, where colors of
 * pixels that are nearly transparent lose precision. Kept where there is a cachePath. Errors: InvalidSourceError for a file that
 * the browser cannot decode, or a picture of another origin that did not allow it; those of DiskBackedNDArray.create. Nothing is
 * left on disk then.
 */
export async function fromImage(source: ImageBitmapSource, given: FromImageOptions = {}): Promise<DiskBackedNDArray> {
  const options = importOptions(given)
  const { signal } = options
  signal?.throwIfAborted()
  if (source instanceof ImageData) {
    return DiskBackedNDArray.create(source.data, { ...options, shape: [source.height, source.width, 4] })
  }
  const bitmap = source instanceof ImageBitmap ? source : await unlessAborted(signal, bitmapOf(source))
  try {
    const shape = [bitmap.height, bitmap.width, 4]
    return await DiskBackedNDArray.create(pixelsOf(bitmap), { ...options, shape, dtype: 'uint8' })
  } finally {
    if (bitmap !== source) bitmap.close()
  }
}

/** Errors: InvalidSourceError, TypeError for what is no picture. */
async function bitmapOf(source: ImageBitmapSource): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(source, { premultiplyAlpha: 'none' })
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    throw new InvalidSourceError(`this picture cannot be read: ${error.message}`, { cause: error })
  }
}

async function* pixelsOf(bitmap: ImageBitmap): AsyncGenerator<Uint8Array, void, undefined> {
  const { width, height } = bitmap
  const rows = Math.min(height, Math.max(1, Math.floor(BAND_BYTES / (4 * width))))
  const context = new OffscreenCanvas(width, rows).getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' })
  if (context === null) throw new InvalidSourceError(`no canvas for a picture of ${width} by ${height} pixels`)
  context.globalCompositeOperation = 'copy'
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top)
    context.drawImage(bitmap, 0, top, width, count, 0, 0, width, count)
    yield bytesOf(context.getImageData(0, 0, width, count).data)
  }
}
