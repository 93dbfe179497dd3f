// Zarr elsewhere behind a cache on disk: what is asked of the remote, and when.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as zarr from 'zarrita'
import { type Disk, openDisk } from '../../../src/index.js'
import { cached, zarrStore } from '../../../src/zarr.js'

let disk: Disk
let server: Server
let url = ''
let number = 0
/** By key, with its ETag. */
const files = new Map<string, { bytes: Uint8Array; etag: string }>()
let asked: string[] = []
let isDown = false

beforeEach(async () => {
  disk = await openDisk({ name: `cached-${number++}`, backend: 'memory' })
  files.clear()
  asked = []
  isDown = false
  server = createServer(({ url: path = '', headers }, response) => {
    if (isDown) return void response.destroy()
    const file = files.get(path)
    const isKnown = file !== undefined && headers['if-none-match'] === file.etag
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
    const status = file === undefined ? 404 : isKnown ? 304 : first === undefined ? 200 : 206
    asked.push(`${path} ${status}`)
    response.writeHead(status, file && { etag: file.etag })
    response.end(
      status === 200 || status === 206 ? file?.bytes.subarray(Number(first ?? 0), Number(last ?? 1e9) + 1) : '',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await disk.close({ discard: true })
})

const put = (key: string, fill: number, etag: string, size = 1000) =>
  files.set(key, { bytes: new Uint8Array(size).fill(fill), etag })

test('what was read, and what was missing, is read from disk the next time, also by another store and offline', async () => {
  put('/a', 1, '"1"')
  const store = cached(url, { disk, maxBytes: 1e6 })
  const [first, second] = await Promise.all([store.get('/a'), store.get('/a'), store.get('/none')])
  expect([first?.[999], second?.[999], asked.sort()]).toEqual([1, 1, ['/a 200', '/none 404']])
  first?.fill(9) // each has memory of its own
  isDown = true
  const again = cached(url, { disk, maxBytes: 1e6 })
  for (const one of [store, again]) expect([(await one.get('/a'))?.[0], await one.get('/none')]).toEqual([1, undefined])
  expect((await again.getRange('/a', { offset: 10, length: 5 }))?.length).toBe(5)
  again.refresh()
  expect((await again.get('/a'))?.[0]).toBe(1)
  await expect(again.get('/b')).rejects.toThrow()
})

test('after refresh() it is asked with its ETag, once, and taken anew where it has changed', async () => {
  put('/a', 1, '"1"')
  const store = cached(url, { disk, maxBytes: 1e6 })
  await store.get('/a')
  store.refresh()
  expect((await store.get('/a'))?.[0]).toBe(1)
  await store.get('/a')
  expect(asked).toEqual(['/a 200', '/a 304'])
  put('/a', 2, '"2"')
  expect((await store.get('/a'))?.[0]).toBe(1)
  store.refresh()
  expect([(await store.get('/a'))?.[0], (await store.get('/a'))?.[0], asked.at(-1)]).toEqual([2, 2, '/a 200'])
  expect(asked.length).toBe(3)
})

test('parts of an object are of one version', async () => {
  put('/s', 1, '"1"')
  const store = cached(url, { disk, maxBytes: 1e6 })
  await store.getRange('/s', { offset: 0, length: 10 })
  put('/s', 2, '"2"')
  await store.getRange('/s', { offset: 500, length: 10 })
  expect((await store.getRange('/s', { offset: 0, length: 10 }))?.[0]).toBe(2)
  expect(asked).toEqual(['/s 206', '/s 206', '/s 206'])
})

test('it is never larger than maxBytes; what was used longest ago goes', async () => {
  for (let i = 0; i < 30; i++) put(`/${i}`, i, '"1"')
  const store = cached(url, { disk, maxBytes: 10 * 1512 })
  await store.get('/0')
  for (let i = 1; i < 30; i++) {
    await store.get(`/${i}`)
    await store.get('/0')
    expect((await store.usage()).bytes).toBeLessThanOrEqual(10 * 1512)
  }
  expect(asked.filter((one) => one.startsWith('/0 ')).length).toBe(1)
  expect((await disk.usage()).liveBytes).toBeLessThanOrEqual(10_000)
  await Promise.all(Array.from({ length: 30 }, (_, i) => store.get(`/${i}`)))
  expect((await disk.usage()).liveBytes).toBeLessThanOrEqual(10_000)
  await store.get('/29')
  put('/huge', 1, '"1"', 20_000)
  expect((await store.get('/huge'))?.length).toBe(20_000)
  await store.clear()
  expect([await store.usage(), (await disk.list()).length]).toEqual([{ bytes: 0, entries: 0 }, 0])
})

test('a request ends when all who wait for it have aborted', async () => {
  const seen: (AbortSignal | undefined)[] = []
  const remote: zarr.AsyncReadable = {
    get: (_key, options) => {
      seen.push(options?.signal)
      return new Promise(() => undefined)
    },
  }
  const store = cached(remote, { disk, maxBytes: 1e6 })
  const [one, two] = [new AbortController(), new AbortController()]
  const reads = [one, two].map(({ signal }) => store.get('/a', { signal }))
  const outcomes = Promise.allSettled(reads)
  await expect.poll(() => seen.length).toBe(1)
  one.abort(new Error('one'))
  await expect(reads[0]).rejects.toThrow('one')
  expect(seen[0]?.aborted).toBe(false)
  two.abort(new Error('two'))
  await outcomes
  expect(seen[0]?.aborted).toBe(true)
})

test('where another origin does not allow conditions it is asked without them; where it allows nothing, what is here is given', async () => {
  put('/a', 1, '"1"')
  let isClosed = false
  const refusing = async (request: Request) => {
    if (isClosed || request.headers.has('if-none-match')) throw new TypeError('Failed to fetch')
    return fetch(request)
  }
  const store = cached(url, { disk, maxBytes: 1e6, fetch: refusing })
  await store.get('/a')
  put('/a', 2, '"2"')
  store.refresh()
  expect([(await store.get('/a'))?.[0], asked]).toEqual([2, ['/a 200', '/a 200']])
  isClosed = true
  store.refresh()
  expect((await store.get('/a'))?.[0]).toBe(2)
  await expect(store.get('/b')).rejects.toThrow(TypeError)
})

test('what a server says of caching does not count: it is kept for maxAge', async () => {
  put('/a', 1, '"1"')
  let now = 1e12
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now)
  try {
    const answering = async (request: Request) => {
      const response = await fetch(request)
      return new Response(response.body, {
        ...response,
        headers: { etag: '"1"', 'cache-control': 'no-store, max-age=0' },
      })
    }
    const store = cached(url, { disk, maxBytes: 1e6, maxAge: 1000, fetch: answering })
    for (const after of [0, 999, 0]) {
      now += after
      await store.get('/a')
    }
    expect(asked).toEqual(['/a 200'])
    now += 1
    await store.get('/a')
    expect(asked.length).toBe(2)
  } finally {
    clock.mockRestore()
  }
})

test('on a disk that is full what is read is given and not kept', async () => {
  const full = await openDisk({ name: `full-${number}`, backend: 'memory', diskBudget: 3000 })
  const held = await full.array(new Uint8Array(2500), { cachePath: 'held' })
  put('/a', 1, '"1"')
  const store = cached(url, { disk: full, maxBytes: 1e6 })
  for (let i = 0; i < 2; i++) expect((await store.get('/a'))?.[999]).toBe(1)
  expect([asked, (await full.list()).map(({ path }) => path)]).toEqual([['/a 200', '/a 200'], ['held']])
  await held.close()
  await full.close({ discard: true })
})

test('two at once on one disk give what is there, and come below maxBytes again', async () => {
  for (let i = 0; i < 12; i++) put(`/${i}`, i, '"1"')
  const maxBytes = 4 * 1512
  const stores = [cached(url, { disk, maxBytes }), cached(url, { disk, maxBytes })]
  const reads = Array.from({ length: 12 }, (_, i) => Promise.all(stores.map((store) => store.get(`/${i}`))))
  for (const [i, found] of (await Promise.all(reads)).entries()) {
    expect(found.map((bytes) => [bytes?.length, bytes?.[500]])).toEqual([
      [1000, i],
      [1000, i],
    ])
  }
  expect((await stores[0]?.usage())?.entries).toBeGreaterThan(0)
  put('/new', 1, '"1"')
  await stores[0]?.get('/new')
  expect((await stores[1]?.usage())?.bytes).toBeLessThanOrEqual(maxBytes)
})

test('zarrita reads through it', async () => {
  const inner = zarrStore(await disk.store('remote'))
  const array = await zarr.create(inner, { shape: [100], chunkShape: [10], dtype: 'int32', fillValue: 3 })
  await zarr.set(array, [zarr.slice(0, 50)], {
    data: Int32Array.from({ length: 50 }, (_, i) => i),
    shape: [50],
    stride: [1],
  })
  const opened = await zarr.open(cached(inner, { disk, maxBytes: 1e6 }), { kind: 'array' })
  for (let i = 0; i < 2; i++) expect((await zarr.get(opened)).data).toEqual((await zarr.get(array)).data)
})

test('options that are wrong are refused', () => {
  const remote = new Map() as unknown as zarr.AsyncReadable
  expect(() => cached(remote, { disk, maxBytes: 0 })).toThrow(TypeError)
  expect(() => cached(remote, { disk, maxBytes: 1, fetch })).toThrow(TypeError)
  expect(() => cached(remote, { disk, maxBytes: 1, maxage: 1 } as never)).toThrow(/maxage/)
})
