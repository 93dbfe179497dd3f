// What goes out, read into a buffer of the reader's own.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Disk, exportStoreZip, NDArray, openDisk, toNpy, toNpz, type WorkOptions } from '../../../src/index.js'

let disk: Disk
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2024, 1, 29) }) // a .zip file says when it was made
  disk = await openDisk({ name: 'own-buffer', backend: 'memory' })
})
afterAll(async () => {
  await disk.close()
  vi.useRealTimers()
})

const LENGTH = 3_000_000

async function streams(): Promise<((options?: WorkOptions) => ReadableStream<Uint8Array>)[]> {
  const values = Uint8Array.from({ length: LENGTH }, (_, i) => i * 7)
  const array = await disk.array(values, { cachePath: 'a', overwrite: true })
  const store = await disk.store('store')
  await store.set('b', values)
  return [
    (options) => toNpy(array, options),
    (options) => toNpy(NDArray.from(values), options),
    (options) => toNpz([['a', array]], options),
    (options) => exportStoreZip(store, options),
  ]
}

/** All bytes of a stream, read into one buffer of that length again and again. */
async function readInto(stream: ReadableStream<Uint8Array>, byteLength: number): Promise<Uint8Array> {
  const reader = stream.getReader({ mode: 'byob' })
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (let buffer = new ArrayBuffer(byteLength); ; ) {
    const { done, value } = await reader.read(new Uint8Array(buffer))
    expect(value?.buffer.byteLength).toBe(byteLength)
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer())
    parts.push(value.slice())
    buffer = value.buffer
  }
}

test.each([1000, 524_289, 8 << 20])('into one of %i bytes comes what a reader without one gets', async (byteLength) => {
  for (const out of await streams()) {
    const whole = new Uint8Array(await new Response(out()).arrayBuffer())
    const read = await readInto(out(), byteLength)
    expect([read.byteLength, Buffer.compare(read, whole)]).toEqual([whole.byteLength, 0])
  }
})

test('a reader with one hears of an abort', async () => {
  for (const out of await streams()) {
    const abort = new AbortController()
    const reader = out({ signal: abort.signal }).getReader({ mode: 'byob' })
    expect((await reader.read(new Uint8Array(10))).value?.byteLength).toBe(10)
    const next = reader.read(new Uint8Array(10))
    abort.abort(new RangeError('enough'))
    await expect(next.then(() => reader.read(new Uint8Array(10)))).rejects.toThrow('enough')
  }
})

test('where there are no byte streams a stream is as good for a reader without one', async () => {
  for (const out of await streams()) {
    const whole = new Uint8Array(await new Response(out()).arrayBuffer())
    vi.stubGlobal('ReadableByteStreamController', undefined)
    const stream = out()
    vi.unstubAllGlobals()
    expect(() => stream.getReader({ mode: 'byob' })).toThrow(TypeError)
    expect(Buffer.compare(new Uint8Array(await new Response(stream).arrayBuffer()), whole)).toBe(0)
  }
})
