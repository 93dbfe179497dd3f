// Arrow's IPC streams and files, a record batch at a time.
import * as arrow from 'apache-arrow'
import { InvalidSourceError, LazyDiskCacheError } from '../../core/errors.js'
import type { ByteReader } from '../byte-reader.js'

export interface OpenIpc {
  readonly schema: arrow.Schema
  readonly batches: AsyncIterable<arrow.RecordBatch>
}

/** A file is this, six letters and two zeros, around a stream, and what says where its parts are behind that. */
const MAGIC = 'ARROW1'
const MAX_METADATA_BYTES = 2 ** 26
/** Of a message: its batch is in memory as a whole. */
const MAX_BODY_BYTES = 2 ** 30

/**
 * A stream, or a file, whose record batches are taken as they lie in it. Errors, also when batches are read: InvalidSourceError
 * for what is neither, is cut short, or lies; those of the source.
 */
export async function openIpc(reader: ByteReader, size: number | undefined): Promise<OpenIpc> {
  const batches = await readable(async () => {
    const opened = await arrow.RecordBatchReader.from(messagesOf(reader, size))
    await opened.open({ autoDestroy: false })
    return opened
  })
  if (batches.schema === undefined) throw new InvalidSourceError('this is no Arrow stream or file: it is empty')
  return { schema: batches.schema, batches: readably(batches) }
}

async function* readably(batches: AsyncIterable<arrow.RecordBatch>): AsyncGenerator<arrow.RecordBatch, void, undefined> {
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

/** Each in two pieces, as Arrow asks for them: what it says, and its body. */
async function* messagesOf(reader: ByteReader, size = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array, void, undefined> {
  const start = await reader.take(8)
  const isFile = new TextDecoder().decode(start.subarray(0, MAGIC.length)) === MAGIC
  let prefix = isFile ? await reader.take(8) : start
  for (let isFirst = true; ; isFirst = false) {
    const length = lengthOf(prefix)
    if (length === 0) break
    const metadata = await exactly(reader, length)
    const message = arrow.Message.decode(metadata)
    if (message.isSchema() !== isFirst) throw new InvalidSourceError('this Arrow data has its schema out of place')
    yield new Uint8Array([...prefix, ...metadata])
    const { bodyLength } = message
    if (!(bodyLength >= 0 && bodyLength <= Math.min(MAX_BODY_BYTES, size))) {
      throw new InvalidSourceError(`this Arrow data has a record batch of ${bodyLength} bytes`)
    }
    if (bodyLength > 0) yield await exactly(reader, bodyLength)
    prefix = await reader.take(8)
  }
  if (isFile) await checkFooter(reader)
}

/** 0 at the end. Errors: InvalidSourceError. */
function lengthOf(prefix: Uint8Array): number {
  if (prefix.byteLength === 0) return 0
  if (prefix.byteLength < 8) throw cutShort()
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8)
  const [marker, length] = [view.getInt32(0, true), view.getInt32(4, true)]
  if (marker === -1 && length >= 0 && length <= MAX_METADATA_BYTES) return length
  throw new InvalidSourceError('this is no Arrow stream or file of version 0.15 or later')
}

async function exactly(reader: ByteReader, byteLength: number): Promise<Uint8Array> {
  const bytes = await reader.take(byteLength)
  if (bytes.byteLength < byteLength) throw cutShort()
  return bytes
}

/** That all of it is there. */
async function checkFooter(reader: ByteReader): Promise<void> {
  let footer = new Uint8Array()
  let part: Uint8Array
  do {
    part = await reader.take(2 ** 16)
    if (footer.byteLength > MAX_METADATA_BYTES) throw new InvalidSourceError('this Arrow file has a footer too large')
    footer = new Uint8Array([...footer, ...part])
  } while (part.byteLength > 0)
  const end = footer.byteLength - MAGIC.length
  if (end < 4 || new TextDecoder().decode(footer.subarray(end)) !== MAGIC) throw cutShort()
}

function cutShort(): InvalidSourceError {
  return new InvalidSourceError('this Arrow data is cut short')
}
