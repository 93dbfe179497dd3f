// Tiles and strips decoded to as many bytes as they are said to have, and no more.
import { BaseDecoder, getDecoder, type Pool } from 'geotiff'
import { InvalidSourceError } from '../../core/errors.js'
import { checkDecodedBytes, inflate, mostFor } from '../decoded-size.js'
import { decodedBytes } from './decoded-bytes.js'

type Parameters = ConstructorParameters<typeof BaseDecoder>[0]
type Decoders = Pick<Pool, 'bindParameters'>

const DEFLATE: readonly number[] = [8, 32946]

/** In the place of a pool, which it uses where there is one for all but deflate: the browser inflates faster. */
export function limitedTo(partBytes: number, pool: Pool | undefined): Pool {
  const decoders: Decoders = {
    bindParameters: (compression, of) => ({
      decode: async (given) => {
        const atMost = mostFor(partBytes)
        if (given.byteLength > atMost) {
          throw new InvalidSourceError(`this GeoTIFF has ${given.byteLength} bytes for a part of ${partBytes}`)
        }
        const { buffer, parameters } = await compressedOnce(compression, given, of, atMost)
        checkDecodedBytes(decodedBytes(compression, new Uint8Array(buffer), atMost), atMost)
        if (DEFLATE.includes(compression)) return new Inflating(parameters, partBytes).decode(buffer)
        if (pool !== undefined) return pool.bindParameters(compression, parameters).decode(buffer)
        return (await getDecoder(compression, parameters)).decode(buffer)
      },
    }),
  }
  return decoders as Pool // readRasters asks nothing else of it
}

const LERC = 34887
const ZSTD = 50000
/** What LERC is compressed with once more. */
const [LERC_DEFLATED, LERC_IN_ZSTD] = [1, 2]

/** LERC without what is around it, which geotiff would decode whatever it becomes. Errors: InvalidSourceError. */
async function compressedOnce(
  compression: number,
  buffer: ArrayBufferLike,
  parameters: Parameters,
  atMost: number,
): Promise<{ buffer: ArrayBufferLike; parameters: Parameters }> {
  const { LercParameters: [version, around] = [] } = parameters as { LercParameters?: ArrayLike<number> & number[] }
  if (compression !== LERC || (around !== LERC_DEFLATED && around !== LERC_IN_ZSTD)) return { buffer, parameters }
  const bytes = new Uint8Array(buffer)
  const plain = { ...parameters, LercParameters: [version, 0] }
  if (around === LERC_DEFLATED) return { buffer: (await inflate(bytes, 'deflate', atMost)).buffer, parameters: plain }
  checkDecodedBytes(decodedBytes(ZSTD, bytes, atMost), atMost)
  const zstd = await getDecoder(ZSTD, { ...parameters, predictor: 1 })
  return { buffer: await zstd.decodeBlock(buffer), parameters: plain }
}

class Inflating extends BaseDecoder {
  readonly #partBytes: number

  constructor(parameters: Parameters, partBytes: number) {
    super(parameters)
    this.#partBytes = partBytes
  }

  /** Fewer where the last strip has fewer rows. What comes behind is not looked at. */
  override async decodeBlock(buffer: ArrayBuffer): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(this.#partBytes)
    const reader = new Blob([buffer]).stream().pipeThrough(new DecompressionStream('deflate')).getReader()
    let filled = 0
    while (filled < bytes.byteLength) {
      const { done, value } = await reader.read()
      if (done) break
      const part = value.subarray(0, bytes.byteLength - filled)
      bytes.set(part, filled)
      filled += part.byteLength
    }
    await reader.cancel().catch(() => undefined) // what it says of the rest is of no interest
    return filled === bytes.byteLength ? bytes.buffer : bytes.slice(0, filled).buffer
  }
}
