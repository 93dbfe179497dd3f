// Columns of Arrow as arrays on disk.
import * as arrow from 'apache-arrow'
import { DiskBackedNDArray } from '../../array.js'
import type { Scalar } from '../../core/dtype.js'
import { InvalidSourceError } from '../../core/errors.js'
import { segmentOfKey } from '../../core/path.js'
import { byteLengthOf } from '../../core/shape.js'
import { allOrNone, type Gate, untilGate } from '../all-or-none.js'
import type { ByteSource } from '../byte-source.js'
import { type ImportOptions, importOptions } from '../made-elsewhere.js'
import { counted, meter } from '../metering.js'
import { elementsOf, type Reading, readingOf } from './elements.js'
import { withIpc } from './ipc.js'
import { Spool } from './spool.js'
import { itemOf } from './types.js'

/** Of `fromArrow`. */
export interface FromArrowOptions extends ImportOptions {
  /** What missing values become, in all columns. Default: NaN in columns of floats, in others an error. */
  missing?: Scalar
}

/** A column that is to be an array. */
interface Column extends Reading {
  readonly rows: number
  chunks(): AsyncIterable<Uint8Array>
}

/** Of all columns together, in memory on their way. */
const SPOOL_BYTES = 16 * 2 ** 20

/**
 * A Vector as an array, or the columns of a Table, a RecordBatch or Arrow's IPC stream or file as arrays by name, all of them or
 * none; with a cachePath each is kept under it, its name being one segment. Lists of fixed size are further axes. How long the
 * columns of a stream or file are is known last: they go over the disk, with 16 MiB and one record batch in memory, and progress
 * has no total until all is read. Errors: InvalidSourceError for what is no Arrow, is cut short, or has a name twice; DTypeError
 * for columns that have no numbers, or lack some; those of DiskBackedNDArray.create. Nothing is left on disk then. Source:
 * pyarrow's to_numpy.
 */
export function fromArrow(source: arrow.Vector, options?: FromArrowOptions): Promise<DiskBackedNDArray>
export function fromArrow(
  source: arrow.Table | arrow.RecordBatch | ByteSource,
  options?: FromArrowOptions,
): Promise<Map<string, DiskBackedNDArray>>
export async function fromArrow(
  source: arrow.Vector | arrow.Table | arrow.RecordBatch | ByteSource,
  { missing, ...given }: FromArrowOptions = {},
): Promise<DiskBackedNDArray | Map<string, DiskBackedNDArray>> {
  const options = importOptions(given)
  options.signal?.throwIfAborted()
  if (source instanceof arrow.Vector) return createFrom(columnOf('', source, missing), options, async () => undefined)
  if (source instanceof arrow.RecordBatch) return createAll(columnsOf(new arrow.Table([source]), missing), options)
  if (source instanceof arrow.Table) return createAll(columnsOf(source, missing), options)
  return fromBytes(source, missing, options)
}

function columnsOf(table: arrow.Table, missing: Scalar | undefined): Column[] {
  return table.schema.fields.map(({ name }, i) => columnOf(name, table.getChildAt(i) as arrow.Vector, missing))
}

function columnOf(name: string, vector: arrow.Vector, missing: Scalar | undefined): Column {
  const reading = readingOf(name, itemOf(vector.type, name), missing)
  const chunks = async function* () {
    for (const data of vector.data) yield* elementsOf(data, reading)
  }
  return { ...reading, rows: vector.length, chunks }
}

/** `before`: bytes that were read for them already. */
async function createAll(
  columns: readonly Column[],
  options: ImportOptions,
  before: number = 0,
): Promise<Map<string, DiskBackedNDArray>> {
  const names = columns.map(({ name }) => name)
  checkNames(names)
  const nbytes = columns.reduce((sum, { rows, shape, dtype }) => sum + byteLengthOf([rows, ...shape], dtype), 0)
  const onBytes = meter(nbytes, options, before)
  const { onProgress: _ofAll, ...each } = options
  const tasks = columns.map((column) => (gate: Gate) => {
    const path = options.cachePath && { cachePath: `${options.cachePath}/${segmentOfKey(column.name)}` }
    const chunks = () => counted(column.chunks(), onBytes)
    return createFrom({ ...column, chunks }, { ...each, ...path }, gate)
  })
  const arrays = await allOrNone(tasks, (array) => array.purge())
  return new Map(arrays.map((array, i) => [names[i] as string, array])) // one for each
}

function createFrom(column: Column, options: ImportOptions, gate: Gate): Promise<DiskBackedNDArray> {
  const shape = [column.rows, ...column.shape]
  return DiskBackedNDArray.create(untilGate(column.chunks(), gate), { ...options, shape, dtype: column.dtype })
}

async function fromBytes(
  source: ByteSource,
  missing: Scalar | undefined,
  options: ImportOptions,
): Promise<Map<string, DiskBackedNDArray>> {
  const report = meter(undefined, options)
  let doneBytes = 0
  const onBytes = (byteLength: number) => {
    doneBytes += byteLength
    report(byteLength)
  }
  const spools: Spool[] = []
  try {
    const columns = await withIpc(source, options, onBytes, ({ fields }, batches) => {
      checkNames(fields.map(({ name }) => name))
      const readings = fields.map(({ name, type }) => readingOf(name, itemOf(type, name), missing))
      for (const _ of fields) spools.push(new Spool(options, Math.floor(SPOOL_BYTES / fields.length)))
      return spooled(batches, readings, spools, options)
    })
    return await createAll(columns, options, doneBytes)
  } finally {
    await Promise.all(spools.map((spool) => spool.end()))
  }
}

/** Errors: those of reading and writing. */
async function spooled(
  batches: AsyncIterable<arrow.RecordBatch>,
  readings: readonly Reading[],
  spools: readonly Spool[],
  { signal }: ImportOptions,
): Promise<Column[]> {
  let rows = 0
  for await (const batch of batches) {
    signal?.throwIfAborted()
    rows += batch.numRows
    for (const [i, reading] of readings.entries()) {
      for (const data of batch.getChildAt(i)?.data ?? []) {
        for (const part of elementsOf(data, reading)) await spools[i]?.add(part)
      }
    }
  }
  return readings.map((reading, i) => ({ ...reading, rows, chunks: () => (spools[i] as Spool).chunks() }))
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new InvalidSourceError(`there are two columns named '${twice}'`)
}
