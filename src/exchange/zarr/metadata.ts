// Zarr arrays that are to be written, and the groups they are in: zarrita creates those of version 3 only.
import * as zarr from 'zarrita'
import type { DType } from '../../core/dtype.js'
import { DTYPES } from '../../core/dtype.js'
import { descrOf } from '../../core/npy-header.js'
import { zarrDTypeOf } from './dtypes.js'

/** Of the array that `toZarr` makes. */
export interface NewZarrOptions {
  /** Default 3. */
  zarrFormat?: 2 | 3
  /** Default: halved along the longest axis until a chunk is at most 1 MiB. */
  chunkShape?: readonly number[]
  /** Version 3. Default: bytes, not compressed. */
  codecs?: readonly zarr.CodecMetadata[]
  /** Version 2, as numcodecs writes it: { id: 'zlib', level: 5 }. Default null: not compressed. */
  compressor?: { readonly id: string; readonly [key: string]: unknown } | null
  /** Default 0, or false. */
  fillValue?: number | bigint | boolean
  /** Default: those of the array on disk. */
  attributes?: { readonly [key: string]: unknown }
  /** Version 3; in version 2 they are the attribute _ARRAY_DIMENSIONS, as xarray has it. */
  dimensionNames?: readonly string[]
}

export const NEW_ZARR_OPTIONS: readonly (keyof NewZarrOptions)[] = [
  ...(['zarrFormat', 'chunkShape', 'codecs', 'compressor', 'fillValue', 'attributes', 'dimensionNames'] as const),
]

type Location = zarr.Location<zarr.AsyncMutable>

const DEFAULT_CHUNK_BYTES = 2 ** 20

/** Metadata that are there are replaced, chunks stay. Errors: TypeError, DTypeError, those of the store. */
export async function createZarr(
  location: Location,
  shape: readonly number[],
  dtype: DType,
  options: NewZarrOptions,
): Promise<zarr.Array<zarr.DataType, zarr.AsyncMutable>> {
  const { zarrFormat = 3, chunkShape = defaultChunkShape(shape, dtype), attributes = {}, dimensionNames } = options
  if (zarrFormat !== 2 && zarrFormat !== 3) throw new TypeError(`zarrFormat is 2 or 3, got ${String(zarrFormat)}`)
  const isChunkShape = chunkShape.length === shape.length && chunkShape.every((n) => Number.isSafeInteger(n) && n > 0)
  if (!isChunkShape) throw new TypeError(`chunkShape has a positive integer for each of ${shape.length} axes`)
  const unknown = zarrFormat === 2 ? options.codecs && 'codecs' : options.compressor && 'compressor'
  if (unknown !== undefined && unknown !== null) throw new TypeError(`Zarr version ${zarrFormat} has no ${unknown}`)
  const dataType = zarrDTypeOf(dtype)
  const fillValue = options.fillValue ?? (dtype === 'bool' ? false : 0)
  await createGroups(location, zarrFormat)
  if (zarrFormat === 2) {
    const names = dimensionNames && { _ARRAY_DIMENSIONS: dimensionNames }
    await write(location, '.zarray', {
      ...{ zarr_format: 2, shape, chunks: chunkShape, dtype: descrOf(dtype), order: 'C', filters: null },
      ...{ compressor: options.compressor ?? null, fill_value: numberIn(fillValue) },
    })
    await write(location, '.zattrs', { ...attributes, ...names })
    return zarr.open.v2(location, { kind: 'array' })
  }
  return zarr.create(location, {
    shape: [...shape],
    chunkShape: [...chunkShape],
    dtype: dataType,
    codecs: [...(options.codecs ?? [{ name: 'bytes', configuration: { endian: 'little' } }])],
    fillValue: numberIn(fillValue) as never, // zarrita makes bigints of numbers where it needs them
    attributes,
    ...(dimensionNames && { dimensionNames: [...dimensionNames] }),
  })
}

function defaultChunkShape(shape: readonly number[], dtype: DType): number[] {
  const chunk = shape.map((extent) => Math.max(1, extent))
  const bytes = () => chunk.reduce((product, extent) => product * extent, DTYPES[dtype].itemsize)
  while (bytes() > DEFAULT_CHUNK_BYTES) {
    const longest = chunk.indexOf(Math.max(...chunk))
    chunk[longest] = Math.ceil((chunk[longest] ?? 1) / 2)
  }
  return chunk
}

/** Of every folder above, where there is none: zarr-python finds arrays only below groups. */
async function createGroups({ store, path }: Location, zarrFormat: 2 | 3): Promise<void> {
  const folders = path.split('/').slice(1, -1)
  const groups = path === '/' ? [] : ['/', ...folders.map((_, i) => `/${folders.slice(0, i + 1).join('/')}`)]
  for (const group of groups) {
    const location = new zarr.Location(store, group as zarr.AbsolutePath)
    const name = zarrFormat === 2 ? '.zgroup' : 'zarr.json'
    if ((await store.get(location.resolve(name).path)) !== undefined) continue
    if (zarrFormat === 2) await write(location, '.zgroup', { zarr_format: 2 })
    else await zarr.create(location)
  }
}

async function write(location: Location, name: string, value: object): Promise<void> {
  await location.store.set(location.resolve(name).path, new TextEncoder().encode(JSON.stringify(value, undefined, 2)))
}

/** As JSON has it. */
function numberIn(value: number | bigint | boolean): number | boolean | string {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
