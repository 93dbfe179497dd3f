// Zarr in real browsers: in a disk, and into a disk across a reload.
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
