// The messages of Arrow's IPC format: a schema, then batches, each announced and then its body.
import * as arrow from 'apache-arrow'
import { InvalidSourceError } from '../../core/errors.js'
import type { ByteReader } from '../byte-reader.js'

/** Gives the next bytes, fewer at the end. */
type Take = (byteLength: number) => Promise<Uint8Array>

export interface IpcMessage {
  readonly isSchema: boolean
  /** With the eight bytes before it. */
  readonly metadata: Uint8Array
  readonly body: Uint8Array
}

const PREFIX_BYTES = 8
const MAX_METADATA_BYTES = 2 ** 26
/** A batch is in memory as a whole. */
const MAX_BODY_BYTES = 2 ** 30

/** In the pieces that Arrow asks for. `start`: bytes taken already, as many as come before a message. */
export async function* streamMessages(
  start: Uint8Array,
  reader: ByteReader,
  size: number | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let begun: Uint8Array | undefined = start
  const take: Take = async (byteLength) => {
    const bytes = begun ?? (await reader.take(byteLength))
    begun = undefined
    return bytes
  }
  for (let isFirst = true; ; isFirst = false) {
    const message = await nextMessage(take, size)
    if (message === undefined) return
    if (message.isSchema !== isFirst) throw new InvalidSourceError('this Arrow stream has its schema out of place')
    yield message.metadata
    yield message.body
  }
}

/** undefined at the end. `size`: no body can be larger. Errors: InvalidSourceError, those of Arrow. */
export async function nextMessage(take: Take, size = MAX_BODY_BYTES): Promise<IpcMessage | undefined> {
  const prefix = await take(PREFIX_BYTES)
  const length = lengthOf(prefix)
  if (length === 0) return undefined
  const announcement = await exactly(take, length)
  const message = arrow.Message.decode(announcement)
  const { bodyLength } = message
  if (!(bodyLength >= 0 && bodyLength <= Math.min(MAX_BODY_BYTES, size))) {
    throw new InvalidSourceError(`this Arrow data announces a record batch of ${bodyLength} bytes`)
  }
  const isSchema = message.isSchema()
  const isKnown = isSchema ? bodyLength === 0 : message.isRecordBatch() || message.isDictionaryBatch()
  if (!isKnown) throw new InvalidSourceError('this Arrow data has more than a schema and record batches')
  return { isSchema, metadata: framed(announcement), body: await exactly(take, bodyLength) }
}

/** With the eight bytes before it. */
export function framed(announcement: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES + announcement.byteLength)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, -1, true)
  view.setInt32(4, announcement.byteLength, true)
  bytes.set(announcement, PREFIX_BYTES)
  return bytes
}

/** 0 at the end. Errors: InvalidSourceError. */
function lengthOf(prefix: Uint8Array): number {
  if (prefix.byteLength === 0) return 0
  if (prefix.byteLength < PREFIX_BYTES) throw cutShort()
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES)
  const [marker, length] = [view.getInt32(0, true), view.getInt32(4, true)]
  if (marker === -1 && length >= 0 && length <= MAX_METADATA_BYTES) return length
  throw new InvalidSourceError('this is no Arrow stream or file, of version 0.15 or later')
}

async function exactly(take: Take, byteLength: number): Promise<Uint8Array> {
  const bytes = byteLength === 0 ? new Uint8Array() : await take(byteLength)
  if (bytes.byteLength < byteLength) throw cutShort()
  return bytes
}

export function cutShort(): InvalidSourceError {
  return new InvalidSourceError('this Arrow data is cut short')
}
