// Files that are cut short, lie, or mean harm: each a clear error that leaves nothing on disk.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fromArrow } from '../../../src/arrow.js'
import { fromGeoTiff } from '../../../src/geotiff.js'
import {
  type Disk,
  exportStoreZip,
  fromNpy,
  fromNpz,
  InvalidSourceError,
  importStore,
  LazyDiskCacheConfig,
  NDArray,
  openDisk,
  toNpy,
  toNpz,
  type WorkOptions,
} from '../../../src/index.js'
import { COMPRESSED_SIZE, CRC32, LOCAL_HEADER, patched, replaced, UNCOMPRESSED_SIZE, zipOf } from '../../support/zip.js'

let disk: Disk
beforeAll(async () => {
  disk = await openDisk({ name: 'hostile', backend: 'memory' })
})
afterAll(() => disk.close())

/** Of every test here. */
afterEach(async () => {
  const { arrays, liveBytes } = await disk.usage()
  expect([arrays, liveBytes]).toEqual([0, 0])
})

const header = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`

/** A .npy file with any header. */
function npy(text: string, data: BlobPart = '', [major, minor] = [1, 0], length = text.length): Uint8Array[] {
  const size = new Uint8Array(major === 1 ? 2 : 4)
  new DataView(size.buffer)[major === 1 ? 'setUint16' : 'setUint32'](0, length, true)
  const start = new Uint8Array([0x93, ...Buffer.from('NUMPY'), major ?? 1, minor ?? 0, ...size])
  return [start, new TextEncoder().encode(text), new Uint8Array(data as ArrayBuffer)]
}
const file = (...parts: Parameters<typeof npy>) => new Blob(npy(...parts) as Uint8Array<ArrayBuffer>[])
const f4 = (shape: string, data: BlobPart = '') => file(header("'<f4'", shape), data)

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve)) // as bytes that come from elsewhere
    yield new Uint8Array(1 << 16)
  }
}

describe('a .npy file', () => {
  for (const [what, blob, name, message] of [
    ['that is none', new Blob(['<html></html>']), 'InvalidSourceError', /no \.npy file/],
    ['that is empty', new Blob([]), 'InvalidSourceError', /no \.npy file/],
    [
      'that ends after its magic',
      new Blob([new Uint8Array([0x93]), 'NUMPY']),
      'InvalidSourceError',
      /within its header/,
    ],
    [
      'that ends in its header',
      file(header("'<f4'", '(3,)').slice(0, 20), '', [1, 0], 60),
      'InvalidSourceError',
      /within its header/,
    ],
    ['of a version to come', file(header("'<f4'", '(3,)'), '', [4, 0]), 'InvalidSourceError', /version 4\.0/],
    [
      'with a header of 10 MB',
      file(header("'<f4'", '(3,)').padEnd(10 << 20), '', [2, 0]),
      'InvalidSourceError',
      /10485760 bytes/,
    ],
    [
      'with a header that says 4 GB',
      file(header("'<f4'", '(3,)'), '', [3, 0], 0xffffffff),
      'InvalidSourceError',
      /4294967295 bytes/,
    ],
    ['with something else for a header', file('hello'), 'InvalidSourceError', /character 0: "hello"/],
    ['with code for a header', file("{'descr': __import__('os').system('x'), }"), 'InvalidSourceError', /character 10/],
    [
      'with a field too many',
      file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': True}"),
      'InvalidSourceError',
      /nothing else/,
    ],
    [
      'with a field twice',
      file("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}"),
      'InvalidSourceError',
      /cannot be read/,
    ],
    ['with a field too few', file("{'descr': '<f4', 'shape': (1,), }"), 'InvalidSourceError', /nothing else/],
    ['with a negative length', f4('(-1,)'), 'InvalidSourceError', /cannot be read/],
    ['with a number for a shape', f4('(3)'), 'InvalidSourceError', /cannot be read/],
    ['with a shape of 2^60', f4(`(${2 ** 60},)`), 'ShapeError', /dimension/],
    ['with a shape of many lengths', f4('(65536, 65536, 65536, 65536)'), 'ShapeError', /too big/],
    ['with 65 axes', f4(`(${'1, '.repeat(65)})`), 'ShapeError', /64/],
    ['of objects', file(header("'|O'", '(1,)')), 'DTypeError', /pickles/],
    ['of records', file(header("[('x', '<f4')]", '(1,)')), 'DTypeError', /structured/],
    ['of text', file(header("'<U5'", '(1,)')), 'DTypeError', /'<U5'/],
    ['of dates', file(header("'<M8[ns]'", '(1,)')), 'DTypeError', /M8/],
    ['that is cut short', f4('(2, 3)', new ArrayBuffer(20)), 'InvalidSourceError', /24 bytes .* there are 20/],
    [
      'that is cut short in Fortran order',
      file(header("'>f4'", '(2, 3)', 'True'), new ArrayBuffer(20)),
      'InvalidSourceError',
      /24 bytes .* there are 20/,
    ],
  ] as const) {
    for (const kind of ['file', 'stream', 'response'] as const) {
      test(`${what} is refused, as a ${kind}`, async () => {
        const source = kind === 'file' ? blob : kind === 'stream' ? blob.stream() : new Response(blob.stream())
        const error = await fromNpy(source, { disk, cachePath: 'a' }).catch((thrown: unknown) => thrown)
        expect(error).toMatchObject({ name, message: expect.stringMatching(message) })
        expect(await disk.has('a')).toBe(false)
      })
    }
  }

  test('that announces more than any disk has, and does not say its size, is refused', async () => {
    for (const [shape, message] of [
      [`(${2 ** 50},)`, /announces 4503599627370496 bytes/],
      [`(${2 ** 38},)`, /cut short/],
    ] as const) {
      await expect(fromNpy(f4(shape).stream(), { disk, cachePath: 'a' })).rejects.toThrow(message)
    }
  })

  test('may have its header in any order and spacing, numbers of Python 2, and more behind its elements', async () => {
    const text = `  { "shape" : ( 2L ,3 ) ,\n'fortran_order':False,  'descr':"<u2"}`
    const array = await fromNpy(file(text, new Uint16Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer), { disk })
    expect([array.shape, [...(await array.toArray())]]).toEqual([
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ])
    await array.purge()
  })

  test('is not read as another dtype, or in a shape that does not fit', async () => {
    const blob = f4('(2, 3)', new ArrayBuffer(24))
    await expect(fromNpy(blob, { disk, dtype: 'float64' })).rejects.toThrow(/astype\('float64'\)/)
    await expect(fromNpy(blob, { disk, shape: [5] })).rejects.toThrow(/cannot reshape array of size 6/)
    const array = await fromNpy(blob, { disk, shape: [3, 2], dtype: 'float32' })
    expect(array.shape).toEqual([3, 2])
    await array.purge()
  })

  test('from a server that has none is an error with its answer', async () => {
    await expect(fromNpy(new Response('no', { status: 404 }), { disk })).rejects.toThrow(/status 404/)
    await expect(fromNpy(7 as never, { disk })).rejects.toThrow(TypeError)
  })
})

describe('a .npz file', async () => {
  const one = new Uint8Array(await new Response(toNpy(NDArray.from([1, 2, 3]))).arrayBuffer())
  const two = await zipOf([
    ['a.npy', one],
    ['b.npy', one],
  ])
  const deflated = await zipOf(
    [
      ['a.npy', one],
      ['b.npy', one],
    ],
    9,
  )
  const truncated = one.slice(0, -8)
  const bomb = new Blob([
    ...(npy(header("'|u1'", '(9,)')) as Uint8Array<ArrayBuffer>[]),
    ...Array.from({ length: 256 }, () => new Uint8Array(1 << 20)),
  ])

  for (const [what, bytes, message] of [
    ['that is none', new Uint8Array(1000), /\.zip file cannot be read/],
    ['that is empty', new Uint8Array(), /\.zip file cannot be read/],
    ['that is cut short', two.slice(0, -30), /\.zip file cannot be read/],
    [
      'that lacks its middle',
      new Uint8Array([...two.slice(0, 40), ...two.slice(120)]),
      /cannot be read|within its header|no \.npy/,
    ],
    [
      'with a path that leads elsewhere',
      replaced(await zipOf([['xx/a.npy', one]]), 'xx/a.npy', '../a.npy'),
      /cannot be read.*/,
    ],
    ['with an absolute path', replaced(await zipOf([['xx/a.npy', one]]), 'xx/a.npy', '/xxa.npy'), /cannot be read/],
    ['with a name twice', replaced(two, 'b.npy', 'a.npy'), /two members named 'a\.npy'/],
    [
      'with a file that is no .npy',
      await zipOf([
        ['a.npy', one],
        ['b.txt', one],
      ]),
      /'b\.txt' .* no \.npy/,
    ],
    [
      'with a .npy file that is none',
      await zipOf([
        ['a.npy', one],
        ['b.npy', new Uint8Array(200)],
      ]),
      /no \.npy file/,
    ],
    [
      'with a .npy file cut short',
      await zipOf([
        ['a.npy', one],
        ['b.npy', truncated],
      ]),
      /'b\.npy' has 144 bytes .* 152/,
    ],
    ['that lies about a stored size', patched(two, 1, { [UNCOMPRESSED_SIZE]: 151 }), /cannot be read|has 151 bytes/],
    [
      'that lies about a deflated size',
      patched(deflated, 1, { [UNCOMPRESSED_SIZE]: 151 }),
      /cannot be read|has 151 bytes/,
    ],
    [
      'that says more than deflate can make',
      patched(deflated, 1, { [UNCOMPRESSED_SIZE]: 0x7fffffff }),
      /cannot have as many bytes/,
    ],
    ['that lies about a compressed size', patched(deflated, 1, { [COMPRESSED_SIZE]: 20 }), /cannot be read/],
    ['that lies about a checksum', patched(two, 1, { [CRC32]: 1 }), /cannot be read/],
    [
      'whose members overlap',
      patched(replaced(two, 'b.npy', 'a.npy'), 1, { [LOCAL_HEADER]: 0 }),
      /two members|cannot be read/,
    ],
    [
      'that is a bomb',
      await zipOf(
        [
          ['a.npy', one],
          ['b.npy', bomb],
        ],
        9,
      ),
      /'b\.npy' has \d+ bytes .* announces/,
    ],
    [
      'that is a bomb in disguise',
      patched(
        await zipOf(
          [
            ['a.npy', one],
            ['b.npy', bomb],
          ],
          9,
        ),
        1,
        { [UNCOMPRESSED_SIZE]: 79 },
      ),
      /cannot be read|has more than it says|has 79/,
    ],
  ] as const) {
    for (const kind of ['file', 'stream'] as const) {
      test(`${what} is refused as a whole, as a ${kind}`, async () => {
        const blob = new Blob([bytes])
        const error = await fromNpz(kind === 'file' ? blob : blob.stream(), { disk, cachePath: 'a' }).catch(
          (thrown: unknown) => thrown,
        )
        expect(error).toBeInstanceOf(InvalidSourceError)
        expect(error).toMatchObject({ message: expect.stringMatching(message) })
      })
    }
  }

  test('has none of its arrays seen before all are there', async () => {
    const lists: Promise<unknown[]>[] = []
    const onProgress = () => void lists.push(disk.list())
    const arrays = await fromNpz(new Blob([two]), { disk, cachePath: 'a', onProgress })
    expect(lists.length).toBeGreaterThan(2)
    expect((await Promise.all(lists)).flat()).toEqual([])
    expect(await disk.list()).toHaveLength(2)
    for (const array of arrays.values()) await array.purge()
  })

  test('is not written with names that no file can have, or one name twice', async () => {
    const array = NDArray.from([1])
    for (const name of ['', '..', '../a', '/a', 'a//b', 'a\\b']) {
      await expect(new Response(toNpz([[name, array]])).arrayBuffer()).rejects.toMatchObject({
        name: 'InvalidKeyError',
      })
    }
    await expect(
      new Response(
        toNpz([
          ['a', array],
          ['a', array],
        ]),
      ).arrayBuffer(),
    ).rejects.toMatchObject({ name: 'InvalidKeyError' })
  })
})

describe('a folder of a store', async () => {
  const one = new Uint8Array(await new Response(toNpy(NDArray.from([1, 2, 3]))).arrayBuffer())
  const meta = (fields: object) =>
    new TextEncoder().encode(
      JSON.stringify({
        ...{ schema_version: 1, lazy_disk_cache_class: 'DiskBackedNDArray', shape: [3], dtype: '<f8' },
        ...{ purge_disk_on_gc: true, automatic_offloading: false, enable_caching: true },
        ...fields,
      }),
    )
  const good = [
    ['a.npy', one],
    ['a.meta.json', meta({})],
  ] as const
  const second = (fields: object) => zipOf([...good, ['b.npy', one], ['b.meta.json', meta(fields)]])

  for (const [what, bytes, name, message] of [
    ['without a description', await zipOf([...good, ['b.npy', one]]), 'InvalidSourceError', /no b\.meta\.json/],
    ['without elements', await zipOf([...good, ['b.meta.json', meta({})]]), 'InvalidSourceError', /no b\.npy/],
    [
      'with an entry in a folder',
      await zipOf([
        ['x/a.npy', one],
        ['x/a.meta.json', meta({})],
      ]),
      'InvalidSourceError',
      /in a folder/,
    ],
    ['of a schema to come', await second({ schema_version: 2 }), 'InvalidSourceError', /schema_version 2/],
    ['of a class that is not registered', await second({ lazy_disk_cache_class: 'Cloud' }), 'NotFoundError', /'Cloud'/],
    ['of another shape than it says', await second({ shape: [4] }), 'InvalidSourceError', /'b\.npy'/],
    ['of another dtype than it says', await second({ dtype: '<f4' }), 'InvalidSourceError', /'b\.npy'/],
    [
      'with a flag that is none',
      await second({ automatic_offloading: 'yes' }),
      'InvalidSourceError',
      /automatic_offloading/,
    ],
    [
      'with a description that is no JSON',
      await zipOf([
        ['a.npy', one],
        ['a.meta.json', one],
      ]),
      'InvalidSourceError',
      /no JSON/,
    ],
    [
      'with a description of 2 MiB',
      await zipOf([
        ['a.npy', one],
        ['a.meta.json', new Uint8Array(2 << 20)],
      ]),
      'InvalidSourceError',
      /2097152 bytes/,
    ],
  ] as const) {
    test(`${what} is refused as a whole`, async () => {
      const config = new LazyDiskCacheConfig({ cachePath: 'store' })
      const error = await importStore(new Blob([bytes]), { disk, config }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ name, message: expect.stringMatching(message) })
    })
  }

  test('with a value that the store refuses is refused as a whole, and what was there stays', async () => {
    const config = new LazyDiskCacheConfig({ cachePath: 'store', enableCaching: true })
    const before = await disk.array(new Int8Array([7]), { cachePath: 'store/a' })
    let seen = 0
    const importing = importStore(new Blob([await second({})]), { disk, config, validator: () => ++seen < 2 })
    await expect(importing).rejects.toThrow(/validator/)
    expect([seen, await before.item(), (await disk.list()).map(({ path }) => path)]).toEqual([2, 7, ['store/a']])
    await disk.delete('store/a')
  })
})

describe('what is aborted', () => {
  test('ends at once where its source hangs or never ends, which is cancelled, and leaves nothing', async () => {
    for (const kind of ['hangs', 'goes on'] as const) {
      for (const importing of ['fromNpy', 'fromNpz', 'importStore', 'fromGeoTiff', 'fromArrow'] as const) {
        const reason = new RangeError('enough')
        const abort = new AbortController()
        let cancelled = 0
        const chunks = endless()
        const begun =
          importing === 'fromArrow'
            ? [Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 2)]
            : npy(header("'|u1'", '(50000000,)'))
        const source = new ReadableStream<Uint8Array>({
          async pull(controller) {
            const next = begun.shift()
            if (next !== undefined) return controller.enqueue(next)
            setTimeout(() => abort.abort(reason), 20)
            if (kind === 'hangs') await new Promise(() => undefined)
            controller.enqueue((await chunks.next()).value)
          },
          cancel() {
            cancelled++
          },
        })
        const { signal } = abort
        const config = new LazyDiskCacheConfig({ cachePath: 'a' })
        const work = {
          fromNpy: () => fromNpy(source, { disk, cachePath: 'a', signal }),
          fromNpz: () => fromNpz(source, { disk, cachePath: 'a', signal }),
          importStore: () => importStore(source, { disk, config, signal }),
          fromGeoTiff: () => fromGeoTiff(source, { disk, cachePath: 'a', signal }),
          fromArrow: () => fromArrow(source, { disk, cachePath: 'a', signal }),
        }[importing]
        const start = performance.now()
        expect(await work().catch((error: unknown) => error)).toBe(reason)
        expect(performance.now() - start).toBeLessThan(500)
        expect(cancelled).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 20)) // the abort of a draft is not waited for
      }
    }
  })

  test('before it begins rejects with the reason', async () => {
    const signal = AbortSignal.abort('no')
    await expect(fromNpy(new Blob([]), { disk, signal })).rejects.toBe('no')
    await expect(fromNpz(new Blob([]), { disk, signal })).rejects.toBe('no')
    await expect(importStore(new Blob([]), { disk, signal })).rejects.toBe('no')
  })
})

test('what goes out is read with progress, and an abort ends it at once with its reason', async () => {
  const array = await disk.array(new Uint8Array(5 << 20).fill(7), { cachePath: 'a' })
  const store = await disk.store('store')
  await store.set('b', new Uint8Array(5 << 20).fill(7))
  for (const out of [
    (options: WorkOptions) => toNpy(array, options),
    (options: WorkOptions) => toNpy(NDArray.zeros([5 << 20], 'uint8'), options),
    (options: WorkOptions) => toNpz([['a', array]], options),
    (options: WorkOptions) => exportStoreZip(store, options),
  ]) {
    const seen: number[] = []
    await new Response(
      out({ onProgress: ({ doneBytes, totalBytes }) => void seen.push(doneBytes / (totalBytes ?? Number.NaN)) }),
    ).arrayBuffer()
    expect([seen[0], seen.at(-1), seen.length > 5, seen.toSorted((x, y) => x - y)]).toEqual([0, 1, true, seen])
    for (const when of ['before', 'begun'] as const) {
      const abort = new AbortController()
      if (when === 'before') abort.abort(new RangeError('enough'))
      const reader = out({ signal: abort.signal }).getReader()
      if (when === 'begun') expect((await reader.read()).done).toBe(false)
      abort.abort(new RangeError('enough'))
      await expect(reader.read()).rejects.toThrow('enough')
    }
  }
  await disk.clear()
})
