// Reductions of an expression, out of core: its elements are pushed through a reducer, for as many results at a time as fit.

import { DTYPES, type DType, type TypedArray } from '../../core/dtype.js'
import type { ArrayParts } from '../../core/given.js'
import { apply, leaf, type Node } from '../../core/numpy/expression.js'
import { leavesOf } from '../../core/numpy/graph.js'
import { type ReducedAxes, reducedAxes } from '../../core/numpy/reduce/axes.js'
import type { HistogramOptions } from '../../core/numpy/reduce/bins.js'
import { planHistogram } from '../../core/numpy/reduce/histogram.js'
import { divided, rooted } from '../../core/numpy/reduce/moments.js'
import { type PercentileOptions, percentileOutputs, planPercentile } from '../../core/numpy/reduce/percentile.js'
import { planReduction, type ReducedInput, type ReductionOptions } from '../../core/numpy/reduce/plan.js'
import type { Reducer } from '../../core/numpy/reduce/reducer.js'
import { axesOf } from '../../core/numpy/reduce/results.js'
import type { ReductionName } from '../../core/numpy/reduce/types.js'
import { sameShape, sizeOf } from '../../core/shape.js'
import { allocate, bytesOf } from '../../core/typed-array.js'
import type { DataFiles } from '../data-files.js'
import type { Work } from '../work.js'
import { Expressions } from './expressions.js'
import { Grain } from './grain.js'
import { begin, type Job } from './job.js'
import type { Operand } from './leaf-reader.js'
import { inPieces, type Piece, type Pieces } from './pieces.js'
import { type Sink, write } from './results.js'
import { FEWEST_SHARED_BYTES, type PieceShare, type SecondThread, share } from './sharing.js'
import type { Lease } from './tile-memory.js'
import { boxesOf, type Walk, walkSize, wholeWalk } from './walk.js'

type Box = Pick<Walk, 'starts' | 'counts'>

/** Errors: as planReduction. */
export async function reduce(
  job: Job,
  { name, options }: { readonly name: ReductionName; readonly options: ReductionOptions },
): Promise<void> {
  const { results, input } = job
  const axes = axesOf(name, input.shape, options)
  const open = (dtype: ArrayParts['dtype']) => results.open([{ dtype, shape: axes.resultShape }])
  const shared = await reduceShared(job, name, options, axes)
  if (shared !== undefined) {
    const [sink] = await open(shared.dtype)
    return write(sink as Sink, shared.data, shared.dtype)
  }
  let sink: Sink | undefined
  for (const box of boxes(job, axes.reduced, axes.outputs)) {
    const reducer = planReduction(name, input, options, box.counts)
    if (sink === undefined) begin(job, reducer.passes)
    const { data, dtype } = await drive(reducer, box, job)
    ;[sink] = sink === undefined ? await open(dtype) : [sink]
    await write(sink as Sink, data, dtype) // one result, one sink
  }
}

/** In pieces, some of them in another thread; undefined where that is not to be. */
async function reduceShared(
  job: Job,
  name: ReductionName,
  options: ReductionOptions,
  axes: ReducedAxes,
): Promise<ArrayParts | undefined> {
  const { expressions, input, second, roots, computing, grain } = job
  const isMuch = sizeOf(expressions.shape) * expressions.bytesPerElement >= FEWEST_SHARED_BYTES
  if (second === undefined || !isMuch || !expressions.isInOrder || axes.outputs > grain.outputs) return undefined
  const { passes } = planReduction(name, input, options)
  const isVariance = (name === 'std' || name === 'var') && axes.reduced.every(Boolean)
  const plan = inPieces(isVariance ? 'sum' : name, input, options)
  if (plan === undefined || (isVariance && !isFloat(input.dtype))) return undefined
  begin(job, passes)
  const root = roots[0] as Node // there is one
  const whole = await sharePieces(job, second, plan, { root, expressions, operands: computing.operands })
  if (!isVariance) return whole
  const { squares, operands } = squaredDeviations(root, divided(whole, axes.count), computing.operands)
  const over = { root: squares, expressions: new Expressions([squares], { ...computing, operands }), operands }
  const total = await sharePieces(job, second, plan, over)
  const variance = divided(total, Math.max(axes.count - (options.ddof ?? 0), 0))
  return { ...(name === 'std' ? rooted(variance) : variance), shape: axes.resultShape }
}

/** Whether the deviations from a mean are of the dtype that they are summed in. */
function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64'
}

/** (root - mean)², as NumPy computes it step by step. Source: numpy._core._methods._var. */
function squaredDeviations(
  root: Node,
  mean: Pick<ArrayParts, 'data' | 'dtype'>,
  operands: readonly Operand[],
): { squares: Node; operands: Operand[] } {
  const subtracted = leaf(operands.length, mean.dtype, [])
  const squares = apply('square', [apply('subtract', [root, subtracted])])
  const layout = { shape: [], strides: [], offset: 0 }
  return { squares, operands: [...operands, { from: mean.data, dtype: mean.dtype, layout }] }
}

/** What pieces are of. */
interface Reduced {
  readonly root: Node
  readonly expressions: Expressions
  readonly operands: readonly Operand[]
}

async function sharePieces(
  { work }: Job,
  second: SecondThread,
  plan: Pieces,
  { root, expressions, operands }: Reduced,
): Promise<ArrayParts> {
  const { pieces } = plan
  const parts: ArrayParts[] = []
  const left = { start: 0, end: pieces.length }
  const compute = async () => {
    while (left.start < left.end) {
      const index = left.start++
      parts[index] = await reducePiece(pieces[index] as Piece, expressions, work)
    }
  }
  await share(second, left, compute, async ({ start, end }) => {
    const taken = pieces.slice(start, end)
    const made = await second.reduce({ root, operands, pieces: taken })
    for (const [i, part] of made.entries()) parts[start + i] = part
    for (const piece of taken) work.advance((piece.end - piece.start) * expressions.bytesPerElement)
  })
  return plan.join(parts)
}

async function reducePiece(piece: Piece, expressions: Expressions, work: Work): Promise<ArrayParts> {
  const { start, end, name, input, options, part } = piece
  const reducer = planReduction(name, input, options, part)
  const reader = expressions.over(wholeWalk(expressions.shape))
  do {
    for (let at = start; at < end && !reducer.settled; at += reader.tile) {
      const count = Math.min(reader.tile, end - at)
      reducer.push(await reader.read(at, count))
      if (work.advance(count * expressions.bytesPerElement)) await work.pause()
    }
  } while (reducer.endPass())
  reader.end()
  return reducer.finish()
}

/** What a second thread does: see SecondThread. */
export async function reducePieces(
  data: DataFiles,
  { root, operands, pieces }: PieceShare,
  lease: Lease,
  work: Work,
): Promise<ArrayParts[]> {
  const expressions = new Expressions([root], {
    data,
    steps: work.uncounted,
    grain: new Grain(undefined),
    operands,
    lease,
  })
  const parts: ArrayParts[] = []
  for (const piece of pieces) parts.push(await reducePiece(piece, expressions, work))
  return parts
}

/** Errors: as planPercentile. */
export async function percentile(
  job: Job,
  { q, options }: { readonly q: number | readonly number[]; readonly options: PercentileOptions },
): Promise<void> {
  const { results, grain } = job
  const input = asItLies(job)
  const { reduced, outputs, resultShape } = reducedAxes(input.shape, options.axis, options.keepdims)
  const window = grain.window(DTYPES[input.dtype].itemsize, false, sizeOf(input.shape), 1)
  const limits = { ...options, window }
  const rows = typeof q === 'number' ? 1 : q.length
  let whole: TypedArray | undefined
  let done = 0
  let dtype = input.dtype
  for (const box of boxes(job, reduced, outputs, Math.min(grain.outputs, percentileOutputs(input, q, limits)))) {
    const reducer = planPercentile({ ...input, shape: box.counts }, q, limits)
    if (whole === undefined) begin(job, reducer.passes)
    const part = await drive(reducer, box, job)
    dtype = part.dtype
    whole ??= allocate(dtype, rows * outputs)
    const count = rows === 0 ? 0 : part.data.length / rows
    for (let row = 0; row < rows; row++) {
      const { itemsize } = DTYPES[dtype]
      const elements = bytesOf(part.data).subarray(row * count * itemsize, (row + 1) * count * itemsize)
      bytesOf(whole).set(elements, (row * outputs + done) * itemsize)
    }
    done += count
  }
  const [sink] = await results.open([{ dtype, shape: typeof q === 'number' ? resultShape : [rows, ...resultShape] }])
  await write(sink as Sink, whole ?? allocate(dtype, 0), dtype) // one result, one sink
}

/** Errors: as planHistogram. */
export async function histogram(job: Job, options: HistogramOptions): Promise<void> {
  const { input, results } = job
  const reducer = planHistogram(input, options)
  begin(job, reducer.passes)
  const { counts, edges } = await drive(reducer, wholeWalk(input.shape), job)
  const sinks = await results.open([
    { dtype: 'int64', shape: [counts.length] },
    { dtype: 'float64', shape: [edges.length] },
  ])
  await write(sinks[0] as Sink, counts, 'int64') // two results, two sinks
  await write(sinks[1] as Sink, edges, 'float64')
}

/** Pushes the elements of a box through a reducer, as often as that wants. */
async function drive<R>(reducer: Reducer<R>, box: Box, { expressions, work }: Job): Promise<R> {
  const walk = { ...box, order: reducer.order }
  const size = walkSize(walk)
  const reader = size === 0 ? undefined : expressions.over(walk)
  do {
    for (let start = 0; reader !== undefined && start < size && !reducer.settled; start += reader.tile) {
      const count = Math.min(reader.tile, size - start)
      reducer.push(await reader.read(start, count))
      if (work.advance(count * expressions.bytesPerElement)) await work.pause()
    }
  } while (reducer.endPass())
  reader?.end()
  return reducer.finish()
}

/** The input in the order its operands lie in, which is free where the order of the elements is nothing to the result. */
function asItLies({ roots, computing, input }: Job): ReducedInput {
  const leaf = leavesOf(roots).find(({ shape }) => sameShape(shape, input.shape))
  return { ...input, strides: leaf && computing.operands[leaf.index]?.layout.strides }
}

/** Boxes with the reduced axes whole, in C order of the results; one without elements where there are no results. */
function boxes({ input, grain }: Job, reduced: readonly boolean[], outputs: number, most = grain.outputs) {
  if (outputs === 0) return [wholeWalk(input.shape)]
  return boxesOf(input.shape, (axis) => !reduced[axis], most)
}
