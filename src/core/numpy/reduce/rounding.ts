// Numbers rounded to what a dtype can hold.
import type { DType } from '../../dtype.js'
import { halfBitsOf, numberOfHalf } from '../../half.js'

/** The float16 nearest to `value`, as a number. */
export function roundToHalf(value: number): number {
  return numberOfHalf(halfBitsOf(value))
}

export type Round = (value: number) => number

/** Rounds to the real numbers of a dtype, the parts of a complex one; to an integer dtype as a cast does, without wrapping. */
export function rounderOf(dtype: DType): Round {
  if (dtype === 'float16') return roundToHalf
  if (dtype === 'float32' || dtype === 'complex64') return Math.fround
  return dtype === 'float64' || dtype === 'complex128' ? (value) => value : Math.trunc
}
