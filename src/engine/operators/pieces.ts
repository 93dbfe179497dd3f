// Reductions in pieces that are reduced apart, in any order and thread: runs of C order, whose results joined are the whole's, bit
// for bit. Rows are pieces of themselves; a sum of all elements is cut as NumPy's pairwise sum cuts it.
import { DTYPES } from '../../core/dtype.js'
import type { ArrayParts } from '../../core/given.js'
import type { ReducedAxes } from '../../core/numpy/reduce/axes.js'
import { divided } from '../../core/numpy/reduce/moments.js'
import { LEAF, leftOf } from '../../core/numpy/reduce/pairwise.js'
import { planReduction, type ReducedInput, type ReductionOptions } from '../../core/numpy/reduce/plan.js'
import { axesOf } from '../../core/numpy/reduce/results.js'
import { type ReductionName, resolveReduction } from '../../core/numpy/reduce/types.js'
import { piecesOf, walkOrder } from '../../core/numpy/reduce/walk.js'
import { sizeOf, stridesOf } from '../../core/shape.js'
import { allocate, bytesOf } from '../../core/typed-array.js'

/** A run of C order, and what it is reduced by: see planReduction. */
export interface Piece {
  readonly start: number
  readonly end: number
  readonly name: ReductionName
  readonly input: ReducedInput
  readonly options: ReductionOptions
  /** The shape of the run. */
  readonly part: readonly number[]
}

export interface Pieces {
  readonly pieces: readonly Piece[]
  /** The result of the whole, of those of the pieces in order. */
  join(parts: readonly ArrayParts[]): ArrayParts
}

/** About so many: each costs a few calls. */
const PIECES = 32

/** undefined where the order of the walk or of the computation is another. */
export function inPieces(name: ReductionName, input: ReducedInput, options: ReductionOptions): Pieces | undefined {
  const { shape, dtype, strides = stridesOf(shape) } = input
  const axes = axesOf(name, shape, options)
  if (axes.outputs === 0 || axes.count === 0 || !walkOrder(shape, strides).every((axis, i) => axis === i))
    return undefined
  const plain = { shape, dtype, strides }
  const outermost = shape.findIndex((length) => length > 1)
  if (axes.reduced.every(Boolean)) return ofWhole(name, plain, options, axes)
  return axes.reduced[outermost] === false ? ofRows(name, plain, options, outermost) : undefined
}

function ofRows(name: ReductionName, input: ReducedInput, options: ReductionOptions, axis: number): Pieces {
  const { shape } = input
  const length = shape[axis] as number
  const inner = sizeOf(shape.slice(axis + 1))
  const step = Math.ceil(length / PIECES)
  const pieces: Piece[] = []
  for (let first = 0; first < length; first += step) {
    const past = Math.min(first + step, length)
    const part = shape.with(axis, past - first)
    pieces.push({ start: first * inner, end: past * inner, name, input, options, part })
  }
  return { pieces, join: concatenated }
}

function ofWhole(
  name: ReductionName,
  input: ReducedInput,
  options: ReductionOptions,
  axes: ReducedAxes,
): Pieces | undefined {
  const { dtype, shape, strides = [] } = input
  const { loop } = resolveReduction(name, dtype, options)
  const isSum = name === 'sum' || name === 'mean'
  if (isSum && !isExactIn(loop)) {
    const { piece } = piecesOf(axes, walkOrder(shape, strides), strides, dtype !== loop)
    // NumPy cuts it otherwise, or has two numbers an element.
    if (dtype !== loop || DTYPES[loop].kind !== 'float' || loop === 'float16' || piece !== axes.count) return undefined
  } else if (name === 'mean' || !JOINED_BY.has(name)) return undefined
  const least = Math.max(LEAF, Math.ceil(axes.count / PIECES))
  const pieces: Piece[] = []
  const tree = (start: number, count: number): Join => {
    if (count > least) {
      const left = leftOf(count)
      const [first, second] = [tree(start, left), tree(start + left, count - left)]
      return (parts) => joined(JOINED_BY.get(name) as ReductionName, [first(parts), second(parts)]) // it is there
    }
    const index = pieces.length
    const part = [count]
    const of = name === 'mean' ? 'sum' : name
    const own = options.dtype === undefined ? {} : { dtype: options.dtype }
    pieces.push({ start, end: start + count, name: of, input: { dtype, shape: part }, options: own, part })
    return (parts) => parts[index] as ArrayParts
  }
  const join = tree(0, axes.count)
  return {
    pieces,
    join: (parts) => {
      const whole = join(parts)
      const result = name === 'mean' ? divided(whole, axes.count) : whole
      return { ...result, shape: axes.resultShape }
    },
  }
}

type Join = (parts: readonly ArrayParts[]) => ArrayParts

/** What makes a result of two. */
const JOINED_BY = new Map<ReductionName, ReductionName>([
  ['sum', 'sum'],
  ['mean', 'sum'],
  ['countNonzero', 'sum'],
  ['min', 'min'],
  ['max', 'max'],
  ['any', 'any'],
  ['all', 'all'],
])

/** Whether sums are the same in any order. */
function isExactIn(dtype: keyof typeof DTYPES): boolean {
  return DTYPES[dtype].kind === 'int' || DTYPES[dtype].kind === 'uint' || dtype === 'bool'
}

function joined(name: ReductionName, parts: readonly ArrayParts[]): ArrayParts {
  const { data, dtype, shape } = concatenated(parts)
  const reducer = planReduction(name, { dtype, shape }, name === 'sum' ? { dtype } : {})
  do reducer.push(data)
  while (reducer.endPass())
  return reducer.finish()
}

function concatenated(parts: readonly ArrayParts[]): ArrayParts {
  const { dtype } = parts[0] as ArrayParts // there is one
  const { width } = DTYPES[dtype]
  const size = parts.reduce((sum, { data }) => sum + data.length / width, 0)
  const data = allocate(dtype, size)
  let at = 0
  for (const part of parts) {
    bytesOf(data).set(bytesOf(part.data), at)
    at += part.data.byteLength
  }
  return { data, dtype, shape: [size] }
}
