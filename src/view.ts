// Reading arrays and views of them: what both offer, over a layout that is composed without touching a byte.
import type { DiskBackedNDArray } from './array.js'
import { blockSelections, DEFAULT_BLOCK_BYTES } from './block-selections.js'
import type { WorkOptions } from './call.js'
import { checkDType, DTYPES, type DType, type Scalar, type TypedArray } from './core/dtype.js'
import { InvalidSelectionError } from './core/errors.js'
import type { ViewLayout } from './core/layout.js'
import { NDArray } from './core/ndarray.js'
import { resolveIndex, resolveSelection, type Selection } from './core/selection.js'
import { checkShape, shapeText, sizeOf } from './core/shape.js'
import { broadcastStrides, permutation, reshapedStrides, selectedLayout, shapeOfSize } from './core/view-layout.js'
import { custodyOf, findCustody } from './custodies.js'
import { type Frame, noteView } from './frames.js'
import { callOperator } from './operators/methods.js'
import type { AstypeOptions, MaybeOut, Out, OutOption } from './operators/types.js'
import { ReadAhead } from './read-ahead.js'
import { type Parts, type ReadOptions, readParts } from './reading.js'
import { reporter } from './work-options.js'

/** What arrays on disk and their views can be asked. Results are fresh memory; nothing stays loaded for them. */
export interface Readable<D extends DType> {
  /** The length of each axis. */
  readonly shape: readonly number[]
  /** One of NumPy's fourteen. */
  readonly dtype: D
  /** The number of axes. */
  readonly ndim: number
  /** The number of elements. */
  readonly size: number
  /** Bytes an element. */
  readonly itemsize: number
  /** Bytes of all elements. */
  readonly nbytes: number
  /**
   * The selected elements, in C order. Only their bytes are read. Errors: InvalidSelectionError, StaleArrayError,
   * CorruptDataError, DiskClosedError, the signal's reason.
   */
  get(selection?: Selection, options?: WorkOptions): Promise<NDArray<D>>
  /**
   * As many `get`s in one round trip; the results lie one after the other in one memory, fresh or that of `into`, which is
   * given up for the call. Errors: as `get`; ShapeError and DTypeError for an `into` that does not fit.
   */
  getMany(selections: readonly Selection[], options?: ReadOptions<D>): Promise<NDArray<D>[]>
  /** The element at an index for every axis; of one element also without. Errors: as `get`. Source: numpy.ndarray.item. */
  item(...index: number[]): Promise<Scalar<D>>
  /**
   * All elements, in blocks of about `byteLength` bytes (default 4 MiB) in C order, each as it is when it is asked for. While
   * the caller works on one, the next is read, where memory has room. Errors: as `get`.
   */
  blocks(options?: WorkOptions & { byteLength?: number }): AsyncIterable<{ selection: Selection; array: NDArray<D> }>
  /** All elements in C order, always a copy. Errors: as `get`; TypeError for `copy: false`. Source: numpy.asarray. */
  toArray<E extends DType = D>(options?: WorkOptions & { dtype?: E; copy?: true }): Promise<TypedArray<E>>
  /** A read-only view of the selection: no I/O. Errors: InvalidSelectionError. */
  view(selection: Selection): ArrayView<D>
  /** A view with the axes in another order, by default reversed. Errors: ShapeError. Source: numpy.transpose. */
  transpose(axes?: readonly number[]): ArrayView<D>
  /** A view in another shape; a length of -1 is what the others leave. Errors: ShapeError where only a copy could have it. */
  reshape(shape: readonly number[]): ArrayView<D>
  /** A view that repeats elements. Errors: ShapeError. Source: numpy.broadcast_to. */
  broadcastTo(shape: readonly number[]): ArrayView<D>
  /**
   * All elements as another dtype, in memory or in `out`; by default any cast goes. Errors: DTypeError, ShapeError (`out`).
   * Source: numpy.ndarray.astype.
   */
  astype<E extends DType, O extends Out>(dtype: E, options: AstypeOptions & OutOption<O>): Promise<O>
  /** The elements as another dtype, in memory or in `out`; by default any cast goes. Source: numpy.ndarray.astype. */
  astype<E extends DType>(dtype: E, options?: AstypeOptions & MaybeOut): Promise<NDArray<E>>
}

/** Where elements are read from. */
export interface ElementSource<D extends DType> {
  /** The array on disk that they are; undefined where they are elsewhere. */
  readonly array: DiskBackedNDArray<D> | undefined
  /** As `readParts`. */
  read(dtype: D, partsOf: () => Parts, options: ReadOptions<D>): Promise<NDArray<D>[]>
}

/** `Readable` over elements somewhere, whose frame is asked anew for each call: an array can grow. */
export class Reader<D extends DType> implements Readable<D> {
  /** As the array's. */
  readonly dtype: D
  /** @internal */
  protected readonly source: ElementSource<D>
  readonly #frame: () => Frame

  /** @internal */
  constructor(source: ElementSource<D>, dtype: D, frame: () => Frame) {
    this.source = source
    this.dtype = dtype
    this.#frame = frame
  }

  /** The length of each axis. */
  get shape(): readonly number[] {
    return this.#frame().layout.shape
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

  /** Bytes of all elements, repeated ones too. */
  get nbytes(): number {
    return this.size * this.itemsize
  }

  async get(selection?: Selection, options: WorkOptions = {}): Promise<NDArray<D>> {
    const [array] = await this.#read(() => [selection], options)
    return array as NDArray<D> // one selection, one array
  }

  async getMany(selections: readonly Selection[], options: ReadOptions<D> = {}): Promise<NDArray<D>[]> {
    if (!Array.isArray(selections)) throw new TypeError(`selections are an array, got ${String(selections)}`)
    return await this.#read(() => selections, options)
  }

  async item(...index: number[]): Promise<Scalar<D>> {
    const checked = () => {
      const { shape } = this
      if (index.length === 0 && sizeOf(shape) === 1) return [shape.map(() => 0)]
      if (index.length === shape.length) return [index.map((at, axis) => resolveIndex(at, axis, shape[axis] ?? 0))]
      throw new InvalidSelectionError(
        `incorrect number of indices for array: shape ${shapeText(shape)} takes ${shape.length}, got ${index.length}`,
      )
    }
    const [element] = await this.#read(checked, {})
    return (element as NDArray<D>).item() // one selection, one array
  }

  async *blocks({
    byteLength = DEFAULT_BLOCK_BYTES,
    ...options
  }: WorkOptions & { byteLength?: number } = {}): AsyncGenerator<
    { selection: Selection; array: NDArray<D> },
    void,
    undefined
  > {
    if (!(byteLength > 0)) throw new TypeError(`byteLength is a number of bytes above 0, got ${String(byteLength)}`)
    const { shape, nbytes, itemsize } = this
    const report = reporter(options, nbytes)
    report(0)
    let doneBytes = 0
    const read = (selection: Selection, work: WorkOptions) => this.get(selection, work)
    const ahead = new ReadAhead(findCustody(this.source.array), read, options.signal)
    const selections = blockSelections(shape, itemsize, byteLength)
    try {
      for (let block = selections.next(); !block.done; ) {
        const selection = block.value
        const array = await ahead.take(selection)
        doneBytes += array.nbytes
        report(doneBytes)
        block = selections.next()
        if (!block.done) ahead.begin(block.value, array.nbytes)
        yield { selection, array }
      }
    } finally {
      ahead.end()
    }
  }

  async toArray<E extends DType = D>(options: WorkOptions & { dtype?: E; copy?: true } = {}): Promise<TypedArray<E>> {
    const { dtype, copy, ...work } = options
    if (copy !== undefined && copy !== true)
      throw new TypeError('toArray always copies: what is on disk cannot be shared')
    const to = dtype === undefined ? undefined : checkDType(dtype)
    const array = await this.get(undefined, work)
    const { data } = to === undefined ? array : array.astype(to)
    return data as TypedArray<E> // of `dtype`, or of D, which is E then
  }

  view(selection: Selection): ArrayView<D> {
    return this.#viewAs((layout) => selectedLayout(resolveSelection(selection, layout.shape), layout))
  }

  transpose(axes?: readonly number[]): ArrayView<D> {
    return this.#viewAs(({ shape, strides, offset }) => {
      const order = permutation(axes, shape.length)
      const pick = (values: readonly number[]) => order.map((axis) => values[axis] ?? 0)
      return { shape: pick(shape), strides: pick(strides), offset }
    })
  }

  reshape(shape: readonly number[]): ArrayView<D> {
    return this.#viewAs((layout) => {
      const checked = shapeOfSize(shape, sizeOf(layout.shape))
      return { ...layout, shape: checked, strides: reshapedStrides(layout, checked) }
    })
  }

  broadcastTo(shape: readonly number[]): ArrayView<D> {
    const checked = checkShape(shape)
    return this.#viewAs((layout) => ({ ...layout, shape: checked, strides: broadcastStrides(layout, checked) }))
  }

  /** The elements as another dtype, in memory or in `out`; by default any cast goes. Source: numpy.ndarray.astype. */
  astype<E extends DType, O extends Out>(dtype: E, options: AstypeOptions & OutOption<O>): Promise<O>
  /** The elements as another dtype, in memory or in `out`; by default any cast goes. Source: numpy.ndarray.astype. */
  astype<E extends DType>(dtype: E, options?: AstypeOptions & MaybeOut): Promise<NDArray<E>>
  async astype(dtype: DType, options: AstypeOptions & MaybeOut = {}): Promise<NDArray | Out> {
    if (this.source.array !== undefined) {
      return callOperator('astype', [this, dtype, options]) as Promise<NDArray | Out> // a view is never lazy
    }
    const { casting, out, ...work } = options
    if (out !== undefined) throw new TypeError('out is for arrays on disk: cast what get() gives')
    const to = checkDType(dtype)
    NDArray.zeros([0], this.dtype).astype(to, { casting }) // refuses before anything is read
    return (await this.get(undefined, work)).astype(to, { casting })
  }

  #viewAs(change: (layout: ViewLayout) => ViewLayout): ArrayView<D> {
    const { base, layout } = this.#frame()
    const { shape, strides, offset } = change(layout)
    const frame = { base, layout: { shape: Object.freeze([...shape]), strides, offset } }
    const view = new ArrayView(this.source, this.dtype, () => frame)
    noteView(view, { ...frame, array: this.source.array })
    return view
  }

  #read(selections: () => readonly (Selection | undefined)[], options: ReadOptions<D>): Promise<NDArray<D>[]> {
    const parts = () => {
      const { base, layout } = this.#frame()
      const layouts = selections().map((selection) => selectedLayout(resolveSelection(selection, layout.shape), layout))
      return { base, layouts }
    }
    return this.source.read(this.dtype, parts, options)
  }
}

/** A view of an array on disk: read-only, and its base is kept alive by it. */
export class ArrayView<D extends DType = DType> extends Reader<D> {
  /** Errors: TypeError for a view of what is not on disk. */
  get base(): DiskBackedNDArray<D> {
    const { array } = this.source
    if (array === undefined) throw new TypeError('this is a view of an array that is not on disk')
    return array
  }
}

/** An array on disk as what its views read. */
export function onDisk<D extends DType>(array: DiskBackedNDArray<D>): ElementSource<D> {
  return { array, read: (dtype, partsOf, options) => readParts(custodyOf(array), dtype, partsOf, options) }
}

/** Whether it is an array on disk, or a view of one. */
export function isReadable(value: unknown): value is Readable<DType> {
  if (value instanceof Reader) return true
  return typeof value === 'object' && value !== null && 'blocks' in value && 'getMany' in value && 'dtype' in value
}
