// In the page: a Zarr array of any size that takes no room.
import * as zarr from 'zarrita'

const CHUNK_BYTES = 2 ** 20

/** One chunk of 1 MiB in each row, whose bytes are its number modulo 251; what is set must be that too. */
export function zarrOfChunks(chunks: number): Promise<zarr.Array<'uint8', zarr.AsyncMutable>> {
  const metadata = {
    ...{ zarr_format: 2, shape: [chunks, CHUNK_BYTES], chunks: [1, CHUNK_BYTES], dtype: '|u1', order: 'C' },
    ...{ compressor: null, fill_value: 0, filters: null },
  }
  const chunkAt = (key: string) => Number(/^\/(\d+)\.0$/.exec(key)?.[1]) % 251
  const store: zarr.AsyncMutable = {
    async get(key) {
      if (key === '/.zarray') return new TextEncoder().encode(JSON.stringify(metadata))
      return Number.isNaN(chunkAt(key)) ? undefined : new Uint8Array(CHUNK_BYTES).fill(chunkAt(key))
    },
    async set(key, bytes) {
      const expected = chunkAt(key)
      if (bytes.byteLength === CHUNK_BYTES && bytes.some((byte) => byte !== expected)) {
        throw new Error(`${key} is not what was read`)
      }
    },
  }
  return zarr.open.v2(store, { kind: 'array' }) as Promise<zarr.Array<'uint8', zarr.AsyncMutable>>
}
