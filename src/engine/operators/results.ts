// Where results go: into memory that is handed over, or into new values of arrays on disk. In C order, from the start.
import { castTyped } from '../../core/cast.js'
import { DTYPES, type DType, type TypedArray } from '../../core/dtype.js'
import { ShapeError } from '../../core/errors.js'
import { byteLengthOf, sameShape, shapeText, sizeOf } from '../../core/shape.js'
import { allocate, bytesOf, wrap } from '../../core/typed-array.js'
import type { EvaluatedArray } from '../../evaluation.js'
import type { ArrayMeta } from '../../protocol.js'
import type { Arrays, Target } from '../arrays.js'
import type { Origin } from '../calls.js'
import { type Draft, DraftWriter } from '../draft.js'
import type { Engine } from '../engine.js'
import type { Steps } from '../work.js'
import type { Lease } from './tile-memory.js'

/** Typed views of any dtype begin at multiples of it. */
const ALIGNMENT = 16
/** Elements cast at a time. */
const CAST_ELEMENTS = 2 ** 16

export interface Result {
  readonly dtype: DType
  readonly shape: readonly number[]
}

/** Takes the elements of one result: in C order by `room` and `filled`, or all of them by `put`. */
export interface Sink {
  readonly dtype: DType
  /** Whether `put` wants checksums. */
  readonly isSummed: boolean
  /**
   * Elements from `start` on, in any order; they begin where a block does, and end with one or with the result.
   * `checksums`: of these blocks, where they are known. Errors: AbortedError.
   */
  put(start: number, bytes: Uint8Array, checksums?: readonly number[]): void
  /** Room for the next `count` elements; `filled` follows before anything else. */
  room(count: number): TypedArray
  /** Errors: AbortedError. */
  filled(count: number): Promise<void>
  /** Reads elements from `start` on that were filled before. */
  readBack(start: number, into: TypedArray): void
}

/** The results of one evaluation: none, or all of them in one commit. */
export class Results {
  readonly #engine: Engine
  readonly #arrays: Arrays
  readonly #targets: readonly (Target | undefined)[]
  readonly #steps: Steps
  readonly #lease: Lease
  #drafts: (Draft | undefined)[] = []
  #arraysInMemory: (EvaluatedArray | undefined)[] = []
  #buffer = new ArrayBuffer(0)

  constructor(
    engine: Engine,
    arrays: Arrays,
    targets: readonly (Target | undefined)[],
    { steps, lease }: { readonly steps: Steps; readonly lease: Lease },
  ) {
    this.#engine = engine
    this.#arrays = arrays
    this.#targets = targets
    this.#steps = steps
    this.#lease = lease
  }

  /** Makes room for all results, once. Errors: ShapeError for a target of another shape, QuotaExceededError. */
  async open(results: readonly Result[]): Promise<Sink[]> {
    let byteLength = 0
    this.#arraysInMemory = results.map(({ dtype, shape }, i) => {
      if (this.#targets[i] !== undefined) return undefined
      const offset = byteLength
      byteLength += Math.ceil(byteLengthOf(shape, dtype) / ALIGNMENT) * ALIGNMENT
      return { dtype, shape, offset }
    })
    this.#buffer = new ArrayBuffer(byteLength)
    const sinks: Sink[] = []
    for (const [i, result] of results.entries()) {
      const target = this.#targets[i]
      sinks.push(target === undefined ? this.#inMemory(i) : await this.#onDisk(i, target, result))
    }
    return sinks
  }

  /** Errors: StaleArrayError, QuotaExceededError; discard() then. */
  commit(origin: Origin | undefined): { buffer: ArrayBuffer; results: (EvaluatedArray | ArrayMeta)[] } {
    const filled = this.#targets.flatMap((target, i) => {
      const draft = this.#drafts[i]
      return target === undefined || draft === undefined ? [] : [{ target, blocks: draft.blocks }]
    })
    const metas = filled.length === 0 ? [] : this.#arrays.commit(filled, origin).map(({ meta }) => meta)
    const results = this.#arraysInMemory.map((array) => array ?? (metas.shift() as ArrayMeta)) // one for each draft
    return { buffer: this.#buffer, results }
  }

  /** Gives back what was reserved. */
  discard(): void {
    for (const draft of this.#drafts) if (draft !== undefined) this.#engine.room.discard(draft)
  }

  #inMemory(index: number): Sink {
    const { dtype, shape, offset } = this.#arraysInMemory[index] as EvaluatedArray
    return new MemorySink(wrap(this.#buffer, dtype, offset, sizeOf(shape)), dtype, this.#lease)
  }

  async #onDisk(index: number, target: Target, { shape }: Result): Promise<Sink> {
    const { entry } = target
    if (!sameShape(entry.shape, shape)) {
      throw new ShapeError(
        `non-broadcastable output operand with shape ${shapeText(entry.shape)} doesn't match the broadcast shape ${shapeText(shape)}`,
      )
    }
    const [draft] = (await this.#arrays.drafts([target])) as [Draft] // one for each target
    this.#drafts[index] = draft
    const writer = () => {
      const staging = this.#lease.room('uint8', DraftWriter.stagingBytes(draft)) as Uint8Array // of that dtype
      return new DraftWriter(draft, this.#steps, staging)
    }
    return new DraftSink(draft, writer, entry.dtype)
  }
}

class MemorySink implements Sink {
  readonly dtype: DType
  readonly isSummed = false
  readonly #elements: TypedArray
  readonly #width: number
  readonly #lease: Lease
  /** What was given out as room; memory that is handed over is not the kernels'. */
  #near: TypedArray | undefined
  #at = 0

  constructor(elements: TypedArray, dtype: DType, lease: Lease) {
    this.dtype = dtype
    this.#elements = elements
    this.#width = DTYPES[dtype].width
    this.#lease = lease
  }

  room(count: number): TypedArray {
    const length = count * this.#width
    if (!this.#lease.isFaster) return this.#elements.subarray(this.#at, this.#at + length)
    if (this.#near === undefined || this.#near.length < length) this.#near = this.#lease.room(this.dtype, count)
    return this.#near.subarray(0, length)
  }

  async filled(count: number): Promise<void> {
    const length = count * this.#width
    if (this.#near !== undefined) {
      bytesOf(this.#elements.subarray(this.#at, this.#at + length)).set(bytesOf(this.#near.subarray(0, length)))
    }
    this.#at += length
  }

  put(start: number, bytes: Uint8Array): void {
    bytesOf(this.#elements).set(bytes, start * DTYPES[this.dtype].itemsize)
  }

  readBack(start: number, into: TypedArray): void {
    const from = start * this.#width
    bytesOf(into).set(bytesOf(this.#elements.subarray(from, from + into.length)))
  }
}

class DraftSink implements Sink {
  readonly dtype: DType
  readonly isSummed = true
  readonly #draft: Draft
  readonly #makeWriter: () => DraftWriter
  #made: DraftWriter | undefined
  /** What was given out as room, where the writer had less in one piece. */
  #besides: TypedArray | undefined

  constructor(draft: Draft, makeWriter: () => DraftWriter, dtype: DType) {
    this.dtype = dtype
    this.#draft = draft
    this.#makeWriter = makeWriter
  }

  get #writer(): DraftWriter {
    this.#made ??= this.#makeWriter()
    return this.#made
  }

  put(start: number, bytes: Uint8Array, checksums?: readonly number[]): void {
    this.#draft.put(start * DTYPES[this.dtype].itemsize, bytes, checksums)
  }

  room(count: number): TypedArray {
    const { room } = this.#writer
    const fits = room.byteLength >= count * DTYPES[this.dtype].itemsize
    this.#besides = fits ? undefined : allocate(this.dtype, count)
    return this.#besides ?? wrap(room.buffer, this.dtype, room.byteOffset, count)
  }

  async filled(count: number): Promise<void> {
    const besides = this.#besides
    this.#besides = undefined
    if (besides === undefined) await this.#writer.filled(count * DTYPES[this.dtype].itemsize)
    else await this.#writer.write(bytesOf(besides))
  }

  readBack(start: number, into: TypedArray): void {
    this.#writer.readBack(start * DTYPES[this.dtype].itemsize, bytesOf(into))
  }
}

/** The next elements of a result, cast to its dtype. */
export async function write(sink: Sink, elements: TypedArray, dtype: DType): Promise<void> {
  const { width } = DTYPES[dtype]
  const size = elements.length / width
  for (let start = 0; start < size; start += CAST_ELEMENTS) {
    const count = Math.min(CAST_ELEMENTS, size - start)
    const part = elements.subarray(start * width, (start + count) * width)
    const fitting = dtype === sink.dtype ? part : castTyped(part, dtype, sink.dtype)
    bytesOf(sink.room(count)).set(bytesOf(fitting))
    await sink.filled(count)
  }
}
