// Making arrays: all sources, all dtypes, what is refused, what happens to the caller's memory.
import { DiskBackedNDArray, NDArray } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { ALL_DTYPES, counted, MIB, noise, sameBytes, table } from './numbers.js'

export const creatingCases: Case[] = [
  {
    name: 'every dtype survives closing the disk bit by bit',
    async run(t) {
      const disk = await t.openDisk()
      const bytes = noise(160)
      for (const dtype of ALL_DTYPES) {
        const buffer = dtype === 'bool' ? bytes.map((byte) => byte & 1) : bytes
        await disk.array(buffer.slice().buffer, { dtype, cachePath: dtype })
      }
      const again = await t.reopen(disk)
      for (const dtype of ALL_DTYPES) {
        const array = await again.openArray(dtype)
        equal(array.dtype, dtype)
        const expected = dtype === 'bool' ? bytes.map((byte) => byte & 1) : bytes
        ok(sameBytes(await array.toArray(), expected), `${dtype} came back with other bytes`)
      }
    },
  },
  {
    name: 'a typed array gives its own dtype, nested values the one they suggest',
    async run(t) {
      const disk = await t.openDisk()
      const dtypeOf = async (data: Parameters<typeof disk.array>[0]) => (await disk.array(data)).dtype
      equal(await dtypeOf(new Uint8ClampedArray(2)), 'uint8')
      equal(await dtypeOf(new Int16Array(2)), 'int16')
      equal(await dtypeOf(new BigUint64Array(2)), 'uint64')
      equal(await dtypeOf([1, 2]), 'float64')
      equal(await dtypeOf([1n, 2n]), 'int64')
      equal(await dtypeOf([true, false]), 'bool')
      equal(await dtypeOf([[{ re: 1, im: 2 }]]), 'complex128')
    },
  },
  {
    name: 'a typed array is re-read as the dtype that has its bytes, and as no other',
    async run(t) {
      const disk = await t.openDisk()
      const pairs = await disk.array(new Float32Array([1, 2, 3, 4]), { dtype: 'complex64' })
      deepEqual(pairs.shape, [2])
      deepEqual(await pairs.item(1), { re: 3, im: 4 })
      equal(await (await disk.array(new Uint8Array([1, 0]), { dtype: 'bool' })).item(0), true)
      equal(await (await disk.array(new Uint16Array([0x3c00]), { dtype: 'float16' })).item(0), 1)
      await rejects(disk.array(new Float32Array(2), { dtype: 'float64' }), 'DTypeError', /astype/)
      deepEqual(await disk.list(), [])
    },
  },
  {
    name: 'nested, strided and non-contiguous data are laid out in C order',
    async run(t) {
      const disk = await t.openDisk()
      const nested = await disk.array([
        [1, 2, 3],
        [4, 5, 6],
      ])
      deepEqual(nested.shape, [2, 3])
      const turned = await disk.array(table(2, 3).transpose())
      deepEqual(await turned.toArray(), Float64Array.of(0, 3, 1, 4, 2, 5))
      const strided = await disk.array({
        data: new Int8Array([1, 2, 3, 4, 5, 6]),
        shape: [2, 2],
        stride: [3, 2],
        offset: 0,
      })
      deepEqual(await strided.toArray(), Int8Array.of(1, 3, 4, 6))
    },
  },
  {
    name: 'an array is made from an array on disk and from a view of one',
    async run(t) {
      const disk = await t.openDisk()
      const source = await disk.array(table(3, 4))
      const copy = await disk.array(source, { cachePath: 'copy' })
      deepEqual(await copy.toArray(), counted(12))
      const part = await disk.array(source.view([null, 1]), { cachePath: 'part' })
      deepEqual(await part.toArray(), Float64Array.of(1, 5, 9))
      await rejects(disk.array(source, { dtype: 'float32' }), 'DTypeError', /astype/)
    },
  },
  {
    name: 'an array larger than what is copied through memory is copied block by block',
    async run(t) {
      const disk = await t.openDisk()
      const source = await disk.zeros([9, MIB], 'float64')
      await source.set([8, MIB - 1], 5)
      const copy = await disk.array(source, { cachePath: 'copy' })
      ok(copy.offloaded, 'it was loaded')
      equal(await copy.item(8, MIB - 1), 5)
      equal(await copy.item(0, 0), 0)
    },
  },
  {
    name: 'only the bytes of a view are written, and the buffer around it is left alone',
    async run(t) {
      const disk = await t.openDisk()
      for (const size of [10, 2 * MIB]) {
        const whole = noise(size + 20)
        const before = whole.slice()
        const array = await disk.array(whole.subarray(7, 7 + size), { cachePath: `a${size}` })
        equal(array.nbytes, size)
        ok(sameBytes(whole, before), 'the buffer was changed or taken')
        ok(sameBytes(await array.toArray(), before.slice(7, 7 + size)), 'other bytes were written')
        await array.offload()
        ok(sameBytes(whole, before), 'offloading took the buffer')
        ok(sameBytes(await array.toArray(), before.slice(7, 7 + size)), 'other bytes are on disk')
      }
    },
  },
  {
    name: 'after creation an array is loaded and clean, on the typed array it was given',
    async run(t) {
      const disk = await t.openDisk()
      const data = counted(6)
      const array = await disk.array(data, { shape: [2, 3], cachePath: 'a' })
      deepEqual([array.offloaded, array.dirty, array.mode], [false, false, 'r+'])
      equal(await array.data({ readOnly: true }), data)
      equal(array.dirty, false)
    },
  },
  {
    name: 'transfer takes the buffer, whatever its size, and the array stays loaded',
    async run(t) {
      const disk = await t.openDisk()
      for (const size of [16, 3 * MIB]) {
        const data = noise(size)
        const expected = data.slice()
        const array = await disk.array(data, { transfer: true, cachePath: `a${size}` })
        equal(data.byteLength, 0)
        equal(array.offloaded, false)
        ok(sameBytes(await array.data({ readOnly: true }), expected), 'other bytes are in memory')
        await array.offload()
        ok(sameBytes(await array.toArray(), expected), 'other bytes are on disk')
      }
    },
  },
  {
    name: 'zeros of 4 GiB are there at once, and both ends are set and read without loading it',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.zeros([16384, 65536], 'float32', { cachePath: 'large' })
      equal(array.nbytes, 4 * 2 ** 30)
      await array.set([0, 0], 1)
      await array.set([16383, 65535], 2)
      deepEqual((await array.get([0, null])).data.slice(0, 2), Float32Array.of(1, 0))
      equal(await array.item(-1, -1), 2)
      equal(await array.item(8000, 5), 0)
      ok((await disk.usage()).liveBytes <= 4 * MIB, 'it takes room')
      ok(array.offloaded, 'it was loaded')
    },
  },
  {
    name: 'full repeats a value of any dtype that fits it',
    async run(t) {
      const disk = await t.openDisk()
      deepEqual(await (await disk.full([2, 2], 7, 'int16')).toArray(), Int16Array.of(7, 7, 7, 7))
      deepEqual(await (await disk.full([2], { re: 1, im: -1 }, 'complex64')).toArray(), Float32Array.of(1, -1, 1, -1))
      deepEqual(await (await disk.full([3], 5n, 'int64')).toArray(), BigInt64Array.of(5n, 5n, 5n))
      deepEqual(await (await disk.full([], true, 'bool')).toArray(), Uint8Array.of(1))
      const large = await disk.full([3 * MIB], 1.5, 'float32')
      equal(await large.item(3 * MIB - 1), 1.5)
      await rejects(disk.full([2], 300, 'uint8'), 'DTypeError', /300/)
    },
  },
  {
    name: 'a stream of bytes is written as it comes, whatever its chunks',
    async run(t) {
      const disk = await t.openDisk()
      const bytes = noise(9 * MIB + 40)
      async function* chunks() {
        let start = 0
        for (const end of [1, 100, 3 * MIB, 3 * MIB, 9 * MIB + 40]) {
          yield bytes.subarray(start, end)
          start = end
        }
      }
      const array = await disk.array(chunks(), { shape: [bytes.length / 8], dtype: 'float64', cachePath: 'a' })
      ok(sameBytes(await array.toArray(), bytes), 'other bytes are on disk')
      const stream = new Blob([bytes]).stream()
      const other = await disk.array(stream, { shape: [bytes.length], dtype: 'uint8', cachePath: 'b' })
      ok(sameBytes(await other.toArray(), bytes), 'other bytes came from the ReadableStream')
    },
  },
  {
    name: 'a stream that is too short, too long, or fails leaves nothing',
    async run(t) {
      const disk = await t.openDisk()
      let ended = 0
      async function* stream(byteLength: number, error?: Error) {
        try {
          yield new Uint8Array(byteLength)
          if (error !== undefined) throw error
        } finally {
          ended++
        }
      }
      const options = { shape: [4], dtype: 'int32', cachePath: 'a' } as const
      await rejects(disk.array(stream(15), options), 'ShapeError', /16 bytes.*15/)
      await rejects(disk.array(stream(17), options), 'ShapeError', /16 bytes.*more/)
      await rejects(disk.array(stream(8, new RangeError('broken')), options), 'RangeError', /broken/)
      await rejects(disk.array(stream(16), { cachePath: 'a' }), 'TypeError', /shape, dtype/)
      equal(ended, 3)
      equal(await disk.has('a'), false)
      equal((await disk.usage()).arrays, 0)
    },
  },
  {
    name: 'arrays of no elements and of no axes are arrays like others',
    async run(t) {
      const disk = await t.openDisk()
      await disk.array(new Float32Array(0), { shape: [3, 0], cachePath: 'empty' })
      await disk.array(new Int32Array([42]), { shape: [], cachePath: 'single' })
      const again = await t.reopen(disk)
      const empty = await again.openArray('empty')
      deepEqual(empty.shape, [3, 0])
      deepEqual(await empty.toArray(), new Float32Array(0))
      deepEqual((await empty.get([slice0, null])).shape, [3, 0])
      await empty.set([], 5)
      deepEqual(await empty.data(), new Float32Array(0))
      const single = await again.openArray('single')
      equal(await single.item(), 42)
      await single.set([], 43)
      deepEqual((await single.get()).shape, [])
      equal((await single.get()).item(), 43)
      await single.load()
      equal(await single.item(), 43)
    },
  },
  {
    name: 'shapes and dtypes that are none are refused by name, and leave nothing',
    async run(t) {
      const disk = await t.openDisk()
      const data = new Float32Array(6)
      const create = (shape: unknown, dtype: unknown = 'float32') =>
        disk.array(data, { shape: shape as number[], dtype: dtype as 'float32', cachePath: 'a' })
      await rejects(create([2, 2]), 'ShapeError', /size 6 into shape \(2,2\)/)
      await rejects(create([-1, 6]), 'ShapeError', /-1/)
      await rejects(create([1.5, 4]), 'ShapeError', /1.5/)
      await rejects(create([Number.NaN]), 'ShapeError', /NaN/)
      await rejects(disk.zeros([2 ** 53], 'int8'), 'ShapeError', /9007199254740992/)
      await rejects(disk.zeros([2 ** 27, 2 ** 27], 'int8'), 'ShapeError', /2\^53/)
      await rejects(create([6], 'float31'), 'DTypeError', /float31/)
      await rejects(disk.zeros([2], 'complex' as 'complex64'), 'DTypeError', /complex/)
      await rejects(disk.array([[1, 2], [3]]), 'ShapeError', /inhomogeneous/)
      await rejects(disk.array(null as unknown as Float32Array), 'TypeError', /null/)
      await rejects(disk.array(data, { sizes: 3 } as object), 'TypeError', /sizes/)
      equal((await disk.usage()).arrays, 0)
    },
  },
  {
    name: 'creating where something is replaces it in one step, or not at all with overwrite: false',
    async run(t) {
      const disk = await t.openDisk()
      const old = await disk.array([1, 2, 3], { cachePath: 'a' })
      await rejects(disk.array([4], { cachePath: 'a', overwrite: false }), 'KeyExistsError', /a/)
      deepEqual(await old.toArray(), Float64Array.of(1, 2, 3))
      const now = await disk.array(new Int8Array(5), { cachePath: 'a' })
      await rejects(old.get(), 'StaleArrayError', /'a'/)
      await rejects(old.data(), 'StaleArrayError')
      await rejects(old.set([0], 1), 'StaleArrayError')
      await rejects(old.offload(), 'StaleArrayError')
      deepEqual(await now.toArray(), new Int8Array(5))
      deepEqual(
        (await disk.list()).map(({ path, dtype }) => [path, dtype]),
        [['a', 'int8']],
      )
    },
  },
  {
    name: 'the class itself keeps the settings of the seed: nothing is on disk until caching is on',
    async run(t) {
      const disk = await t.openDisk()
      const array = await DiskBackedNDArray.create([1, 2], { disk })
      deepEqual([array.cacheEnabled, array.offloaded, array.purgeDiskOnGc], [false, false, true])
      equal((await disk.usage()).arrays, 0)
      ok((await disk.array([1])).cacheEnabled, 'a disk turns caching on')
    },
  },
  {
    name: 'automatic offloading lets go of memory right after creation',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array([1, 2, 3], { automaticOffloading: true })
      ok(array.offloaded)
      deepEqual(await array.toArray(), Float64Array.of(1, 2, 3))
      ok(array.offloaded, 'reading loaded it for good')
    },
  },
  {
    name: 'an NDArray goes in without being changed and comes out as one',
    async run(t) {
      const disk = await t.openDisk()
      const given = table(4, 5)
      const array = await disk.array(given)
      const got = await array.get()
      ok(got instanceof NDArray)
      deepEqual(got.toNested(), given.toNested())
    },
  },
]

const slice0 = { start: null, stop: null, step: null }
