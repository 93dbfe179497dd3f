// .npy files that NumPy wrote come in as they are, and what goes out is what NumPy would have written.
import { mkdtempSync, openAsBlob, readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Disk, fromNpy, NDArray, openDisk, toNpy } from '../../../src/index.js'
import { python, withoutNumPy } from '../../support/numpy.js'

interface Made {
  readonly file: string
  /** As numpy.save writes the same array in native byte order and C order. */
  readonly plain: string
  readonly dtype: string
  readonly shape: number[]
}

const MAKE = `
import json, numpy as np
made = []
names = 'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128'.split()
shapes = [(), (1,), (7,), (0,), (3, 0, 2), (2, 3), (4, 1, 5), (3, 4, 2, 5)]
rng = np.random.default_rng(7)
for name in names:
    for shape in shapes:
        dtype = np.dtype(name)
        raw = rng.integers(0, 256, size=shape + (dtype.itemsize,), dtype=np.uint8)
        a = (raw[..., 0] > 100) if name == 'bool' else raw.view(dtype)[..., 0]
        a = np.ascontiguousarray(a).reshape(shape)
        stem = f'{name}-{"x".join(map(str, shape)) or "scalar"}'
        np.save(f'{stem}.npy', a)
        for order in 'CF':
            for byteorder in '<>':
                b = np.array(a, order=order).astype(dtype.newbyteorder(byteorder), order='K')
                for version in [(1, 0), (2, 0), (3, 0)]:
                    file = f'{stem}-{order}-{"lb"[byteorder == ">"]}-{version[0]}.npy'
                    with open(file, 'wb') as f: np.lib.format.write_array(f, b, version)
                    made.append(dict(file=file, plain=f'{stem}.npy', dtype=name, shape=shape))
print(json.dumps(made))
`

describe.skipIf(withoutNumPy !== undefined)(`files of NumPy (${withoutNumPy ?? 'which is installed'})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'npy-'))
  let made: Made[] = []
  let disk: Disk

  beforeAll(async () => {
    made = python(MAKE, folder) as Made[]
    disk = await openDisk({ name: 'npy-numpy', backend: 'memory' })
  })
  afterAll(async () => {
    await disk.close()
    await rm(folder, { recursive: true })
  })

  test('of every dtype, order, byte order, shape and version come in as they are and go out as NumPy saves them', async () => {
    expect(made).toHaveLength(14 * 8 * 4 * 3)
    for (const { file, plain, dtype, shape } of made) {
      const array = await fromNpy(await openAsBlob(join(folder, file)), { disk })
      expect([file, array.dtype, array.shape]).toEqual([file, dtype, shape])
      const saved = await bytesOf(toNpy(array))
      if (!saved.equals(readFileSync(join(folder, plain)))) throw new Error(`${file} is not ${plain} again`)
      await array.purge()
    }
  })

  test('that are transposed views of arrays on disk and in memory are in Fortran order, as NumPy saves them', async () => {
    const data = Float32Array.from({ length: 24 }, (_, i) => i / 3)
    const array = await disk.array(data, { shape: [2, 3, 4] })
    const inMemory = NDArray.from(data, { shape: [2, 3, 4] })
    const views = [array.transpose(), inMemory.transpose(), array.transpose([1, 0, 2]), inMemory.view([null, 1])]
    await writeFile(join(folder, 'data.npy'), await bytesOf(toNpy(array)))
    for (const [i, view] of views.entries()) await writeFile(join(folder, `view${i}.npy`), await bytesOf(toNpy(view)))
    const same = python(
      `
import io, json, numpy as np
a = np.load('data.npy')
def saved(b):
    f = io.BytesIO(); np.save(f, b); return f.getvalue()
print(json.dumps([saved(b) == open(f'view{i}.npy', 'rb').read() for i, b in enumerate([a.T, a.T, a.transpose(1, 0, 2), a[:, 1]])]))
`,
      folder,
    )
    expect(same).toEqual([true, true, true, true])
  })

  test('that are larger than a slab are brought to C order piece by piece', async () => {
    const shapes = python(
      `
import json, numpy as np
shapes = [(3000, 1700), (5, 600000, 3), (2, 3, 1500000), (1500000, 3, 2), (70, 80, 90, 12)]
for i, shape in enumerate(shapes):
    a = np.arange(np.prod(shape), dtype='>u4').reshape(shape)
    np.save(f'large{i}.npy', np.asfortranarray(a))
print(json.dumps(shapes))
`,
      folder,
    ) as number[][]
    for (const [i, shape] of shapes.entries()) {
      const reports: number[] = []
      const array = await fromNpy(await openAsBlob(join(folder, `large${i}.npy`)), {
        disk,
        onProgress: ({ doneBytes, totalBytes }) => void reports.push(doneBytes / (totalBytes ?? Number.NaN)),
      })
      expect(array.shape).toEqual(shape)
      const data = await array.toArray()
      expect(data.findIndex((value, at) => value !== at)).toBe(-1)
      expect([reports[0], reports.at(-1)]).toEqual([0, 1])
      expect(reports).toEqual([...reports].sort((a, b) => a - b))
      await array.purge()
    }
    expect((await disk.usage()).liveBytes).toBeLessThan(1 << 20)
  })
})

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  return Buffer.from(await new Response(stream).arrayBuffer())
}
