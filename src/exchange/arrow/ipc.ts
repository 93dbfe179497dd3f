// Arrow's IPC streams and files, a record batch at a time.
import * as arrow from 'apache-arrow'
import { InvalidSourceError, LazyDiskCacheError } from '../../core/errors.js'
import { ByteReader } from '../byte-reader.js'
import { type ByteSource, openSource } from '../byte-source.js'
import type { ImportOptions } from '../made-elsewhere.js'
import { counted } from '../metering.js'
import { ended } from '../npy-import.js'
import { onDisk, openRandomAccess, type RandomAccess } from '../random-access.js'
import { fileMessages, MAGIC_BYTES, startsFile } from './ipc-file.js'
import { streamMessages } from './messages.js'

/**
 * Runs `work` with the schema and the record batches of a stream or file. What only comes as a stream and is a file is put on disk
 * first: a file says at its end what it has. Errors, also when batches are read: InvalidSourceError for what is neither, is cut
 * short, or lies; those of the source.
 */
export async function withIpc<T>(
  source: ByteSource,
  options: ImportOptions,
  onBytes: (byteLength: number) => void,
  work: (schema: arrow.Schema, batches: AsyncIterable<arrow.RecordBatch>) => Promise<T>,
): Promise<T> {
  const { chunks, size } = await openSource(source, options.signal)
  const reader = new ByteReader(counted(chunks, onBytes))
  return ended(reader, options.signal, async () => {
    const start = await reader.take(MAGIC_BYTES)
    if (!startsFile(start)) return decoded(streamMessages(start, reader, size), work)
    const file =
      source instanceof Blob ? await openRandomAccess(source.slice(MAGIC_BYTES), {}) : await onDisk(reader, options)
    try {
      return await decoded(fileMessages(source instanceof Blob ? meteredBy(onBytes, file) : file), work)
    } finally {
      await file.end()
    }
  })
}

function meteredBy(onBytes: (byteLength: number) => void, file: RandomAccess): RandomAccess {
  return {
    size: file.size,
    readBytes: 0,
    end: () => file.end(),
    read: async (start, byteLength) => {
      const bytes = await file.read(start, byteLength)
      onBytes(bytes.byteLength)
      return bytes
    },
  }
}

async function decoded<T>(
  messages: AsyncIterable<Uint8Array>,
  work: (schema: arrow.Schema, batches: AsyncIterable<arrow.RecordBatch>) => Promise<T>,
): Promise<T> {
  const batches = await readable(async () => {
    const opened = await arrow.RecordBatchReader.from(messages)
    await opened.open({ autoDestroy: false })
    return opened
  })
  if (batches.schema === undefined) throw new InvalidSourceError('this is no Arrow stream or file: it is empty')
  return work(batches.schema, readably(batches))
}

async function* readably(
  batches: AsyncIterable<arrow.RecordBatch>,
): AsyncGenerator<arrow.RecordBatch, void, undefined> {
  const each = batches[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await readable(() => each.next())
    if (done === true) return
    yield value
  }
}

/** Arrow's errors are of any class. */
async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LazyDiskCacheError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new InvalidSourceError(`this Arrow data cannot be read: ${reason}`, { cause: error })
  }
}
