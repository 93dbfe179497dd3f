// Pictures, GeoTIFF and columns of Arrow in real browsers, from and to a disk.
import { expect, test } from '../support/fixtures.js'

test('pictures come in as pixels and go out as they came', async ({ session }) => {
  const page = await session.open()
  const found = await page.evaluate(async () => {
    const { fromImage, toImageData } = await import('/src/image.ts')
    const { NDArray } = await import('/src/index.ts')
    const { open, outcome } = await import('/tests/support/kept.ts')
    const disk = await open()
    const [width, height] = [2048, 1100] // more than goes over the canvas at a time
    const image = new ImageData(width, height)
    image.data.forEach((_, i) => {
      image.data[i] = i % 4 === 3 ? 255 : (i * 7 + (i >> 11)) % 256
    })
    const same = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      a.length === b.length && Array.prototype.every.call(a, (value, i) => value === b[i])
    const canvas = new OffscreenCanvas(width, height)
    canvas.getContext('2d')?.putImageData(image, 0, 0)
    const sources = { image, bitmap: await createImageBitmap(image), png: await canvas.convertToBlob(), canvas }
    const isSame: Record<string, unknown> = {}
    for (const [name, source] of Object.entries(sources)) {
      const seen: number[] = []
      const array = await fromImage(source, {
        disk,
        cachePath: name,
        onProgress: ({ doneBytes }) => seen.push(doneBytes),
      })
      const pixels = (await array.toArray()) as Uint8Array
      const out = await toImageData(array)
      isSame[name] = [
        ...[array.dtype, array.shape, seen[0], seen.at(-1)],
        same(pixels, image.data) && same(out.data, image.data) && out.width === width,
      ]
    }
    const grey = await toImageData(await disk.array(Uint8Array.of(1, 2, 3, 4, 5, 6), { shape: [2, 3] }))
    const rgb = await toImageData(NDArray.from(Uint8Array.of(1, 2, 3, 4, 5, 6), { shape: [1, 2, 3] }))
    const refused = [
      await outcome(toImageData(NDArray.zeros([2, 2], 'float32'))),
      await outcome(toImageData(NDArray.zeros([2, 2, 2], 'uint8'))),
      await outcome(toImageData(NDArray.zeros([0, 2], 'uint8'))),
      await outcome(fromImage(new Blob(['no picture']), { disk, cachePath: 'none' })),
      await outcome(
        fromImage(sources.bitmap, { disk, cachePath: 'none', signal: AbortSignal.abort(new Error('enough')) }),
      ),
    ]
    const paths = (await disk.list()).map(({ path }) => path).sort()
    await disk.close()
    return { isSame, grey: [...grey.data], rgb: [...rgb.data], refused: refused.map(({ name }) => name), paths }
  })
  const nbytes = 4 * 2048 * 1100
  const whole = ['uint8', [1100, 2048, 4], 0, nbytes, true]
  expect(found.isSame).toEqual({ image: whole, bitmap: whole, png: whole, canvas: whole })
  expect(found.grey).toEqual([1, 2, 3, 4, 5, 6].flatMap((value) => [value, value, value, 255]))
  expect(found.rgb).toEqual([1, 2, 3, 255, 4, 5, 6, 255])
  expect(found.refused).toEqual(['DTypeError', 'ShapeError', 'ShapeError', 'InvalidSourceError', 'Error'])
  expect(found.paths.filter((path) => path === 'none')).toEqual([])
})

test('a GeoTIFF comes in, from files and streams, and is there after a reload', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { writeArrayBuffer } = await import('/tests/support/geotiff.ts')
    const { fromGeoTiff } = await import('/src/geotiff.ts')
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const heights = Float32Array.from({ length: 300 * 200 }, (_, i) => i / 8)
    const options = { width: 300, height: 200, BitsPerSample: [32], SampleFormat: [3], GeographicTypeGeoKey: 4326 }
    const tiff = new Blob([writeArrayBuffer(heights, options)])
    await fromGeoTiff(tiff, { disk, cachePath: 'file' })
    await fromGeoTiff(tiff.stream(), { disk, cachePath: 'stream' })
    await disk.close()
  })
  await page.reload()
  const found = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const items = []
    for (const path of ['file', 'stream']) {
      const array = await disk.openArray(path)
      items.push([array.shape, await array.item(199, 299), array.attributes['geoKeys']])
    }
    const paths = (await disk.list()).map(({ path }) => path).sort()
    await disk.close()
    return { items, paths }
  })
  const raster = [[200, 300], 59999 / 8, expect.objectContaining({ GeographicTypeGeoKey: 4326 })]
  expect(found.items).toEqual([raster, raster])
  expect(found.paths).toEqual(['file', 'stream'])
})

test('a GeoTIFF of WebP is decoded by the browser, and a bomb is refused before that', async ({ session }) => {
  const page = await session.open()
  const found = await page.evaluate(
    async ([picture, bomb]) => {
      const { fromGeoTiff } = await import('/src/geotiff.ts')
      const { open, outcome } = await import('/tests/support/kept.ts')
      const disk = await open()
      /** 8 by 4 pixels of red, green and blue in one strip. */
      const tiffOf = async (base64: string) => {
        const webP = await (await fetch(`data:;base64,${base64}`)).arrayBuffer()
        const tags = [
          ...[[256, 8] as const, [257, 4] as const, [258, 8] as const, [259, 50001] as const, [262, 2] as const],
          ...[[273, 200] as const, [277, 3] as const, [278, 4] as const, [279, webP.byteLength] as const],
        ]
        const head = new DataView(new ArrayBuffer(200))
        head.setUint32(0, 0x4d4d002a)
        head.setUint32(4, 8)
        head.setUint16(8, tags.length)
        for (const [i, [tag, value]] of tags.entries()) {
          const isTriple = tag === 258 // of 16 bits, elsewhere
          head.setUint16(10 + 12 * i, tag)
          head.setUint16(12 + 12 * i, isTriple ? 3 : 4)
          head.setUint32(14 + 12 * i, isTriple ? 3 : 1)
          head.setUint32(18 + 12 * i, isTriple ? 190 : value)
        }
        for (const sample of [0, 1, 2]) head.setUint16(190 + 2 * sample, 8)
        return new Blob([head, webP])
      }
      const array = await fromGeoTiff(await tiffOf(picture), { disk, cachePath: 'picture' })
      const refused = await outcome(fromGeoTiff(await tiffOf(bomb), { disk, cachePath: 'bomb' }))
      const paths = (await disk.list()).map(({ path }) => path)
      return { shape: array.shape, pixels: [...(await array.toArray())], refused, paths }
    },
    [PICTURE_IN_WEBP, BOMB_IN_WEBP] as const,
  )
  const pixels = Array.from({ length: 4 * 8 * 3 }, (_, i) => {
    const [y, x, sample] = [Math.floor(i / 24), Math.floor(i / 3) % 8, i % 3]
    return (30 * x + 7 * y + 50 * sample) % 256
  })
  expect(found).toMatchObject({ shape: [4, 8, 3], pixels, paths: ['picture'] })
  expect(found.refused).toMatchObject({
    name: 'InvalidSourceError',
    message: expect.stringMatching(/would become more/),
  })
})

/** Without loss: 8 by 4 pixels whose samples are 30 x + 7 y + 50 for each sample before, modulo 256. */
const PICTURE_IN_WEBP = 'UklGRiwAAABXRUJQVlA4TB8AAAAvB8AAAM1lRP8DitlIgJ5rsRDrj3cijPPIxARo4sENAA=='
/** Of 2048 by 2048 pixels of one colour. */
const BOMB_IN_WEBP =
  'UklGRtgAAABXRUJQVlA4TMsAAAAv/8f/AQdQgVQIIAAKmv7HEBIk/v9uJqL/Gf/5z3/+85///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85///Of/HgA='

test('columns of Arrow come in, from files and streams, are there after a reload and go out again', async ({
  session,
}) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { makeVector, Table, tableToIPC } = await import('/tests/support/arrow.ts')
    const { fromArrow } = await import('/src/arrow.ts')
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const table = new Table({
      x: makeVector(Float64Array.from({ length: 300_000 }, (_, i) => i / 8)),
      n: makeVector(Int32Array.from({ length: 300_000 }, (_, i) => -i)),
    })
    for (const format of ['file', 'stream'] as const) {
      const bytes = new Blob([tableToIPC(new Table([...table.batches, ...table.batches]), format) as BlobPart])
      await fromArrow(bytes, { disk, cachePath: `blob/${format}` })
      await fromArrow(bytes.stream(), { disk, cachePath: `stream/${format}` })
    }
    await disk.close()
  })
  await page.reload()
  const found = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { toArrow } = await import('/src/arrow.ts')
    const disk = await open()
    const paths = (await disk.list()).map(({ path }) => path).sort()
    const items = []
    for (const path of paths) {
      const array = await disk.openArray(path)
      items.push([array.dtype, array.shape, await array.item(299_999), await array.item(-1)])
    }
    const columns = [['x', await disk.openArray('blob/file/x')]] as const
    const table = await toArrow(columns)
    await disk.close()
    return { paths, items, back: [table.numRows, table.getChild('x')?.get(300_001)] }
  })
  expect(found.paths).toEqual(
    ['blob', 'stream'].flatMap((source) =>
      ['file', 'stream'].flatMap((format) => ['n', 'x'].map((name) => `${source}/${format}/${name}`)),
    ),
  )
  const [n, x] = [
    ['int32', [600_000], -299_999, -299_999],
    ['float64', [600_000], 299_999 / 8, 299_999 / 8],
  ]
  expect(found.items).toEqual([n, x, n, x, n, x, n, x])
  expect(found.back).toEqual([600_000, 1 / 8])
})
