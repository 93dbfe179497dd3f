// Zarr in real browsers: in a disk, into and out of a disk across a reload, elsewhere behind a cache that tabs share.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '../support/fixtures.js'

test('zarrita writes to a disk and reads from it after a reload, versions 2 and 3, compressed and not', async ({
  session,
}) => {
  const page = await session.open()
  const work = async (isToBeWritten: boolean) => {
    const zarr = await import('/tests/support/zarrita.ts')
    const { toZarr, zarrStore } = await import('/src/zarr.ts')
    const { NDArray } = await import('/src/index.ts')
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const store = zarrStore(await disk.store('zarr'))
    const data = Float32Array.from({ length: 40 * 50 }, (_, i) => i)
    const same: boolean[] = []
    for (const name of ['2-none', '2-zstd', '3-none', '3-blosc']) {
      const options = {
        '2-none': { zarrFormat: 2 },
        '2-zstd': { zarrFormat: 2, compressor: { id: 'zstd', level: 1 } },
        '3-none': {},
        '3-blosc': {
          codecs: [
            { name: 'bytes', configuration: { endian: 'little' } },
            {
              name: 'blosc',
              configuration: { cname: 'lz4', clevel: 5, shuffle: 'shuffle', typesize: 4, blocksize: 0 },
            },
          ],
        },
      }[name] as object
      const location = zarr.root(store).resolve(`g/${name}`)
      if (isToBeWritten) {
        const array = await toZarr(NDArray.zeros([40, 50], 'float32'), location, { ...options, chunkShape: [16, 16] })
        await zarr.set(array, null, { data, shape: [40, 50], stride: [50, 1] } as never)
      }
      const array = await zarr.open(location, { kind: 'array' })
      const { data: found } = await zarr.get(array)
      same.push(
        (found as Float32Array).every((value, i) => value === data[i]) && (found as Float32Array).length === 2000,
      )
    }
    await disk.close()
    return same
  }
  expect(await page.evaluate(work, true)).toEqual([true, true, true, true])
  await page.reload()
  expect(await page.evaluate(work, false)).toEqual([true, true, true, true])
})

test('fromZarr goes on after a reload where it was', async ({ session }) => {
  const page = await session.open()
  const work = async (isFirst: boolean) => {
    const zarr = await import('/tests/support/zarrita.ts')
    const { fromZarr } = await import('/src/zarr.ts')
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const metadata = {
      ...{ zarr_format: 2, shape: [64, 1_000_000], chunks: [1, 1_000_000], dtype: '|u1', compressor: null },
      ...{ fill_value: 0, order: 'C', filters: null },
    }
    let chunks = 0
    const store = {
      get: async (key: string) => {
        if (key === '/.zarray') return new TextEncoder().encode(JSON.stringify(metadata))
        if (key.startsWith('/.') || key.endsWith('json')) return undefined
        if (++chunks > 40 && isFirst) return new Promise<Uint8Array>(() => undefined)
        return new Uint8Array(1_000_000).fill(Number(key.split('.')[0]?.slice(1)))
      },
    }
    const source = await zarr.open(store as never, { kind: 'array' })
    if (isFirst) {
      return new Promise<number>((resolve) => {
        const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 2e7 && resolve(chunks)
        void fromZarr(source as never, { disk, cachePath: 'a', onProgress })
      })
    }
    const array = await fromZarr(source as never, { disk, cachePath: 'a' })
    const column = (await array.get([null, 999_999])).toArray()
    const paths = (await disk.list()).map(({ path }) => path)
    return { chunks, isRight: column.every((value, i) => value === i), paths }
  }
  await page.evaluate(work, true)
  await page.reload()
  const { chunks, ...found } = (await page.evaluate(work, false)) as {
    chunks: number
    isRight: boolean
    paths: string[]
  }
  expect(found).toEqual({ isRight: true, paths: ['a'] })
  expect(chunks).toBeLessThan(64)
})

test('toZarr goes on after a reload where it was', async ({ session }) => {
  const page = await session.open()
  const work = async (isFirst: boolean) => {
    const { toZarr, zarrStore } = await import('/src/zarr.ts')
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const inner = zarrStore(await disk.store('target'))
    const array = isFirst
      ? await disk.array(new Uint8Array(64e6).fill(7), { shape: [64, 1_000_000], cachePath: 'a' })
      : await disk.openArray('a')
    let chunks = 0
    const isChunk = (key: string) => key.startsWith('/c/')
    const target = {
      get: inner.get,
      set: async (key: Parameters<typeof inner.set>[0], value: Uint8Array) => {
        if (isChunk(key) && ++chunks > 40 && isFirst) return new Promise<void>(() => undefined)
        return inner.set(key, value)
      },
    }
    const options = { chunkShape: [1, 1_000_000], concurrency: 1 }
    if (isFirst) {
      return new Promise<number>((resolve) => {
        const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 2e7 && resolve(chunks)
        void toZarr(array, target, { ...options, onProgress })
      })
    }
    await toZarr(array, target, options)
    const keys = (await (await disk.store('target')).keys()).filter((key) => key.startsWith('c/'))
    const last = await inner.get('/c/63/0')
    return { chunks, keys: keys.length, last: [last?.length, last?.[999_999]] }
  }
  await page.evaluate(work, true)
  await page.reload()
  const { chunks, ...found } = (await page.evaluate(work, false)) as { chunks: number }
  expect(found).toEqual({ keys: 64, last: [1_000_000, 7] })
  expect(chunks).toBeLessThan(64)
})

test('two tabs share one cache of another origin, which allows no conditions, and read on when it is gone', async ({
  session,
}) => {
  let [version, answers, isOpen] = [1, 0, true]
  const server = createServer(({ method, url }, response) => {
    if (!isOpen) return void response.destroy()
    if (method !== 'GET') return response.writeHead(405).end() // asked whether it allows If-None-Match
    if (url === '/closed') return response.end('no word of other origins')
    answers++
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'etag',
      etag: `"${version}"`,
    }
    return response.writeHead(200, headers).end(new Uint8Array(100_000).fill(version))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const pages = [await session.open(), await session.open()]
    const read = async (url: string, isRefresh: boolean) => {
      const { cached } = await import('/src/zarr.ts')
      const { open, outcome } = await import('/tests/support/kept.ts')
      const disk = await open()
      const store = cached(url, { disk, maxBytes: 350_000 })
      if (isRefresh) store.refresh()
      const found = await Promise.all(
        ['/a', '/b', '/c', '/d', '/e'].map(async (key) => (await store.get(key as '/a'))?.[99_999]),
      )
      const closed = await outcome(store.get('/closed'))
      return { found, closed: closed.name }
    }
    const all = (value: number) => ({ found: Array(5).fill(value), closed: 'TypeError' })
    expect(await Promise.all(pages.map((page) => page.evaluate(read, url, false)))).toEqual([all(1), all(1)])
    expect(answers).toBeLessThanOrEqual(10)
    version = 2
    expect(await Promise.all(pages.map((page) => page.evaluate(read, url, true)))).toEqual([all(2), all(2)])
    const sizeAfterOneMore = async (url: string) => {
      const { cached } = await import('/src/zarr.ts')
      const { disk } = await import('/tests/support/kept.ts')
      const store = cached(url, { disk: disk(), maxBytes: 350_000 })
      await store.get('/f')
      return (await store.usage()).bytes
    }
    // What two keep at the same moment may be too much until the next is kept.
    expect(await pages[0]?.evaluate(sizeAfterOneMore, url)).toBeLessThanOrEqual(350_000)
    isOpen = false
    const offline = async (url: string) => {
      const { cached } = await import('/src/zarr.ts')
      const { disk } = await import('/tests/support/kept.ts')
      const store = cached(url, { disk: disk(), maxBytes: 350_000 })
      store.refresh()
      const found = await Promise.allSettled(['/a', '/b', '/c', '/d', '/e'].map((key) => store.get(key as '/a')))
      return found.flatMap((one) => (one.status === 'fulfilled' ? [one.value?.[0]] : []))
    }
    for (const page of pages) {
      const found = await page.evaluate(offline, url)
      expect(found.length).toBeGreaterThan(0)
      expect(new Set(found)).toEqual(new Set([2]))
    }
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

test('fromZarr leaves alone what others may hold of a chunk', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { cached, fromZarr, zarrStore } = await import('/src/zarr.ts')
    const zarr = await import('/tests/support/zarrita.ts')
    const { zarrToRead } = await import('/tests/support/large-zarr.ts')
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const plain = await zarrToRead(3)
    const bytes = new Map<string, Uint8Array | undefined>()
    const store = zarr.extendStore(plain.store, (inner: typeof plain.store) =>
      zarr.withByteCaching(inner, { cache: bytes }),
    )
    const chunks: { byteLength: number }[] = []
    const keepChunks = zarr.defineArrayExtension(() => ({
      async getChunk(...given: Parameters<typeof plain.getChunk>) {
        const chunk = await plain.getChunk(...given)
        chunks.push(chunk.data)
        return chunk
      },
    }))
    const memory = new Map<string, Uint8Array>()
    const inMemory = await zarr.create(memory, { shape: [4], chunkShape: [4], dtype: 'uint8', fillValue: 0 })
    await zarr.set(inMemory, null, { data: Uint8Array.of(1, 2, 3, 4), shape: [4], stride: [1] })
    const files = zarrStore(await disk.store('z'))
    await files.set('/a', Uint8Array.of(7))
    const held = await files.get('/a')
    const sources = [
      ...[plain, await zarr.open.v2(store, { kind: 'array' }), keepChunks(plain), inMemory],
      await zarr.open.v2(cached(plain.store, { disk, maxBytes: 2 ** 23 }), { kind: 'array' }),
    ]
    const found: unknown[] = []
    for (const source of sources) {
      for (let round = 0; round < 2; round++) {
        const array = await fromZarr(source as typeof plain, { disk })
        found.push((await array.get([-1])).data.at(-1))
      }
    }
    return {
      found,
      bytes: [...bytes.values()].map((one) => one?.byteLength).filter((length) => length === 2 ** 20).length,
      chunks: chunks.map(({ byteLength }) => byteLength),
      memory: [...memory.values()].map(({ byteLength }) => byteLength > 0),
      held: held?.byteLength,
    }
  })
  expect(seen).toEqual({
    found: [2, 2, 2, 2, 2, 2, 4, 4, 2, 2],
    bytes: 3,
    chunks: Array(6).fill(2 ** 20),
    memory: [true, true],
    held: 1,
  })
})
