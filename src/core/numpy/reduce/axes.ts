// Which axes a reduction goes over, and the shape of what it leaves.
import { ShapeError } from '../../errors.js'
import { checkAxis, sizeOf } from '../../shape.js'

/** null or left out: all axes; []: none. */
export type AxisOption = number | readonly number[] | null | undefined

export interface ReducedAxes {
  readonly shape: readonly number[]
  /** For every axis of the input, whether it is reduced. */
  readonly reduced: readonly boolean[]
  readonly keepdims: boolean
  /** The shape of the result, `keepdims` applied. */
  readonly resultShape: readonly number[]
  /** The number of outputs. */
  readonly outputs: number
  /** The elements that go into each. */
  readonly count: number
}

/**
 * Source: numpy.lib.array_utils.normalize_axis_tuple.
 * Errors: ShapeError with NumPy's words for an axis out of bounds or given twice; TypeError for what is no integer.
 */
export function reducedAxes(shape: readonly number[], axis: AxisOption, keepdims = false): ReducedAxes {
  const all = axis === null || axis === undefined
  const axes = all ? shape.map((_, index) => index) : [axis].flat().map((one) => checkInteger(one, shape.length))
  if (new Set(axes).size !== axes.length) throw new ShapeError("duplicate value in 'axis'")
  const reduced = shape.map((_, index) => axes.includes(index))
  const kept = shape.filter((_, index) => !reduced[index])
  return {
    shape,
    reduced,
    keepdims,
    resultShape: keepdims ? shape.map((length, index) => (reduced[index] ? 1 : length)) : kept,
    outputs: sizeOf(kept),
    count: sizeOf(shape.filter((_, index) => reduced[index])),
  }
}

/** One axis or all, as argmin and accumulate take it. Errors: TypeError with NumPy's words for more. */
export function checkSingleAxis(axis: AxisOption): number | null | undefined {
  if (typeof axis !== 'object' || axis === null) return axis
  throw new TypeError("'tuple' object cannot be interpreted as an integer")
}

function checkInteger(axis: number, ndim: number): number {
  if (!Number.isInteger(axis)) throw new TypeError(`an axis is an integer, got ${String(axis)}`)
  return checkAxis(axis, ndim)
}

/** The ufuncs and argmin take axis 0 and -1 of a 0-d array for none. */
export function scalarAxis(axis: AxisOption, ndim: number): AxisOption {
  return ndim === 0 && (axis === 0 || axis === -1) ? null : axis
}
