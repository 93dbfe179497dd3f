// Evaluations as the protocol has them: operands found, the computation run, its results committed.

import { StaleArrayError } from '../../core/errors.js'
import type { Leaf } from '../../core/numpy/expression.js'
import { createAccelerator } from '../../core/numpy/simd/accelerator.js'
import { accelerate } from '../../core/numpy/simd/current.js'
import { sameShape, shapeText, sizeOf } from '../../core/shape.js'
import { wrap } from '../../core/typed-array.js'
import { checkLayout } from '../../core/view-layout.js'
import type { EvaluatedArray, Evaluation } from '../../evaluation.js'
import type { ArrayMeta, Version } from '../../protocol.js'
import type { Arrays } from '../arrays.js'
import { sumWithin } from '../checksum.js'
import type { Engine } from '../engine.js'
import type { Work } from '../work.js'
import { accumulate } from './accumulation.js'
import { elementwise } from './elementwise.js'
import { leavesOf } from './expressions.js'
import { Grain } from './grain.js'
import { type Job, jobOf } from './job.js'
import type { Operand } from './leaf-reader.js'
import { matrixProduct } from './matrix-product.js'
import { histogram, percentile, reduce } from './reductions.js'
import { Results } from './results.js'
import { Lease, TileMemory } from './tile-memory.js'

/**
 * Computes over the values the operands have now, whatever becomes of them meanwhile. Errors: DTypeError, ShapeError with NumPy's
 * words; StaleArrayError, QuotaExceededError, CorruptDataError, AbortedError; nothing has changed then.
 */
export function evaluate(
  { engine, arrays }: { readonly engine: Engine; readonly arrays: Arrays },
  evaluation: Evaluation,
  targets: readonly (Version | undefined)[],
  client: string,
  work: Work,
): Promise<{ buffer: ArrayBuffer; results: (EvaluatedArray | ArrayMeta)[] }> {
  const { roots, sources, tile } = evaluation
  const read = sources.flatMap((source) => ('incarnation' in source ? [source.incarnation] : []))
  return engine.reading(async () => {
    const operands: Operand[] = []
    for (const leaf of leavesOf(roots)) operands[leaf.index] = operandOf(engine, leaf, sources[leaf.index])
    const checked = targets.map((replace) => replace && arrays.target({ replace }, client))
    const lease = new Lease(tileMemory())
    const results = new Results(engine, arrays, checked, { steps: work.uncounted, lease })
    const computing = { data: engine.data, steps: work.uncounted, grain: new Grain(tile), operands, lease }
    try {
      await compute(jobOf(computing, roots, results, work), evaluation)
      await work.end()
      return results.commit(work.origin)
    } catch (error) {
      results.discard()
      throw error
    } finally {
      lease.end()
    }
  }, read)
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

function compute(job: Job, { computation }: Evaluation): Promise<void> {
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

/** Errors: StaleArrayError where it is gone or of another shape, ShapeError where the view leaves it, TypeError where it is no operand. */
function operandOf(engine: Engine, { dtype, index }: Leaf, source: Evaluation['sources'][number] | undefined): Operand {
  if (source === undefined) throw new TypeError(`operand ${index} is missing`)
  if ('bytes' in source) {
    const from = wrap(source.bytes.slice().buffer, dtype) // typed views need it aligned
    checkLayout(source.layout, from.length)
    return { from, dtype, layout: source.layout }
  }
  const entry = engine.entry(source.incarnation)
  if (!sameShape(entry.shape, source.base) || entry.dtype !== dtype) {
    throw new StaleArrayError(
      `'${entry.path}' is ${entry.dtype} ${shapeText(entry.shape)} now, no longer ${dtype} ${shapeText(source.base)}`,
    )
  }
  checkLayout(source.layout, sizeOf(entry.shape))
  return { from: entry, dtype, layout: source.layout }
}
