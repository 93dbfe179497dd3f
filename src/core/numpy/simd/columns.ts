// Copies within the module's memory that make columns of rows, as a window of a transpose is filled.
import { DTYPES, type DType } from '../../dtype.js'
import { copyElements, type Layout } from '../../strided.js'
import type { Instance } from './instance.js'

/** As `copyElements`. */
export type Copy = typeof copyElements

/** With fewer elements a call of the module costs more than it saves. */
const FEWEST = 64

export function acceleratedCopy({ buffer, exports }: Instance): Copy {
  return (dtype, shape, target, source) => {
    const rows = rowsOf(dtype, shape, target, source)
    const isNear = target.data.buffer === buffer && source.data.buffer === buffer
    if (rows === undefined || !isNear) return copyElements(dtype, shape, target, source)
    const { itemsize } = DTYPES[dtype]
    const side = 16 / itemsize
    const [count, length] = [rows.count - (rows.count % side), rows.length - (rows.length % side)]
    const address = ({ data, offset }: Layout) => data.byteOffset + offset * itemsize
    const [pitch, step] = [rows.pitch * itemsize, rows.step * itemsize]
    const copy = itemsize === 4 ? exports.columns_32 : exports.columns_64
    if (count > 0 && length > 0) copy(address(source), pitch, count, length, address(target), step)
    const copyFrom = (row: number, column: number, counts: readonly number[]) =>
      copyElements(
        dtype,
        counts,
        { ...target, strides: [1, rows.step], offset: target.offset + row + column * rows.step },
        { ...source, strides: [rows.pitch, 1], offset: source.offset + row * rows.pitch + column },
      )
    copyFrom(count, 0, [rows.count - count, rows.length])
    copyFrom(0, length, [count, rows.length - length])
  }
}

/** `count` rows of `length` elements, `pitch` elements apart; their columns go `step` elements apart. */
interface Rows {
  readonly count: number
  readonly length: number
  readonly pitch: number
  readonly step: number
}

/** undefined where that is not what is copied, or not enough of it. */
function rowsOf(dtype: DType, shape: readonly number[], target: Layout, source: Layout): Rows | undefined {
  const { itemsize } = DTYPES[dtype]
  const [outer, inner, more] = shape.flatMap((count, axis) => (count > 1 ? [axis] : []))
  if (outer === undefined || inner === undefined || more !== undefined) return undefined
  const [count, length] = [shape[outer] as number, shape[inner] as number]
  const [pitch, step] = [source.strides[outer] as number, target.strides[inner] as number]
  const isTurned = source.strides[inner] === 1 && target.strides[outer] === 1 && pitch > 0 && step > 0
  const isWide = itemsize === 4 || itemsize === 8
  return isTurned && isWide && count * length >= FEWEST ? { count, length, pitch, step } : undefined
}
