// Which ranks of the sorted elements a percentile needs, and what is made of them. Source: numpy.percentile.
import { DTYPES, type DType } from '../../dtype.js'
import { DTypeError, ShapeError } from '../../errors.js'
import { unsupported } from '../ufunc-errors.js'
import { rounderOf } from './rounding.js'

export type PercentileMethod = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest'

const METHODS: readonly PercentileMethod[] = ['linear', 'lower', 'higher', 'midpoint', 'nearest']

/** The two elements between which a percentile lies, by rank, and how far along. */
export interface Rank {
  readonly lower: number
  readonly upper: number
  /** 0 to 1; undefined: the lower one as it is, in its own dtype. */
  readonly fraction: number | undefined
}

/** Errors: DTypeError (complex; bool between two elements), ShapeError (q), TypeError (method), with NumPy's words. */
export function checkPercentile(dtype: DType, percentages: readonly number[], method: PercentileMethod): void {
  if (DTYPES[dtype].kind === 'complex') throw new DTypeError('a must be an array of real numbers')
  if (!percentages.every((q) => q >= 0 && q <= 100)) {
    throw new ShapeError('Percentiles must be in the range [0, 100]')
  }
  if (!METHODS.includes(method))
    throw new TypeError(`'${method}' is not a valid method. Use one of: ${METHODS.join(', ')}`)
  const isBetween = method === 'linear' || method === 'midpoint'
  if (dtype === 'bool' && isBetween) throw unsupported('subtract', ['bool', 'bool'])
}

export function rankOf(percentage: number, count: number, method: PercentileMethod): Rank {
  const place = (count - 1) * (percentage / 100)
  switch (method) {
    case 'lower':
      return at(Math.floor(place))
    case 'higher':
      return at(Math.ceil(place))
    case 'nearest':
      return at(halvesToEven(place))
    case 'midpoint': {
      const middle = 0.5 * (Math.floor(place) + Math.ceil(place))
      return between(middle, count, middle % 1 === 0 ? 0 : 0.5)
    }
    default:
      return between(place, count, undefined)
  }
}

function at(rank: number): Rank {
  return { lower: rank, upper: rank, fraction: undefined }
}

function between(place: number, count: number, fraction: number | undefined): Rank {
  const lower = Math.floor(place)
  if (place >= count - 1) return { lower: count - 1, upper: count - 1, fraction: fraction ?? 0 }
  return { lower, upper: lower + 1, fraction: fraction ?? place - lower }
}

function halvesToEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

/** NumPy gives what `method` picks as it is, else float64; a single percentage of floats keeps their dtype. */
export function percentileDType(dtype: DType, method: PercentileMethod, isSingle: boolean): DType {
  if (method === 'lower' || method === 'higher' || method === 'nearest') return dtype
  return DTYPES[dtype].kind === 'float' && isSingle ? dtype : 'float64'
}

/**
 * Between two elements of `dtype`, computed in `out`. Of integers the difference is that of the numbers: NumPy's wraps.
 * Source: numpy.lib._function_base_impl._lerp.
 */
export function interpolate(
  lower: number | bigint,
  upper: number | bigint,
  fraction: number,
  dtype: DType,
  out: DType,
): number {
  const round = rounderOf(out)
  const isWide = typeof lower === 'bigint' && typeof upper === 'bigint'
  const difference = isWide ? Number(upper - lower) : rounderOf(floatOf(dtype))(Number(upper) - Number(lower))
  if (fraction >= 0.5) return round(Number(upper) - round(difference * round(1 - fraction)))
  return round(Number(lower) + round(difference * round(fraction)))
}

function floatOf(dtype: DType): DType {
  return DTYPES[dtype].kind === 'float' ? dtype : 'float64'
}
