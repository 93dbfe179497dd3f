// Columns of Arrow as arrays on disk.
import * as arrow from 'apache-arrow'
import { DiskBackedNDArray } from '../../array.js'
import { InvalidSourceError, LazyDiskCacheError } from '../../core/errors.js'
import { segmentOfKey } from '../../core/path.js'
import { byteLengthOf } from '../../core/shape.js'
import { reporter } from '../../work-options.js'
import { allOrNone, type Gate, untilGate } from '../all-or-none.js'
import type { ByteSource } from '../byte-source.js'
import { type ImportOptions, importOptions } from '../made-elsewhere.js'
import { openRandomAccess, type RandomAccess } from '../random-access.js'
import { Spool } from './spool.js'
import { elementsOf, type Item, itemOf } from './types.js'

export type FromArrowOptions = ImportOptions

/** A column that is to be an array. */
interface Column extends Item {
  readonly name: string
  readonly rows: number
  chunks(): AsyncIterable<Uint8Array>
}

/** Of all columns together, in memory on their way. */
const SPOOL_BYTES = 16 * 2 ** 20

/**
 * A Vector as an array, or the columns of a Table, a RecordBatch or Arrow's IPC stream or file as arrays by name, all of them or
 * none; with a cachePath each is kept under it, its name being one segment. Lists of fixed size are further axes. Missing floats
 * become NaN. Their bytes go over the disk first, for how long a column is is known last, 16 MiB at a time and at least a record
 * batch. Errors: InvalidSourceError for what is no Arrow, is cut short, or has a name twice; DTypeError for columns that have no
 * numbers, or lack some; those of DiskBackedNDArray.create. Nothing is left on disk then. Source: pyarrow's to_numpy.
 */
export function fromArrow(source: arrow.Vector, options?: FromArrowOptions): Promise<DiskBackedNDArray>
export function fromArrow(
  source: arrow.Table | arrow.RecordBatch | ByteSource,
  options?: FromArrowOptions,
): Promise<Map<string, DiskBackedNDArray>>
export async function fromArrow(
  source: arrow.Vector | arrow.Table | arrow.RecordBatch | ByteSource,
  given: FromArrowOptions = {},
): Promise<DiskBackedNDArray | Map<string, DiskBackedNDArray>> {
  const options = importOptions(given)
  options.signal?.throwIfAborted()
  if (source instanceof arrow.Vector) return createFrom(columnOf('', source), options, async () => undefined)
  if (source instanceof arrow.RecordBatch) return createAll(columnsOf(new arrow.Table([source])), options)
  if (source instanceof arrow.Table) return createAll(columnsOf(source), options)
  return fromBytes(source, options)
}

function columnsOf(table: arrow.Table): Column[] {
  return table.schema.fields.map(({ name }, i) => columnOf(name, table.getChildAt(i) as arrow.Vector))
}

function columnOf(name: string, vector: arrow.Vector): Column {
  const chunks = async function* () {
    for (const data of vector.data) yield* elementsOf(data, name)
  }
  return { name, rows: vector.length, ...itemOf(vector.type, name), chunks }
}

async function createAll(
  columns: readonly Column[],
  options: FromArrowOptions,
): Promise<Map<string, DiskBackedNDArray>> {
  const names = columns.map(({ name }) => name)
  checkNames(names)
  const totalBytes = columns.reduce((sum, { rows, shape, dtype }) => sum + byteLengthOf([rows, ...shape], dtype), 0)
  const report = reporter(options, totalBytes)
  let doneBytes = 0
  report(0)
  const { onProgress: _ofAll, ...each } = options
  const tasks = columns.map((column) => (gate: Gate) => {
    const path = options.cachePath && { cachePath: `${options.cachePath}/${segmentOfKey(column.name)}` }
    const chunks = async function* () {
      for await (const chunk of column.chunks()) {
        yield chunk
        doneBytes += chunk.byteLength
        report(doneBytes)
      }
    }
    return createFrom({ ...column, chunks }, { ...each, ...path }, gate)
  })
  const arrays = await allOrNone(tasks, (array) => array.purge())
  return new Map(arrays.map((array, i) => [names[i] as string, array])) // one for each
}

function createFrom(column: Column, options: FromArrowOptions, gate: Gate): Promise<DiskBackedNDArray> {
  const shape = [column.rows, ...column.shape]
  return DiskBackedNDArray.create(untilGate(column.chunks(), gate), { ...options, shape, dtype: column.dtype })
}

async function fromBytes(source: ByteSource, options: FromArrowOptions): Promise<Map<string, DiskBackedNDArray>> {
  const file = await openRandomAccess(source, options)
  const spools: Spool[] = []
  try {
    return await createAll(await spooled(file, options, spools), options)
  } finally {
    await Promise.all([file.end(), ...spools.map((spool) => spool.end())])
  }
}

/** Errors: InvalidSourceError, DTypeError, those of writing. */
async function spooled(file: RandomAccess, options: FromArrowOptions, spools: Spool[]): Promise<Column[]> {
  let rows = 0
  const reader = await readable(() => openReader(file))
  const { fields } = reader.schema
  checkNames(fields.map(({ name }) => name))
  const items = fields.map(({ name, type }) => ({ name, ...itemOf(type, name) }))
  for (const _ of fields) spools.push(new Spool(options, Math.floor(SPOOL_BYTES / fields.length)))
  for (;;) {
    const { done, value: batch } = await readable(() => reader.next())
    if (done === true) break
    rows += batch.numRows
    for (const [i, spool] of spools.entries()) {
      for (const data of batch.getChildAt(i)?.data ?? []) {
        for (const part of elementsOf(data, items[i]?.name ?? '')) await spool.add(part)
      }
    }
    options.signal?.throwIfAborted()
  }
  return items.map((item, i) => ({ ...item, rows, chunks: () => (spools[i] as Spool).chunks() }))
}

/** A file of Node is what Arrow reads a part at a time, files and streams alike: this is one for it. */
async function openReader(file: RandomAccess): Promise<arrow.AsyncRecordBatchStreamReader> {
  const handle = {
    fd: 0,
    stat: async () => ({ size: file.size }),
    read: async (into: Uint8Array, offset: number, byteLength: number, position: number) => {
      const bytes = await file.read(position, byteLength)
      into.set(bytes, offset)
      return { bytesRead: bytes.byteLength, buffer: into }
    },
    close: async () => undefined,
  }
  const reader = await arrow.RecordBatchReader.from(handle as unknown as AsyncIterable<Uint8Array>)
  await reader.open()
  if (reader.schema === undefined) throw new InvalidSourceError('this is no Arrow stream or file')
  return reader as unknown as arrow.AsyncRecordBatchStreamReader
}

/** Arrow's errors are of any class. */
async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LazyDiskCacheError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new InvalidSourceError(`this Arrow stream cannot be read: ${reason}`, { cause: error })
  }
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new InvalidSourceError(`there are two columns named '${twice}'`)
}
