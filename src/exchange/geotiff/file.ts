// TIFF files opened by geotiff, wherever they are.
import { fromUrl, GeoTIFF, GeoTIFFImage } from 'geotiff'
import { unlessAborted } from '../../abort.js'
import { InvalidSourceError, LazyDiskCacheError } from '../../core/errors.js'
import type { ByteSource } from '../byte-source.js'
import type { ImportOptions } from '../made-elsewhere.js'
import { openRandomAccess, type RandomAccess } from '../random-access.js'

type Source = Parameters<typeof GeoTIFF.fromSource>[0]

export interface OpenGeoTiff {
  readonly image: GeoTIFFImage
  /** What was put on disk first. */
  readonly readBytes: number
  /** Nothing more is wanted of it. */
  end(): Promise<void>
}

/** Errors: InvalidSourceError, those of `openRandomAccess`. */
export async function openGeoTiff(
  source: ByteSource | GeoTIFFImage,
  number: number,
  options: Pick<ImportOptions, 'disk' | 'signal' | 'onProgress'>,
): Promise<OpenGeoTiff> {
  if (source instanceof GeoTIFFImage) return { image: source, readBytes: 0, end: async () => undefined }
  const { signal } = options
  const isAddress = typeof source === 'string' || source instanceof URL
  const file = isAddress ? undefined : await openRandomAccess(source, options)
  try {
    const open = async (): Promise<GeoTIFFImage> => {
      const tiff = file ? await GeoTIFF.fromSource(new FileSource(file)) : await fromUrl(String(source), {}, signal)
      return tiff.getImage(number)
    }
    const image = await unlessAborted(signal, readable(signal, open))
    return { image, readBytes: file?.readBytes ?? 0, end: async () => file?.end() }
  } catch (error) {
    await file?.end()
    throw error
  }
}

/** geotiff's errors are of any class. Errors: InvalidSourceError, the signal's reason, those of this library. */
export async function readable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof LazyDiskCacheError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new InvalidSourceError(`this GeoTIFF cannot be read: ${reason}`, { cause: error })
  }
}

/** What geotiff asks to read from. */
class FileSource implements Source {
  readonly #file: RandomAccess

  constructor(file: RandomAccess) {
    this.#file = file
  }

  get fileSize(): number {
    return this.#file.size
  }

  fetch(slices: { offset: number; length: number }[]): Promise<ArrayBuffer[]> {
    return Promise.all(slices.map(async (slice) => (await this.fetchSlice(slice)).data))
  }

  async fetchSlice({ offset, length }: { offset: number; length: number }) {
    const isInFile = Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset <= this.fileSize
    if (!isInFile)
      throw new InvalidSourceError(`this GeoTIFF refers to bytes from ${offset} on, it has ${this.fileSize}`)
    const { buffer } = await this.#file.read(offset, length)
    return { offset, length, data: buffer as ArrayBuffer } // of fresh memory of that size
  }

  async close(): Promise<void> {
    // whoever opened the file ends it
  }
}
