// What takes results: an array in memory, or a whole array on disk.
import type { DType } from '../core/dtype.js'
import { NDArray } from '../core/ndarray.js'
import type { ArrayType } from '../core/numpy/out.js'
import { findCustody } from '../custodies.js'
import type { Custody } from '../custody.js'
import { findView } from '../frames.js'
import type { Out } from './types.js'

/** An `out` as it was when it was given. */
export interface GivenOut extends ArrayType {
  readonly out: Out
  /** undefined for an NDArray. */
  readonly custody: Custody | undefined
  readonly dtype: DType
}

/** The `out` of one result; empty where there is none. Errors: TypeError. */
export function readOut(value: unknown): readonly [] | readonly [GivenOut] {
  return value === undefined ? [] : [given(value)]
}

/** The `out` of a pair of results; empty where there is none. Errors: TypeError, also where both are one array. */
export function readOuts(value: unknown): readonly [] | readonly [GivenOut, GivenOut] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length !== 2) throw new TypeError('out is a pair of arrays: [quotient, remainder]')
  const [first, second] = [given(value[0]), given(value[1])]
  const isSamePlace = first.custody !== undefined && first.custody.place === second.custody?.place
  if (first.out === second.out || isSamePlace) throw new TypeError('out is a pair of two arrays, got one twice')
  return [first, second]
}

function given(value: unknown): GivenOut {
  if (value instanceof NDArray) return { out: value, custody: undefined, shape: value.shape, dtype: value.dtype }
  const custody = findCustody(value)
  if (custody !== undefined) return { out: value as Out, custody, ...typeOf(custody) } // only LazyDiskCaches have one
  throw new TypeError(
    findView(value) === undefined
      ? 'out is an NDArray, or a whole array on disk'
      : 'out is a whole array on disk: views of one are read-only',
  )
}

function typeOf({ described: { shape, dtype } }: Custody): ArrayType {
  return { shape, dtype }
}
