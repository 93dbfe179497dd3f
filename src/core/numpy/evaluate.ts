// Expressions over arrays in memory, evaluated at once.
import type { TypedArray } from '../dtype.js'
import { NDArray } from '../ndarray.js'
import { sameShape, sizeOf } from '../shape.js'
import { overlaps } from '../typed-array.js'
import { cast, type Node } from './expression.js'
import type { Kernels } from './kernel-table.js'
import { checkOuts } from './out.js'
import { compile } from './program.js'
import { type TileReader, tileReader, tileSize, tileWriter } from './tiles.js'

export interface Evaluation {
  /** Expressions of one shape. */
  readonly roots: readonly Node[]
  readonly leaves: readonly NDArray[]
  /** For each root where to put it; may overlap leaves. */
  readonly outs?: readonly NDArray[] | undefined
  /** What messages call the operator. */
  readonly ufunc: string
}

/** The value of every root: in `outs` where given, else in a new array. Errors: DTypeError, ShapeError with NumPy's words. */
export function evaluate({ roots, leaves, outs, ufunc }: Evaluation, kernels: Kernels): NDArray[] {
  const shape = roots[0]?.shape ?? []
  const operands = leaves.map((leaf) => leaf.shape)
  checkOuts(outs ?? [], roots, operands, ufunc)
  const isAlone = roots.length === 1
  const targets = roots.map((root, i) => targetOf(root, outs?.[i], leaves, isAlone))
  const casts = roots.map((root, i) => cast(root, targets[i]?.dtype ?? root.dtype))
  fill(targets, casts, leaves, sizeOf(shape), kernels)
  return targets.map((target, i) => {
    const out = outs?.[i]
    if (out === undefined || out === target) return target
    out.set([], target)
    return out
  })
}

function fill(
  targets: readonly NDArray[],
  roots: readonly Node[],
  leaves: readonly NDArray[],
  size: number,
  kernels: Kernels,
): void {
  if (size === 0) return
  const shape = roots[0]?.shape ?? []
  const tile = Math.min(tileSize(), size)
  const program = compile(roots, kernels)
  const readers = new Map(program.leaves.map((index) => [index, readerOf(leaves[index] as NDArray, shape, tile)]))
  const inputs = new Array<TypedArray>(leaves.length)
  const writers = targets.map((target) => tileWriter(target, tile))
  for (let start = 0; start < size; start += tile) {
    const count = Math.min(tile, size - start)
    for (const [index, reader] of readers) inputs[index] = reader.read(start, count)
    program.run(
      count,
      inputs,
      writers.map((writer) => writer.target(start, count)),
    )
    for (const writer of writers) writer.write(start, count)
  }
}

/** Of one element, that element whatever the tile; a copy, for `out` may lie over it. */
function readerOf(leaf: NDArray, shape: readonly number[], tile: number): TileReader {
  if (leaf.size !== 1) return tileReader(leaf.broadcastTo(shape), tile)
  const element = leaf.toArray()
  return { read: () => element }
}

/** A new array where there is no `out`, or where writing to it would change operands that are still to be read. */
function targetOf(root: Node, out: NDArray | undefined, leaves: readonly NDArray[], isAlone: boolean): NDArray {
  if (out === undefined) return NDArray.zeros(root.shape, root.dtype)
  const isSafe = leaves.every(
    (leaf) => leaf.size === 1 || !overlaps(leaf.data, out.data) || (isAlone && sameLayout(leaf, out)),
  )
  return isSafe && out.strides.every((stride, axis) => stride !== 0 || (out.shape[axis] ?? 1) <= 1)
    ? out
    : NDArray.zeros(root.shape, out.dtype)
}

function sameLayout(a: NDArray, b: NDArray): boolean {
  return (
    a.dtype === b.dtype &&
    a.data.byteOffset === b.data.byteOffset &&
    a.offset === b.offset &&
    sameShape(a.shape, b.shape) &&
    a.strides.every((stride, axis) => stride === b.strides[axis])
  )
}
