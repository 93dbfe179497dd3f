// Bytes that can be read anywhere: files as they are, streams by way of the disk.
import { DiskBackedNDArray } from '../array.js'
import type { WorkOptions } from '../call.js'
import { slice } from '../core/slice.js'
import type { Disk } from '../disk.js'
import { ByteReader } from './byte-reader.js'
import { type ByteSource, openSource } from './byte-source.js'
import { counted, meter } from './metering.js'
import { ended } from './npy-import.js'

export interface RandomAccess {
  /** In bytes. */
  readonly size: number
  /** What was put on disk first, and reported as progress. */
  readonly readBytes: number
  read(start: number, byteLength: number): Promise<Uint8Array>
  /** Nothing more is wanted of it. */
  end(): Promise<void>
}

interface SpoolOptions extends WorkOptions {
  readonly disk?: Disk
}

/** Held in memory once, on its way. */
const PART_BYTES = 8 * 2 ** 20

/** What can only be read from its start is kept on disk until `end`. Errors: as `openSource`, and those of writing. */
export async function openRandomAccess(source: ByteSource, options: SpoolOptions): Promise<RandomAccess> {
  if (source instanceof Blob) return new BlobAccess(source)
  const { chunks } = await openSource(source, options.signal)
  const reader = new ByteReader(counted(chunks, meter(undefined, options)))
  return ended(reader, options.signal, () => onDisk(reader, options))
}

/** What the reader has not given yet. Errors: those of the source and of writing. */
export function onDisk(reader: ByteReader, options: SpoolOptions): Promise<RandomAccess> {
  return Spool.of(reader, options)
}

class BlobAccess implements RandomAccess {
  readonly readBytes = 0
  readonly #blob: Blob

  constructor(blob: Blob) {
    this.#blob = blob
  }

  get size(): number {
    return this.#blob.size
  }

  async read(start: number, byteLength: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#blob.slice(start, start + byteLength).arrayBuffer())
  }

  async end(): Promise<void> {
    // the blob is its owner's
  }
}

/** A stream on disk, in ephemeral arrays of PART_BYTES. */
class Spool implements RandomAccess {
  readonly #parts: DiskBackedNDArray[] = []
  #size = 0

  static async of(reader: ByteReader, options: SpoolOptions): Promise<Spool> {
    const spool = new Spool()
    try {
      while (!(await reader.isAtEnd())) await spool.#add(await reader.take(PART_BYTES), options)
      return spool
    } catch (error) {
      await spool.end()
      throw error
    }
  }

  get size(): number {
    return this.#size
  }

  get readBytes(): number {
    return this.#size
  }

  async read(start: number, byteLength: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(byteLength, this.#size - start)))
    for (let done = 0; done < bytes.byteLength; ) {
      const within = (start + done) % PART_BYTES
      const length = Math.min(bytes.byteLength - done, PART_BYTES - within)
      const part = await this.#parts[Math.floor((start + done) / PART_BYTES)]?.get([slice(within, within + length)])
      if (part?.is('uint8') === true) bytes.set(part.data, done)
      done += length
    }
    return bytes
  }

  async end(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.purge()))
  }

  async #add(bytes: Uint8Array<ArrayBuffer>, { disk, signal }: SpoolOptions): Promise<void> {
    const part = await DiskBackedNDArray.create(bytes, {
      ...{ enableCaching: true, automaticOffloading: true, transfer: true },
      ...(disk && { disk }),
      ...(signal && { signal }),
    })
    this.#parts.push(part)
    this.#size += part.size
  }
}
