// Arrays as .npy files, byte for byte as numpy.save writes them.

import { blockSelections } from '../block-selections.js'
import type { WorkOptions } from '../call.js'
import { DTYPES, type DType } from '../core/dtype.js'
import { StaleArrayError } from '../core/errors.js'
import { wholeLayout } from '../core/layout.js'
import { NDArray } from '../core/ndarray.js'
import { npyHeaderBytes } from '../core/npy-header.js'
import { isContiguous } from '../core/strided.js'
import { bytesOf } from '../core/typed-array.js'
import { findCustody } from '../custodies.js'
import { findView } from '../frames.js'
import type { Readable } from '../view.js'
import { counted, meter } from './metering.js'
import { recycledBlocks } from './recycled-blocks.js'

/** What can be written to a file. */
export type Exportable = NDArray | Readable<DType>

/** Progress is told after each; Chromium has less than a MiB at hand where a reader brings no buffer. */
const CHUNK_BYTES = 2 ** 19

/** A file that is written as it is read; a chunk's memory is used again when the next is asked for. */
export interface NpyFile {
  readonly byteLength: number
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Errors, when it is read: those of reading, StaleArrayError where the array is changed meanwhile. */
export function npyFile(array: Exportable, options: WorkOptions): NpyFile {
  const isFortran = isInFortranOrder(array)
  const header = npyHeaderBytes(array.dtype, array.shape, isFortran)
  const ordered = isFortran ? array.transpose() : array
  const byteLength = header.byteLength + array.nbytes
  return { byteLength, chunks: chunksOf(header, ordered, byteLength, options) }
}

async function* chunksOf(
  header: Uint8Array,
  array: Exportable,
  byteLength: number,
  options: WorkOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const onBytes = meter(byteLength, options)
  onBytes(header.byteLength)
  yield header
  yield* counted(array instanceof NDArray ? blocksInMemory(array) : blocksOnDisk(array, options.signal), onBytes)
}

/** As numpy.save: what lies in memory with the first axis closest together is written so, all else in C order. */
function isInFortranOrder(array: Exportable): boolean {
  const { shape, strides } = layoutOf(array)
  return !isContiguous(shape, strides) && isContiguous([...shape].reverse(), [...strides].reverse())
}

function layoutOf(array: Exportable): { readonly shape: readonly number[]; readonly strides: readonly number[] } {
  if (array instanceof NDArray) return array
  return findView(array)?.layout ?? wholeLayout(array.shape)
}

async function* blocksInMemory(array: NDArray): AsyncGenerator<Uint8Array, void, undefined> {
  const { itemsize } = DTYPES[array.dtype]
  for (const selection of blockSelections(array.shape, itemsize, CHUNK_BYTES)) {
    yield bytesOf(array.view(selection).toArray())
  }
}

async function* blocksOnDisk(
  array: Readable<DType>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const before = versionOf(array)
  for await (const bytes of recycledBlocks(array, signal)) {
    if (versionOf(array) !== before) throw new StaleArrayError('the array was changed while it was written to a file')
    for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
  }
}

/** Names one value of an array on disk; undefined for what is elsewhere. */
export function versionOf(array: Exportable): string | undefined {
  const meta = findCustody(findView(array)?.array ?? array)?.residency?.meta
  return meta && `${meta.incarnation}.${meta.version}`
}
