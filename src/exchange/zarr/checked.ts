// Zarr arrays of others, whose metadata and chunks need not be what they say.
import type * as zarr from 'zarrita'
import { DTYPES, type DType } from '../../core/dtype.js'
import { InvalidSourceError } from '../../core/errors.js'
import { byteLengthOf, shapeText, sizeOf } from '../../core/shape.js'
import { checkBelievable } from '../believed.js'

/** A chunk is in memory as a whole, and several are at a time. */
const MAX_CHUNK_BYTES = 2 ** 30

/** Errors: ShapeError, InvalidSourceError for chunks that cannot be and for more than any disk has. */
export function checkGrid({ shape, chunks }: Pick<zarr.Array<zarr.DataType>, 'shape' | 'chunks'>, dtype: DType): void {
  checkBelievable(byteLengthOf(shape, dtype), 'this Zarr array')
  const isGrid = chunks.length === shape.length && chunks.every((extent) => Number.isSafeInteger(extent) && extent > 0)
  const chunkBytes = sizeOf(chunks) * DTYPES[dtype].itemsize
  if (isGrid && chunkBytes <= MAX_CHUNK_BYTES) return
  const why = isGrid ? `: ${chunkBytes} bytes are too many` : ''
  throw new InvalidSourceError(`a Zarr array of shape ${shapeText(shape)} has chunks of ${shapeText(chunks)}${why}`)
}

/** Errors: InvalidSourceError for a chunk that has not as many elements as its array says. */
export function checkChunk({ data, shape }: zarr.Chunk<zarr.DataType>, chunks: readonly number[]): void {
  const found = (data as { readonly length: number }).length
  if (found === sizeOf(chunks) && sizeOf(shape) === found) return
  throw new InvalidSourceError(
    `a chunk of this Zarr array has ${found} elements where ${sizeOf(chunks)} were announced`,
  )
}
