// The bins of a histogram as they are asked for.
import { DTYPES, type DType } from '../../dtype.js'
import { DTypeError, ShapeError } from '../../errors.js'

/** Of `histogram`. */
export interface HistogramOptions {
  /** How many bins of one width, default 10, or their edges. */
  readonly bins?: number | readonly number[] | undefined
  /** The outer edges; default the least and the greatest element. */
  readonly range?: readonly [number, number] | undefined
}

/**
 * How many bins there are to be. Errors: ShapeError with NumPy's words (bins, range), DTypeError (complex), TypeError (bins
 * that are no number).
 */
export function checkHistogram(dtype: DType, { bins = 10, range }: HistogramOptions): number {
  if (DTYPES[dtype].kind === 'complex') throw new DTypeError('a histogram is of real numbers')
  if (typeof bins === 'object') {
    if (bins.some((edge, i) => edge > (bins[i + 1] ?? edge))) {
      throw new ShapeError('`bins` must increase monotonically, when an array')
    }
    return Math.max(0, bins.length - 1)
  }
  if (!Number.isInteger(bins)) throw new TypeError('`bins` must be an integer, a string, or an array')
  if (bins < 1) throw new ShapeError('`bins` must be positive, when an integer')
  if (range !== undefined) checkRange(range)
  return bins
}

function checkRange([first, last]: readonly [number, number]): void {
  if (first > last) throw new ShapeError('max must be larger than min in range parameter.')
  if (Number.isFinite(first) && Number.isFinite(last)) return
  throw new ShapeError(`supplied range of [${first}, ${last}] is not finite`)
}
