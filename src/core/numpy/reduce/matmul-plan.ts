// Matrix products: shapes and dtypes as NumPy's matmul has them.
import { canCast } from '../../casting.js'
import { DTYPES, type DType } from '../../dtype.js'
import { ShapeError } from '../../errors.js'
import { broadcastShapes, shapeText } from '../../shape.js'
import { promote } from '../types.js'
import { cannotCastInput } from '../ufunc-errors.js'

const SIGNATURE = '(n?,k),(k,m?)->(n?,m?)'

interface MatrixInput {
  readonly shape: readonly number[]
  readonly dtype: DType
}

export interface MatmulPlan {
  /** The axes before the last two, broadcast. */
  readonly batch: readonly number[]
  readonly rows: number
  readonly inner: number
  readonly columns: number
  /** The operands as [...batch, rows, inner] and [...batch, inner, columns], before the batch is broadcast. */
  readonly shapes: readonly [readonly number[], readonly number[]]
  /** Of the result. */
  readonly shape: readonly number[]
  readonly dtype: DType
  /** What blocks of the operands are cast to, and sums are kept in: no smaller than `dtype`. */
  readonly computed: DType
}

/** Errors: ShapeError, DTypeError with NumPy's words. Source: numpy.matmul. */
export function planMatmul(
  a: MatrixInput,
  b: MatrixInput,
  options: { readonly dtype?: DType | undefined } = {},
): MatmulPlan {
  const dtype = options.dtype ?? promote(a.dtype, b.dtype)
  ;[a, b].forEach((input, position) => {
    if (!canCast(input.dtype, dtype, 'same_kind')) throw cannotCastInput('matmul', input.dtype, dtype, ` ${position}`)
    if (input.shape.length === 0) throw notEnoughAxes(position)
  })
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape
  const [rows, inner] = left.slice(-2) as [number, number] // two axes at least
  const [depth, columns] = right.slice(-2) as [number, number]
  if (depth !== inner) throw coreMismatch('Input operand 1', 0, depth, inner)
  const core = [...(a.shape.length === 1 ? [] : [rows]), ...(b.shape.length === 1 ? [] : [columns])]
  const batch = broadcastBatches(left.slice(0, -2), right.slice(0, -2), [a.shape, b.shape], core)
  return {
    batch,
    rows,
    inner,
    columns,
    shapes: [left, right],
    shape: [...batch, ...core],
    dtype,
    computed: computedIn(dtype),
  }
}

/** Integers are computed modulo 2^32 or 2^64, floats in the precision of a double; float16 as NumPy does, in float32. */
function computedIn(dtype: DType): DType {
  const { kind, itemsize } = DTYPES[dtype]
  if (kind === 'bool') return 'bool'
  if (kind === 'complex') return 'complex128'
  if (kind === 'float') return dtype === 'float16' ? 'float32' : 'float64'
  return itemsize === 8 ? 'int64' : 'int32'
}

/** Errors: ShapeError with NumPy's words. */
export function checkMatmulOut(out: readonly number[], plan: MatmulPlan): void {
  const { batch, shape } = plan
  const core = shape.slice(batch.length)
  const given = out.slice(out.length - core.length)
  if (out.length < core.length) {
    throw new ShapeError(
      `matmul: Output operand 0 does not have enough dimensions (has ${out.length}, ` +
        `gufunc core with signature ${SIGNATURE} requires ${core.length})`,
    )
  }
  core.forEach((length, axis) => {
    if (given[axis] !== length) throw coreMismatch('Output operand 0', axis, given[axis] ?? 0, length)
  })
  if (out.length === shape.length && out.every((length, axis) => length === shape[axis])) return
  throw new ShapeError(
    `non-broadcastable output operand with shape ${shapeText(out)} doesn't match the broadcast shape ${shapeText(shape)}`,
  )
}

function broadcastBatches(
  left: readonly number[],
  right: readonly number[],
  shapes: readonly (readonly number[])[],
  core: readonly number[],
): number[] {
  try {
    return broadcastShapes(left, right)
  } catch (cause) {
    const remapped = [left, right].map((batch, i) => {
      const axes = batch.length === 0 ? [] : [...batch, 'newaxis', 'newaxis'].slice(0, batch.length + core.length)
      return `${shapeText(shapes[i] ?? [])}->(${axes.join(',')})`
    })
    throw new ShapeError(
      `operands could not be broadcast together with remapped shapes [original->remapped]: ${remapped.join(' ')}  ` +
        `and requested shape ${shapeText(core)}`,
      { cause },
    )
  }
}

function notEnoughAxes(position: number): ShapeError {
  return new ShapeError(
    `matmul: Input operand ${position} does not have enough dimensions ` +
      `(has 0, gufunc core with signature ${SIGNATURE} requires 1)`,
  )
}

function coreMismatch(operand: string, axis: number, length: number, expected: number): ShapeError {
  return new ShapeError(
    `matmul: ${operand} has a mismatch in its core dimension ${axis}, with gufunc signature ${SIGNATURE} ` +
      `(size ${length} is different from ${expected})`,
  )
}
