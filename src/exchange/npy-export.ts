// Arrays as .npy files, byte for byte as numpy.save writes them.

import { blockSelections, DEFAULT_BLOCK_BYTES } from '../block-selections.js'
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
import { signalOnly } from '../work-options.js'

/** What can be written to a file. */
export type Exportable = NDArray | Readable<DType>

interface ExportOptions {
  readonly signal?: AbortSignal
}

/** A file that is written as it is read. */
export interface NpyFile {
  readonly byteLength: number
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>
}

/** Errors, when it is read: those of reading, StaleArrayError where the array is changed meanwhile. */
export function npyFile(array: Exportable, options: ExportOptions): NpyFile {
  const isFortran = isInFortranOrder(array)
  const header = npyHeaderBytes(array.dtype, array.shape, isFortran)
  const ordered = isFortran ? array.transpose() : array
  return { byteLength: header.byteLength + array.nbytes, chunks: chunksOf(header, ordered, options) }
}

async function* chunksOf(
  header: Uint8Array,
  array: Exportable,
  options: ExportOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield header
  yield* array instanceof NDArray ? blocksInMemory(array) : blocksOnDisk(array, options)
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

/** Copies: a chunk is the reader's, who may hand its memory on. */
function* blocksInMemory(array: NDArray): Generator<Uint8Array, void, undefined> {
  const { itemsize } = DTYPES[array.dtype]
  for (const selection of blockSelections(array.shape, itemsize, DEFAULT_BLOCK_BYTES)) {
    yield bytesOf(array.view(selection).toArray())
  }
}

async function* blocksOnDisk(array: Readable<DType>, options: ExportOptions): AsyncGenerator<Uint8Array, void> {
  const before = versionOf(array)
  for await (const { array: block } of array.blocks(signalOnly(options))) {
    if (versionOf(array) !== before) throw new StaleArrayError('the array was changed while it was written to a file')
    yield bytesOf(block.data)
  }
}

/** Names one value of an array on disk; undefined for what is elsewhere. */
export function versionOf(array: Exportable): string | undefined {
  const meta = findCustody(findView(array)?.array ?? array)?.residency?.meta
  return meta && `${meta.incarnation}.${meta.version}`
}
