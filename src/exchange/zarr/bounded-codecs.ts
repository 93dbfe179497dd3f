// zarrita's decompression held to what a chunk can be: by itself it decodes whatever a chunk stands for, and only then looks at it.
import { registry } from 'zarrita'
import { DTYPES } from '../../core/dtype.js'
import { sizeOf } from '../../core/shape.js'
import { checkDecodedBytes, inflate, mostFor, zstdDecodedBytes } from '../decoded-size.js'
import { dtypeNamed } from './dtypes.js'
import { madeAnew } from './given-away.js'

type Load = NonNullable<ReturnType<typeof registry.get>>
type CodecEntry = Awaited<ReturnType<Load>>
type Codec = ReturnType<CodecEntry['fromConfig']>
type Decode = (codec: Codec, bytes: Uint8Array, atMost: number) => Promise<Uint8Array> | Uint8Array

/** Where the frame says how much is in it; decoders hold it to that. */
const announcing =
  (decodedBytes: (bytes: Uint8Array) => number): Decode =>
  async (codec, bytes, atMost) => {
    checkDecodedBytes(decodedBytes(bytes), atMost)
    const decoded = await codec.decode(bytes)
    return 'codecId' in codec.constructor ? madeAnew(decoded) : decoded // else it is none of numcodecs
  }

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: async (_, bytes, atMost) => madeAnew(await inflate(bytes, 'gzip', atMost)),
  zlib: async (_, bytes, atMost) => madeAnew(await inflate(bytes, 'deflate', atMost)),
  zstd: announcing(zstdDecodedBytes),
  lz4: announcing((bytes) => uint32At(bytes, 0)), // as numcodecs has it
  blosc: announcing((bytes) => uint32At(bytes, 4)),
}

const bounded = new WeakSet<Load>()

/** Of all Zarr arrays of this page whose chunks have not been read yet. Codecs that were registered meanwhile are held too. */
export function boundCodecs(): void {
  for (const [format, decode] of Object.entries(DECODERS)) {
    for (const name of [format, `numcodecs.${format}`]) {
      const load = registry.get(name)
      if (load === undefined || bounded.has(load)) continue
      const loadBounded = async () => boundedEntry(await load(), decode)
      bounded.add(loadBounded)
      registry.set(name, loadBounded)
    }
  }
}

function boundedEntry(entry: CodecEntry, decode: Decode): CodecEntry {
  return {
    ...(entry.kind && { kind: entry.kind }),
    fromConfig(config, meta) {
      const codec = entry.fromConfig(config, meta)
      const dtype = dtypeNamed(meta.dataType)
      if (dtype === undefined) return codec // text has any length
      const atMost = mostFor(sizeOf(meta.shape) * DTYPES[dtype].itemsize)
      const { kind, computeEncodedSize } = codec
      return {
        kind,
        encode: (bytes: Uint8Array) => codec.encode(bytes),
        decode: (bytes: Uint8Array) => decode(codec, bytes, atMost),
        ...(computeEncodedSize && { computeEncodedSize: computeEncodedSize.bind(codec) }),
      }
    },
  }
}

/** 0 where there is none: that is for the decoder to refuse. */
function uint32At(bytes: Uint8Array, at: number): number {
  if (bytes.byteLength < at + 4) return 0
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
}
