// Arrays as columns of Arrow.
import * as arrow from 'apache-arrow'
import { DEFAULT_BLOCK_BYTES } from '../../block-selections.js'
import type { WorkOptions } from '../../call.js'
import type { DType, TypedArray } from '../../core/dtype.js'
import { ShapeError, StaleArrayError } from '../../core/errors.js'
import { NDArray } from '../../core/ndarray.js'
import { slice } from '../../core/slice.js'
import { isReadable, type Readable } from '../../view.js'
import { reporter, signalOnly } from '../../work-options.js'
import { versionOf } from '../npy-export.js'
import { dataOf } from './elements.js'
import { arrowTypeOf } from './types.js'

/** Columns by name, of the same number of rows. */
export type ArrowEntries = Iterable<readonly [string, Readable<DType> | NDArray]>

/**
 * An array as a Vector, or arrays by name as a Table, in memory, in batches of about 4 MiB: the first axis has the rows, further
 * ones become lists of fixed size. For what is larger than memory: `toArrowBatches`. Errors: DTypeError for complex numbers;
 * ShapeError for 0-d arrays and columns of different lengths; StaleArrayError where an array is changed meanwhile; those of
 * reading, the signal's reason.
 */
export function toArrow(array: Readable<DType> | NDArray, options?: WorkOptions): Promise<arrow.Vector>
export function toArrow(entries: ArrowEntries, options?: WorkOptions): Promise<arrow.Table>
export async function toArrow(
  given: Readable<DType> | NDArray | ArrowEntries,
  options: WorkOptions = {},
): Promise<arrow.Vector | arrow.Table> {
  const isArray = given instanceof NDArray || isReadable(given)
  const columns = columnsOf(isArray ? [['', given]] : given)
  const batches: arrow.RecordBatch[] = []
  for await (const batch of batchesOf(columns, options)) batches.push(batch)
  const table = new arrow.Table(schemaOf(columns), batches)
  return isArray ? (table.getChildAt(0) as arrow.Vector) : table
}

/**
 * The same as record batches of about 4 MiB, each read when it is asked for; `RecordBatchStreamWriter.writeAll` makes bytes of
 * them. Errors, when they are read: as `toArrow`.
 */
export function toArrowBatches(
  entries: ArrowEntries,
  options: WorkOptions = {},
): AsyncGenerator<arrow.RecordBatch, void, undefined> {
  return batchesOf(columnsOf(entries), options)
}

interface Column {
  readonly array: Readable<DType> | NDArray
  readonly field: arrow.Field
}

function columnsOf(entries: ArrowEntries): Column[] {
  return [...entries].map(([name, array]) => {
    if (!(array instanceof NDArray) && !isReadable(array)) throw new TypeError(`column '${name}' is no array`)
    if (array.ndim === 0) throw new ShapeError(`column '${name}' is 0-dimensional: it has no rows`)
    return { array, field: new arrow.Field(name, arrowTypeOf(array.dtype, array.shape.slice(1)), false) }
  })
}

function schemaOf(columns: readonly Column[]): arrow.Schema {
  return new arrow.Schema(columns.map(({ field }) => field))
}

async function* batchesOf(
  columns: readonly Column[],
  options: WorkOptions,
): AsyncGenerator<arrow.RecordBatch, void, undefined> {
  options.signal?.throwIfAborted()
  const lengths = new Set(columns.map(({ array }) => array.shape[0] ?? 0))
  if (lengths.size > 1) throw new ShapeError(`columns have one number of rows, got ${[...lengths].join(', ')}`)
  const [rows = 0] = lengths
  const totalBytes = columns.reduce((sum, { array }) => sum + array.nbytes, 0)
  const report = reporter(options, totalBytes)
  report(0)
  const step = Math.max(1, Math.floor((DEFAULT_BLOCK_BYTES * rows) / Math.max(1, totalBytes)))
  const schema = schemaOf(columns)
  const before = columns.map(({ array }) => versionOf(array))
  for (let start = 0; start < rows; start += step) {
    const length = Math.min(step, rows - start)
    const children: arrow.Data[] = []
    for (const { array, field } of columns) {
      children.push(dataOf(field.type, length, await elementsOf(array, start, length, options)))
    }
    if (columns.some(({ array }, i) => versionOf(array) !== before[i])) {
      throw new StaleArrayError('an array was changed while it was written to Arrow')
    }
    report((totalBytes / rows) * (start + length))
    yield new arrow.RecordBatch(
      schema,
      arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children }),
    )
  }
}

async function elementsOf(
  array: Readable<DType> | NDArray,
  start: number,
  length: number,
  options: WorkOptions,
): Promise<TypedArray> {
  const rows = [slice(start, start + length)]
  options.signal?.throwIfAborted()
  // Arrow keeps the memory, which is to be nobody else's.
  return array instanceof NDArray ? array.view(rows).toArray() : (await array.get(rows, signalOnly(options))).data
}
