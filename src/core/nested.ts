// Nested JavaScript arrays as elements in C order: their shape, the dtype they suggest, the values.
import type { Complex, DType, TypedArray } from './dtype.js'
import { DTypeError, ShapeError } from './errors.js'
import { isComplex, writeScalar } from './scalar.js'
import { checkShape, shapeText, sizeOf } from './shape.js'
import { allocate, isTypedArray } from './typed-array.js'

/** Arrays of arrays of scalars, as deep everywhere. */
export type Nested = number | bigint | boolean | Complex | readonly Nested[]

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

/**
 * Elements, shape and dtype of nested arrays, or of a single scalar. Without `dtype` numbers are float64, bigints int64,
 * booleans bool, { re, im } complex128, and mixtures what NumPy makes of them: booleans join anything, bigints and
 * numbers are float64. With `dtype` every value must fit it.
 * Errors: ShapeError (ragged), DTypeError (out of bounds), TypeError (no scalar). Source: numpy.array.
 */
export function fromNested<D extends DType = DType>(
  nested: unknown,
  dtype?: D,
): { data: TypedArray<D>; shape: readonly number[]; dtype: D } {
  const shape = checkShape(shapeOf(nested))
  const target = dtype ?? (inferDType(nested, shape) as D) // the caller who names no dtype asks for DType
  const data = allocate(target, sizeOf(shape))
  let index = 0
  forEachLeaf(nested, shape, 0, (value) => writeScalar(data, target, index++, value))
  return { data, shape, dtype: target }
}

/** Along the first elements, as deep as checkShape allows and one more. */
function shapeOf(nested: unknown): number[] {
  const shape: number[] = []
  for (let level = nested; Array.isArray(level) && shape.length <= 64; level = level[0]) shape.push(level.length)
  return shape
}

function inferDType(nested: unknown, shape: readonly number[]): DType {
  const seen = { complex: false, number: false, bigint: false, boolean: false }
  let isPastInt64 = false
  forEachLeaf(nested, shape, 0, (value, path) => {
    const kind = isComplex(value) ? 'complex' : typeof value
    if (!Object.hasOwn(seen, kind)) throw notScalar(value, path)
    seen[kind as keyof typeof seen] = true
    if (typeof value === 'bigint' && (value < INT64_MIN || value > INT64_MAX)) isPastInt64 = true
  })
  if (seen.complex) return 'complex128'
  if (seen.number) return 'float64'
  if (isPastInt64) throw new DTypeError('Python int too large to convert to C long: bigints without a dtype are int64')
  if (seen.bigint) return 'int64'
  return seen.boolean ? 'bool' : 'float64'
}

/** Errors: ShapeError where the nesting does not have this shape. */
function forEachLeaf(
  nested: unknown,
  shape: readonly number[],
  depth: number,
  visit: (value: unknown, path: readonly number[]) => void,
  path: number[] = [],
): void {
  if (depth === shape.length) {
    if (Array.isArray(nested)) throw ragged(shape, depth)
    visit(nested, path)
    return
  }
  const length = shape[depth] ?? 0
  if (!Array.isArray(nested) || nested.length !== length) throw ragged(shape, depth)
  for (let index = 0; index < length; index++) {
    path[depth] = index
    forEachLeaf(nested[index], shape, depth + 1, visit, path)
  }
}

/** `depth` levels are alike. */
function ragged(shape: readonly number[], depth: number): ShapeError {
  return new ShapeError(
    'setting an array element with a sequence. The requested array has an inhomogeneous shape after ' +
      `${depth} dimensions. The detected shape was ${shapeText(shape.slice(0, depth))} + inhomogeneous part.`,
  )
}

function notScalar(value: unknown, path: readonly number[]): TypeError {
  const place = path.map((index) => `[${index}]`).join('')
  const given = isTypedArray(value) ? 'a typed array' : value === null ? 'null' : typeof value
  return new TypeError(`elements are numbers, bigints, booleans or { re, im }, got ${given} at ${place || 'the top'}`)
}
