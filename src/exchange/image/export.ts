// Arrays as pictures.
import { blockSelections, DEFAULT_BLOCK_BYTES } from '../../block-selections.js'
import type { WorkOptions } from '../../call.js'
import type { DType } from '../../core/dtype.js'
import { DTypeError, ShapeError } from '../../core/errors.js'
import { NDArray } from '../../core/ndarray.js'
import { shapeText } from '../../core/shape.js'
import { isReadable, type Readable } from '../../view.js'
import { reporter, signalOnly } from '../../work-options.js'

/**
 * An array of uint8 as an ImageData: of shape [height, width] or [height, width, 1] grey, [height, width, 3] red, green, blue,
 * [height, width, 4] with alpha. Beside the picture it takes 4 MiB of memory at a time. Errors: DTypeError, ShapeError; RangeError
 * where the browser has no room for the picture; those of reading, the signal's reason.
 */
export async function toImageData(array: Readable<DType> | NDArray, options: WorkOptions = {}): Promise<ImageData> {
  if (!(array instanceof NDArray) && !isReadable(array)) throw new TypeError('toImageData takes an array')
  options.signal?.throwIfAborted()
  if (array.dtype !== 'uint8') {
    throw new DTypeError(`pictures are of uint8, not ${array.dtype}: scale it and cast it with astype('uint8')`)
  }
  const [height = 0, width = 0, channels = 1] = array.shape
  const isPicture = (array.ndim === 2 || array.ndim === 3) && [1, 3, 4].includes(channels) && height * width > 0
  if (!isPicture) {
    throw new ShapeError(
      `pictures are of shape [height, width] or with 1, 3 or 4 channels, not ${shapeText(array.shape)}`,
    )
  }
  const report = reporter(options, array.nbytes)
  report(0)
  const image = new ImageData(width, height)
  let pixel = 0
  for await (const block of blocksOf(array, options)) {
    options.signal?.throwIfAborted()
    const count = block.length / channels // a block has whole pixels: they are smaller than it by far
    paint(image.data.subarray(4 * pixel, 4 * (pixel + count)), block, channels)
    pixel += count
    report(pixel * channels)
  }
  return image
}

async function* blocksOf(array: Readable<DType> | NDArray, options: WorkOptions): AsyncGenerator<Uint8Array, void> {
  if (array instanceof NDArray) {
    for (const selection of blockSelections(array.shape, 1, DEFAULT_BLOCK_BYTES)) {
      yield array.view(selection).toArray() as Uint8Array // of uint8
    }
  } else for await (const { array: block } of array.blocks(signalOnly(options))) yield block.data as Uint8Array
}

function paint(rgba: Uint8ClampedArray, elements: Uint8Array, channels: number): void {
  if (channels === 4) {
    rgba.set(elements)
    return
  }
  const next = channels === 3 ? 1 : 0 // grey is one for all
  for (let from = 0, to = 0; from < elements.length; from += channels, to += 4) {
    rgba[to] = elements[from] as number
    rgba[to + 1] = elements[from + next] as number
    rgba[to + 2] = elements[from + 2 * next] as number
    rgba[to + 3] = 255
  }
}
