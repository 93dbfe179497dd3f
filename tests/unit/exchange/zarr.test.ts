// Zarr in a disk, from Zarr and to Zarr: zarrita's own reading and writing is what it is compared with.
import { beforeEach, describe, expect, test } from 'vitest'
import * as zarr from 'zarrita'
import {
  type Disk,
  type DType,
  DTypeError,
  NDArray,
  openDisk,
  ShapeError,
  slice,
  type TypedArray,
} from '../../../src/index.js'
import { fromZarr, toZarr, zarrStore } from '../../../src/zarr.js'

let disk: Disk
let number = 0
beforeEach(async () => {
  disk = await openDisk({ name: `zarr-${number++}`, backend: 'memory' })
  return () => disk.close({ discard: true })
})

const DTYPES = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'float32', 'float64']
const CODECS: Record<string, zarr.CodecMetadata[]> = {
  none: [],
  blosc: [
    { name: 'blosc', configuration: { cname: 'zstd', clevel: 5, shuffle: 'shuffle', typesize: 4, blocksize: 0 } },
  ],
  zstd: [{ name: 'zstd', configuration: { level: 3 } }],
  transposed: [{ name: 'transpose', configuration: { order: [1, 0] } }],
}

/** 50 x 70 elements, each different as far as the dtype goes. */
function pattern(dtype: DType): NDArray {
  const numbers = Array.from({ length: 3500 }, (_, i) => (dtype === 'bool' ? i % 3 === 0 : i % 100))
  const wide = dtype.endsWith('int64') ? numbers.map(BigInt as (n: unknown) => bigint) : numbers
  return NDArray.from(wide as number[], { dtype }).reshape([50, 70])
}

/** Comparing millions of elements one by one takes the test runner minutes. */
const isSame = (a: TypedArray, b: TypedArray) =>
  Buffer.from(a.buffer as ArrayBuffer).equals(Buffer.from(b.buffer as ArrayBuffer))

describe('a store as the storage of zarrita', () => {
  for (const [name, codecs] of Object.entries(CODECS)) {
    test(`version 3, compression ${name}: what is set is got, chunks that are partly set too`, async () => {
      const store = zarrStore(await disk.store('z'))
      const location = zarr.root(store).resolve('group/a')
      const options = { shape: [50, 70], chunkShape: [16, 16], dtype: 'float32' as const, codecs, fillValue: 7 }
      const array = await zarr.create(location, options)
      const data = Float32Array.from({ length: 40 * 60 }, (_, i) => i)
      await zarr.set(array, [zarr.slice(5, 45), zarr.slice(10, 70)], { data, shape: [40, 60], stride: [60, 1] })
      const again = await zarr.open(zarr.root(zarrStore(await disk.store('z'))).resolve('group/a'), { kind: 'array' })
      const inner = await zarr.get(again, [zarr.slice(5, 45), zarr.slice(10, 70)])
      expect(NDArray.from(inner as never).toArray()).toEqual(data)
      const outer = NDArray.from((await zarr.get(again)) as never)
      expect([outer.item(0, 0), outer.item(4, 69), outer.item(5, 10), outer.item(49, 0)]).toEqual([7, 7, 0, 7])
    })
  }

  test('version 2 is read and written as well', async () => {
    for (const compressor of [null, { id: 'zstd', level: 4 }, { id: 'blosc', cname: 'lz4', clevel: 5, shuffle: 1 }]) {
      const store = zarrStore(await disk.store(`v2-${compressor?.id}`))
      const text = { zarr_format: 2, shape: [30], chunks: [8], dtype: '<i4', compressor, fill_value: 0, filters: null }
      await store.set('/.zarray', new TextEncoder().encode(JSON.stringify({ ...text, order: 'C' })))
      const array = await zarr.open.v2(store, { kind: 'array' })
      const data = Int32Array.from({ length: 30 }, (_, i) => i - 9)
      await zarr.set(array as zarr.Array<'int32', typeof store>, null, { data, shape: [30], stride: [1] })
      expect((await zarr.get(array)).data).toEqual(data)
    }
  })

  test('ranges are those of the bytes, from either end, cut where these end', async () => {
    const store = zarrStore(await disk.store('ranges'))
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i)
    await store.set('/a/b', bytes)
    bytes.fill(0) // what was set is a copy
    expect(await store.getRange('/a/b', { offset: 10, length: 3 })).toEqual(new Uint8Array([10, 11, 12]))
    expect(await store.getRange('/a/b', { offset: 98, length: 30 })).toEqual(new Uint8Array([98, 99]))
    expect(await store.getRange('/a/b', { suffixLength: 2 })).toEqual(new Uint8Array([98, 99]))
    expect(await store.getRange('/a/b', { suffixLength: 0 })).toEqual(new Uint8Array())
    expect(await store.getRange('/nothing', { suffixLength: 2 })).toBeUndefined()
    expect([await store.has('/a/b'), await store.delete('/a/b'), await store.has('/a/b')]).toEqual([true, true, false])
    await store.set('/empty', new Uint8Array())
    expect(await store.get('/empty')).toEqual(new Uint8Array())
  })

  test('what is replaced while it is read is read as it was or as it is, whole', async () => {
    const store = zarrStore(await disk.store('replaced'))
    await store.set('/a', new Uint8Array(100_000).fill(1))
    const reads: Promise<Uint8Array | undefined>[] = []
    for (let i = 2; i < 30; i++) {
      const write = store.set('/a', new Uint8Array(100_000).fill(i))
      reads.push(store.get('/a'), store.get('/a'))
      await write
    }
    for (const bytes of await Promise.all(reads)) expect([bytes?.length, new Set(bytes).size]).toEqual([100_000, 1])
  })

  test('what is no array of bytes is refused', async () => {
    const arrays = await disk.store('numbers')
    await arrays.set('a', new Float32Array(3))
    await expect(zarrStore(arrays).get('/a')).rejects.toThrow(TypeError)
    await expect(zarrStore(arrays).get('a' as '/a')).rejects.toThrow(/begins with/)
  })
})

describe('to Zarr and back', () => {
  for (const dtype of DTYPES as DType[]) {
    test(`${dtype} in both versions`, async () => {
      const array = await disk.array(pattern(dtype), { cachePath: 'a', attributes: { unit: 'm' } })
      for (const zarrFormat of [2, 3] as const) {
        const target = new Map<string, Uint8Array>() as unknown as zarr.AsyncMutable
        const options = {
          zarrFormat,
          chunkShape: [16, 32],
          ...(zarrFormat === 2 && { compressor: { id: 'zstd', level: 1 } }),
        }
        await toZarr(array, zarr.root(target).resolve('g/x'), options)
        const opened = await zarr.open(zarr.root(target).resolve('g/x'), { kind: 'array' })
        expect([opened.dtype, opened.shape, opened.chunks, opened.attrs]).toEqual([
          dtype,
          [50, 70],
          [16, 32],
          { unit: 'm' },
        ])
        expect((await zarr.open(zarr.root(target).resolve('g'), { kind: 'group' })).kind).toBe('group')
        const back = await fromZarr(opened, { disk, cachePath: `back/${zarrFormat}` })
        expect(await back.toArray()).toEqual(await array.toArray())
        expect(back.attributes).toEqual({ unit: 'm' })
      }
    })
  }

  test('selections on both sides, with steps, reversed, and with axes that go', async () => {
    const store = new Map() as unknown as zarr.AsyncMutable
    const whole = pattern('int32')
    const source = await toZarr(whole, store, { chunkShape: [7, 9] })
    const selections = [
      [3],
      [null, -1],
      [slice(40, 2, -3), slice(5, 60, 4)],
      [slice(10, 10)],
      [slice(null, null, -1)],
      [4, 5],
    ]
    for (const selection of selections) {
      const array = await fromZarr(source, { disk, selection })
      const wanted = whole.view(selection)
      expect([array.shape, await array.toArray()]).toEqual([wanted.shape, wanted.toArray()])
      const target = await toZarr(NDArray.zeros([50, 70], 'int32'), new Map() as never, { chunkShape: [11, 10] })
      await toZarr(array, target, { selection })
      const expected = NDArray.zeros([50, 70], 'int32')
      expected.set(selection, wanted)
      expect(NDArray.from((await zarr.get(target)) as never).toArray()).toEqual(expected.toArray())
    }
  })

  test('arrays of no elements and of no axes', async () => {
    for (const shape of [[], [0], [3, 0, 2], [1]]) {
      const array = NDArray.from(new Float64Array(shape.reduce((n, m) => n * m, 1)).fill(2.5), { shape })
      const back = await fromZarr(await toZarr(array, new Map() as never), { disk })
      expect([back.shape, await back.toArray()]).toEqual([shape, array.toArray()])
    }
  })

  test('each chunk is read once, at most `concurrency` at a time, however large the array', async () => {
    const counts = new Map<string, number>()
    let [now, most] = [0, 0]
    const inner = new Map<string, Uint8Array>()
    const shape = [1000, 3000, 4]
    const source = await toZarr(NDArray.zeros(shape, 'float64'), inner as never, { chunkShape: [128, 256, 3] })
    const store: zarr.AsyncReadable = {
      get: async (key) => {
        counts.set(key, (counts.get(key) ?? 0) + 1)
        most = Math.max(most, ++now)
        await new Promise((resolve) => setImmediate(resolve))
        now--
        return inner.get(key)
      },
    }
    const counted = await zarr.open(store, { kind: 'array' })
    const seen: number[] = []
    await fromZarr(counted, { disk, concurrency: 3, onProgress: ({ doneBytes }) => seen.push(doneBytes) })
    expect([seen[0], seen.at(-1), seen.length > 3]).toEqual([0, 96_000_000, true])
    const chunks = [...counts].filter(([key]) => key.startsWith('/c/'))
    expect([chunks.length, new Set(chunks.map(([, n]) => n)), most]).toEqual([8 * 12 * 2, new Set([1]), 6]) // a box ahead
    expect(source.shape).toEqual(shape)
  })

  test('what failed goes on where it was, what was aborted leaves nothing', async () => {
    const inner = new Map<string, Uint8Array>()
    const numbers = NDArray.from(Float64Array.from({ length: 8e6 }, (_, i) => i)).reshape([800, 10_000])
    await toZarr(numbers, inner as never, { chunkShape: [50, 10_000] })
    let left = 12
    let asked = 0
    const store: zarr.AsyncReadable = {
      get: async (key) => {
        if (key.startsWith('/c/')) asked++
        if (key.startsWith('/c/') && left-- <= 0) throw new Error('the network is gone')
        return inner.get(key)
      },
    }
    const open = () => zarr.open(store, { kind: 'array' })
    await expect(fromZarr(await open(), { disk, cachePath: 'a' })).rejects.toThrow('the network is gone')
    expect((await disk.list()).map(({ path }) => path)).toEqual(['a.partial'])
    left = 100
    asked = 0
    const array = await fromZarr(await open(), { disk, cachePath: 'a' })
    expect(asked).toBeLessThan(16)
    expect(isSame(await array.toArray(), numbers.toArray())).toBe(true)
    expect((await disk.list()).map(({ path }) => path)).toEqual(['a'])

    const abort = new AbortController()
    const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 0 && abort.abort(new Error('enough'))
    const aborted = fromZarr(await open(), { disk, cachePath: 'b', signal: abort.signal, onProgress })
    await expect(aborted).rejects.toThrow('enough')
    expect((await disk.list()).map(({ path }) => path)).toEqual(['a'])
  })

  test('an export goes on where it was, unless the array was changed meanwhile', async () => {
    const array = await disk.array(new Float64Array(6e6).fill(1), { shape: [600, 10_000], cachePath: 'a' })
    const inner = new Map<string, Uint8Array>()
    let left = Number.POSITIVE_INFINITY
    let written = 0
    const store: zarr.AsyncMutable = {
      get: async (key) => inner.get(key),
      set: async (key, value) => {
        if (key.startsWith('/c/')) written++
        if (key.startsWith('/c/') && left-- <= 0) throw new Error('the disk is full')
        inner.set(key, value)
      },
    }
    const run = () => toZarr(array, store, { chunkShape: [50, 10_000] })
    const writes = async () => {
      written = 0
      await run()
      return written
    }
    left = 7
    await expect(run()).rejects.toThrow('the disk is full')
    left = 100
    expect(await writes()).toBe(6) // two of these chunks are a box
    expect(await writes()).toBe(12)
    left = 7
    await expect(run()).rejects.toThrow('the disk is full')
    await array.set([0], 2)
    left = 100
    expect(await writes()).toBe(12)
    const back = await fromZarr(await zarr.open(store, { kind: 'array' }), { disk })
    expect(isSame(await back.toArray(), await array.toArray())).toBe(true)
  })

  test('what cannot be kept or written is refused', async () => {
    const store = new Map<string, Uint8Array>() as unknown as zarr.AsyncMutable
    const text = {
      zarr_format: 2,
      shape: [3],
      chunks: [3],
      dtype: '|S4',
      compressor: null,
      fill_value: '',
      filters: null,
    }
    await store.set('/.zarray', new TextEncoder().encode(JSON.stringify({ ...text, order: 'C' })))
    await expect(fromZarr(await zarr.open(store, { kind: 'array' }), { disk })).rejects.toThrow(DTypeError)
    await expect(toZarr(NDArray.zeros([3], 'complex64'), store)).rejects.toThrow(DTypeError)
    const target = await toZarr(NDArray.zeros([3, 4], 'int8'), store)
    await expect(toZarr(NDArray.zeros([3, 4], 'int16'), target)).rejects.toThrow(DTypeError)
    await expect(toZarr(NDArray.zeros([4, 3], 'int8'), target)).rejects.toThrow(ShapeError)
    await expect(toZarr(NDArray.zeros([3, 4], 'int8'), target, { chunkShape: [1, 1] })).rejects.toThrow(TypeError)
    await expect(toZarr(NDArray.zeros([3], 'int8'), store, { chunkShape: [0] })).rejects.toThrow(TypeError)
    await disk.array(new Int8Array(3), { cachePath: 'a' })
    await expect(fromZarr(target, { disk, cachePath: 'a', overwrite: false })).rejects.toThrow(/already/)
  })
})
