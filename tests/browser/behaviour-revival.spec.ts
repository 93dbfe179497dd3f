// What a reload brings back: states, stores, classes of the user's own, and keys of every kind.
import { expect, test } from '../support/fixtures.js'
import type { Track } from '../support/track.js'

test.describe.configure({ timeout: 180_000 })

test('a state brings its array back after a reload, with attributes and settings', async ({ session }) => {
  const page = await session.open()
  const state = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const array = await disk.array(new Uint8Array([1, 0, 1]), {
      dtype: 'bool',
      cachePath: 'flags',
      attributes: { of: 'test' },
      automaticOffloading: true,
    })
    return array.toState()
  })
  expect(state).toMatchObject({ version: 1, disk: 'behaviour', cachePath: 'flags', shape: [3], dtype: 'bool' })
  await page.reload()
  const seen = await page.evaluate(async (state) => {
    const { open } = await import('/tests/support/kept.ts')
    const { DiskBackedNDArray } = await import('/src/index.ts')
    const disk = await open()
    const array = await DiskBackedNDArray.fromState(state, { disk })
    return {
      values: (await array.get()).toNested(),
      offloaded: array.offloaded,
      automatic: array.automaticOffloading,
      attributes: array.attributes,
    }
  }, state)
  expect(seen).toEqual({
    values: [true, false, true],
    offloaded: true,
    automatic: true,
    attributes: { of: 'test' },
  })
})

test('a store gives objects of a registered class back after a reload, whole', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { Track } = await import('/tests/support/track.ts')
    const { registerLazyDiskCacheClass } = await import('/src/index.ts')
    registerLazyDiskCacheClass('test-track', Track)
    const disk = await open()
    const store = await disk.store<Track>('tracks', { valueType: Track })
    for (const [i, key] of ['a/b', 'ключ'].entries()) {
      const extra = { label: key, taken: new Date(1000 + i), marks: new Map([['start', i]]) }
      const cachePath = `tracks/${key.replaceAll('/', '%2F')}`
      const settings = { enableCaching: true, cachePath, purgeDiskOnGc: false }
      await store.set(
        key,
        await Track.create(
          Float64Array.from({ length: 6 }, (_, j) => i + j),
          extra,
          settings,
          disk,
        ),
      )
    }
    const track = await store.get('ключ')
    if (!track) throw new Error('not there')
    track.extra = { ...track.extra, label: 'changed' }
    await store.offload(undefined, { pickleContainer: true })
    if ([...store.store.values()].some((value) => value !== undefined)) throw new Error('containers still in memory')
    const revived = await store.get('a/b')
    if (revived === undefined || !(revived instanceof Track)) throw new Error('not revived in the same page')
  })
  await page.reload()
  const seen = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { Track } = await import('/tests/support/track.ts')
    const { registerLazyDiskCacheClass } = await import('/src/index.ts')
    registerLazyDiskCacheClass('test-track', Track)
    const disk = await open()
    const store = await disk.store<Track>('tracks', { valueType: Track })
    const keys = (await store.keys()).sort()
    const values = await store.values()
    const found: unknown[] = []
    for (const key of keys) {
      const track = await store.get(key)
      if (!(track instanceof Track)) throw new Error('of another class')
      const { label, taken, marks } = track.extra
      found.push([key, label, taken.getTime(), [...marks], track.offloaded, await track.total()])
    }
    return { keys, loadedNothing: values.every((value) => value === undefined), found, size: store.size }
  })
  expect(seen).toEqual({
    keys: ['a/b', 'ключ'],
    loadedNothing: true,
    found: [
      ['a/b', 'a/b', 1000, [['start', 0]], true, 15],
      ['ключ', 'changed', 1001, [['start', 1]], true, 21],
    ],
    size: 2,
  })
})

test('an entry of a class that is not registered is a NotFoundError naming it, and its bytes stay', async ({
  session,
}) => {
  const page = await session.open()
  const state = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { Track } = await import('/tests/support/track.ts')
    const { registerLazyDiskCacheClass } = await import('/src/index.ts')
    registerLazyDiskCacheClass('test-track', Track)
    const disk = await open()
    const extra = { label: 'x', taken: new Date(1), marks: new Map() }
    const settings = { enableCaching: true, cachePath: 'tracks/one', purgeDiskOnGc: true }
    const track = await Track.create(new Float64Array([1, 2, 3]), extra, settings, disk)
    await disk.array([5], { cachePath: 'tracks/plain' })
    return track.toState()
  })
  expect(state.className).toBe('test-track')
  await page.reload()
  const seen = await page.evaluate(async (state) => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const { DiskBackedNDArray, DiskBackedStore, LazyDiskCacheConfig, registerLazyDiskCacheClass } = await import(
      '/src/index.ts'
    )
    const disk = await open()
    const config = new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'tracks' })
    const store = await DiskBackedStore.open({ config, disk })
    const errors = [
      await outcome(store.get('one')),
      await outcome(DiskBackedNDArray.fromState(state, { disk })),
      await outcome(store.getMany(['plain', 'one'])),
    ]
    const plain = await (await store.get('plain'))?.item(0)
    const isThere = await disk.has('tracks/one')
    const { Track } = await import('/tests/support/track.ts')
    registerLazyDiskCacheClass('test-track', Track)
    const track: unknown = await store.get('one')
    if (!(track instanceof Track)) throw new Error('of another class')
    return { errors, plain, isThere, total: await track.total(), label: track.extra.label, armed: track.purgeDiskOnGc }
  }, state)
  for (const { name, message } of seen.errors) {
    expect(name).toBe('NotFoundError')
    expect(message).toContain('test-track')
  }
  expect(seen).toMatchObject({ plain: 5, isThere: true, total: 6, label: 'x', armed: true })
})

test('keys of every kind are found again after a reload, and never collide', async ({ session }) => {
  const page = await session.open()
  const keys = [
    '/',
    '..',
    '.',
    'ключ',
    '🗝',
    'CON',
    'a.npy',
    'a',
    'A',
    'a/b',
    'a%2Fb',
    '%2F',
    '%',
    '\u00e9',
    'e\u0301',
    ' ',
    '\0',
  ]
  keys.push('ю'.repeat(512), 'x'.repeat(1024), '~ephemeral', '__proto__', 'constructor', '\\', 'a b ')
  await page.evaluate(async (keys) => {
    const { open } = await import('/tests/support/kept.ts')
    const store = await (await open()).store('keys')
    await store.setMany(keys.slice(5).map((key, i) => [key, new Int32Array([i + 5])] as const))
    for (const [i, key] of keys.slice(0, 5).entries()) await store.set(key, [i])
  }, keys)
  await page.reload()
  const seen = await page.evaluate(async (keys) => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const store = await disk.store('keys')
    const values: (number | undefined)[] = []
    for (const key of keys) values.push(Number(await (await store.get(key))?.item(0)))
    const found = (await store.keys()).sort()
    const iterated: string[] = []
    for await (const [key] of store) iterated.push(key)
    await store.delete('/')
    const deleted = [await store.has('/'), await store.has('%2F'), await store.has('..'), store.size]
    return { values, found, iterated: iterated.sort(), deleted }
  }, keys)
  expect(seen.values).toEqual(keys.map((_, i) => i))
  expect(seen.found).toEqual([...keys].sort())
  expect(seen.iterated).toEqual([...keys].sort())
  expect(seen.deleted).toEqual([false, true, true, keys.length - 1])
})

test('a store itself is brought back by its state after a reload', async ({ session }) => {
  const page = await session.open()
  const state = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const store = await (await open()).store('tiles')
    await store.set('a', [1, 2])
    const b = await store.addDataToStore('b', new Uint8Array([3]))
    const data = (await b.data()) as Uint8Array
    data[0] = 4
    return store.toState()
  })
  await page.reload()
  const seen = await page.evaluate(async (state) => {
    const { open } = await import('/tests/support/kept.ts')
    const { DiskBackedNDArray, DiskBackedStore } = await import('/src/index.ts')
    const disk = await open()
    const store = await DiskBackedStore.fromState(state, { disk })
    const values: unknown[] = []
    for (const key of ['a', 'b']) {
      const value = await store.get(key)
      if (!(value instanceof DiskBackedNDArray)) throw new Error('of another class')
      values.push((await value.get()).toNested())
    }
    return { values, keys: (await store.keys()).sort(), folder: store.cacheDir }
  }, state)
  expect(seen).toEqual({ values: [[1, 2], [4]], keys: ['a', 'b'], folder: 'tiles' })
})
