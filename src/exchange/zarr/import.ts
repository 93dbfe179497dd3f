// Zarr arrays as arrays on disk, box by box, going on where a page that has gone left off.
import * as zarr from 'zarrita'
import { unlessAborted } from '../../abort.js'
import { DiskBackedNDArray } from '../../array.js'
import { DTYPES, type DType, type TypedArray } from '../../core/dtype.js'
import { InvalidSourceError, KeyExistsError, NotFoundError } from '../../core/errors.js'
import { NDArray } from '../../core/ndarray.js'
import { type ResolvedSelection, resolveSelection, type Selection, selectedShape } from '../../core/selection.js'
import { byteLengthOf, checkShape, sameShape, stridesOf } from '../../core/shape.js'
import { copyElements } from '../../core/strided.js'
import { allocate } from '../../core/typed-array.js'
import { type CreateOptions, checkCreateOptions } from '../../creation.js'
import { custodyOf } from '../../custodies.js'
import { diskNamed } from '../../default-disk.js'
import type { Disk } from '../../disk.js'
import { DEFAULT_DISK_NAME } from '../../options.js'
import type { JsonObject } from '../../protocol.js'
import type { Residency } from '../../residency.js'
import { reporter } from '../../work-options.js'
import { hastenCollection } from '../collection.js'
import { forEachAtMost } from '../for-each-at-most.js'
import { boundCodecs } from './bounded-codecs.js'
import { type Box, boxesOf, type ChunkPart, chunkParts } from './boxes.js'
import { checkChunk, checkGrid } from './checked.js'
import { dtypeOf, elementsOf } from './dtypes.js'
import { giveBack } from './given-away.js'
import { checkConcurrency, concurrencyOf } from './queue.js'

/** Of `fromZarr`. */
export interface FromZarrOptions extends Omit<CreateOptions, 'shape' | 'dtype' | 'transfer'> {
  /** Of the Zarr array, as for `get`. Default: all of it. */
  selection?: Selection
  /** Chunks under way at a time. Default 8, fewer where they have more than 1 MiB each, but at least 2. */
  concurrency?: number
}

/** Where to an array is on its way, and what it is made of. */
interface Plan {
  readonly source: zarr.Array<zarr.DataType>
  readonly selection: ResolvedSelection
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
  readonly report: (doneBytes: number) => void
}

/**
 * A Zarr array, or a selection of it, as an array on disk; its attributes are those of the Zarr array where none are given.
 * Chunks are read in parallel, each once, and take a few times 8 MiB of memory, or as much as the chunks that are under way.
 * With a cachePath, what has come is at `<cachePath>.partial` until all has: after a reload or an error of the source the same
 * call goes on from there, as long as shape, chunks, dtype and attributes of the Zarr array are the same. An abort and any other
 * error leave nothing. Errors: InvalidSourceError for chunks that cannot be decoded, are not what the metadata say, or that
 * nobody could hold; DTypeError for text, objects and the like; ShapeError; InvalidSelectionError; those of the store and of
 * DiskBackedNDArray.create. Source: get of zarrita.
 */
export async function fromZarr(
  source: zarr.Array<zarr.DataType>,
  options: FromZarrOptions = {},
): Promise<DiskBackedNDArray> {
  const { selection: given, concurrency: limit, ...rest } = options
  checkCreateOptions(rest)
  checkConcurrency(limit)
  boundCodecs()
  const { signal } = rest
  signal?.throwIfAborted()
  const dtype = dtypeOf(source)
  checkShape(source.shape)
  checkGrid(source, dtype)
  const selection = resolveSelection(given, source.shape)
  const shape = selectedShape(selection)
  const report = reporter(rest, byteLengthOf(shape, dtype))
  const concurrency = concurrencyOf(limit, byteLengthOf(source.chunks, dtype))
  const plan = { source, selection, shape, dtype, concurrency, signal, report }
  const attributes = rest.attributes ?? (source.attrs as JsonObject)
  const creation: CreateOptions = { ...rest, attributes }
  delete creation.onProgress // of all, not of what it is begun with
  if (rest.enableCaching === false) return inMemory(plan, creation)
  return onDisk(plan, rest.disk ?? (await diskNamed(DEFAULT_DISK_NAME)), creation)
}

async function inMemory(plan: Plan, options: CreateOptions): Promise<DiskBackedNDArray> {
  const array = NDArray.zeros(plan.shape, plan.dtype)
  await transfer(plan, 0, async ({ disk }, elements) => array.set(disk, elements))
  return DiskBackedNDArray.create(array, { ...options, transfer: true })
}

async function onDisk(plan: Plan, disk: Disk, options: CreateOptions): Promise<DiskBackedNDArray> {
  const { cachePath, overwrite = true, purgeDiskOnGc = cachePath === undefined, ...rest } = options
  if (cachePath === undefined) return fill(plan, 0, await disk.zeros(plan.shape, plan.dtype, options))
  const exists = () => new KeyExistsError(`there is an array at '${cachePath}' already`)
  if (!overwrite && (await disk.has(cachePath))) throw exists()
  const path = `${cachePath}.partial`
  const begun = { ...rest, cachePath: path, purgeDiskOnGc: false, automaticOffloading: false }
  const task = taskOf(plan)
  const found = await unfinished(disk, path, plan, task)
  const array = found?.array ?? (await disk.zeros(plan.shape, plan.dtype, { ...begun, attributes: { task, boxes: 0 } }))
  const done = (boxes: number) => array.setAttributes({ task, boxes })
  await fill(plan, found?.boxes ?? 0, array, done)
  try {
    await array.setAttributes(options.attributes ?? {})
    await moveTo(array, cachePath, overwrite)
    if (purgeDiskOnGc) await array.enablePurge()
    if (options.automaticOffloading !== undefined) array.automaticOffloading = options.automaticOffloading
    return array
  } catch (error) {
    await array.purge()
    throw error
  }
}

/** What an earlier call for the same has left. */
async function unfinished(
  disk: Disk,
  path: string,
  { shape, dtype }: Plan,
  task: string,
): Promise<{ array: DiskBackedNDArray; boxes: number } | undefined> {
  try {
    const array = await disk.openArray(path)
    const { task: begun, boxes } = array.attributes
    const isSame = begun === task && array.dtype === dtype && sameShape(array.shape, shape)
    if (isSame && typeof boxes === 'number') return { array, boxes }
    await array.close()
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
  }
  return undefined
}

/** What makes two calls one task. */
function taskOf({ source, selection, dtype }: Plan): string {
  const { path, shape, chunks, attrs } = source
  const url = 'url' in source.store ? String(source.store.url) : undefined
  return JSON.stringify({ url, path, shape, chunks, dtype, attrs, selection })
}

async function moveTo(array: DiskBackedNDArray, to: string, overwrite: boolean): Promise<void> {
  const custody = custodyOf(array)
  const move = async (place: unknown) => {
    const residency = place as Residency // it has a path
    residency.meta = await residency.session.call('rename', { from: residency.path, to, overwrite })
  }
  await custody.turn('alone', move, undefined)
}

/** What the source has failed to give may be had another time: only then is kept what has come. */
class SourceError {
  readonly cause: unknown

  constructor(cause: unknown) {
    this.cause = cause
  }
}

/** From box `first` on; `done` is called with the number of boxes that are written. */
async function fill(
  plan: Plan,
  first: number,
  array: DiskBackedNDArray,
  done?: (boxes: number) => Promise<void>,
): Promise<DiskBackedNDArray> {
  const options = plan.signal === undefined ? {} : { signal: plan.signal }
  try {
    await transfer(plan, first, async ({ disk }, elements, number) => {
      await array.set(disk, elements, options)
      await done?.(number + 1)
    })
    return array
  } catch (error) {
    const isKept = error instanceof SourceError && plan.signal?.aborted !== true && done !== undefined
    await (isKept ? array.close() : array.purge())
    plan.signal?.throwIfAborted()
    throw error instanceof SourceError ? error.cause : error
  }
}

/** Reads one box ahead, into memory that is used again. Errors: as `read`, those of `write`. */
async function transfer(
  plan: Plan,
  first: number,
  write: (box: Box, elements: TypedArray, number: number) => Promise<void>,
): Promise<void> {
  const { itemsize } = DTYPES[plan.dtype]
  const free: TypedArray[] = []
  let doneBytes = 0
  let number = 0
  let ahead: { box: Box; elements: Promise<TypedArray> } | undefined
  const writeAhead = async () => {
    if (ahead === undefined) return
    const { box } = ahead
    const elements = await ahead.elements
    ahead = undefined
    await write(box, elements, number++)
    free.push(elements)
    doneBytes += box.size * itemsize
    plan.report(doneBytes)
  }
  for (const box of boxesOf(plan.selection, plan.source.chunks, itemsize)) {
    if (number < first) {
      number++
      doneBytes += box.size * itemsize
      continue
    }
    if (ahead === undefined) plan.report(doneBytes)
    const memory = free.findIndex(({ byteLength }) => byteLength === box.size * itemsize)
    const elements = read(plan, box, free.splice(memory, memory < 0 ? 0 : 1)[0] ?? allocate(plan.dtype, box.size))
    elements.catch(() => undefined) // seen when it is its turn
    const next = { box, elements }
    await writeAhead()
    ahead = next
  }
  if (ahead === undefined) plan.report(doneBytes)
  await writeAhead()
}

/** Fills `elements`. Errors: InvalidSourceError, SourceError for what the store throws. */
async function read({ source, dtype, concurrency, signal }: Plan, box: Box, elements: TypedArray): Promise<TypedArray> {
  const strides = stridesOf(box.shape)
  const chunkBytes = byteLengthOf(source.chunks, dtype)
  const copy = async ({ coordinates, counts, inBox, inChunk, steps }: ChunkPart, stop: AbortSignal) => {
    const chunk = await unlessAborted(stop, source.getChunk([...coordinates], { signal: stop }))
    checkChunk(chunk, source.chunks)
    const offsetOf = (start: readonly number[], along: readonly number[]) =>
      start.reduce((at, first, axis) => at + first * (along[axis] ?? 0), 0)
    copyElements(
      dtype,
      counts,
      { data: elements, strides, offset: offsetOf(inBox, strides) },
      {
        data: elementsOf(chunk),
        strides: chunk.stride.map((stride, axis) => stride * (steps[axis] ?? 1)),
        offset: offsetOf(inChunk, chunk.stride),
      },
    )
    const isFree = giveBack(elementsOf(chunk), source)
    hastenCollection((isFree ? 1 : 2) * chunkBytes) // as it was stored, and decoded
  }
  try {
    await forEachAtMost(concurrency, chunkParts(box, source.chunks), signal, copy)
    return elements
  } catch (error) {
    if (error instanceof InvalidSourceError) throw error
    if (zarr.isZarritaError(error) && error.cause instanceof InvalidSourceError) throw error.cause
    if (!zarr.isZarritaError(error)) throw new SourceError(error)
    throw new InvalidSourceError(`this Zarr array cannot be read: ${error.message}`, { cause: error })
  }
}
