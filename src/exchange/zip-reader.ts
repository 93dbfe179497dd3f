// The members of a .zip file, as its central directory has them.
import { type FileEntry, Reader, ZipReader } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { InvalidSourceError, LazyDiskCacheError } from '../core/errors.js'
import { chunksOf } from '../transfer.js'
import type { RandomAccess } from './random-access.js'

export interface ZipMember {
  readonly name: string
  /** Of the content, as the file says. */
  readonly byteLength: number
  /** The content; its checksum is compared at the end. Errors: InvalidSourceError. */
  open(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined>
}

const READ_BYTES = 2 ** 20
/** Deflate makes 258 bytes of two bits at best. */
const MAX_DEFLATE_RATIO = 1032

/** Errors: InvalidSourceError for what is no .zip, names that lead elsewhere or are there twice, what is encrypted. */
export async function zipMembers(file: RandomAccess): Promise<ZipMember[]> {
  const zip = new ZipReader(new FileReader(file), { filenameValidation: 'strict', useWebWorkers: false })
  const entries = await zip.getEntries().catch((error: unknown) => {
    throw invalid(error)
  })
  const files = entries.filter((entry) => !entry.directory)
  const names = new Set<string>()
  for (const { filename, encrypted, compressedSize, uncompressedSize } of files) {
    if (names.has(filename)) throw new InvalidSourceError(`this .zip file has two members named '${filename}'`)
    if (encrypted) throw new InvalidSourceError(`'${filename}' in this .zip file is encrypted`)
    if (uncompressedSize > compressedSize * MAX_DEFLATE_RATIO) {
      throw new InvalidSourceError(`'${filename}' in this .zip file cannot have as many bytes as it says`)
    }
    names.add(filename)
  }
  return files.map((entry) => ({
    name: entry.filename,
    byteLength: entry.uncompressedSize,
    open: (signal) => contentOf(entry, signal),
  }))
}

async function* contentOf(
  entry: FileEntry,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let fail: (error: unknown) => void = () => undefined
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      fail = (error) => controller.error(error)
    },
  })
  const checks = { checkCrc32: true, checkOverlappingEntry: true, useWebWorkers: false }
  const written = entry.getData(writable, signal === undefined ? checks : { ...checks, signal })
  written.catch((error: unknown) => fail(error))
  try {
    yield* chunksOf(readable)
    await written
  } catch (error) {
    throw invalid(error)
  }
}

class FileReader extends Reader<RandomAccess> {
  readonly #file: RandomAccess

  constructor(file: RandomAccess) {
    super(file)
    this.#file = file
    this.size = file.size
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return this.#file.read(index, length)
  }

  override createReadable({ offset = 0, size = this.size - offset }: { offset?: number; size?: number } = {}) {
    const end = offset + size
    let at = offset
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const bytes = await this.#file.read(at, Math.min(READ_BYTES, end - at))
        at += bytes.byteLength
        if (bytes.byteLength > 0) controller.enqueue(bytes)
        if (at >= end || bytes.byteLength === 0) controller.close()
      },
    })
  }
}

/** What zip.js says of a file is a fault of the file; what reading it said is not. */
function invalid(error: unknown): unknown {
  if (error instanceof LazyDiskCacheError || error instanceof DOMException || !(error instanceof Error)) return error
  return new InvalidSourceError(`this .zip file cannot be read: ${error.message}`, { cause: error })
}
