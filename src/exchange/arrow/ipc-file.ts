// Arrow's IPC files: messages whose places are in a footer, which alone has the schema where apache-arrow writes them.
import * as arrow from 'apache-arrow'
import { InvalidSourceError } from '../../core/errors.js'
import type { RandomAccess } from '../random-access.js'
import { cutShort, framed, nextMessage } from './messages.js'

const MAGIC = new TextEncoder().encode('ARROW1')
/** With the zeros behind it. */
export const MAGIC_BYTES = 8
/** The footer's length, and the magic again. */
const END_BYTES = 4 + MAGIC.byteLength
const MAX_FOOTER_BYTES = 2 ** 26

export function startsFile(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte)
}

/** In the pieces of a stream. `file` is without its first MAGIC_BYTES. Errors: InvalidSourceError, those of Arrow. */
export async function* fileMessages(file: RandomAccess): AsyncGenerator<Uint8Array, void, undefined> {
  const { schema, offsets } = await footerOf(file)
  yield framed(arrow.Message.encode(arrow.Message.from(schema)))
  let end = 0
  for (const offset of offsets) {
    let at = offset - MAGIC_BYTES
    // Else a small file could have its batches a million times.
    if (!(at >= end && at < file.size)) throw new InvalidSourceError(`this Arrow file refers to a batch at ${offset}`)
    const message = await nextMessage((byteLength) => {
      at += byteLength
      return file.read(at - byteLength, byteLength)
    }, file.size)
    if (message === undefined || message.isSchema)
      throw new InvalidSourceError(`this Arrow file has no batch at ${offset}`)
    end = at
    yield message.metadata
    yield message.body
  }
}

async function footerOf(file: RandomAccess): Promise<{ schema: arrow.Schema; offsets: number[] }> {
  const end = await file.read(Math.max(0, file.size - END_BYTES), END_BYTES)
  if (end.byteLength < END_BYTES || !startsFile(end.subarray(4))) throw cutShort()
  const length = new DataView(end.buffer, end.byteOffset).getInt32(0, true)
  if (!(length > 0 && length <= Math.min(MAX_FOOTER_BYTES, file.size - END_BYTES))) throw cutShort()
  const footer = await file.read(file.size - END_BYTES - length, length)
  // A file of nothing else, which Arrow reads at once.
  const bare = new Uint8Array(MAGIC_BYTES + length + END_BYTES)
  bare.set(MAGIC)
  bare.set(footer, MAGIC_BYTES)
  bare.set(end, MAGIC_BYTES + length)
  const opened = arrow.RecordBatchReader.from(bare) as arrow.RecordBatchFileReader
  try {
    await opened.open()
  } catch (error) {
    if (!opened.footer) throw error // else it only misses dictionaries
  }
  const blocks = Array.from({ length: opened.numRecordBatches }, (_, i) => opened.footer?.getRecordBatch(i))
  return { schema: opened.schema, offsets: blocks.map((block) => block?.offset ?? Number.NaN) }
}
