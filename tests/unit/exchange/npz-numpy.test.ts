// .npz files between NumPy and the library, both ways.
import { mkdtempSync, openAsBlob } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Disk, fromNpz, NDArray, openDisk, toNpz } from '../../../src/index.js'
import { python, withoutNumPy } from '../../support/numpy.js'

const MAKE = `
import io, json, sys, zipfile, numpy as np
arrays = {
  'plain': np.arange(6, dtype='<i4').reshape(2, 3),
  'fortran': np.asfortranarray(np.arange(24.).reshape(2, 3, 4)),
  'folder/name': np.array(7, '>i2'),
  'empty': np.zeros((0, 3), '<c8'),
  'large': np.arange(3_000_000, dtype='<u4').reshape(3000, 1000),
  'ключ': np.array([True, False]),
}
np.savez('stored.npz', **arrays)
np.savez_compressed('deflated.npz', **arrays)
class Unseekable(io.RawIOBase):
    def __init__(self, f): self.f = f
    def writable(self): return True
    def write(self, b): return self.f.write(b)
with open('streamed.npz', 'wb') as f: np.savez_compressed(Unseekable(f), **arrays)
with open('zip64.npz', 'wb') as f:
    with zipfile.ZipFile(Unseekable(f), 'w') as z:
        for name, a in arrays.items():
            with z.open(name + '.npy', 'w', force_zip64=True) as m: np.lib.format.write_array(m, a)
`
const EXPECTED = {
  plain: ['int32', [2, 3]],
  fortran: ['float64', [2, 3, 4]],
  'folder/name': ['int16', []],
  empty: ['complex64', [0, 3]],
  large: ['uint32', [3000, 1000]],
  ключ: ['bool', [2]],
}

describe.skipIf(withoutNumPy !== undefined)(`.npz files of NumPy (${withoutNumPy ?? 'which is installed'})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'npz-'))
  let disk: Disk

  beforeAll(async () => {
    python(MAKE, folder)
    disk = await openDisk({ name: 'npz-numpy', backend: 'memory' })
  })
  afterAll(async () => {
    await disk.close()
    await rm(folder, { recursive: true })
  })

  for (const file of ['stored', 'deflated', 'streamed', 'zip64']) {
    for (const kind of ['file', 'stream'] as const) {
      test(`a ${file} one comes in from a ${kind}, and what goes out NumPy finds equal`, async () => {
        const blob = await openAsBlob(join(folder, `${file}.npz`))
        const reports: number[] = []
        const cachePath = `${file}/${kind}`
        const arrays = await fromNpz(kind === 'file' ? blob : blob.stream(), {
          disk,
          cachePath,
          onProgress: ({ doneBytes, totalBytes }) => void reports.push(totalBytes ? doneBytes / totalBytes : 0),
        })
        expect(Object.fromEntries([...arrays].map(([name, { dtype, shape }]) => [name, [dtype, shape]]))).toEqual(
          EXPECTED,
        )
        const paths = (await disk.list(cachePath)).map(({ path }) => path)
        expect(paths).toEqual(
          Object.keys(EXPECTED)
            .map((name) => `${cachePath}/${name.replace('/', '%2F')}`)
            .sort(),
        )
        expect([reports[0], reports.at(-1)]).toEqual([0, 1])
        expect((await disk.usage()).arrays).toBe(paths.length)
        for (const compressed of [false, true]) {
          await writeFile(join(folder, 'back.npz'), toNpz(arrays, { compressed }))
          const same = python(
            `
import json, zipfile, numpy as np
a, b = np.load('${file}.npz'), np.load('back.npz')
print(json.dumps(zipfile.ZipFile('back.npz').testzip() is None and list(a) == list(b) and all(
    a[k].dtype.newbyteorder('<') == b[k].dtype and a[k].shape == b[k].shape and np.array_equal(a[k], b[k]) for k in a)))
`,
            folder,
          )
          expect(same).toBe(true)
        }
        for (const array of arrays.values()) await array.purge()
      })
    }
  }

  test('a member of more than 4 GiB is written so that NumPy reads it', async () => {
    const large = await disk.zeros([4100, 1 << 20], 'uint8', {})
    const entries = [
      ['large', large],
      ['small', NDArray.from([1, 2])],
    ] as const
    await writeFile(join(folder, 'large.npz'), toNpz(entries, { compressed: true }))
    const seen = python(
      `
import json, zipfile, numpy as np
with zipfile.ZipFile('large.npz') as z, z.open('large.npy') as m:
    print(json.dumps([z.getinfo('large.npy').file_size, np.lib.format.read_magic(m), np.load('large.npz')['small'].tolist()]))
`,
      folder,
    )
    expect(seen).toEqual([4100 * 2 ** 20 + 128, [1, 0], [1, 2]])
  }, 300_000)
})
