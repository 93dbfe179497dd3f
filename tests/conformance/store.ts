// The store: a mapping of keys to arrays and other objects.
import {
  DiskBackedNDArray,
  DiskBackedStore,
  LazyDiskCacheConfig,
  NDArray,
  registerLazyDiskCacheClass,
  slice,
} from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted } from './numbers.js'
import { PointCloud } from './point-cloud.js'

const data = (...values: number[]) => Float64Array.from(values)

async function valuesOf(store: DiskBackedStore): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for await (const [key, array] of store) values[key] = [...(await array.toArray())]
  return values
}

const clouds = {
  factory: (given: unknown, { disk, ...settings }: Parameters<typeof PointCloud.create>[1] & { shape?: unknown }) => {
    const { shape: _shape, ...own } = settings
    return PointCloud.create(Float32Array.from(given as Float32Array), { ...own, ...(disk && { disk }) })
  },
  valueType: PointCloud,
}

export const storeCases: Case[] = [
  {
    name: 'a store finds what is under its path again',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s')
      await store.set('a', data(1, 2))
      await store.set('b', await disk.array(data(3)))
      await disk.array(data(9), { cachePath: 's/nested/x' })
      await disk.array(data(9), { cachePath: 'sa' })
      deepEqual([store.size, store.cacheDir], [2, 's'])
      const again = await (await t.reopen(disk)).store('s')
      deepEqual(
        [again.size, [...again.store]],
        [
          2,
          [
            ['a', undefined],
            ['b', undefined],
          ],
        ],
      )
      deepEqual(await valuesOf(again), { a: [1, 2], b: [3] })
    },
  },
  {
    name: 'every well-formed key has an entry of its own',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s')
      const keys = [
        '/',
        '.',
        '..',
        '%',
        '%2F',
        '%2E',
        'a/b',
        'a%2Fb',
        'ключ',
        '🗝',
        'CON',
        'a.npy',
        ' ',
        'é',
        'e\u0301',
        'x'.repeat(1024),
      ]
      for (const [i, key] of keys.entries()) await store.set(key, data(i))
      deepEqual((await disk.list('s/')).length, keys.length)
      const again = await (await t.reopen(disk)).store('s')
      deepEqual((await again.keys()).sort(), [...keys].sort())
      for (const [i, key] of keys.entries()) equal(await (await again.get(key))?.item(), i)
    },
  },
  {
    name: 'what is no key is refused, naming key and rule',
    async run(t) {
      const store = await (await t.openDisk()).store('s')
      for (const [key, rule] of [
        ['', /empty/],
        ['\ud800', /surrogate/],
        ['x'.repeat(2000), /1024 UTF-8 bytes/],
        ['é'.repeat(600), /1024 UTF-8 bytes/],
        [5 as unknown as string, /string/],
      ] as const) {
        await rejects(store.set(key, data(1)), 'InvalidKeyError', rule)
        await rejects(store.get(key), 'InvalidKeyError', rule)
        await rejects(store.has(key), 'InvalidKeyError', rule)
        await rejects(store.delete(key), 'InvalidKeyError', rule)
      }
      equal(store.size, 0)
    },
  },
  {
    name: 'the mapping methods do what their names say',
    async run(t) {
      const store = await (await t.openDisk()).store('s')
      equal(await store.get('a'), undefined)
      equal(await store.get('a', 7), 7)
      const made = await store.setdefault('a', data(1))
      equal(await store.setdefault('a', data(2)), made)
      equal(await store.get('a'), made)
      await store.update([
        ['b', data(2)],
        ['c', [3]],
      ])
      deepEqual(await store.keys(), ['a', 'b', 'c'])
      deepEqual([await store.has('b'), await store.has('d')], [true, false])
      deepEqual(
        (await store.getMany(['c', 'd', 'a'])).map((one) => one?.cachePath),
        ['s/c', undefined, 's/a'],
      )
      deepEqual(
        (await store.entries()).map(([key, value]) => [key, value?.size]),
        [
          ['a', 1],
          ['b', 1],
          ['c', 1],
        ],
      )
      deepEqual([await store.delete('b'), await store.delete('b')], [true, false])
      const [key, value] = (await store.popitem()) ?? []
      deepEqual([key, value === made, await made.toArray()], ['a', true, data(1)])
      await store.clear()
      deepEqual([store.size, await store.popitem(), await store.keys()], [0, undefined, []])
    },
  },
  {
    name: 'set replaces what is under a key; objects on the old array say so',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s')
      await store.set('a', data(1))
      const old = await store.get('a')
      await store.set('a', data(2, 3))
      await rejects(async () => old?.get(), 'StaleArrayError')
      deepEqual(await valuesOf(store), { a: [2, 3] })
      await store.set('a', await disk.array(data(4), { cachePath: 'elsewhere' }))
      deepEqual(await valuesOf(store), { a: [4] })
      deepEqual(
        (await disk.list()).map(({ path }) => path),
        ['s/a'],
      )
    },
  },
  {
    name: 'a value that is set is the one get gives, at its place in the store',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s')
      const ephemeral = await disk.array(data(1))
      await store.set('a', ephemeral)
      equal(await store.get('a'), ephemeral)
      deepEqual([ephemeral.cachePath, ephemeral.ephemeral, ephemeral.purgeDiskOnGc], ['s/a', false, false])
      const inMemory = await DiskBackedNDArray.create(data(2))
      await store.set('a', inMemory)
      equal(await store.get('a'), inMemory)
      deepEqual(await disk.list(), [])
      equal(await store.has('a'), true)
      const other = await t.openDisk({ name: 'other' })
      await rejects(store.set('b', await other.array(data(1))), 'TypeError', /'b'/)
    },
  },
  {
    name: 'setMany writes data in one commit, or nothing',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s')
      await store.setMany(Array.from({ length: 100 }, (_, i) => [`k${i}`, data(i, i)] as const))
      equal((await disk.list('s/')).length, 100)
      equal(await (await store.get('k42'))?.item(1), 42)
      const broken = [
        ['x', data(1)],
        ['y', [[1, 2], [3]]],
      ] as const
      await rejects(store.setMany(broken), 'ShapeError')
      await rejects(
        store.setMany([
          ['x', data(1)],
          ['', data(2)],
        ]),
        'InvalidKeyError',
      )
      deepEqual([await store.has('x'), store.size], [false, 100])
      const view = (await store.get('k7'))?.view([])
      ok(view !== undefined)
      await store.setMany([
        ['v', view],
        ['w', NDArray.from([1n])],
        ['o', await disk.array(data(5))],
      ])
      deepEqual([await (await store.get('v'))?.item(0), await (await store.get('w'))?.item()], [7, 1n])
      equal(await (await store.get('o'))?.item(), 5)
    },
  },
  {
    name: 'setMany of values of any sizes, together more than a piece and than the memory budget',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 2 * 2 ** 20 })
      const store = await disk.store('s')
      const lengths = [0, 1, 300_001, 131_072, 5, 400_000, 32_768, 131_073]
      const numbers = (nth: number) => new Float64Array(lengths[nth] as number).map((_, i) => i + nth)
      await store.setMany(lengths.map((_, nth) => [`k${nth}`, numbers(nth)] as const))
      await store.offload()
      for (const [nth, length] of lengths.entries()) {
        const array = await store.get(`k${nth}`)
        ok(array !== undefined)
        equal(array.size, length)
        for (let at = 0; at < length; at += 100_000) {
          const part = await array.get([slice(at, at + 100_000)])
          ok(part.toArray().every((value, i) => value === at + i + nth))
        }
      }
    },
  },
  {
    name: 'addDataToStore makes a value with the settings overridden, and never replaces',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s', { automaticOffloading: true })
      const made = await store.addDataToStore('a', counted(6), { shape: [2, 3] })
      deepEqual([made.shape, made.offloaded, made.automaticOffloading], [[2, 3], true, true])
      await rejects(store.addDataToStore('a', data(1)), 'KeyExistsError', /"a"/)
      const loaded = await store.addDataToStore('b', data(1), {
        automaticOffloadingOverride: false,
        purgeDiskOnGcOverride: true,
      })
      deepEqual([loaded.offloaded, loaded.purgeDiskOnGc], [false, true])
      const inMemory = await store.addDataToStore('c', data(1), { enableCachingOverride: false })
      deepEqual([inMemory.cacheEnabled, await disk.has('s/c'), await store.has('c')], [false, false, true])
      const again = await (await t.reopen(disk)).store('s')
      deepEqual(await again.keys(), ['a'])
    },
  },
  {
    name: 'what is not in memory is listed as undefined, and only get brings it back',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s')
      await store.set('a', data(1))
      await store.set('b', data(2))
      deepEqual([store.forget('a'), store.forget('a'), store.forget('nothing')], [true, false, false])
      deepEqual(
        (await store.values()).map((value) => value?.cachePath),
        [undefined, 's/b'],
      )
      deepEqual([...store.store.keys()], ['a', 'b'])
      equal(store.store.get('a'), undefined)
      const value = await store.get('a')
      equal(await value?.item(), 1)
      equal(store.store.get('a'), value)
      equal(await store.get('a'), value)
    },
  },
  {
    name: 'concurrent gets give one object',
    async run(t) {
      const disk = await t.openDisk()
      await (await disk.store('s')).set('a', data(1))
      const store = await (await t.reopen(disk)).store('s')
      const [one, two] = await Promise.all([store.get('a'), store.get('a')])
      ok(one !== undefined && one === two)
    },
  },
  {
    name: 'calls on one key run in call order',
    async run(t) {
      const store = await (await t.openDisk()).store('s')
      const results = await Promise.all([
        store.set('a', data(1)),
        store.get('a').then((value) => value?.item()),
        store.set('a', data(2)),
        store.pop('a').then((value) => value?.item()),
        store.has('a'),
        store.delete('a'),
        store.addDataToStore('a', data(3)),
      ])
      deepEqual([results[1], results[3], results[4], results[5]], [1, 2, false, false])
      deepEqual(await valuesOf(store), { a: [3] })
    },
  },
  {
    name: 'pop gives the value loaded, caching off, its bytes gone',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s')
      await store.set('a', data(1, 2))
      await store.offload()
      const value = await store.pop('a')
      deepEqual([value?.offloaded, value?.cacheEnabled, await disk.has('s/a')], [false, false, false])
      deepEqual(await value?.toArray(), data(1, 2))
      deepEqual([await store.pop('a'), await store.pop('a', 5), store.size], [undefined, 5, 0])
    },
  },
  {
    name: 'what others do to the path is seen',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s')
      const other = await disk.store('s')
      await other.set('a', data(1))
      deepEqual(await store.keys(), ['a'])
      equal(await (await store.get('a'))?.item(), 1)
      await disk.delete('s/a')
      equal(await store.get('a'), undefined)
      deepEqual(await store.keys(), [])
      await other.set('a', data(2))
      equal(await (await store.get('a'))?.item(), 2)
      await (await store.get('a'))?.close()
      equal(await (await store.get('a'))?.item(), 2)
    },
  },
  {
    name: 'offload takes one key, several or all, skips what is in memory only, and knows what it does not know',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s')
      for (const key of ['a', 'b', 'c']) await store.set(key, data(1))
      await store.addDataToStore('m', data(1), { enableCachingOverride: false })
      const isLoaded = async () => (await store.values()).map((value) => value?.offloaded === false)
      await store.offload('a')
      deepEqual(await isLoaded(), [false, true, true, true])
      await store.offload(['b', 'm'])
      deepEqual(await isLoaded(), [false, false, true, true])
      await store.offload()
      deepEqual(await isLoaded(), [false, false, false, true])
      await rejects(store.offload('x'), 'NotFoundError', /"x"/)
      store.forget('a')
      await store.offload('a')
    },
  },
  {
    name: 'offloading with its container drops the object, and get brings back one like it',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store<PointCloud>('s', { ...clouds, purgeDiskOnGc: true })
      await store.set('a', new Float32Array([1, 2, 3]))
      const cloud = await store.get('a')
      ok(cloud instanceof PointCloud)
      cloud.name = 'church'
      cloud.automaticOffloading = true
      await cloud.scale(2)
      await store.offload('a', { pickleContainer: true })
      equal(store.store.get('a'), undefined)
      const again = await (await t.reopen(disk)).store<PointCloud>('s', clouds)
      const revived = await again.get('a')
      deepEqual([revived?.name, revived?.automaticOffloading, revived?.purgeDiskOnGc], ['church', true, true])
      equal(await revived?.sum(), 12)
    },
  },
  {
    name: 'containers of a store without a path are kept as long as the store',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store()
      await store.set('a', data(1))
      deepEqual([(await store.get('a'))?.ephemeral, await disk.list()], [true, []])
      await (await store.get('a'))?.set([0], 5)
      await store.offload('a', { pickleContainer: true })
      deepEqual(await store.keys(), ['a'])
      equal(await (await store.get('a'))?.item(), 5)
      const again = await t.reopen(disk)
      equal((await again.usage()).arrays, 0)
    },
  },
  {
    name: 'a store brings every class back as what it was',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store<PointCloud>('s', clouds)
      await store.set('a', new Float32Array([1, 2, 3]))
      const again = await (await t.reopen(disk)).store<PointCloud>('s', clouds)
      equal(await (await again.get('a'))?.sum(), 6)
    },
  },
  {
    name: 'an entry of a class nobody registered is refused by name, and its bytes stay',
    async run(t) {
      class Unregistered extends DiskBackedNDArray {}
      const disk = await t.openDisk()
      await Unregistered.create(data(1), { disk, enableCaching: true, cachePath: 's/a', purgeDiskOnGc: false })
      const store = await disk.store('s')
      await rejects(store.get('a'), 'NotFoundError', /Unregistered/)
      ok(await disk.has('s/a'))
      registerLazyDiskCacheClass('Unregistered', Unregistered)
      ok((await store.get('a')) instanceof Unregistered)
    },
  },
  {
    name: 'a value that is refused is a TypeError and leaves nothing, or what was there',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('s', { validator: (value) => (value as DiskBackedNDArray).size < 3 })
      await rejects(store.set('a', data(1, 2, 3)), 'TypeError', /validator/)
      deepEqual([store.size, (await disk.usage()).arrays], [0, 0])
      await store.set('a', data(1))
      await rejects(store.set('a', data(1, 2, 3)), 'TypeError', /validator/)
      await rejects(store.setMany([['a', data(1, 2, 3)]]), 'TypeError')
      const mine = await disk.array(data(1, 2, 3), { cachePath: 'mine' })
      await rejects(store.set('a', mine), 'TypeError')
      deepEqual([await valuesOf(store), await mine.item(2)], [{ a: [1] }, 3])
      await store.set('a', data(4, 5))
      deepEqual(await valuesOf(store), { a: [4, 5] })
      const typed = await disk.store('typed', { valueType: [PointCloud] as never })
      await rejects(typed.set('a', data(1)), 'TypeError', /PointCloud.*DiskBackedNDArray/)
      deepEqual((await disk.list('typed/')).length, 0)
    },
  },
  {
    name: 'values are checked when they are brought back too, and stay on disk',
    async run(t) {
      const disk = await t.openDisk()
      await (await disk.store('s')).set('a', data(1))
      const strict = await disk.store('s', { validator: () => false })
      await rejects(strict.get('a'), 'TypeError', /validator/)
      const broken = await disk.store('s', {
        validator: () => {
          throw new RangeError('mine')
        },
      })
      await rejects(broken.get('a'), 'RangeError', /mine/)
      deepEqual(await valuesOf(await disk.store('s')), { a: [1] })
    },
  },
  {
    name: 'a factory that throws, or creates elsewhere, leaves nothing, and the next call works',
    async run(t) {
      const disk = await t.openDisk()
      let mode = 'throw'
      const store = await disk.store('s', {
        factory: async (given, settings) => {
          if (mode === 'throw') throw new RangeError('mine')
          if (mode === 'elsewhere') return DiskBackedNDArray.create(given, { ...settings, cachePath: 'elsewhere' })
          const made = await DiskBackedNDArray.create(given, settings)
          if (mode === 'late') throw new RangeError('late')
          return mode === 'nothing' ? (undefined as unknown as typeof made) : made
        },
      })
      const failures = { throw: 'RangeError', elsewhere: 'TypeError', late: 'RangeError', nothing: 'TypeError' }
      for (const old of [[], ['a']]) {
        for (const [failure, error] of Object.entries(failures)) {
          mode = failure
          await rejects(store.set('a', data(2)), error)
          deepEqual(
            (await disk.list()).map(({ path }) => path),
            old.map((key) => `s/${key}`),
            failure,
          )
          deepEqual(await store.keys(), old)
        }
        mode = 'work'
        await store.set('a', data(1))
      }
      deepEqual(await valuesOf(store), { a: [1] })
    },
  },
  {
    name: 'the factory is told where to create, and how',
    async run(t) {
      const disk = await t.openDisk()
      const told: object[] = []
      const store = await disk.store('s', {
        automaticOffloading: true,
        factory: (given, settings) => {
          told.push({ ...settings, disk: settings.disk === disk })
          return DiskBackedNDArray.create(given, settings)
        },
      })
      await store.addDataToStore('a/b', counted(4), { shape: [2, 2] })
      deepEqual(told, [
        {
          enableCaching: true,
          purgeDiskOnGc: false,
          cachePath: 's/a%2Fb',
          automaticOffloading: true,
          shape: [2, 2],
          disk: true,
        },
      ])
      deepEqual((await store.get('a/b'))?.shape, [2, 2])
    },
  },
  {
    name: 'a store with the settings of the seed keeps its entries in memory, and touches no disk',
    async run() {
      const store = await DiskBackedStore.open()
      await store.set('a', data(1))
      deepEqual([store.size, await store.keys(), (await store.get('a'))?.cacheEnabled], [1, ['a'], false])
      await store.offload()
      deepEqual([store.forget('a'), await store.has('a'), store.size], [true, false, 0])
      await rejects(store.toState(), 'TypeError', /memory/)
      await rejects(DiskBackedStore.open({ config: {} as LazyDiskCacheConfig }), 'TypeError', /config/)
    },
  },
  {
    name: 'a store is opened by its config too, and arms purge as that says',
    async run(t) {
      const disk = await t.openDisk()
      const config = new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'root' }).extendCachePath('s')
      const store = await DiskBackedStore.open({ config, disk })
      await store.set('a', data(1))
      deepEqual([store.cacheDir, (await store.get('a'))?.purgeDiskOnGc], ['root/s', true])
      const again = await t.reopen(disk)
      deepEqual(await again.list(), [])
    },
  },
  {
    name: 'a store is kept as a state, every entry with its container',
    async run(t) {
      const disk = await t.openDisk()
      const config = new LazyDiskCacheConfig({ enableCaching: true, cachePath: 's' })
      const store = await DiskBackedStore.open<PointCloud>({ config, disk, ...clouds })
      await store.set('a', new Float32Array([1, 2, 3]))
      const cloud = await store.get('a')
      if (cloud !== undefined) cloud.name = 'tower'
      const state = structuredClone(await store.toState())
      const again = await t.reopen(disk)
      const revived = await DiskBackedStore.fromState(state, { disk: again })
      deepEqual(await revived.keys(), ['a'])
      const value = await revived.get('a')
      ok(value instanceof PointCloud)
      deepEqual([value.name, value.purgeDiskOnGc, await value.sum()], ['tower', true, 6])
      await rejects(DiskBackedStore.fromState({ version: 1 }, { disk: again }), 'TypeError')
    },
  },
]
