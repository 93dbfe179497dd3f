// In the page: Zarr arrays of any size that take no room, one chunk of 1 MiB in each row, whose bytes are its number modulo 251.
import * as zarr from 'zarrita'

const CHUNK_BYTES = 2 ** 20

/** As a server gives them, but for the network, of which Playwright has Chromium keep hundreds of MiB. */
export function zarrToRead(chunks: number): Promise<zarr.Array<'uint8', zarr.FetchStore>> {
  const answer = async ({ url }: Request) => {
    const bytes = url.endsWith('/.zarray') ? metadataOf(chunks) : new Uint8Array(CHUNK_BYTES).fill(byteOf(url))
    return { status: url.endsWith('/.zattrs') ? 404 : 200, arrayBuffer: async () => bytes.buffer } as Response
  }
  const store = new zarr.FetchStore('https://example.org/', { fetch: answer })
  return zarr.open.v2(store, { kind: 'array' }) as Promise<zarr.Array<'uint8', zarr.FetchStore>>
}

/** Bytes that are others than those are an error. */
export function zarrToWrite(chunks: number): Promise<zarr.Array<'uint8', zarr.AsyncMutable>> {
  const store: zarr.AsyncMutable = {
    async get(key) {
      return key === '/.zarray' ? metadataOf(chunks) : undefined
    },
    async set(key, bytes) {
      const expected = byteOf(key)
      if (bytes.byteLength === CHUNK_BYTES && bytes.some((byte) => byte !== expected)) {
        throw new Error(`${key} is not what was read`)
      }
    },
  }
  return zarr.open.v2(store, { kind: 'array' }) as Promise<zarr.Array<'uint8', zarr.AsyncMutable>>
}

function metadataOf(chunks: number): Uint8Array<ArrayBuffer> {
  const metadata = {
    ...{ zarr_format: 2, shape: [chunks, CHUNK_BYTES], chunks: [1, CHUNK_BYTES], dtype: '|u1', order: 'C' },
    ...{ compressor: null, fill_value: 0, filters: null },
  }
  return new TextEncoder().encode(JSON.stringify(metadata))
}

function byteOf(key: string): number {
  return Number(/\/(\d+)\.0$/.exec(key)?.[1]) % 251
}
