// How much compressed bytes would become, found out before or while they are decoded: a few bytes can stand for any number.
import { InvalidSourceError } from '../core/errors.js'
import { streamOf } from './lazy-stream.js'

/** What is compressed twice, or starts a header of its own, may be a little larger than what it was made of. In bytes. */
const SPARE_BYTES = 2 ** 16
/** Of deflate up to a thousand times as much is made. */
const SLICE_BYTES = 2 ** 14

/** More is no encoding of a part of so many bytes. */
export function mostFor(partBytes: number): number {
  return 2 * partBytes + SPARE_BYTES
}

/** Errors: InvalidSourceError where there is more than `atMost`, what a DecompressionStream says. */
export async function inflate(
  bytes: Uint8Array,
  format: 'gzip' | 'deflate',
  atMost: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = streamOf(async () => slicesOf(bytes)) as ReadableStream<Uint8Array<ArrayBuffer>>
  const reader = stream.pipeThrough(new DecompressionStream(format)).getReader()
  const parts: Uint8Array<ArrayBuffer>[] = []
  let byteLength = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value)
    byteLength += next.value.byteLength
    if (byteLength <= atMost) continue
    reader.cancel().catch(() => undefined) // what it has to say of the rest is of no interest
    throw tooMuch(atMost)
  }
  const whole = new Uint8Array(byteLength)
  let filled = 0
  for (const part of parts) {
    whole.set(part, filled)
    filled += part.byteLength
  }
  return whole
}

/** Of what it is given at a time, browsers inflate all before anybody can say that it is enough. */
async function* slicesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES)
}

/** Errors: InvalidSourceError. */
export function checkDecodedBytes(byteLength: number, atMost: number): void {
  if (byteLength > atMost) throw tooMuch(atMost)
}

function tooMuch(atMost: number): InvalidSourceError {
  return new InvalidSourceError(`compressed bytes would become more than the ${atMost} that their place can take`)
}

const ZSTD_MAGIC = 0xfd2fb528
/** With any last four bits. */
const ZSTD_SKIPPED_MAGIC = 0x184d2a50
const ZSTD_MAX_BLOCK_BYTES = 2 ** 17
const ZSTD_RAW = 0
const ZSTD_REPEATED = 1

/** What frames of Zstandard become at most; what they announce, where they do. Source: RFC 8878. */
export function zstdDecodedBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let total = 0
  for (let at = 0; at + 8 <= bytes.byteLength; ) {
    const magic = view.getUint32(at, true)
    if ((magic & 0xfffffff0) >>> 0 === ZSTD_SKIPPED_MAGIC) {
      at += 8 + view.getUint32(at + 4, true)
      continue
    }
    if (magic !== ZSTD_MAGIC) break
    const frame = zstdFrame(view, at)
    total += frame.byteLength
    at = frame.end
  }
  return total
}

function zstdFrame(view: DataView, start: number): { byteLength: number; end: number } {
  const descriptor = view.getUint8(start + 4)
  const isSingle = (descriptor & 0x20) !== 0
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number
  const sizeAt = start + 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number)
  const announced = sizeAt + sizeBytes <= view.byteLength ? zstdContentBytes(view, sizeAt, sizeBytes) : undefined
  let byteLength = 0
  let at = sizeAt + sizeBytes
  for (let isLast = false; !isLast && at + 3 <= view.byteLength; ) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
    const [type, size] = [(header >> 1) & 3, header >> 3]
    isLast = (header & 1) !== 0
    at += 3 + (type === ZSTD_REPEATED ? 1 : size)
    byteLength += type === ZSTD_RAW || type === ZSTD_REPEATED ? size : ZSTD_MAX_BLOCK_BYTES
  }
  const checksumBytes = (descriptor & 4) === 0 ? 0 : 4
  return { byteLength: announced ?? byteLength, end: at + checksumBytes }
}

function zstdContentBytes(view: DataView, at: number, sizeBytes: number): number | undefined {
  if (sizeBytes === 0) return undefined
  if (sizeBytes === 1) return view.getUint8(at)
  if (sizeBytes === 2) return view.getUint16(at, true) + 256
  return sizeBytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true))
}
