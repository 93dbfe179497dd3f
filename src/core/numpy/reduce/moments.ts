// What makes means and deviations of sums, in NumPy's steps and precisions.
import { castTyped } from '../../cast.js'
import { DTYPES, type DType } from '../../dtype.js'
import type { FoldResult } from './fold.js'

/** `sum / count` as NumPy's true_divide by an integer, rounded once to the sum's dtype, or to `to` at once. */
export function divided({ data, dtype }: FoldResult, count: number, to = dtype): FoldResult {
  const isComplex = DTYPES[dtype].kind === 'complex'
  const computed = isComplex ? 'complex128' : 'float64'
  const values: Float64Array = castTyped(data, dtype, computed)
  if (isComplex) divideComplex(values, count)
  else for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / count
  return { data: castTyped(values, computed, to), dtype: to }
}

/** Smith's division by count + 0i, as NumPy's loop has it: an infinite part makes a NaN of the other. */
function divideComplex(values: Float64Array, count: number): void {
  const scale = 1 / count
  for (let i = 0; i < values.length; i += 2) {
    const [re, im] = [values[i] as number, values[i + 1] as number]
    values[i] = count === 0 ? re / 0 : (re + im * 0) * scale
    values[i + 1] = count === 0 ? im / 0 : (im - re * 0) * scale
  }
}

/** Roots, rounded to the dtype; of complex numbers that have no imaginary part. */
export function rooted({ data, dtype }: FoldResult): FoldResult {
  if (DTYPES[dtype].kind === 'complex') return { data: rootsOfReal(data as Float32Array | Float64Array), dtype }
  const values = castTyped(data, dtype, 'float64').map(Math.sqrt)
  return { data: castTyped(values, 'float64', dtype), dtype }
}

function rootsOfReal<A extends Float32Array | Float64Array>(pairs: A): A {
  const roots = pairs.slice() as A // of the same class
  for (let i = 0; i < roots.length; i += 2) {
    roots[i] = Math.sqrt(pairs[i] as number)
    if (Number.isNaN(pairs[i])) roots[i + 1] = Number.NaN
  }
  return roots
}

/** NumPy sums ints in float64, and float16 in float32 for a mean but not for a variance. */
export function meanLoop(from: DType): DType {
  const { kind } = DTYPES[from]
  if (kind === 'int' || kind === 'uint' || kind === 'bool') return 'float64'
  return from === 'float16' ? 'float32' : from
}

export function varianceLoop(from: DType): DType {
  return from === 'float16' ? from : meanLoop(from)
}
