// Element-wise expressions, out of core: tile by tile in the order of the results.
import { DTYPES } from '../../core/dtype.js'
import { cast } from '../../core/numpy/expression.js'
import { sizeOf } from '../../core/shape.js'
import { BLOCK_BYTES } from '../../protocol.js'
import type { DataFiles } from '../data-files.js'
import { Draft } from '../draft.js'
import { type BlockTable, blockLength, positionOf } from '../layout.js'
import type { Work } from '../work.js'
import { Expressions } from './expressions.js'
import { Grain } from './grain.js'
import { begin, type Job } from './job.js'
import { draftSink, type Sink } from './results.js'
import { type DraftShare, FEWEST_SHARED_BYTES, type Left, type SharedDraft, share, type Taken } from './sharing.js'
import type { Lease } from './tile-memory.js'
import { wholeWalk } from './walk.js'

/** Errors: those of reading, DTypeError (integers to negative powers), QuotaExceededError. */
export async function elementwise(job: Job): Promise<void> {
  const { roots, computing, results, work, second } = job
  begin(job)
  const sinks = await results.open(roots)
  const size = sizeOf(roots[0]?.shape ?? [])
  if (size === 0) return
  const casts = roots.map((root, i) => cast(root, sinks[i]?.dtype ?? root.dtype))
  const expressions = new Expressions(casts, computing)
  const left = { start: 0, end: size }
  const compute = () => fill(expressions, sinks, left, work)
  const drafts = results.drafts
  const written = casts.reduce((sum, { dtype }) => sum + DTYPES[dtype].itemsize, 0)
  const isMuch = size * (expressions.bytesPerElement + written) >= FEWEST_SHARED_BYTES
  if (second === undefined || drafts === undefined || !isMuch || !expressions.isInOrder) return compute()
  const { operands, data } = computing
  const step = BLOCK_BYTES / Math.min(...drafts.map(({ dtype }) => DTYPES[dtype].itemsize))
  await share(second, left, step, compute, async (range) => {
    const blocks = await second.fill({ roots: casts, operands, drafts, ...range })
    for (const [i, draft] of drafts.entries()) {
      const [first, past] = blocksOf(draft, range, size)
      draft.blocks.set(blocks[i] as BlockTable, 2 * first) // one for each
      for (let index = first; index < past; index++) {
        data.noteWritten(positionOf(draft.blocks, index), blockLength(index, draft.nbytes))
      }
    }
    work.advance((range.end - range.start) * expressions.bytesPerElement)
  })
}

/** Computes what is left, from its start on, until nothing is. */
async function fill(expressions: Expressions, sinks: readonly Sink[], left: Taken, work: Work): Promise<void> {
  if (left.start >= left.end) return
  const reader = expressions.over(wholeWalk(expressions.shape))
  while (left.start < left.end) {
    const { start } = left
    const count = Math.min(reader.tile, left.end - start)
    left.start += count
    await reader.compute(
      start,
      count,
      sinks.map((sink) => sink.room(count)),
    )
    for (const sink of sinks) await sink.filled(count)
    if (work.advance(count * expressions.bytesPerElement)) await work.pause()
  }
  reader.end()
}

/** Which of a draft's blocks begin at those elements. */
function blocksOf({ blocks, dtype }: SharedDraft, { start, end }: Left, size: number): readonly [number, number] {
  const { itemsize } = DTYPES[dtype]
  return [(start * itemsize) / BLOCK_BYTES, end === size ? blocks.length / 2 : (end * itemsize) / BLOCK_BYTES]
}

/** What a second thread does: see SecondThread. */
export async function fillShare(
  data: DataFiles,
  { roots, operands, drafts, start, end }: DraftShare,
  lease: Lease,
  work: Work,
): Promise<BlockTable[]> {
  const steps = work.uncounted
  const expressions = new Expressions(roots, { data, steps, grain: new Grain(undefined), operands, lease })
  const sinks = drafts.map(({ dtype, nbytes, blocks }) => {
    return draftSink(new Draft(data, nbytes, blocks, start * DTYPES[dtype].itemsize), dtype, { steps, lease })
  })
  await fill(expressions, sinks, { start, end }, work)
  const size = sizeOf(expressions.shape)
  return drafts.map((draft) => {
    const [first, past] = blocksOf(draft, { start, end }, size)
    return draft.blocks.slice(2 * first, 2 * past)
  })
}
