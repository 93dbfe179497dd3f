// Which way the elements of given ranks are found: outputs of few elements are sorted, where they can be had one after the
// other at little cost; of others the elements are found digit by digit, a pass for every digit, in the order they lie in.
import { DTYPES } from '../../dtype.js'
import type { ReducedAxes } from './axes.js'
import { COUNT_BYTES } from './digit-search.js'
import type { Fold } from './fold.js'
import type { ReducedInput } from './plan.js'
import { walkOrder } from './walk.js'

/** Finds the elements of the wanted ranks of every output. */
export interface RankFinder extends Fold {
  readonly passes: number
  /** Whether another pass is wanted. */
  endPass(): boolean
  /** The element of `output` with the rank at `index` of those asked for; NaN where the output has one. */
  element(output: number, index: number): number | bigint
}

export interface RankSearch {
  readonly isSorted: boolean
  /** The input's axes from the outermost to the innermost. */
  readonly order: readonly number[]
  /** The most outputs whose state is to be in memory at a time. */
  readonly outputs: number
}

export interface RankSearchLimits {
  /** Elements of an output up to which they are sorted: the memory it takes. */
  readonly sortedUpTo?: number | undefined
  /** Elements that are kept of an input walked across the order it lies in: each such part is read by itself. Default: any number. */
  readonly window?: number | undefined
}

const SORTED_UP_TO = 2 ** 20
/** Runs as long as this cost little more to read apart than in one go. */
const RUN_BYTES = 16 * 1024
/** Ranks of outputs that are searched at a time. */
const SEARCHES = 2 ** 19

/** `targets`: ranks that are wanted of each output. */
export function rankSearchOf(
  { dtype, shape, strides }: ReducedInput,
  { count, reduced }: ReducedAxes,
  targets: number,
  { sortedUpTo = SORTED_UP_TO, window = Number.POSITIVE_INFINITY }: RankSearchLimits,
): RankSearch {
  const { itemsize } = DTYPES[dtype]
  const walk = walkOrder(shape, strides)
  const isReduced = (axis: number) => reduced[axis] ?? false
  const first = walk.findIndex((axis) => isReduced(axis) && shape[axis] !== 1)
  // Elements among which those of one output lie.
  const reach = first === -1 ? 1 : walk.slice(first).reduce((size, axis) => size * (shape[axis] ?? 1), 1)
  const isTogether = reach === count || reach <= window
  const isSorted = count <= sortedUpTo && (isTogether || (window / count) * itemsize >= RUN_BYTES)
  const most = Math.max(1, Math.floor(SEARCHES / targets))
  if (isSorted) {
    const order = [...walk.filter((axis) => !isReduced(axis)), ...walk.filter(isReduced)]
    return { isSorted, order, outputs: Math.min(2 ** 16, most) }
  }
  // Outputs that lie next to each other are read in runs.
  const ofLargeDigits = Math.floor(COUNT_BYTES / 4 / 2 ** (reach === count ? 16 : 8) / targets)
  const isWorthIt = reach === count || ofLargeDigits * itemsize >= RUN_BYTES
  return { isSorted, order: walk, outputs: Math.max(1, isWorthIt ? ofLargeDigits : Math.min(2 ** 15, most)) }
}
