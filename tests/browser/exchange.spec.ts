// Data in and out in real browsers: files, folders, servers.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.js'
import { python, withoutNumPy } from '../support/numpy.js'

test('.npy and .npz files of NumPy come in, and NumPy finds equal what goes out', async ({ session }) => {
  test.skip(withoutNumPy !== undefined, withoutNumPy)
  const folder = mkdtempSync(join(tmpdir(), 'exchange-'))
  try {
    python(
      `
import numpy as np
np.save('a.npy', np.asfortranarray(np.arange(30_000, dtype='>f4').reshape(100, 3, 100)))
np.savez_compressed('b.npz', x=np.arange(6, dtype='f2').reshape(2, 3), y=np.array(1 + 2j), z=np.zeros((0, 4), bool))
`,
      folder,
    )
    const page = await session.open()
    const out = await page.evaluate(
      async (npy, npz) => {
        const { fromNpy, fromNpz, toNpy, toNpz } = await import('/src/index.ts')
        const { open } = await import('/tests/support/kept.ts')
        const disk = await open()
        const file = async (base64: string) => (await fetch(`data:;base64,${base64}`)).blob()
        const text = async (stream: ReadableStream) => {
          const blob = await new Response(stream).blob()
          return new Promise<string>((resolve) => {
            const reader = new FileReader()
            reader.addEventListener('load', () => resolve(String(reader.result).replace(/^.*,/, '')))
            reader.readAsDataURL(blob)
          })
        }
        const array = await fromNpy(await file(npy), { disk, cachePath: 'a' })
        const arrays = await fromNpz((await file(npz)).stream(), { disk, cachePath: 'b' })
        return {
          paths: (await disk.list()).map(({ path }) => path),
          npy: await text(toNpy(array)),
          npz: await text(toNpz(arrays, { compressed: true })),
        }
      },
      readFileSync(join(folder, 'a.npy'), 'base64'),
      readFileSync(join(folder, 'b.npz'), 'base64'),
    )
    expect(out.paths).toEqual(['a', 'b/x', 'b/y', 'b/z'])
    writeFileSync(join(folder, 'a-back.npy'), out.npy, 'base64')
    writeFileSync(join(folder, 'b-back.npz'), out.npz, 'base64')
    const same = python(
      `
import json, numpy as np
same = lambda a, b: a.shape == b.shape and a.dtype == b.dtype.newbyteorder(a.dtype.byteorder) and np.array_equal(a, b)
b, back = np.load('b.npz'), np.load('b-back.npz')
print(json.dumps([same(np.load('a.npy'), np.load('a-back.npy')), [same(b[k], back[k]) for k in b]]))
`,
      folder,
    )
    expect(same).toEqual([true, [true, true, true]])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a store goes to a directory and comes back from it; keys that Python refuses are told before', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { exportStore, importStore, LazyDiskCacheConfig } = await import('/src/index.ts')
    const { open, outcome } = await import('/tests/support/kept.ts')
    const disk = await open()
    const root = await navigator.storage.getDirectory()
    const directory = await root.getDirectoryHandle('exported', { create: true })
    const names = async () => {
      const found: string[] = []
      for await (const name of directory.keys()) found.push(name)
      return found.sort()
    }
    const store = await disk.store('first')
    await store.set('heights', new Float32Array([1, 2, 3]))
    await store.set('a.b', new Uint8Array(9 << 20).fill(5))
    const abort = new AbortController()
    const aborted = await outcome(
      exportStore(store, directory, {
        signal: abort.signal,
        onProgress: ({ doneBytes }) => (doneBytes > 4 << 20 ? abort.abort(new RangeError('enough')) : undefined),
      }),
    )
    const afterAbort = await names()
    const reports: number[] = []
    await exportStore(store, directory, {
      onProgress: ({ doneBytes, totalBytes }) => void reports.push(doneBytes / (totalBytes ?? Number.NaN)),
    })
    const exported = await names()
    await exportStore(store, directory)
    const config = new LazyDiskCacheConfig({ cachePath: 'second' })
    await importStore(directory, { disk, config })
    await store.set('a/b', new Uint8Array(1))
    const other = await root.getDirectoryHandle('other', { create: true })
    const refused = await outcome(exportStore(store, other))
    let others = 0
    for await (const _ of other.keys()) others++
    return { aborted, afterAbort, exported, ends: [reports[0], reports.at(-1)], refused, others }
  })
  expect(seen.aborted.name).toBe('RangeError')
  expect(seen.afterAbort).toEqual([])
  expect(seen.exported).toEqual(['a.b.meta.json', 'a.b.npy', 'heights.meta.json', 'heights.npy'])
  expect(seen.ends).toEqual([0, 1])
  expect(seen.refused).toMatchObject({ name: 'InvalidKeyError', message: expect.stringContaining('"a/b"') })
  expect(seen.others).toBe(0)

  await page.reload()
  const kept = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const store = await (await open()).store('second')
    const [heights, other] = await store.getMany(['heights', 'a.b'])
    return [await heights?.item(2), await other?.item(-1), other?.nbytes, (await store.keys()).length]
  })
  expect(kept).toEqual([3, 5, 9 << 20, 2])
})

test('a slice of an array on another origin costs that slice', async ({ session }) => {
  const header = Buffer.from(
    `\x93NUMPY\x01\x00\x76\x00{'descr': '<i4', 'fortran_order': False, 'shape': (1000, 1000), }`.padEnd(127),
    'latin1',
  )
  const file = Buffer.concat([
    header,
    Buffer.from('\n'),
    Buffer.from(Int32Array.from({ length: 1e6 }, (_, i) => i).buffer),
  ])
  let served = 0
  const server = createServer((request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const part = file.subarray(Number(first), Number(last) + 1)
    served += part.length
    response.writeHead(206, {
      'access-control-allow-origin': '*',
      'content-range': `bytes ${first}-${last}/${file.length}`,
    })
    response.end(part)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const page = await session.open()
    const rows = await page.evaluate(
      async (url) => {
        const { openRemoteNpy, slice } = await import('/src/index.ts')
        const array = await openRemoteNpy(url)
        const [first, last] = await array.getMany([
          [500, slice(0, 3)],
          [-1, slice(-2)],
        ])
        return [first?.toNested(), last?.toNested()]
      },
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.npy`,
    )
    expect(rows).toEqual([
      [500_000, 500_001, 500_002],
      [999_998, 999_999],
    ])
    expect(served).toBe(512 + 12 + 8)
  } finally {
    server.close()
  }
})
