// DiskBackedNDArray: an n-dimensional array that is on disk, in memory, or both.

import { checkAttributes, frozenAttributes } from './attributes.js'
import { LazyDiskCache } from './cache.js'
import type { WorkOptions } from './call.js'
import { appendTo, type Operand, setPart } from './changing.js'
import { classNamed, registerLazyDiskCacheClass } from './classes.js'
import { DTYPES, type DType, type Scalar, type TypedArray } from './core/dtype.js'
import { wholeLayout } from './core/layout.js'
import type { NDArray } from './core/ndarray.js'
import type { Selection } from './core/selection.js'
import { sizeOf } from './core/shape.js'
import { type ArrayData, type ByteStream, type CreateOptions, checkCreateOptions, contentOf, make } from './creation.js'
import { custodyOf } from './custodies.js'
import { diskNamed } from './default-disk.js'
import type { Disk } from './disk.js'
import { dispose } from './disposal.js'
import { sessionOf } from './handles.js'
import { InMemory, type Live } from './live.js'
import { prefetch } from './loading.js'
import type { Methods } from './operators/method-types.js'
import { addOperators, callOperator } from './operators/methods.js'
import type { AstypeOptions, MaybeOut, Out, OutOption } from './operators/types.js'
import { checkPriority, type Priority } from './priority.js'
import type { JsonObject } from './protocol.js'
import type { ReadOptions } from './reading.js'
import { checkState, type LazyDiskCacheState } from './state.js'
import { type ArrayView, onDisk, type Readable, Reader } from './view.js'

/** NumPy's functions. */
// biome-ignore lint/correctness/noUnusedVariables: all declarations have the same type parameters
export interface DiskBackedNDArray<D extends DType = DType> extends Methods {}

/**
 * An array that can be larger than memory: reads take only the bytes they need, views cost nothing, the whole is loaded only
 * where it is asked for. Source: DiskBackedNDArray of GSEGUtils; load modes of numpy.memmap.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: addOperators defines the methods
export class DiskBackedNDArray<D extends DType = DType> extends LazyDiskCache implements Readable<D> {
  protected constructor() {
    super()
    custodyOf(this).occupant.keepsBuffer = false
  }

  /**
   * An array of `data`: a typed array, buffer, nested arrays, an array in memory or on disk, or a stream of bytes with shape
   * and dtype. Resolves when the bytes are on disk, where caching is on; the array is loaded and clean then (but for streams,
   * and what the budget has no room for), on the caller's own typed array. Errors: ShapeError, DTypeError, TypeError,
   * InvalidPathError, KeyExistsError, QuotaExceededError, the signal's reason; nothing is left on disk then.
   */
  static async create<D extends DType>(
    data: ArrayData | ByteStream,
    options: CreateOptions<D> = {},
  ): Promise<DiskBackedNDArray<D>> {
    checkCreateOptions(options)
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit it
    const array = Reflect.construct(this, []) as DiskBackedNDArray<D> // of this class or one below
    const task = async () => make(custodyOf(array), await contentOf(data, options), options)
    if (options.disk === undefined) await task()
    else await sessionOf(options.disk).run(task)
    return array
  }

  /**
   * The array that `toState()` described, of the class it had; `disk` defaults to the one it was on.
   * Errors: NotFoundError for a class that is not registered or an array that is not there, TypeError.
   */
  static async fromState(state: LazyDiskCacheState, { disk }: { disk?: Disk } = {}): Promise<DiskBackedNDArray> {
    const checked = checkState(state)
    const array = await classNamed(checked.className).revive(checked, disk ?? (await diskNamed(checked.disk)))
    if (array instanceof DiskBackedNDArray) return array
    await array.close()
    throw new TypeError(`a ${checked.className} is no DiskBackedNDArray: revive it by its own class`)
  }

  /** The length of each axis. */
  get shape(): readonly number[] {
    return Object.freeze(custodyOf(this).described.shape)
  }

  /** One of NumPy's fourteen. */
  get dtype(): D {
    return custodyOf(this).described.dtype as D // that the array was made or opened with
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length
  }

  get size(): number {
    return sizeOf(this.shape)
  }

  get itemsize(): number {
    return DTYPES[this.dtype].itemsize
  }

  /** Bytes of all elements. */
  get nbytes(): number {
    return this.size * this.itemsize
  }

  /** A JSON object kept with the array, frozen. */
  get attributes(): JsonObject {
    const { place } = custodyOf(this)
    return frozenAttributes(place instanceof InMemory ? place.attributes : place.meta.attributes)
  }

  /** Replaces the attributes. Errors: TypeError for what is no JSON object, ReadOnlyError (opened with mode 'r'). */
  async setAttributes(attributes: JsonObject): Promise<void> {
    const checked = checkAttributes(attributes)
    const custody = custodyOf(this)
    await custody.turn(
      'alone',
      async (place) => {
        if (custody.isReadOnly) throw custody.readOnlyError()
        if (place instanceof InMemory) place.attributes = checked
        else {
          const { incarnation } = place.meta
          place.meta = await place.session.call('setAttributes', { incarnation, attributes: checked })
        }
      },
      undefined,
    )
  }

  /** Whether this array has that dtype: narrows its type. */
  is<E extends DType>(dtype: E): this is DiskBackedNDArray<E> {
    return (this.dtype as DType) === dtype // TypeScript sees no overlap of D and E
  }

  /**
   * The live buffer, loaded where it is not: all elements in C order. The array counts as changed, and is not evicted, until
   * `offload()` or `release()`; with `readOnly`, and in mode r, it stays clean. Errors: those of `load`.
   */
  data(options: WorkOptions & { readOnly?: boolean } = {}): Promise<TypedArray<D>> {
    const custody = custodyOf(this)
    return custody.loaded(options, (loaded) => {
      const live = loaded as Live // an array keeps no buffer of its own
      live.shared = true
      if (options.readOnly !== true && !custody.isReadOnly && live.mode !== 'r') live.dirty = live.out = true
      custody.stayLoaded()
      return live.data as TypedArray<D> // of the array's dtype
    })
  }

  /** The buffer that `data()` gave away is not written to any more: what was written may be written back and evicted. */
  release(): void {
    custodyOf(this).residency?.release()
  }

  /** What it is worth in memory, shared by all objects on the array. Default 'recent'. Errors: TypeError. */
  get priority(): Priority {
    const { place } = custodyOf(this)
    return place instanceof InMemory ? place.priority : place.memory.priority
  }

  set priority(priority: Priority) {
    const { place } = custodyOf(this)
    const of = place instanceof InMemory ? place : place.memory
    of.priority = checkPriority(priority)
  }

  /**
   * Says what is wanted soon; resolves when it is near, or when nothing will be done. The whole array is loaded where there is
   * room, or only arrays of priority 'recent' without changes have to go; for the next ten seconds it is worth 'prefetch' then.
   * A selection is read and not kept, so that the operating system has its bytes at hand. Reads that fail are no concern of
   * whoever prefetches. Errors: InvalidSelectionError.
   */
  async prefetch(selection?: Selection): Promise<void> {
    const part = selection === undefined ? undefined : this.view(selection)
    try {
      if (part === undefined) await prefetch(custodyOf(this))
      else if (this.offloaded) for await (const _ of part.blocks());
    } catch {
      // what is wrong is told to whoever reads
    }
  }

  /**
   * Runs `work` on the live buffer, which stays in memory meanwhile; then it is released, and offloaded where it was loaded for
   * this and that is automatic. Errors: those of `load`, of `work`, of writing back.
   */
  use<R>(
    work: (data: TypedArray<D>) => R | Promise<R>,
    options: WorkOptions & { readOnly?: boolean } = {},
  ): Promise<Awaited<R>> {
    const custody = custodyOf(this)
    const isWriting = ({ mode }: Live) => options.readOnly !== true && !custody.isReadOnly && mode !== 'r'
    return custody.use(
      (loaded) => {
        const live = loaded as Live // an array keeps no buffer of its own
        live.shared = true
        return work(live.data as TypedArray<D>) // of the array's dtype
      },
      isWriting,
      options,
    )
  }

  /** Loads, and keeps it in memory until the pin is disposed of. Errors: those of `load`. */
  async pin(): Promise<Disposable> {
    const custody = custodyOf(this)
    let end = async () => {}
    await custody.loaded({}, (_live, hasLoaded) => {
      end = custody.pin(hasLoaded)
    })
    return { [dispose]: () => void end().catch((error: unknown) => custody.tell(error, 'write-back')) }
  }

  /**
   * Writes to the selected elements: a scalar that fits, an array that is broadcast and cast `same_kind`, or a typed array of
   * the selection's size in C order. Resolves when it is committed; in mode c it stays in memory. Errors: ReadOnlyError,
   * InvalidSelectionError, DTypeError, ShapeError, TypeError, StaleArrayError, QuotaExceededError, the signal's reason.
   */
  set(selection: Selection, value: Operand, options: WorkOptions = {}): Promise<void> {
    return setPart(custodyOf(this), selection, value, options)
  }

  /**
   * Concatenates along an axis, in place; a typed array holds whole rows. Buffers that were handed out keep what they had.
   * Errors: as `set`. Source: numpy.append.
   */
  append(data: ArrayData, axis = 0): Promise<void> {
    return appendTo(custodyOf(this), data, axis)
  }

  get(selection?: Selection, options?: WorkOptions): Promise<NDArray<D>> {
    return this.#reader.get(selection, options)
  }

  getMany(selections: readonly Selection[], options?: ReadOptions<D>): Promise<NDArray<D>[]> {
    return this.#reader.getMany(selections, options)
  }

  item(...index: number[]): Promise<Scalar<D>> {
    return this.#reader.item(...index)
  }

  blocks(options?: WorkOptions & { byteLength?: number }): AsyncIterable<{ selection: Selection; array: NDArray<D> }> {
    return this.#reader.blocks(options)
  }

  toArray<E extends DType = D>(options?: WorkOptions & { dtype?: E; copy?: true }): Promise<TypedArray<E>> {
    return this.#reader.toArray(options)
  }

  view(selection: Selection): ArrayView<D> {
    return this.#reader.view(selection)
  }

  transpose(axes?: readonly number[]): ArrayView<D> {
    return this.#reader.transpose(axes)
  }

  reshape(shape: readonly number[]): ArrayView<D> {
    return this.#reader.reshape(shape)
  }

  broadcastTo(shape: readonly number[]): ArrayView<D> {
    return this.#reader.broadcastTo(shape)
  }

  /** The elements as another dtype, in memory or in `out`; by default any cast goes. Source: numpy.ndarray.astype. */
  astype<E extends DType, O extends Out>(dtype: E, options: AstypeOptions & OutOption<O>): Promise<O>
  /** The elements as another dtype, in memory or in `out`; by default any cast goes. Source: numpy.ndarray.astype. */
  astype<E extends DType>(dtype: E, options?: AstypeOptions & MaybeOut): Promise<NDArray<E>>
  astype(dtype: DType, options?: AstypeOptions & MaybeOut): Promise<NDArray | Out> {
    return callOperator('astype', [this, dtype, options]) as Promise<NDArray | Out> // an array is never lazy
  }

  /** The live buffer, which counts as changed from then on. */
  protected describeBuffer(): { shape: readonly number[]; dtype: D; data: TypedArray<D> } {
    const custody = custodyOf(this)
    const { live } = custody.place
    if (live === undefined) throw new TypeError('describeBuffer: the array is offloaded: load() it first')
    live.shared = true
    if (!custody.isReadOnly && live.mode !== 'r') live.dirty = live.out = true
    return { shape: live.shape, dtype: this.dtype, data: live.data as TypedArray<D> } // of the array's dtype
  }

  protected describeShapeDtype(): { shape: readonly number[]; dtype: D } {
    return { shape: this.shape, dtype: this.dtype }
  }

  /** The library keeps the buffer: a subclass may note that it is gone. */
  protected dropBuffer(): void {}

  /** The library keeps the buffer: a subclass may note that it is there. */
  protected setBuffer(_data: TypedArray): void {}

  get #reader(): Reader<D> {
    return new Reader(onDisk(this), this.dtype, () => ({ base: this.shape, layout: wholeLayout(this.shape) }))
  }
}

registerLazyDiskCacheClass('DiskBackedNDArray', DiskBackedNDArray)
addOperators(DiskBackedNDArray.prototype)
