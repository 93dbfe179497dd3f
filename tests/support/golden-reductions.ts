// The reductions recorded from NumPy (scripts' record-reductions.py): their operands, and how they are called.
import { castTyped } from '../../src/core/cast.js'
import { DTYPES, type DType, type TypedArray } from '../../src/core/dtype.js'
import { NDArray } from '../../src/core/ndarray.js'
import { bytesOf } from '../../src/core/typed-array.js'

export interface RecordedLayout {
  readonly dtype: DType
  /** Elements of the memory. */
  readonly size: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

export interface RecordedResult {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly hex: string
}

export interface RecordedReduction {
  readonly op: string
  readonly name?: 'add' | 'multiply' | 'minimum' | 'maximum'
  readonly q?: number | readonly number[]
  readonly input: RecordedLayout
  readonly options: Readonly<Record<string, unknown>>
  readonly out: RecordedResult
  readonly edges?: RecordedResult
}

/** The formula of record-reductions.py. */
export function elementsOf({ size, dtype }: RecordedLayout): TypedArray {
  const { kind, width } = DTYPES[dtype]
  const states = Float64Array.from(
    { length: size * width },
    (_, i) => (Math.imul(i, 1_103_515_245) + 12_345) & 0x7fffffff,
  )
  const fractions = () => states.map((u) => u / 2 ** 31 - 0.25)
  if (kind === 'complex') return castTyped(fractions(), 'complex128', dtype)
  if (kind === 'float') return castTyped(fractions(), 'float64', dtype)
  const wrapped = castTyped(
    states.map((u) => u % 1000),
    'float64',
    'int64',
  )
  return castTyped(wrapped, 'int64', dtype)
}

export function arrayOf(layout: RecordedLayout): NDArray {
  const { dtype, shape, strides, offset } = layout
  return NDArray.fromParts({ data: elementsOf(layout), dtype, shape, strides, offset })
}

const NAMES: Readonly<Record<string, string>> = { count_nonzero: 'countNonzero' }

/**
 * The function's name and arguments. Reductions over all axes keep them, so that there is an array to compare: `isFlat` then.
 */
export function callOf({ op, name = 'add', q = 50, options }: RecordedReduction, operand: unknown) {
  const isFlat = op !== 'accumulate' && op !== 'histogram' && op !== 'percentile' && options['axis'] === null
  const given = op === 'accumulate' ? [name, operand] : op === 'percentile' ? [operand, q] : [operand]
  return { name: NAMES[op] ?? op, given: [...given, isFlat ? { ...options, keepdims: true } : options], isFlat }
}

/** The arrays that a call gave. */
export function resultsOf(result: unknown, isFlat: boolean): NDArray[] {
  if (!(result instanceof NDArray)) return Object.values(result as object) as NDArray[] // of a histogram
  return [isFlat ? result.reshape([]) : result]
}

/** As they were recorded. */
export function recorded(results: readonly NDArray[]): RecordedResult[] {
  return results.map((array) => ({ dtype: array.dtype, shape: array.shape, hex: hexOf(array) }))
}

export function expected({ out, edges }: RecordedReduction): RecordedResult[] {
  return edges === undefined ? [out] : [out, edges]
}

export function hexOf(array: NDArray): string {
  return Array.from(bytesOf(array.toArray()), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
