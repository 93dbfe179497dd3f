// Matrix products, out of core: blocks of both operands at a time, whole rows of the result in their order.
import type { TypedArray } from '../../core/dtype.js'
import { DTYPES } from '../../core/dtype.js'
import { cast, type Node } from '../../core/numpy/expression.js'
import { multiplyBlocks, roundSums } from '../../core/numpy/reduce/matmul.js'
import { type MatmulPlan, planMatmul } from '../../core/numpy/reduce/matmul-plan.js'
import { sizeOf, stridesOf } from '../../core/shape.js'
import { copyElements } from '../../core/strided.js'
import { allocate } from '../../core/typed-array.js'
import { Expressions, readWhole } from './expressions.js'
import type { Job } from './job.js'
import { type Sink, write } from './results.js'
import { wholeWalk } from './walk.js'

/** Multiplications between pauses: a fraction of a millisecond. */
const STEP_PRODUCTS = 2 ** 19
/** Elements of a panel of the second operand: it stays in the cache. */
const PANEL = 2 ** 15
/** Elements of a row of the first operand that are read in one go: shorter runs cost as much. */
const RUN = 2 ** 13

/** From `first` on, `count` of them. */
interface Range {
  readonly first: number
  readonly count: number
}

/** Errors: as planMatmul. */
export async function matrixProduct(job: Job, options: Parameters<typeof planMatmul>[2]): Promise<void> {
  const [a, b] = job.roots
  if (a === undefined || b === undefined) throw new TypeError('a matrix product is of two operands')
  const plan = planMatmul(a, b, options)
  const { batch, rows, inner, columns } = plan
  job.work.begin(sizeOf(batch) * rows * inner * columns)
  const [sink] = (await job.results.open([plan])) as [Sink] // one result, one sink
  const product = new MatrixProduct(job, plan, sink, [a, b])
  for (let matrix = 0; matrix < sizeOf(batch); matrix++) await product.multiply(matrix)
}

class MatrixProduct {
  readonly #job: Job
  readonly #plan: MatmulPlan
  readonly #sink: Sink
  readonly #operands: readonly [Expressions, Expressions]
  /** Where blocks are read to, over and over. */
  readonly #rooms: [TypedArray | undefined, TypedArray | undefined] = [undefined, undefined]
  readonly #panel: TypedArray
  /** The second operand's matrix, where it is small; and which of the batch it is. */
  #kept: TypedArray | undefined
  #keptMatrix = -1

  constructor(job: Job, plan: MatmulPlan, sink: Sink, roots: readonly [Node, Node]) {
    this.#job = job
    this.#plan = plan
    this.#sink = sink
    const [a, b] = roots.map((root) => new Expressions([cast(root, plan.computed)], job.computing))
    this.#operands = [a as Expressions, b as Expressions] // two roots
    this.#panel = allocate(plan.computed, PANEL)
  }

  /** One matrix of the batch. */
  async multiply(matrix: number): Promise<void> {
    const { rows, columns, computed } = this.#plan
    const block = this.#job.grain.block(DTYPES[computed].itemsize)
    // A row too long for memory is computed in parts; else as many whole rows as fit.
    const width = Math.min(columns, 2 * block)
    const most = Math.floor(block / Math.max(columns, Math.min(this.#plan.inner, RUN), 1))
    const height = width < columns ? 1 : Math.max(1, Math.min(rows, most))
    for (let row = 0; row < rows; row += height) {
      const across = { first: row, count: Math.min(height, rows - row) }
      for (let column = 0; column < columns; column += width) {
        await this.#block(matrix, across, { first: column, count: Math.min(width, columns - column) })
      }
    }
  }

  async #block(matrix: number, rows: Range, columns: Range): Promise<void> {
    const { inner, computed, dtype } = this.#plan
    const block = this.#job.grain.block(DTYPES[computed].itemsize)
    const sums = allocate(computed, rows.count * columns.count)
    const depth = Math.max(1, Math.min(inner, Math.floor(block / rows.count), Math.floor((2 * block) / columns.count)))
    for (let k = 0; k < inner; k += depth) {
      const along = { first: k, count: Math.min(depth, inner - k) }
      const a = await this.#read(0, matrix, rows, along)
      const b = await this.#second(matrix, along, columns)
      await this.#multiplyBlocks(sums, a, b, { rows: rows.count, inner: along.count, columns: columns.count })
    }
    await write(this.#sink, roundSums(this.#plan, sums), dtype)
  }

  /** Part of the second operand, which is read again for every block of rows where it is not small. */
  async #second(matrix: number, rows: Range, columns: Range): Promise<TypedArray> {
    const { inner, columns: width, computed } = this.#plan
    if (inner * width > 2 * this.#job.grain.block(DTYPES[computed].itemsize)) {
      return this.#read(1, matrix, rows, columns)
    }
    if (this.#keptMatrix !== matrix || this.#kept === undefined) {
      this.#keptMatrix = -1
      this.#kept = await this.#read(1, matrix, { first: 0, count: inner }, columns)
      this.#keptMatrix = matrix
    }
    const { width: perElement } = DTYPES[computed]
    return this.#kept.subarray(rows.first * width * perElement, (rows.first + rows.count) * width * perElement)
  }

  /** A block of the matrix that is at `matrix` of the batch, as what is computed in. */
  #read(operand: 0 | 1, matrix: number, rows: Range, columns: Range): Promise<TypedArray> {
    const expressions = this.#operands[operand]
    const { shape } = expressions
    const isVector = shape.length === 1
    const core = isVector ? [operand === 0 ? columns : rows] : [rows, columns]
    const before = shape.slice(0, shape.length - core.length)
    const indices = indicesOf(matrix, this.#plan.batch).slice(this.#plan.batch.length - before.length)
    const walk = {
      ...wholeWalk(shape),
      starts: [
        ...before.map((length, axis) => (length === 1 ? 0 : (indices[axis] ?? 0))),
        ...core.map(({ first }) => first),
      ],
      counts: [...before.map(() => 1), ...core.map(({ count }) => count)],
    }
    return readWhole(expressions, walk, this.#plan.computed, this.#roomFor(operand, rows.count * columns.count))
  }

  #roomFor(operand: 0 | 1, size: number): TypedArray {
    const { computed } = this.#plan
    const length = size * DTYPES[computed].width
    const known = this.#rooms[operand]
    const room = known !== undefined && known.length >= length ? known : allocate(computed, size)
    this.#rooms[operand] = room
    return room.subarray(0, length)
  }

  async #multiplyBlocks(
    sums: TypedArray,
    a: TypedArray,
    b: TypedArray,
    { rows, inner, columns }: { readonly rows: number; readonly inner: number; readonly columns: number },
  ): Promise<void> {
    const { computed } = this.#plan
    const { width } = DTYPES[computed]
    const { work } = this.#job
    const depth = Math.max(1, Math.min(inner, Math.floor(PANEL / columns)))
    const most = Math.min(Math.floor(STEP_PRODUCTS / (depth * columns)), Math.floor(PANEL / depth))
    const height = Math.max(1, Math.min(rows, most))
    for (let k = 0; k < inner; k += depth) {
      const along = Math.min(depth, inner - k)
      const second = b.subarray(k * columns * width, (k + along) * columns * width)
      for (let row = 0; row < rows; row += height) {
        const count = Math.min(height, rows - row)
        const first = this.#panel.subarray(0, count * along * width)
        const packed = { data: first, strides: [along, 1], offset: 0 }
        copyElements(computed, [count, along], packed, { data: a, strides: [inner, 1], offset: row * inner + k })
        const target = sums.subarray(row * columns * width, (row + count) * columns * width)
        multiplyBlocks(this.#plan, target, first, second, { rows: count, inner: along, columns })
        if (work.advance(count * along * columns)) await work.pause()
      }
    }
  }
}

function indicesOf(index: number, shape: readonly number[]): number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(index / stride) % (shape[axis] ?? 1))
}
