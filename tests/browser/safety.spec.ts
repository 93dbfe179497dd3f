// What comes from outside: names that mean something to JavaScript or to file systems, states and records of others, other disks.
import { expect, test } from '../support/fixtures.js'

test.describe.configure({ timeout: 120_000 })

test('keys, attributes and states named as what objects inherit are names like any other', async ({ session }) => {
  const page = await session.open()
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '..', '.', 'a/../b', '%2E']
  await page.evaluate(async (names) => {
    const { open } = await import('/tests/support/kept.ts')
    const { DiskBackedStore, LazyDiskCacheConfig } = await import('/src/index.ts')
    const store = await DiskBackedStore.open({
      disk: await open(),
      config: new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'store' }),
    })
    for (const [i, name] of names.entries()) {
      if (await store.has(name)) throw new Error(`${name} is there before it is set`)
      await store.set(name, Int32Array.of(i, 7))
    }
    const array = await store.get('__proto__')
    await array?.setAttributes(
      JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 2}}}'),
    )
    await store.offload(undefined, { pickleContainer: true })
  }, names)
  await page.reload()
  const seen = await page.evaluate(async (names) => {
    const { open } = await import('/tests/support/kept.ts')
    const { DiskBackedStore, LazyDiskCacheConfig } = await import('/src/index.ts')
    const disk = await open()
    const store = await DiskBackedStore.open({
      disk,
      config: new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'store' }),
    })
    const values: number[] = []
    for (const name of names) values.push(Number(await (await store.get(name))?.item(0)))
    const attributes = JSON.stringify((await store.get('__proto__'))?.attributes)
    const isPolluted = 'polluted' in {} || 'polluted' in Object || 'polluted' in (() => undefined)
    return { keys: (await store.keys()).sort(), values, attributes, isPolluted, has: await store.has('valueOf') }
  }, names)
  expect(seen).toEqual({
    keys: [...names].sort(),
    values: names.map((_, i) => i),
    attributes: '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}',
    isPolluted: false,
    has: false,
  })
})

test('what is no state of ours is refused, wherever it is nonsense, and opens nothing', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const { DiskBackedNDArray, DiskBackedStore } = await import('/src/index.ts')
    const disk = await open()
    const array = await disk.array(new Uint8Array(8), { cachePath: 'a' })
    const state = (await array.toState()) as unknown as Record<string, unknown>
    const nonsense = [undefined, null, 5, '../a', '__proto__', [], {}, [-1], [1e300], JSON.parse('{"__proto__":1}')]
    const refused = ['TypeError', 'InvalidPathError', 'ShapeError', 'DTypeError', 'NotFoundError', 'StaleArrayError']
    const wrong: string[] = []
    const expectRefusal = async (what: string, revival: Promise<unknown>): Promise<void> => {
      const { name, message } = await outcome(revival)
      if (!refused.includes(name)) wrong.push(`${what}: ${name} ${message}`)
    }
    const fields = ['version', 'className', 'disk', 'cachePath', 'shape', 'dtype', 'settings']
    // The disk is given; a class that is not registered is DiskBackedNDArray; the shape is that of the array.
    const isRight: Record<string, (value: unknown) => boolean> = {
      disk: (value) => typeof value === 'string',
      className: (value) => typeof value === 'string',
      shape: (value) => Array.isArray(value) && value.length === 0,
      settings: (value) => value === undefined || (typeof value === 'object' && value !== null),
    }
    for (const value of nonsense) {
      const text = String(JSON.stringify(value))
      await expectRefusal(text, DiskBackedNDArray.fromState(value, { disk }))
      await expectRefusal(`store ${text}`, DiskBackedStore.fromState(value, { disk }))
      for (const field of fields) {
        if (isRight[field]?.(value) === true) continue
        await expectRefusal(
          `${field} ${text}`,
          DiskBackedNDArray.fromState({ ...state, [field]: value } as never, { disk }),
        )
      }
    }
    return { wrong, isPolluted: '1' in {}, paths: (await disk.list()).map(({ path }) => path) }
  })
  expect(seen).toEqual({ wrong: [], isPolluted: false, paths: ['a'] })
})

test('records that others put in the database of states lose no array', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { DiskBackedStore, LazyDiskCacheConfig } = await import('/src/index.ts')
    const disk = await open()
    const store = await DiskBackedStore.open({
      disk,
      config: new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'store' }),
    })
    for (let i = 0; i < 4; i++) await store.set(`key-${i}`, Int32Array.of(i))
    await store.offload(undefined, { pickleContainer: true })
    await disk.close()
    const opening = indexedDB.open('lazy-disk-cache:behaviour')
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const states = (await settled(opening)).transaction('states', 'readwrite').objectStore('states')
    const keys = await settled(states.getAllKeys())
    if (keys.length !== 4) throw new Error(`${keys.length} states`)
    const nonsense: unknown[] = [
      5,
      { version: 1, settings: { enableCaching: 'yes' } },
      JSON.parse('{"__proto__":{"version":1}}'),
    ]
    for (const [i, key] of keys.entries()) if (i < 3) await settled(states.put(nonsense[i], key))
    await settled(states.put(new Map([['a', 1]]), '__proto__'))
    opening.result.close()
  })
  await page.reload()
  const seen = await page.evaluate(async () => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const { DiskBackedStore, LazyDiskCacheConfig } = await import('/src/index.ts')
    const disk = await open()
    const store = await DiskBackedStore.open({
      disk,
      config: new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'store' }),
    })
    const found: unknown[] = []
    for (let i = 0; i < 4; i++) {
      const { name } = await outcome(store.get(`key-${i}`))
      const paths = (await disk.list()).map(({ path }) => path)
      found.push(name, await (await disk.openArray(paths[i] as string)).item(0))
    }
    const { problems } = await disk.check({ fix: true })
    return { found, kinds: problems.map(({ kind }) => kind), again: (await disk.check()).problems }
  })
  expect(seen.found.filter((_, i) => i % 2 === 1)).toEqual([0, 1, 2, 3])
  for (const name of seen.found.filter((_, i) => i % 2 === 0)) expect(['resolved', 'TypeError']).toContain(name)
  expect(seen.found[6]).toBe('resolved')
  expect(seen.kinds).toContain('orphan-state')
  expect(seen.again).toEqual([])
})

for (const [damage, orphans] of [
  ['gone', []],
  ['of an earlier day', ['orphan-state', 'orphan-state']],
] as const) {
  test(`a database of states that is ${damage} loses no array, and no value is an older one`, async ({ session }) => {
    const page = await session.open()
    await page.evaluate(async (isGone) => {
      const { open } = await import('/tests/support/kept.ts')
      const { DiskBackedStore, LazyDiskCacheConfig } = await import('/src/index.ts')
      const settled = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error)
          if (request instanceof IDBOpenDBRequest) request.onblocked = () => reject(new Error('blocked'))
        })
      const withStates = async <T>(work: (states: IDBObjectStore) => Promise<T>): Promise<T> => {
        const database = await settled(indexedDB.open('lazy-disk-cache:behaviour'))
        const result = await work(database.transaction('states', 'readwrite').objectStore('states'))
        database.close()
        return result
      }
      const writeAll = async (value: number): Promise<void> => {
        const disk = await open()
        const config = new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'store' })
        const store = await DiskBackedStore.open({ disk, config })
        for (const key of ['a', 'b']) await store.set(key, Int32Array.of(value))
        await store.offload(undefined, { pickleContainer: true })
        await disk.close()
      }
      await writeAll(1)
      const earlier = await withStates(async (states) => [
        await settled(states.getAllKeys()),
        await settled(states.getAll()),
      ])
      await writeAll(2)
      if (isGone) await settled(indexedDB.deleteDatabase('lazy-disk-cache:behaviour'))
      else {
        await withStates(async (states) => {
          await settled(states.clear())
          const [keys, values] = earlier as [IDBValidKey[], unknown[]]
          for (const [i, key] of keys.entries()) await settled(states.put(values[i], key))
        })
      }
    }, damage === 'gone')
    await page.reload()
    const seen = await page.evaluate(async () => {
      const { open } = await import('/tests/support/kept.ts')
      const { DiskBackedStore, LazyDiskCacheConfig } = await import('/src/index.ts')
      const disk = await open()
      const config = new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'store' })
      const store = await DiskBackedStore.open({ disk, config })
      const found: Record<string, unknown> = {}
      for (const key of await store.keys()) found[key] = await (await store.get(key))?.item(0)
      const { problems } = await disk.check({ fix: true })
      const kinds = problems.map(({ kind }) => kind).sort()
      return { found, kinds, again: (await disk.check()).problems }
    })
    expect(seen.found).toEqual({ a: 2, b: 2 })
    expect(seen.kinds).toEqual([...orphans, 'truncated', 'truncated']) // the states that are missing
    expect(seen.again).toEqual([])
  })
}

test('no disk reaches what another has, whatever their names', async ({ session }) => {
  const page = await session.open()
  const names = ['x', 'X', 'x/', '../x', 'x%2f', '..', '.', 'x/../../x', 'ｘ', '__proto__', 'é', 'e\u0301']
  const seen = await page.evaluate(async (names) => {
    const { openDisk, deleteDisk, listDisks } = await import('/src/index.ts')
    const { outcome } = await import('/tests/support/kept.ts')
    for (const [i, name] of names.entries()) {
      const disk = await openDisk({ name })
      const array = await disk.array(Int32Array.of(i), { cachePath: 'same' })
      await array.offload()
      await disk.close()
    }
    const listed = (await listDisks()).filter((name) => names.includes(name)).sort()
    await deleteDisk(names[0] as string)
    const values: unknown[] = []
    for (const name of names.slice(1)) {
      const disk = await openDisk({ name })
      values.push(await (await disk.openArray('same')).item(0))
      const { problems } = await disk.check()
      if (problems.length > 0) throw new Error(JSON.stringify([name, problems]))
      await disk.close()
    }
    const refused: string[] = []
    for (const name of ['', '\ud800', 'x'.repeat(300), 5, null, {}]) {
      refused.push((await outcome(openDisk({ name: name as string }))).name)
    }
    return { listed, values, refused }
  }, names)
  expect(seen.listed).toEqual([...names].sort())
  expect(seen.values).toEqual(names.slice(1).map((_, i) => i + 1))
  expect(new Set(seen.refused)).toEqual(new Set(['TypeError']))
})
