// What fetches the operators gets: a computation run over its operands, and its results committed.

import { createAccelerator } from '../../core/numpy/simd/accelerator.js'
import { accelerate } from '../../core/numpy/simd/current.js'
import type { EvaluatedArray, Evaluation } from '../../evaluation.js'
import type { ArrayMeta } from '../../protocol.js'
import type { Arrays, Target } from '../arrays.js'
import { sumWithin } from '../checksum.js'
import type { Engine } from '../engine.js'
import type { Work } from '../work.js'
import { accumulate } from './accumulation.js'
import { elementwise } from './elementwise.js'
import { Grain } from './grain.js'
import { type Job, jobOf } from './job.js'
import type { Operand } from './leaf-reader.js'
import { matrixProduct } from './matrix-product.js'
import { histogram, percentile, reduce } from './reductions.js'
import { Results } from './results.js'
import { Lease, TileMemory } from './tile-memory.js'

/** To be called while the operands are kept in place. Errors: as `evaluate`. */
export async function compute(
  { engine, arrays }: { readonly engine: Engine; readonly arrays: Arrays },
  evaluation: Evaluation,
  { operands, targets }: { readonly operands: readonly Operand[]; readonly targets: readonly (Target | undefined)[] },
  work: Work,
): Promise<{ buffer: ArrayBuffer; results: (EvaluatedArray | ArrayMeta)[] }> {
  const { roots, tile } = evaluation
  const lease = new Lease(tileMemory())
  const results = new Results(engine, arrays, targets, { steps: work.uncounted, lease })
  const computing = { data: engine.data, steps: work.uncounted, grain: new Grain(tile), operands, lease }
  try {
    await run(jobOf(computing, roots, results, work), evaluation)
    await work.end()
    return results.commit(work.origin)
  } catch (error) {
    results.discard()
    throw error
  } finally {
    lease.end()
  }
}

/** Enough for some computations at once; what is not touched takes no memory. */
const TILE_MEMORY_BYTES = 32 << 20

let memory: TileMemory | undefined

function tileMemory(): TileMemory {
  if (memory === undefined) {
    const accelerator = createAccelerator(TILE_MEMORY_BYTES)
    memory = new TileMemory(accelerator)
    accelerate(accelerator)
    if (accelerator !== undefined) sumWithin(accelerator.memory, accelerator.checksumRoom)
  }
  return memory
}

function run(job: Job, { computation }: Evaluation): Promise<void> {
  switch (computation.kind) {
    case 'elementwise':
      return elementwise(job)
    case 'reduce':
      return reduce(job, computation)
    case 'accumulate':
      return accumulate(job, computation)
    case 'histogram':
      return histogram(job, computation.options)
    case 'percentile':
      return percentile(job, computation)
    case 'matmul':
      return matrixProduct(job, computation.options)
  }
}
