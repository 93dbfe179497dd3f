// Expressions over operands on disk and in memory, computed a tile at a time along any walk.
import { DTYPES, type DType, type TypedArray } from '../../core/dtype.js'
import type { Leaf, Node } from '../../core/numpy/expression.js'
import { leavesOf } from '../../core/numpy/graph.js'
import { compile, type Program } from '../../core/numpy/program.js'
import { sizeOf } from '../../core/shape.js'
import { allocate, partOf } from '../../core/typed-array.js'
import { isAscending } from '../../core/view-layout.js'
import { type LeafReader, leafReader, type Operand, type Reading } from './leaf-reader.js'
import type { Lease } from './tile-memory.js'
import { layoutOn, type Walk, walkSize, wholeWalk } from './walk.js'

/** What expressions are computed over: operands by the index of their leaves. */
export interface Computing extends Reading {
  readonly operands: readonly Operand[]
}

/** Expressions of one shape, computed together. */
export class Expressions {
  readonly roots: readonly Node[]
  readonly shape: readonly number[]
  /** Bytes of an element of every operand that has more than one. */
  readonly bytesPerElement: number
  readonly #computing: Computing
  readonly #leaves: readonly Leaf[]
  readonly #program: Program

  constructor(roots: readonly Node[], computing: Computing) {
    this.roots = roots
    this.shape = roots[0]?.shape ?? []
    this.#computing = computing
    this.#leaves = leavesOf(roots)
    this.#program = compile(roots, computing.lease.kernels, computing.lease.room)
    const read = this.#leaves.filter(({ shape }) => sizeOf(shape) > 1)
    this.bytesPerElement = read.reduce((sum, { dtype }) => sum + DTYPES[dtype].itemsize, 0)
  }

  /** Elements computed at a time. */
  get tile(): number {
    const dtypes = [...this.roots, ...this.#leaves].map(({ dtype }) => DTYPES[dtype].itemsize)
    return this.#computing.grain.tile(Math.max(...dtypes))
  }

  /** Whether all operands are read in the order they lie in, by a walk in C order. */
  get isInOrder(): boolean {
    const walk = wholeWalk(this.shape)
    return this.#leaves.every(({ index }) => {
      return isAscending(layoutOn(walk, (this.#computing.operands[index] as Operand).layout))
    })
  }

  over(walk: Walk): ExpressionsReader {
    const { operands, lease } = this.#computing
    const part = lease.part()
    const reading = { ...this.#computing, lease: part }
    const tile = Math.min(this.tile, walkSize(walk))
    const seen = this.#leaves.map(({ index }) => layoutOn(walk, (operands[index] as Operand).layout))
    const sharing = seen.filter((layout) => !isAscending(layout)).length
    const readers = this.#leaves.map(({ index, shape }, nth) => {
      const operand = operands[index] as Operand
      const layout = seen[nth] ?? operand.layout
      if (sizeOf(shape) !== 1) return [index, leafReader(operand, layout, reading, { tile, sharing })] as const
      const single = { shape: [], strides: [], offset: layout.offset }
      return [index, singleReader(leafReader(operand, single, reading, { tile: 1, sharing }))] as const
    })
    return new ExpressionsReader(this.roots, this.#program, new Map(readers), { tile, lease: part })
  }
}

/** The values of expressions along a walk. */
export class ExpressionsReader {
  /** The most elements computed at a time. */
  readonly tile: number
  readonly #roots: readonly Node[]
  readonly #program: Program
  readonly #readers: ReadonlyMap<number, LeafReader>
  readonly #lease: Lease
  readonly #inputs: TypedArray[] = []
  #values: TypedArray | undefined

  constructor(
    roots: readonly Node[],
    program: Program,
    readers: ReadonlyMap<number, LeafReader>,
    { tile, lease }: { readonly tile: number; readonly lease: Lease },
  ) {
    this.#roots = roots
    this.#program = program
    this.#readers = readers
    this.#lease = lease
    this.tile = tile
  }

  /** Computes `count` elements of each expression into `outs`, of its dtype. Errors: those of reading, DTypeError. */
  async compute(start: number, count: number, outs: readonly TypedArray[]): Promise<void> {
    for (const [index, reader] of this.#readers) this.#inputs[index] = await reader.read(start, count)
    this.#program.run(count, this.#inputs, outs)
  }

  /** `count` elements of the only expression; good until the next call. Errors: as `compute`. */
  async read(start: number, count: number): Promise<TypedArray> {
    const root = this.#roots[0] as Node // there is one
    if (root.kind === 'leaf') return (this.#readers.get(root.index) as LeafReader).read(start, count)
    this.#values ??= this.#lease.room(root.dtype, this.tile)
    const values = partOf(this.#values, 0, count * DTYPES[root.dtype].width)
    await this.compute(start, count, [values])
    return values
  }

  /** Gives back its memory; it is not used from now on. */
  end(): void {
    this.#lease.end()
  }
}

/** Reads the one element once. */
function singleReader(reader: LeafReader): LeafReader {
  let element: TypedArray | undefined
  return {
    read: async () => {
      element ??= await reader.read(0, 1)
      return element
    },
  }
}

/** All elements of the only expression along a walk, in fresh memory or in `into`. */
export async function readWhole(
  expressions: Expressions,
  walk: Walk,
  dtype: DType,
  into: TypedArray = allocate(dtype, walkSize(walk)),
): Promise<TypedArray> {
  const size = walkSize(walk)
  const { width } = DTYPES[dtype]
  const reader = expressions.over(walk)
  for (let start = 0; start < size; start += reader.tile) {
    const count = Math.min(reader.tile, size - start)
    await reader.compute(start, count, [into.subarray(start * width, (start + count) * width)])
  }
  reader.end()
  return into
}
