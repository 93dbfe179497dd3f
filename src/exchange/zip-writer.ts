// .zip files, written as they are read.
import { ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { chunksOf } from '../transfer.js'
import { streamOf } from './lazy-stream.js'

export interface ZipContent {
  readonly name: string
  readonly byteLength: number
  readonly chunks: AsyncIterable<Uint8Array>
}

interface ZipOptions {
  readonly signal: AbortSignal
  /** Default: as they are. */
  readonly compressed?: boolean
}

/** Members are asked for one after the other, each when the one before is written. */
export async function* zipped(
  contents: AsyncIterable<ZipContent>,
  { signal, compressed = false }: ZipOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let fail: (error: unknown) => void = () => undefined
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      fail = (error) => controller.error(error)
    },
  })
  const written = write(contents, writable, { signal, compressed })
  written.catch((error: unknown) => fail(error))
  yield* chunksOf(readable)
  await written
}

async function write(
  contents: AsyncIterable<ZipContent>,
  target: WritableStream<Uint8Array>,
  { signal, compressed }: ZipOptions,
): Promise<void> {
  const method = compressed === true ? {} : { level: 0 }
  const zip = new ZipWriter(target, { ...method, signal, useWebWorkers: false })
  for await (const { name, byteLength, chunks } of contents) {
    await zip.add(
      name,
      streamOf(async () => chunks),
      { uncompressedSize: byteLength },
    )
  }
  await zip.close()
}
