// GeoTIFF into arrays: files that tifffile and geotiff write, and files that are none.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { fromArrayBuffer, getDecoder, writeArrayBuffer } from 'geotiff'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { registry } from 'zarrita'
import { bytesOf } from '../../../src/core/typed-array.js'
import { decodedBytes } from '../../../src/exchange/geotiff/decoded-bytes.js'
import { fromGeoTiff } from '../../../src/geotiff.js'
import { type Disk, openDisk } from '../../../src/index.js'

/** Debian's package is for Debian's Python, which need not be the first on PATH. */
const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import tifffile']).status === 0,
)

/** Each beside the bytes of its elements in C order, with samples last. */
const WRITE = `
import json, numpy as np, tifffile
names = []
def write(name, data, **options):
    planar = options.get('planarconfig') == 'separate'
    tifffile.imwrite(name + '.tif', data, **options)
    if planar: data = np.moveaxis(data, 0, -1)
    data.astype(data.dtype.newbyteorder('<')).tofile(name + '.bin')
    names.append([name, str(data.dtype), list(data.shape)])
random = np.random.default_rng(1)
for dtype in ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64']:
    for order in '<>':
        data = (random.random((70, 45)) * 100).astype(dtype)
        write(f'strips-{dtype}-{"big" if order == ">" else "little"}', data, byteorder=order, rowsperstrip=16)
        write(f'tiles-{dtype}-{"big" if order == ">" else "little"}', data, byteorder=order, tile=(32, 16), compression='zlib')
rgb = (random.random((70, 45, 3)) * 255).astype('uint8')
write('rgb', rgb, photometric='rgb', rowsperstrip=16)
write('planes', np.moveaxis(rgb, -1, 0).copy(), photometric='rgb', planarconfig='separate', tile=(16, 16))
write('big-tiff', rgb, photometric='rgb', bigtiff=True, tile=(16, 16), compression='zlib')
write('one-strip', (random.random((3000, 1000)) * 1e6).astype('float32'))
write('one-strip-big', (random.random((3000, 1000)) * 1e6).astype('int32'), byteorder='>')
write('wide-tiles', (np.arange(300 * 20000) % 60013).astype('uint16').reshape(300, 20000), tile=(256, 256))
print(json.dumps(names))
`

let disk: Disk
beforeAll(async () => {
  disk = await openDisk({ name: 'geotiff', backend: 'memory' })
})
afterAll(() => disk.close())
/** What a test keeps it deletes. */
afterEach(async () => {
  expect((await disk.usage()).liveBytes).toBe(0)
})

const keys = { GTModelTypeGeoKey: 2, GTRasterTypeGeoKey: 1, GeographicTypeGeoKey: 4326, GeogCitationGeoKey: 'WGS 84' }
/** 20 rows of 30 float32. */
const small = (options = {}) =>
  new Blob([
    writeArrayBuffer(
      Float32Array.from({ length: 600 }, (_, i) => i / 4),
      {
        ...{ width: 30, height: 20, BitsPerSample: [32], SampleFormat: [3], GDAL_NODATA: '-9999' },
        ...{ ModelPixelScale: [0.5, 0.25, 0], ModelTiepoint: [0, 0, 0, 100, 50, 0], ...keys, ...options },
      },
    ),
  ])

test.skipIf(python === undefined)('what tifffile writes comes in, of all dtypes, orders and layouts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tiff-'))
  try {
    const { status, stdout, stderr } = spawnSync(python ?? '', ['-c', WRITE], { cwd: folder, encoding: 'utf8' })
    expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
    const files = JSON.parse(stdout) as [string, string, number[]][]
    expect(files.length).toBe(38)
    for (const [name, dtype, shape] of files) {
      const array = await fromGeoTiff(new Blob([readFileSync(join(folder, `${name}.tif`))]), { disk })
      expect([name, array.dtype, array.shape]).toEqual([name, dtype, shape])
      const found = Buffer.from(bytesOf(await array.toArray()))
      expect([name, found.equals(readFileSync(join(folder, `${name}.bin`)))]).toEqual([name, true])
      await array.purge()
    }
    expect((await disk.usage()).arrays).toBe(0)
  } finally {
    await rm(folder, { recursive: true })
  }
})

describe('a file', () => {
  test('gives its geo metadata as attributes, under those given, and is kept at its path', async () => {
    const array = await fromGeoTiff(small(), { disk, cachePath: 'a', attributes: { unit: 'm' } })
    expect([array.shape, array.dtype, array.purgeDiskOnGc]).toEqual([[20, 30], 'float32', false])
    expect(await array.item(2, 3)).toBe(63 / 4)
    expect(array.attributes).toMatchObject({
      geoKeys: keys,
      origin: [100, 50, 0],
      resolution: [0.5, -0.25, 0],
      boundingBox: [100, 45, 115, 50],
      tiePoints: [{ i: 0, j: 0, k: 0, x: 100, y: 50, z: 0 }],
      pixelScale: [0.5, 0.25, 0],
      noData: -9999,
      unit: 'm',
    })
    await disk.delete('a')
  })

  test('of no place has no such attributes, and a nodata value that JSON has not is text', async () => {
    const bare = writeArrayBuffer(new Uint8Array(6), { width: 3, height: 2, GDAL_NODATA: 'nan' })
    const array = await fromGeoTiff(new Blob([bare]), { disk })
    expect(array.attributes['noData']).toBe('NaN')
    await array.purge()
  })

  test('comes from streams, responses and images of geotiff, with progress', async () => {
    const bytes = await small().arrayBuffer()
    const opened = await (await fromArrayBuffer(bytes)).getImage()
    for (const source of [small().stream(), new Response(small()), opened]) {
      const seen: number[] = []
      const array = await fromGeoTiff(source, { disk, onProgress: ({ doneBytes }) => seen.push(doneBytes) })
      expect(await array.item(19, 29)).toBe(599 / 4)
      const first = source === opened ? 0 : bytes.byteLength
      expect([seen[0], seen.at(-1)]).toEqual([0, first + 2400])
      await array.purge()
    }
  })

  test('on a server is read by ranges, and one without ranges is refused', async () => {
    const bytes = Buffer.from(await small().arrayBuffer())
    const server = createServer((request, response) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      if (from === undefined || request.url === '/whole') return response.end(bytes)
      const part = bytes.subarray(Number(from), Number(to) + 1)
      const range = `bytes ${from}-${Number(from) + part.byteLength - 1}/${bytes.byteLength}`
      return response.writeHead(206, { 'content-range': range, 'content-length': part.byteLength }).end(part)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    try {
      const array = await fromGeoTiff(`http://127.0.0.1:${port}/ranges`, { disk })
      expect(await array.item(19, 29)).toBe(599 / 4)
      await array.purge()
      const refused = fromGeoTiff(new URL(`http://127.0.0.1:${port}/whole`), { disk })
      await expect(refused).rejects.toMatchObject({ name: 'InvalidSourceError' })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

describe('refused, and nothing stays', () => {
  const whole = async () => new Uint8Array(await small().arrayBuffer())
  /** With one number in place of what these tags of its big-endian directory say. */
  const saying = async (tags: Record<number, number>) => {
    const bytes = await whole()
    const view = new DataView(bytes.buffer)
    const directory = view.getUint32(4)
    for (let i = 0, at = directory + 2; i < view.getUint16(directory); i++, at += 12) {
      const value = tags[view.getUint16(at)]
      if (value === undefined) continue
      view.setUint16(at + 2, 4)
      view.setUint32(at + 4, 1)
      view.setUint32(at + 8, value)
    }
    return new Blob([bytes])
  }
  for (const [what, make, name] of [
    ['what is no TIFF', async () => new Blob(['<html></html> and more of it']), 'InvalidSourceError'],
    ['nothing', async () => new Blob([]), 'InvalidSourceError'],
    ['a file cut short in its pixels', async () => new Blob([(await whole()).subarray(0, -700)]), 'InvalidSourceError'],
    ['a file cut short in its header', async () => new Blob([(await whole()).subarray(0, 60)]), 'InvalidSourceError'],
    ['an image that is not there', async () => small(), 'InvalidSourceError'],
    ['pixels that no disk holds', () => saying({ 256: 2 ** 30, 257: 2 ** 20 }), 'InvalidSourceError'],
    [
      'compressed pixels that no memory holds',
      () => saying({ 256: 2 ** 20, 257: 200, 278: 200, 259: 8 }),
      'InvalidSourceError',
    ],
    ['rows that are none', () => saying({ 257: 0 }), 'InvalidSourceError'],
    ['pixels that lie nowhere', () => saying({ 273: 2 ** 31 }), 'InvalidSourceError'],
    ['a compression that nobody knows', () => saying({ 259: 4711 }), 'InvalidSourceError'],
    ['integers of 64 bits', () => saying({ 258: 64, 339: 1 }), 'DTypeError'],
  ] as const) {
    test(what, async () => {
      const image = what === 'an image that is not there' ? 7 : 0
      const result = fromGeoTiff(await make(), { disk, cachePath: 'a', image })
      await expect(result).rejects.toMatchObject({ name })
      expect(await disk.list()).toEqual([])
    })
  }

  /** One strip of 200 rows of 300 bytes, compressed; `around` is what LERC is compressed with once more. */
  const strip = (compressed: Uint8Array, compression: number, around?: 0 | 1 | 2) => {
    const lerc = around === undefined ? [] : [[50674, (4 << 16) | around]]
    const first = 8 + 2 + (9 + lerc.length) * 12 + 4
    const tags = [
      ...[[256, 300] as const, [257, 200] as const, [258, 8] as const, [259, compression] as const],
      ...[[262, 1] as const, [273, first] as const, [277, 1] as const, [278, 200] as const],
      ...[[279, compressed.byteLength], ...lerc],
    ]
    const head = new DataView(new ArrayBuffer(first))
    head.setUint32(0, 0x4d4d002a)
    head.setUint32(4, 8)
    head.setUint16(8, tags.length)
    for (const [i, [tag = 0, value = 0]] of tags.entries()) {
      const isPair = tag === 50674
      head.setUint16(10 + 12 * i, tag)
      head.setUint16(12 + 12 * i, isPair ? 3 : 4)
      head.setUint32(14 + 12 * i, isPair ? 2 : 1)
      head.setUint32(18 + 12 * i, value)
    }
    return new Blob([head, compressed as Uint8Array<ArrayBuffer>])
  }

  const deflated = (compressed: Uint8Array) => strip(compressed, 8)

  /** LZW of zeros, 3800 codes at most: each stands for one byte more than the one before. */
  const lzwOfZeros = (codes: number) => {
    const bits = [(256).toString(2).padStart(9, '0'), ''.padStart(9, '0')]
    let width = 9
    for (let known = 258; known < 257 + codes; known++) {
      bits.push(known.toString(2).padStart(width, '0'))
      if (known + 2 >= 2 ** width && width < 12) width++
    }
    return bytesOfBits([...bits, (257).toString(2).padStart(width, '0')])
  }
  const bytesOfBits = (bits: readonly string[]) => {
    const text = `${bits.join('')}0000000`
    return Uint8Array.from({ length: text.length >> 3 }, (_, i) => Number.parseInt(text.slice(8 * i, 8 * i + 8), 2))
  }
  const zstdOf = async (byteLength: number) => {
    const zstd = await registry.get('zstd')?.()
    return zstd
      ?.fromConfig({ level: 1 }, {} as never)
      .encode(new Uint8Array(byteLength) as never) as Promise<Uint8Array>
  }
  const jpegOf = (extent: number) =>
    new Uint8Array([
      ...[0xff, 0xd8, 0xff, 0xc0, 0, 11, 8], // start of the image and of its frame
      ...[extent >> 8, extent & 0xff, extent >> 8, extent & 0xff, 1, 1, 0x11, 0],
    ])
  for (const [what, compression, make] of [
    ['LZW', 5, async () => lzwOfZeros(3800)],
    ['PackBits', 32773, async () => new Uint8Array(150_000).map((_, i) => (i % 2 === 0 ? 129 : 0))],
    ['Zstandard', 50000, () => zstdOf(2 ** 26)],
    ['JPEG', 7, async () => jpegOf(0xffff)],
  ] as const) {
    test(`a bomb of ${what}, before it is decoded`, async () => {
      const reading = fromGeoTiff(strip(await make(), compression), { disk, cachePath: 'a' })
      await expect(reading).rejects.toMatchObject({
        message: expect.stringMatching(/would become more than the 185536/),
      })
      expect(await disk.list()).toEqual([])
    })
  }

  /** One value for all pixels takes no room. */
  const lercOf = (width: number, height: number) => {
    const view = new DataView(new ArrayBuffer(66))
    new Uint8Array(view.buffer).set(new TextEncoder().encode('Lerc2 '))
    for (const [i, value] of [2, height, width, width * height, 8, 66, 1].entries())
      view.setInt32(6 + 4 * i, value, true)
    for (const [i, value] of [0.5, 7, 7].entries()) view.setFloat64(34 + 8 * i, value, true)
    return new Uint8Array(view.buffer)
  }
  const riff = (name: string, head: readonly number[]) =>
    Uint8Array.of(...Buffer.from(`RIFF    WEBP${name}    `), ...head, ...new Uint8Array(30))
  const MANY = 0xffff
  for (const [what, compression, part, around] of [
    ['LERC', 34887, lercOf(MANY, MANY), 0],
    ['LERC in deflate', 34887, deflateSync(lercOf(MANY, MANY)), 1],
    ['deflate around LERC', 34887, deflateSync(new Uint8Array(2 ** 26)), 1],
    ['WebP', 50001, riff('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f]), undefined],
    ['WebP without loss', 50001, riff('VP8L', [0x2f, 0xff, 0xff, 0xff, 0x0f]), undefined],
    ['WebP of more than one part', 50001, riff('VP8X', [0, 0, 0, 0, 0xff, 0xff, 0, 0xff, 0xff, 0]), undefined],
  ] as const) {
    test(`a bomb of ${what}, before it is decoded`, async () => {
      const reading = fromGeoTiff(strip(part, compression, around), { disk, cachePath: 'a' })
      await expect(reading).rejects.toMatchObject({
        name: 'InvalidSourceError',
        message: expect.stringMatching(/would become more than the 185536/),
      })
      expect(await disk.list()).toEqual([])
    })
  }

  test('a bomb of Zstandard around LERC, before it is decoded', async () => {
    const reading = fromGeoTiff(strip(await zstdOf(2 ** 26), 34887, 2), { disk })
    await expect(reading).rejects.toThrow(/would become more than the 185536/)
  })

  test('LERC and WebP that are none, or more than one part', async () => {
    for (const [compression, part] of [
      [34887, new Uint8Array(100)],
      [34887, new Uint8Array(4)],
      [34887, Uint8Array.of(...lercOf(300, 200), ...lercOf(300, 200))],
      [50001, new Uint8Array(4)],
      [50001, Uint8Array.of(0x89, 0x50, 0x4e, 0x47, ...new Uint8Array(100))],
      [50001, riff('none', [])],
    ] as const) {
      const reading = fromGeoTiff(strip(part, compression, compression === 34887 ? 0 : undefined), { disk })
      await expect(reading).rejects.toMatchObject({ name: 'InvalidSourceError' })
    }
  })

  test('not LERC as it should be, alone or compressed once more', async () => {
    const zstd = await registry.get('zstd')?.()
    const packed = await zstd?.fromConfig({ level: 1 }, {} as never).encode(lercOf(300, 200) as never)
    for (const [around, part] of [
      [0, lercOf(300, 200)],
      [1, deflateSync(lercOf(300, 200))],
      [2, packed as unknown as Uint8Array],
    ] as const) {
      const array = await fromGeoTiff(strip(part, 34887, around), { disk })
      expect(await array.toArray()).toEqual(new Uint8Array(60_000).fill(7))
      await array.purge()
    }
  })

  test('LZW is counted as geotiff decodes it', async () => {
    for (const bytes of [lzwOfZeros(2000), lzwOfZeros(300)]) {
      const decoded = await (await getDecoder(5, {} as never)).decodeBlock(bytes.buffer)
      expect(decodedBytes(5, bytes, Number.POSITIVE_INFINITY)).toBe(decoded.byteLength)
    }
  })

  test('LZW of codes that stand for nothing, which geotiff would decode for ever', async () => {
    const bytes = bytesOfBits([256, 0, 511].map((code) => code.toString(2).padStart(9, '0')))
    expect(() => decodedBytes(5, bytes, Number.POSITIVE_INFINITY)).toThrow('stand for nothing')
    const reading = fromGeoTiff(strip(bytes, 5), { disk, cachePath: 'a' })
    await expect(reading).rejects.toMatchObject({ name: 'InvalidSourceError' })
  })

  test('not what is compressed by LZW, PackBits and Zstandard as it should be', async () => {
    for (const [compression, bytes] of [
      [5, lzwOfZeros(347)],
      [32773, new Uint8Array(1000).map((_, i) => (i % 2 === 0 ? 129 : 0))],
      [50000, await zstdOf(60_000)],
    ] as const) {
      const array = await fromGeoTiff(strip(bytes, compression), { disk })
      expect(await array.toArray()).toEqual(new Uint8Array(60_000))
      await array.purge()
    }
  })

  test('of a strip no more than it is said to have, however much there is', async () => {
    const bomb = deflateSync(new Uint8Array(2 ** 26))
    const { arrayBuffers } = process.memoryUsage()
    for (const compressed of [bomb, bomb.subarray(0, -100)]) {
      const array = await fromGeoTiff(deflated(compressed), { disk })
      expect(await array.toArray()).toEqual(new Uint8Array(60_000))
      await array.purge()
    }
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(2 ** 24)
    for (const lying of [
      new Uint8Array(100),
      new Uint8Array(200_000),
      deflateSync(new Uint8Array(60_000)).subarray(0, -20),
    ]) {
      const reading = fromGeoTiff(deflated(lying), { disk, cachePath: 'a' })
      await expect(reading).rejects.toMatchObject({ name: 'InvalidSourceError' })
    }
    expect(await disk.list()).toEqual([])
  })

  test('options that are for the file to say', async () => {
    await expect(fromGeoTiff(small(), { disk, shape: [600] } as object)).rejects.toThrow(TypeError)
    await expect(fromGeoTiff(small(), { disk, image: -1 })).rejects.toThrow(TypeError)
  })

  test('an aborted one, with the reason', async () => {
    const abort = new AbortController()
    const onProgress = () => abort.abort('enough')
    await expect(fromGeoTiff(small(), { disk, cachePath: 'a', signal: abort.signal, onProgress })).rejects.toBe(
      'enough',
    )
    expect(await disk.list()).toEqual([])
  })
})
