// Accumulations, out of core: what came before is kept in memory where it is little, else read back from the result.
import { castInto } from '../../core/cast.js'
import { DTYPES, type DType } from '../../core/dtype.js'
import { apply, cast, leaf } from '../../core/numpy/expression.js'
import { compile } from '../../core/numpy/program.js'
import { type AccumulateName, planAccumulate } from '../../core/numpy/reduce/accumulate.js'
import { type AccumulateOptions, resolveAccumulate } from '../../core/numpy/reduce/results.js'
import { sizeOf } from '../../core/shape.js'
import { allocate } from '../../core/typed-array.js'
import { Expressions } from './expressions.js'
import { begin, type Job } from './job.js'
import type { Sink } from './results.js'
import { wholeWalk } from './walk.js'

/** The axis that is accumulated along, and the elements around it. */
interface Along {
  readonly outer: number
  readonly length: number
  readonly inner: number
}

/** Errors: as planAccumulate. */
export async function accumulate(
  job: Job,
  { name, options }: { readonly name: AccumulateName; readonly options: AccumulateOptions },
): Promise<void> {
  const { input, grain, results } = job
  const { shape } = input
  const { axis, out } = resolveAccumulate(name, input, options)
  begin(job)
  const [sink] = (await results.open([{ dtype: out, shape }])) as [Sink] // one result, one sink
  if (sizeOf(shape) === 0) return
  const along = { outer: sizeOf(shape.slice(0, axis)), length: shape[axis] ?? 1, inner: sizeOf(shape.slice(axis + 1)) }
  const isKept = along.inner <= grain.outputs || sink.dtype !== out
  if (isKept) await keeping(job, name, along, out, sink)
  else await readingBack(job, name, along, sink)
}

async function keeping(job: Job, name: AccumulateName, along: Along, out: DType, sink: Sink): Promise<void> {
  const { expressions, input, grain, work } = job
  const { outer, length, inner } = along
  const together = Math.max(1, Math.min(outer, Math.floor(grain.outputs / inner)))
  const reader = expressions.over(wholeWalk(expressions.shape))
  const results = allocate(out, reader.tile)
  const { width } = DTYPES[out]
  for (let first = 0; first < outer; first += together) {
    const shape = [Math.min(together, outer - first), length, inner]
    const accumulator = planAccumulate(name, { ...input, shape, strides: undefined }, { axis: 1, dtype: out })
    const end = (first + together) * length * inner
    const last = Math.min(end, outer * length * inner)
    for (let start = first * length * inner; start < last; start += reader.tile) {
      const count = Math.min(reader.tile, last - start)
      const tile = await reader.read(start, count)
      const part = results.subarray(0, count * width)
      accumulator.push(tile, count, part)
      castInto(sink.room(count), sink.dtype, part, out)
      await sink.filled(count)
      if (work.advance(count * expressions.bytesPerElement)) await work.pause()
    }
  }
}

/** Every row is the row before and the elements, one operator. */
async function readingBack(job: Job, name: AccumulateName, along: Along, sink: Sink): Promise<void> {
  const { roots, computing, work } = job
  const { outer, length, inner } = along
  const expressions = new Expressions(
    roots.map((root) => cast(root, sink.dtype)),
    computing,
  )
  const reader = expressions.over(wholeWalk(expressions.shape))
  const two = [leaf(0, sink.dtype, [2]), leaf(1, sink.dtype, [2])]
  const step = compile([apply(name, two, { dtype: sink.dtype })], computing.lease.kernels)
  const before = computing.lease.room(sink.dtype, reader.tile)
  const { width } = DTYPES[sink.dtype]
  for (let row = 0; row < outer * length; row++) {
    for (let at = 0; at < inner; at += reader.tile) {
      const start = row * inner + at
      const count = Math.min(reader.tile, inner - at)
      const room = sink.room(count)
      await reader.compute(start, count, [room])
      if (row % length > 0) {
        const previous = before.subarray(0, count * width)
        sink.readBack(start - inner, previous)
        step.run(count, [previous, room], [room])
      }
      await sink.filled(count)
      if (work.advance(count * expressions.bytesPerElement)) await work.pause()
    }
  }
}
