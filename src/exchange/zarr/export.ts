// Arrays written to Zarr, box by box, going on where a page that has gone left off.
import * as zarr from 'zarrita'
import { unlessAborted } from '../../abort.js'
import { DiskBackedNDArray } from '../../array.js'
import type { WorkOptions } from '../../call.js'
import { DTYPES, type TypedArray } from '../../core/dtype.js'
import { DTypeError, ShapeError } from '../../core/errors.js'
import { NDArray, toContiguous } from '../../core/ndarray.js'
import { resolveSelection, type Selection, selectedShape } from '../../core/selection.js'
import { byteLengthOf, sameShape, shapeText } from '../../core/shape.js'
import { allocate, wrap } from '../../core/typed-array.js'
import { findCustody } from '../../custodies.js'
import { findView } from '../../frames.js'
import { type ArrayView, isReadable } from '../../view.js'
import { reporter, signalOnly } from '../../work-options.js'
import { type Box, boxesOf } from './boxes.js'
import { chunkOf, dtypeOf } from './dtypes.js'
import { createZarr, NEW_ZARR_OPTIONS, type NewZarrOptions } from './metadata.js'
import { checkConcurrency, concurrencyOf, queueOf } from './queue.js'

/** Of `toZarr`. */
export interface ToZarrOptions extends WorkOptions, NewZarrOptions {
  /** Of a Zarr array that there is: what is to be written, of the array's shape. Default: all of it. */
  selection?: Selection
  /** Chunks under way at a time. Default 8, fewer where they have more than 1 MiB each, but at least 2. */
  concurrency?: number
}

type Target = zarr.Array<zarr.DataType, zarr.AsyncMutable>

const OPTIONS: readonly string[] = [...NEW_ZARR_OPTIONS, 'selection', 'concurrency', 'signal', 'onProgress']

/**
 * Writes an array to a Zarr array that there is, or to a new one at a location (`root(store).resolve('a/b')`, or a store, for
 * its root), with the groups above it; resolves with the Zarr array. Chunks are written in parallel; see `fromZarr` for memory.
 * Zarr has no transactions: what was written before an error, an abort or a reload stays, and where there is more than 8 MiB
 * the same call goes on from there, as long as the array on disk is the same. How far it is, is kept meanwhile in the key
 * '.lazy-disk-cache-export' beside the array's metadata. Errors: DTypeError for complex numbers, and where the Zarr array is of
 * another dtype; ShapeError; TypeError; those of reading, of zarrita and of the store. Source: set of zarrita.
 */
export async function toZarr(
  array: DiskBackedNDArray | ArrayView | NDArray,
  target: zarr.Array<zarr.DataType, zarr.AsyncMutable> | zarr.Location<zarr.AsyncMutable> | zarr.AsyncMutable,
  options: ToZarrOptions = {},
): Promise<zarr.Array<zarr.DataType, zarr.AsyncMutable>> {
  if (!(array instanceof NDArray) && !isReadable(array)) throw new TypeError('toZarr takes an array')
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option))
  if (unknown !== undefined) throw new TypeError(`unknown option '${unknown}'`)
  checkConcurrency(options.concurrency)
  const { signal } = options
  signal?.throwIfAborted()
  if (array instanceof DiskBackedNDArray) await array.flush(signalOnly(options)) // so that its version names its elements
  const zarrArray = target instanceof zarr.Array ? existing(target, options) : await created(array, target, options)
  const selection = resolveSelection(options.selection, zarrArray.shape)
  check(array, zarrArray, selectedShape(selection))
  const { itemsize } = DTYPES[array.dtype]
  const boxes = boxesOf(selection, zarrArray.chunks, itemsize)
  const marks = boxes.count > 1 ? new Marks(zarrArray, taskOf(array, zarrArray, options)) : undefined
  const first = (await marks?.read()) ?? 0
  let doneBytes = 0
  const report = reporter(options, array.nbytes)
  const count = ({ size }: Box) => {
    doneBytes += size * itemsize
    report(doneBytes)
  }
  report(0)
  const writing = new BoxWriter(array, zarrArray, options.concurrency, signal)
  let number = 0
  for (const box of boxes) {
    signal?.throwIfAborted()
    if (++number > first) {
      await unlessAborted(signal, writing.write(box))
      await marks?.write(number)
    }
    count(box)
  }
  await marks?.remove()
  return zarrArray
}

function existing(target: Target, options: ToZarrOptions): Target {
  const given = NEW_ZARR_OPTIONS.find((name) => options[name] !== undefined)
  if (given === undefined) return target
  throw new TypeError(`${given} is for a new Zarr array, and this one is there already`)
}

function created(
  array: DiskBackedNDArray | ArrayView | NDArray,
  target: zarr.Location<zarr.AsyncMutable> | zarr.AsyncMutable,
  options: ToZarrOptions,
): Promise<Target> {
  if (options.selection !== undefined) throw new TypeError('a selection is of a Zarr array that there is')
  const location = target instanceof zarr.Location ? target : new zarr.Location(target)
  const attributes = options.attributes ?? (array instanceof DiskBackedNDArray ? array.attributes : {})
  return createZarr(location, array.shape, array.dtype, { ...options, attributes })
}

function check({ shape, dtype }: { shape: readonly number[]; dtype: string }, target: Target, into: number[]): void {
  const of = dtypeOf(target)
  if (of !== dtype) throw new DTypeError(`the Zarr array is of ${of}, not ${dtype}: cast it with astype('${of}')`)
  if (sameShape(shape, into)) return
  throw new ShapeError(`an array of shape ${shapeText(shape)} does not fit a selection of shape ${shapeText(into)}`)
}

class BoxWriter {
  readonly #array: DiskBackedNDArray | ArrayView | NDArray
  readonly #target: Target
  readonly #options: zarr.SetOptions
  readonly #work: WorkOptions
  /** What is read from disk, used again for the next box. */
  #memory: TypedArray | undefined

  constructor(
    array: DiskBackedNDArray | ArrayView | NDArray,
    target: Target,
    asked: number | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#array = array
    this.#target = target
    this.#work = signalOnly({ ...(signal && { signal }) })
    const chunkBytes = byteLengthOf(target.chunks, array.dtype)
    const concurrency = concurrencyOf(asked, chunkBytes)
    this.#options = { createQueue: () => queueOf(concurrency, chunkBytes), ...this.#work }
  }

  async write(box: Box): Promise<void> {
    const part = await this.#read(box)
    const value = this.#target.shape.length === 0 ? part.item(0) : chunkOf(part, box.shape)
    await zarr.set(this.#target, box.zarr, value as never, this.#options)
  }

  /** In C order. */
  async #read({ disk, size }: Box): Promise<NDArray> {
    if (this.#array instanceof NDArray) {
      return NDArray.from(toContiguous(this.#array.view(disk)), { dtype: this.#array.dtype })
    }
    const fits = this.#memory !== undefined && this.#memory.byteLength >= size * this.#array.itemsize
    const into = fits ? this.#memory : allocate(this.#array.dtype, size)
    this.#memory = undefined // while it is away
    const [part] = await this.#array.getMany([disk], { ...this.#work, ...(into && { into }) })
    this.#memory = part && wrap(part.data.buffer, part.dtype)
    return part as NDArray // of one selection
  }
}

/** What makes two calls one task; undefined where nothing names the elements. */
function taskOf(
  array: DiskBackedNDArray | ArrayView | NDArray,
  { chunks }: Target,
  { selection, zarrFormat, codecs, compressor }: ToZarrOptions,
): string | undefined {
  const view = findView(array)
  const residency = findCustody(view?.array ?? array)?.residency
  if (residency === undefined) return undefined
  const { incarnation, version, modified } = residency.meta
  const elements = { disk: residency.session.name, incarnation, version, modified, view: view?.layout }
  return JSON.stringify({ elements, chunks, selection, zarrFormat, codecs, compressor })
}

/** How far the writing is, kept in the target: nothing else goes where that goes. */
class Marks {
  readonly #target: Target
  readonly #task: string | undefined
  readonly #key: zarr.AbsolutePath

  constructor(target: Target, task: string | undefined) {
    this.#target = target
    this.#task = task
    this.#key = target.resolve('.lazy-disk-cache-export').path
  }

  /** The number of boxes that an earlier call has written. */
  async read(): Promise<number> {
    if (this.#task === undefined) return 0
    const bytes = await this.#target.store.get(this.#key)
    if (bytes === undefined || bytes.byteLength === 0) return 0
    const mark: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const { task, boxes } = mark as { task?: unknown; boxes?: unknown }
    return task === this.#task && typeof boxes === 'number' ? boxes : 0
  }

  async write(boxes: number): Promise<void> {
    if (this.#task === undefined) return
    await this.#target.store.set(this.#key, new TextEncoder().encode(JSON.stringify({ task: this.#task, boxes })))
  }

  /** Stores that cannot delete keep an empty key. */
  async remove(): Promise<void> {
    if (this.#task === undefined) return
    const { store } = this.#target as { store: zarr.AsyncMutable & { delete?: (key: string) => unknown } }
    if (store.delete === undefined) await store.set(this.#key, new Uint8Array())
    else await store.delete(this.#key)
  }
}
