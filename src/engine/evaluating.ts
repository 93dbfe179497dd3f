// Evaluations as the protocol has them: operands are found at once, and computed over by what is fetched when it is first needed.

import { StaleArrayError } from '../core/errors.js'
import type { ArrayParts } from '../core/given.js'
import type { Leaf } from '../core/numpy/expression.js'
import { leavesOf } from '../core/numpy/graph.js'
import { sameShape, shapeText, sizeOf } from '../core/shape.js'
import { wrap } from '../core/typed-array.js'
import { checkLayout } from '../core/view-layout.js'
import type { EvaluatedArray, Evaluation } from '../evaluation.js'
import type { ArrayMeta, Version } from '../protocol.js'
import type { Arrays } from './arrays.js'
import type { DataFiles } from './data-files.js'
import type { Engine } from './engine.js'
import type { Operand } from './operators/leaf-reader.js'
import type { ElementsShare, PieceShare, SecondThread } from './operators/sharing.js'
import { part } from './part.js'
import type { Work } from './work.js'

const operators = part(() => import('./operators/operators.js'))

/** What evaluations are done with. */
export interface Evaluator {
  readonly engine: Engine
  readonly arrays: Arrays
  readonly second?: SecondThread | undefined
}

/**
 * Computes over the values the operands have now, whatever becomes of them meanwhile. Errors: DTypeError, ShapeError with NumPy's
 * words; StaleArrayError, QuotaExceededError, CorruptDataError, AbortedError, WorkerFailedError where the operators cannot be
 * fetched; nothing has changed then.
 */
export function evaluate(
  { engine, arrays, second }: Evaluator,
  evaluation: Evaluation,
  targets: readonly (Version | undefined)[],
  client: string,
  work: Work,
): Promise<{ buffer: ArrayBuffer; results: (EvaluatedArray | ArrayMeta)[] }> {
  const { roots, sources } = evaluation
  const read = sources.flatMap((source) => ('incarnation' in source ? [source.incarnation] : []))
  return engine.reading(async () => {
    const operands: Operand[] = []
    for (const leaf of leavesOf(roots)) operands[leaf.index] = operandOf(engine, leaf, sources[leaf.index])
    const checked = targets.map((replace) => replace && arrays.target({ replace }, client))
    const { compute } = await operators()
    return compute({ engine, arrays, second }, evaluation, { operands, targets: checked }, work)
  }, read)
}

/** Reduces for another thread, as SecondThread has it, over files of it that are open here. */
export async function reduceFor(data: DataFiles, share: PieceShare, work: Work): Promise<ArrayParts[]> {
  return (await operators()).reduceFor(data, share, work)
}

/** Computes for another thread, as SecondThread has it, over files of it that are open here. */
export async function computeFor(data: DataFiles, share: ElementsShare, port: MessagePort, work: Work): Promise<void> {
  return (await operators()).computeFor(data, share, port, work)
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
