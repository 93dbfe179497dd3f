// .zip files with any content, also such as no program writes.
import { ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js'

type Content = Uint8Array<ArrayBuffer> | Blob

/** Deflated where `level` is not 0. */
export async function zipOf(
  members: readonly (readonly [string, Content])[],
  level = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new TransformStream()
  const bytes = new Response(readable).arrayBuffer()
  const zip = new ZipWriter(writable, { level, useWebWorkers: false })
  for (const [name, content] of members) await zip.add(name, new Blob([content]).stream())
  await zip.close()
  return new Uint8Array(await bytes)
}

/** The bytes with every occurrence of a text replaced by one of the same length. */
export function replaced(bytes: Uint8Array<ArrayBuffer>, from: string, to: string): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(bytes).toString('latin1')
  if (from.length !== to.length || !text.includes(from)) throw new Error(`no '${from}' to replace`)
  return new Uint8Array(Buffer.from(text.replaceAll(from, to), 'latin1'))
}

/** The bytes with the fields of the n-th central directory record changed; offsets count from the start of the record. */
export function patched(
  bytes: Uint8Array<ArrayBuffer>,
  record: number,
  fields: Readonly<Record<number, number>>,
): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  let at = 0
  for (let found = -1; found < record; at++) if (view.getUint32(at, true) === 0x02014b50) found++
  for (const [offset, value] of Object.entries(fields)) view.setUint32(at - 1 + Number(offset), value, true)
  return copy
}

/** Offsets in a central directory record. */
export const COMPRESSED_SIZE = 20
export const UNCOMPRESSED_SIZE = 24
export const CRC32 = 16
export const LOCAL_HEADER = 42
