// What fetches the operators gets: a computation run over its operands, and its results committed.

import type { ArrayParts } from '../../core/given.js'
import type { EvaluatedArray, Evaluation } from '../../evaluation.js'
import type { ArrayMeta } from '../../protocol.js'
import type { Target } from '../arrays.js'
import type { DataFiles } from '../data-files.js'
import type { Evaluator } from '../evaluating.js'
import { part } from '../part.js'
import type { Work } from '../work.js'
import { computeRuns, elementwise } from './elementwise.js'
import { Grain } from './grain.js'
import { type Job, jobOf } from './job.js'
import type { Operand } from './leaf-reader.js'
import { Results } from './results.js'
import type { ElementsShare, PieceShare } from './sharing.js'
import { Lease } from './tile-memory.js'

const kernels = part(() => import('./kernels.js'))
const folds = part(() => import('./folds.js'))

/** To be called while the operands are kept in place. Errors: as `evaluate`. */
export async function compute(
  { engine, arrays, second }: Evaluator,
  evaluation: Evaluation,
  { operands, targets }: { readonly operands: readonly Operand[]; readonly targets: readonly (Target | undefined)[] },
  work: Work,
): Promise<{ buffer: ArrayBuffer; results: (EvaluatedArray | ArrayMeta)[] }> {
  const { roots, tile } = evaluation
  const [{ tileMemory }, run] = await Promise.all([kernels(), runnerOf(evaluation)])
  const lease = new Lease(tileMemory())
  const results = new Results(engine, arrays, targets, { steps: work.uncounted, lease })
  const computing = { data: engine.data, steps: work.uncounted, grain: new Grain(tile), operands, lease }
  try {
    await run(jobOf(computing, roots, results, work, second))
    await work.end()
    return results.commit(work.origin)
  } catch (error) {
    results.discard()
    throw error
  } finally {
    lease.end()
  }
}

/** What a second thread does for another one: see SecondThread. Errors: those of reading, AbortedError. */
export async function reduceFor(data: DataFiles, share: PieceShare, work: Work): Promise<ArrayParts[]> {
  const [{ tileMemory }, { reducePieces }] = await Promise.all([kernels(), folds()])
  const lease = new Lease(tileMemory())
  try {
    return await reducePieces(data, share, lease, work)
  } finally {
    lease.end()
  }
}

/** What a second thread does for another one: see SecondThread. Errors: those of `compute`. */
export async function computeFor(data: DataFiles, share: ElementsShare, port: MessagePort, work: Work): Promise<void> {
  const lease = new Lease((await kernels()).tileMemory())
  try {
    await computeRuns(data, share, port, lease, work)
  } finally {
    lease.end()
  }
}

async function runnerOf({ computation }: Evaluation): Promise<(job: Job) => Promise<void>> {
  if (computation.kind === 'elementwise') return elementwise
  const { fold } = await folds()
  return (job) => fold(job, computation)
}
