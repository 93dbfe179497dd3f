// Element-wise expressions, out of core: tile by tile in the order of the results.
import { cast } from '../../core/numpy/expression.js'
import { sizeOf } from '../../core/shape.js'
import { Expressions } from './expressions.js'
import { begin, type Job } from './job.js'
import { wholeWalk } from './walk.js'

/** Errors: those of reading, DTypeError (integers to negative powers), QuotaExceededError. */
export async function elementwise(job: Job): Promise<void> {
  const { roots, computing, results, work } = job
  begin(job)
  const sinks = await results.open(roots)
  const size = sizeOf(roots[0]?.shape ?? [])
  if (size === 0) return
  const casts = roots.map((root, i) => cast(root, sinks[i]?.dtype ?? root.dtype))
  const expressions = new Expressions(casts, computing)
  const reader = expressions.over(wholeWalk(expressions.shape))
  for (let start = 0; start < size; start += reader.tile) {
    const count = Math.min(reader.tile, size - start)
    await reader.compute(
      start,
      count,
      sinks.map((sink) => sink.room(count)),
    )
    for (const sink of sinks) await sink.filled(count)
    if (work.advance(count * expressions.bytesPerElement)) await work.pause()
  }
}
