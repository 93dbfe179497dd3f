// zarr-python reads what toZarr writes, and fromZarr what zarr-python writes.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import * as zarr from 'zarrita'
import { type DType, NDArray, openDisk } from '../../../src/index.js'
import { fromZarr, toZarr } from '../../../src/zarr.js'

/** Debian's package is for Debian's Python, which need not be the first on PATH. */
const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import zarr; assert zarr.__version__ >= "2"']).status === 0,
)
const DTYPES = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'float32', 'float64']
const COMPRESSORS = [null, { id: 'zstd', level: 1 }, { id: 'blosc', cname: 'lz4', clevel: 5, shuffle: 1, blocksize: 0 }]

const CHECK = `
import sys, json, numpy as np, zarr
group = zarr.open_group('out', mode='r')
seen = []
for name, array in sorted(group['arrays'].arrays()):
    dtype = np.dtype(name.split('-')[0])
    wanted = (np.arange(35) % 3 == 0 if dtype.kind == 'b' else np.arange(35)).astype(dtype).reshape(5, 7)
    assert array.dtype == dtype and array.attrs['unit'] == 'm' and np.array_equal(array[:], wanted), name
    seen.append(name)
for order in 'CF':
    zarr.save_array(f'in-{order}', np.arange(60, dtype='>i4').reshape(3, 4, 5), chunks=(2, 3, 2), order=order, compressor=zarr.Zlib())
print(json.dumps(seen))
`

test.skipIf(python === undefined)('a group of version 2 goes to zarr-python, and its arrays come back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zarr-'))
  const disk = await openDisk({ name: 'zarr-python', backend: 'memory' })
  try {
    const out = folderStore(join(folder, 'out'))
    const names: string[] = []
    for (const dtype of DTYPES as DType[]) {
      const numbers = Array.from({ length: 35 }, (_, i) => (dtype === 'bool' ? i % 3 === 0 : i))
      const data = dtype.endsWith('int64') ? numbers.map((value) => BigInt(value)) : (numbers as number[])
      const array = await disk.array(NDArray.from(data, { dtype, shape: [5, 7] }), { attributes: { unit: 'm' } })
      for (const compressor of COMPRESSORS) {
        const name = `${dtype}-${compressor?.id ?? 'none'}`
        names.push(name)
        const options = { zarrFormat: 2, chunkShape: [2, 4], compressor } as const
        await toZarr(array, zarr.root(out).resolve(`arrays/${name}`), options)
      }
    }
    const { status, stdout, stderr } = spawnSync(python ?? '', ['-c', CHECK], { cwd: folder, encoding: 'utf8' })
    expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toEqual(names.sort())
    for (const order of ['C', 'F']) {
      const array = await fromZarr(await zarr.open(folderStore(join(folder, `in-${order}`)), { kind: 'array' }), {
        disk,
      })
      expect([array.dtype, array.shape]).toEqual(['int32', [3, 4, 5]])
      expect(await array.toArray()).toEqual(Int32Array.from({ length: 60 }, (_, i) => i))
    }
  } finally {
    await disk.close({ discard: true })
    await rm(folder, { recursive: true })
  }
})

function folderStore(folder: string): zarr.AsyncMutable {
  return {
    get: async (key) => {
      try {
        return new Uint8Array(readFileSync(join(folder, key)))
      } catch {
        return undefined
      }
    },
    set: async (key, value) => {
      mkdirSync(dirname(join(folder, key)), { recursive: true })
      writeFileSync(join(folder, key), value)
    },
  }
}
