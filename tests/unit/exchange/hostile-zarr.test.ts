// Zarr of others that is cut short, lies or is hostile: each is a clear error, and leaves nothing.
import { deflateSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as zarr from 'zarrita'
import { type Disk, openDisk } from '../../../src/index.js'
import { cached, fromZarr, toZarr, zarrStore } from '../../../src/zarr.js'

let disk: Disk
let number = 0
beforeEach(async () => {
  disk = await openDisk({ name: `hostile-zarr-${number++}`, backend: 'memory' })
})
afterEach(async () => {
  const left = await disk.list()
  await disk.close({ discard: true })
  expect(left).toEqual([])
})

const V2 = {
  zarr_format: 2,
  shape: [4],
  chunks: [2],
  dtype: '<i4',
  compressor: null,
  fill_value: 0,
  order: 'C',
  filters: null,
}
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

function storeOf(metadata: object, chunks: Record<string, Uint8Array> = {}) {
  const files = new Map(Object.entries({ '/.zarray': json({ ...V2, ...metadata }), ...chunks }))
  return {
    get: async (key: string) => files.get(key),
    set: async (key: string, value: Uint8Array) => void files.set(key, value),
  }
}

const open = (store: object) => zarr.open.v2(store as never, { kind: 'array', attrs: false })

describe('metadata', () => {
  for (const [what, metadata, name, message] of [
    ['of a shape of 2^60', { shape: [2 ** 60], chunks: [2 ** 20] }, 'ShapeError', /dimension|shape/],
    [
      'of more bytes than any disk has',
      { shape: [2 ** 46], chunks: [2 ** 20] },
      'InvalidSourceError',
      /announces 281474976710656 bytes/,
    ],
    ['of a negative length', { shape: [-4] }, 'ShapeError', /-4/],
    ['of half a length', { shape: [1.5] }, 'ShapeError', /1\.5/],
    ['with chunks of 0', { chunks: [0] }, 'InvalidSourceError', /chunks of \(0,\)/],
    ['with chunks below 0', { chunks: [-2] }, 'InvalidSourceError', /chunks of \(-2,\)/],
    ['with half chunks', { chunks: [0.5] }, 'InvalidSourceError', /chunks of \(0\.5,\)/],
    ['with chunks that nobody can hold', { chunks: [2 ** 40] }, 'InvalidSourceError', /too many/],
    ['with chunks of another number of axes', { chunks: [2, 2] }, 'InvalidSourceError', /chunks of \(2, ?2\)/],
    ['of text', { dtype: '|S4' }, 'DTypeError', /numbers/],
  ] as const) {
    test(`${what} are refused`, async () => {
      const source = await open(storeOf(metadata))
      await expect(fromZarr(source, { disk, cachePath: 'a' })).rejects.toMatchObject({
        name,
        message: expect.stringMatching(message),
      })
    })
  }

  test('of a trillion chunks that are not there are read as far as one likes, and then aborted', async () => {
    const source = await open(storeOf({ shape: [2 ** 20, 2 ** 20], chunks: [1, 1], dtype: '|u1' }))
    const abort = new AbortController()
    const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 0 && abort.abort(new RangeError('enough'))
    const options = { disk, cachePath: 'a', signal: abort.signal, onProgress }
    await expect(fromZarr(source, options)).rejects.toThrow('enough')
  })
})

describe('a chunk', () => {
  for (const [what, metadata, chunk, message] of [
    ['that is cut short', {}, new Uint8Array(4), /1 elements where 2 were announced/],
    ['that is too long', {}, new Uint8Array(12), /3 elements where 2 were announced/],
    ['that is empty', {}, new Uint8Array(), /0 elements where 2 were announced/],
    ['that is no whole number of elements', {}, new Uint8Array(7), /./],
    ['that is not compressed as it should be', { compressor: { id: 'gzip' } }, new Uint8Array(8), /./],
    [
      'that is compressed, and too long',
      { compressor: { id: 'gzip' } },
      gzipSync(new Uint8Array(1 << 20)),
      /more than the 65552/,
    ],
    ['of an unknown codec', { compressor: { id: 'none such' } }, new Uint8Array(8), /none such/],
  ] as const) {
    test(`${what} is an error, and nothing stays`, async () => {
      const source = await open(storeOf(metadata, { '/1': chunk }))
      const error = { name: 'InvalidSourceError', message: expect.stringMatching(message) }
      await expect(fromZarr(source, { disk })).rejects.toMatchObject(error)
      await expect(fromZarr(source, { disk, cachePath: 'a' })).rejects.toMatchObject(error)
    })
  }

  test('that is not there is made of the fill value', async () => {
    const source = await open(storeOf({ fill_value: 7 }, { '/1': new Uint8Array(8) }))
    const array = await fromZarr(source, { disk })
    expect([...(await array.toArray())]).toEqual([7, 7, 0, 0])
    await array.purge()
  })
})

describe('a bomb', () => {
  const BOMB_BYTES = 2 ** 26
  const encoded = async (name: string, config: object) => {
    const entry = await zarr.registry.get(name)?.()
    return entry?.fromConfig(config, {} as never).encode(new Uint8Array(BOMB_BYTES) as never) as Promise<Uint8Array>
  }
  const blosc = { clevel: 9, cname: 'lz4', shuffle: 0, blocksize: 0 }
  /** As a frame that does not say how much is in it: 512 times 128 KiB of one byte. */
  const silentZstd = () => {
    const blocks = Array.from({ length: 512 }, (_, i) => {
      const header = ((2 ** 17) << 3) | (1 << 1) | (i === 511 ? 1 : 0)
      return [header & 0xff, (header >> 8) & 0xff, header >> 16, 0]
    })
    return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, ...blocks.flat())
  }
  for (const [name, config, make] of [
    ['gzip', {}, async () => gzipSync(new Uint8Array(BOMB_BYTES))],
    ['zlib', {}, async () => deflateSync(new Uint8Array(BOMB_BYTES))],
    ['zstd', { level: 1 }, () => encoded('zstd', { level: 1 })],
    ['zstd', { level: 1 }, async () => silentZstd()],
    ['lz4', { acceleration: 1 }, () => encoded('lz4', { acceleration: 1 })],
    ['blosc', blosc, () => encoded('blosc', blosc)],
  ] as const) {
    test(`of ${name} is refused before it is decoded, from a cache too`, async () => {
      const bomb = await make()
      expect(bomb.byteLength).toBeLessThan(2 ** 20)
      const store = storeOf({ compressor: { id: name, ...config } }, { '/1': bomb })
      const error = { name: 'InvalidSourceError', message: expect.stringMatching(/more than the 65552/) }
      await expect(fromZarr(await open(store), { disk, cachePath: 'a' })).rejects.toMatchObject(error)
      const cache = cached(store as never, { disk, maxBytes: 2 ** 24, cachePath: 'cache' })
      await expect(zarr.get(await open(cache))).rejects.toHaveProperty('cause', expect.objectContaining(error))
      await cache.clear()
    })
  }

  test('of two compressions is refused by the first', async () => {
    const twice = gzipSync(gzipSync(new Uint8Array(BOMB_BYTES)))
    const codecs = [
      { name: 'bytes', configuration: { endian: 'little' } },
      ...['gzip', 'gzip'].map((name) => ({ name })),
    ]
    const grid = { name: 'regular', configuration: { chunk_shape: [2] } }
    const metadata = {
      ...{ zarr_format: 3, node_type: 'array', shape: [4], data_type: 'int32', fill_value: 0, attributes: {}, codecs },
      ...{ chunk_grid: grid, chunk_key_encoding: { name: 'default', configuration: { separator: '/' } } },
    }
    const files = new Map(Object.entries({ '/zarr.json': json(metadata), '/c/1': twice }))
    const source = await zarr.open.v3({ get: async (key: string) => files.get(key) } as never, { kind: 'array' })
    await expect(fromZarr(source, { disk })).rejects.toThrow(/more than the 65552/)
  })

  test('is none that becomes as much as was announced, however small it is', async () => {
    const elements = { shape: [2 ** 22], chunks: [2 ** 22], dtype: '|u1', compressor: { id: 'zlib' } }
    const source = await open(storeOf(elements, { '/0': deflateSync(new Uint8Array(2 ** 22).fill(7)) }))
    const array = await fromZarr(source, { disk })
    expect(await array.item(2 ** 22 - 1)).toBe(7)
    await array.purge()
  })
})

test('keys that lead elsewhere lead nowhere', async () => {
  const keys = ['/../a', '/a/../../b', '/.', '/a//b', '/%2e%2e/x', `/${'x'.repeat(3000)}`, '/a\u0000b'] as const
  const inner = { get: async () => Uint8Array.of(1) }
  const store = cached(inner as never, { disk, maxBytes: 1e6, cachePath: 'cache/inner' })
  for (const key of keys)
    await store.get(key).catch((error: unknown) => expect(error).toHaveProperty('name', 'InvalidKeyError'))
  const paths = (await disk.list()).map(({ path }) => path)
  expect(paths.filter((path) => !path.startsWith('cache/inner/') || path.split('/').length !== 3)).toEqual([])
  await store.clear()
  const written = zarrStore(await disk.store('store'))
  for (const key of ['/../a', '/a/../../b'] as const) {
    await written
      .set(key, Uint8Array.of(1))
      .catch((error: unknown) => expect(error).toHaveProperty('name', 'InvalidKeyError'))
  }
  const outside = (await disk.list()).map(({ path }) => path).filter((path) => !path.startsWith('store/'))
  expect(outside).toEqual([])
  for (const { path } of await disk.list()) await disk.delete(path)
})

test('work on a store that never answers ends with its signal', async () => {
  const hanging = {
    get: async (key: string) => (key === '/.zarray' ? json(V2) : new Promise<never>(() => undefined)),
    set: () => new Promise<never>(() => undefined),
  }
  const source = await open(hanging)
  const array = await disk.array(new Int32Array(4), { cachePath: 'b' })
  for (const work of [
    (signal: AbortSignal) => fromZarr(source, { disk, cachePath: 'a', signal }),
    (signal: AbortSignal) => toZarr(array, source as never, { signal }),
  ]) {
    const abort = new AbortController()
    const ended = work(abort.signal)
    abort.abort(new RangeError('enough'))
    await expect(ended).rejects.toThrow('enough')
  }
  await array.purge()
})
