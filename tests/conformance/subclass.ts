// Classes of users: hooks, ensureLoaded, states, registered names.
import { DiskBackedNDArray, LazyDiskCache, LazyDiskCacheConfig, registerLazyDiskCacheClass } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case, CaseContext } from '../support/conformance.js'
import { POINT_CLOUD, PointCloud } from './point-cloud.js'

const XYZ = [1, 2, 3, 4, 5, 6]

async function cloudOn(t: CaseContext, settings: { automaticOffloading?: boolean; purgeDiskOnGc?: boolean } = {}) {
  const disk = await t.openDisk()
  const errors: string[] = []
  disk.addEventListener('error', ({ detail }) => {
    errors.push(`${detail.during} ${detail.path}: ${(detail.error as Error).message}`)
  })
  const options = { purgeDiskOnGc: false, ...settings, disk, enableCaching: true, cachePath: 'cloud', name: 'church' }
  const cloud = await PointCloud.create(Float32Array.from(XYZ), options)
  return { disk, cloud, errors }
}

export const subclassCases: Case[] = [
  {
    name: 'an object of a class goes to disk and comes back through its hooks',
    async run(t) {
      const { disk, cloud } = await cloudOn(t)
      deepEqual([cloud.offloaded, cloud.cacheEnabled, cloud.cachePath], [false, true, 'cloud'])
      equal((await disk.list())[0]?.className, POINT_CLOUD)
      await cloud.offload()
      deepEqual([cloud.xyz, cloud.points, cloud.offloaded], [undefined, 2, true])
      await cloud.load()
      deepEqual([...(cloud.xyz ?? [])], XYZ)
      deepEqual(
        cloud.log.filter((hook) => /Load|Offload|Buffer/.test(hook)),
        ['describeBuffer', 'describeBuffer', 'dropBuffer', 'onOffload', 'setBuffer', 'onLoad'],
      )
    },
  },
  {
    name: 'what a class writes to its buffer is written back, though the library cannot see it',
    async run(t) {
      const { disk, cloud } = await cloudOn(t)
      if (cloud.xyz !== undefined) cloud.xyz[0] = 50
      await cloud.offload()
      await cloud.load()
      equal(cloud.xyz?.[0], 50)
      cloud.xyz = Float32Array.from([9, 9, 9, 9, 9, 9])
      await disk.flush()
      await cloud.load('r+', { discard: true })
      deepEqual([...(cloud.xyz ?? [])], [9, 9, 9, 9, 9, 9])
    },
  },
  {
    name: 'with caching off a class stays in memory, and touches no disk',
    async run() {
      const cloud = await PointCloud.create(Float32Array.from(XYZ))
      deepEqual([cloud.cacheEnabled, cloud.offloaded, cloud.mode], [false, false, 'r+'])
      await cloud.offload()
      await cloud.load()
      equal(await cloud.sum(), 21)
      await cloud.scale(2)
      equal(await cloud.sum(), 42)
      deepEqual(cloud.log, [])
    },
  },
  {
    name: 'caching is turned on and off for a class as for an array',
    async run(t) {
      const disk = await t.openDisk()
      const cloud = await PointCloud.create(Float32Array.from(XYZ), { disk, cachePath: 'a', purgeDiskOnGc: false })
      equal(await disk.has('a'), false)
      await cloud.enableCaching()
      ok(await disk.has('a'))
      await cloud.offload()
      await cloud.disableCaching()
      deepEqual([...(cloud.xyz ?? [])], XYZ)
      deepEqual([cloud.cacheEnabled, await disk.has('a')], [false, true])
    },
  },
  {
    name: 'ensureLoaded loads for a method, and offloads again only where that is automatic',
    async run(t) {
      const { cloud } = await cloudOn(t)
      await cloud.offload()
      equal(await cloud.sum(), 21)
      ok(!cloud.offloaded)
      cloud.automaticOffloading = true
      equal(await cloud.sum(), 21)
      ok(!cloud.offloaded, 'it was loaded before the method')
      await cloud.offload()
      await cloud.scale(10)
      ok(cloud.offloaded)
      equal(await cloud.sum(), 210)
      ok(cloud.offloaded)
    },
  },
  {
    name: 'methods that overlap share one load, and the last one lets go',
    async run(t) {
      const { disk, cloud } = await cloudOn(t, { automaticOffloading: true })
      const counted = async (work: () => Promise<unknown>) => {
        const before = await disk.stats()
        await work()
        const after = await disk.stats()
        return { loads: after.loads - before.loads, bytesWritten: after.bytesWritten - before.bytesWritten }
      }
      const alone = await counted(() => cloud.scale(1))
      const together = await counted(async () => {
        deepEqual(await Promise.all([cloud.sum(), cloud.scale(2), cloud.sum()]), [21, undefined, 42])
      })
      deepEqual(together, alone)
      ok(cloud.offloaded)
      equal(await cloud.sum(), 42)
    },
  },
  {
    name: 'a method that throws is rejected with its error, and lets go all the same',
    async run(t) {
      const { cloud } = await cloudOn(t, { automaticOffloading: true })
      await rejects(cloud.breakDown(), 'RangeError', /broken/)
      ok(cloud.offloaded)
      equal(await cloud.sum(), 21)
    },
  },
  {
    name: 'an error in onLoad or onOffload becomes an event and changes nothing else',
    async run(t) {
      const { cloud, errors } = await cloudOn(t)
      cloud.failing.add('onLoad').add('onOffload')
      await cloud.offload()
      ok(cloud.offloaded)
      await cloud.load()
      ok(!cloud.offloaded)
      deepEqual([...(cloud.xyz ?? [])], XYZ)
      deepEqual(errors, ['hook cloud: onOffload failed', 'hook cloud: onLoad failed'])
    },
  },
  {
    name: 'a buffer hook that throws loses nothing, and the next call works',
    async run(t) {
      const { cloud, errors } = await cloudOn(t)
      if (cloud.xyz !== undefined) cloud.xyz[0] = 50
      cloud.failing.add('describeBuffer')
      await rejects(cloud.offload(), 'Error', /describeBuffer failed/)
      ok(!cloud.offloaded)
      cloud.failing.clear()
      cloud.failing.add('describeExtra')
      await cloud.offload()
      ok(cloud.offloaded)
      cloud.failing.clear()
      cloud.failing.add('setBuffer')
      await rejects(cloud.load(), 'Error', /setBuffer failed/)
      ok(cloud.offloaded)
      cloud.failing.clear()
      cloud.failing.add('dropBuffer')
      await cloud.load()
      equal(cloud.xyz?.[0], 50)
      await cloud.offload()
      ok(cloud.offloaded)
      cloud.failing.clear()
      await cloud.load()
      equal(cloud.xyz?.[0], 50)
      deepEqual(errors, ['hook cloud: describeExtra failed', 'hook cloud: dropBuffer failed'])
    },
  },
  {
    name: 'a disk whose last writes fail does not close, and everything on it goes on',
    async run(t) {
      const { disk, cloud } = await cloudOn(t)
      if (cloud.xyz !== undefined) cloud.xyz[0] = 50
      cloud.failing.add('describeBuffer')
      await rejects(disk.close(), 'Error', /describeBuffer failed/)
      ok(await disk.has('cloud'))
      deepEqual([cloud.offloaded, cloud.xyz?.[0]], [false, 50])
      cloud.failing.clear()
      await disk.close()
      equal(await (await (await t.openDisk()).openArray('cloud')).item(0, 0), 50)
    },
  },
  {
    name: 'a disk that is closed with discard gives up what was not written',
    async run(t) {
      const { disk, cloud } = await cloudOn(t)
      if (cloud.xyz !== undefined) cloud.xyz[0] = 50
      cloud.failing.add('describeBuffer')
      await disk.close({ discard: true })
      equal(await (await (await t.openDisk()).openArray('cloud')).item(0, 0), 1)
    },
  },
  {
    name: 'a creation whose hook throws leaves nothing on disk',
    async run(t) {
      const disk = await t.openDisk()
      class Failing extends PointCloud {
        static async make(hook: string): Promise<void> {
          const cloud = new Failing()
          cloud.xyz = Float32Array.from(XYZ)
          cloud.failing.add(hook)
          await cloud.initFromConfig(new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'a' }), disk)
        }
      }
      await rejects(Failing.make('describeBuffer'), 'Error', /describeBuffer failed/)
      await rejects(Failing.make('describeExtra'), 'Error', /describeExtra failed/)
      equal(await disk.has('a'), false)
    },
  },
  {
    name: 'a class that describes its buffer wrongly is told so by its name, and nothing is on disk',
    async run(t) {
      const disk = await t.openDisk()
      for (const [given, error, message] of [
        [undefined, 'TypeError', /Careless.describeBuffer\(\) gave no \{ shape, dtype, data \}/],
        [{ shape: [2], dtype: 'float32', data: [1, 2] }, 'TypeError', /a typed array as data/],
        [{ shape: [2], dtype: 'float', data: new Float32Array(2) }, 'DTypeError', /unknown dtype "float"/],
        [{ shape: 2, dtype: 'float32', data: new Float32Array(2) }, 'ShapeError', /2/],
        [
          { shape: [3], dtype: 'float32', data: new Float32Array(2) },
          'ShapeError',
          /8 bytes where shape \(3,\) of float32 has 12/,
        ],
      ] as const) {
        class Careless extends PointCloud {
          static async make(): Promise<void> {
            const config = new LazyDiskCacheConfig({ enableCaching: true, cachePath: 'a' })
            await new Careless().initFromConfig(config, disk)
          }

          protected override describeBuffer(): ReturnType<PointCloud['describeBuffer']> {
            return given as unknown as ReturnType<PointCloud['describeBuffer']>
          }
        }
        await rejects(Careless.make(), error, message)
        equal(await disk.has('a'), false)
      }
    },
  },
  {
    name: 'a buffer of another shape than the array on disk is refused, and stays in memory',
    async run(t) {
      const { cloud } = await cloudOn(t)
      cloud.xyz = new Float32Array(3)
      await rejects(cloud.offload(), 'ShapeError', /cloud/)
      deepEqual(cloud.xyz, new Float32Array(3))
      cloud.xyz = Float32Array.from(XYZ)
      await cloud.offload()
      ok(cloud.offloaded)
    },
  },
  {
    name: 'a state brings an object back with its own fields, offloaded, its purge armed again',
    async run(t) {
      const { disk, cloud } = await cloudOn(t, { purgeDiskOnGc: true })
      cloud.name = 'tower'
      await cloud.scale(2)
      const state = await cloud.toState()
      deepEqual([state.className, state.extra], [POINT_CLOUD, { name: 'tower' }])
      const again = await t.reopen(disk)
      const revived = await PointCloud.revive(structuredClone(state), again)
      ok(revived instanceof PointCloud)
      deepEqual([revived.name, revived.offloaded, revived.purgeDiskOnGc], ['tower', true, true])
      equal(await revived.sum(), 42)
    },
  },
  {
    name: 'a state whose fields cannot be restored rejects, and the bytes stay',
    async run(t) {
      const { disk, cloud } = await cloudOn(t, { purgeDiskOnGc: true })
      const state = await cloud.toState()
      await cloud.close()
      class Forgetful extends PointCloud {
        protected override restoreExtra(): void {
          throw new Error('forgotten')
        }
      }
      await rejects(Forgetful.revive(state, disk), 'Error', /forgotten/)
      ok(await disk.has('cloud'))
      const revived = (await PointCloud.revive(state, disk)) as PointCloud
      equal(await revived.sum(), 21)
    },
  },
  {
    name: 'objects of a registered class are stored under its name',
    async run(t) {
      class Minified extends PointCloud {
        static async make(disk: Parameters<typeof PointCloud.create>[1]): Promise<Minified> {
          const cloud = new Minified()
          cloud.xyz = Float32Array.from(XYZ)
          const { disk: on, ...settings } = disk ?? {}
          await cloud.initFromConfig(new LazyDiskCacheConfig(settings), on)
          return cloud
        }
      }
      registerLazyDiskCacheClass('conformance/Cloud', Minified)
      const disk = await t.openDisk()
      const cloud = await Minified.make({ disk, enableCaching: true, cachePath: 'a', purgeDiskOnGc: false })
      equal((await disk.list())[0]?.className, 'conformance/Cloud')
      equal((await cloud.toState()).className, 'conformance/Cloud')
      await rejects(async () => registerLazyDiskCacheClass('', Minified), 'TypeError')
      await rejects(async () => registerLazyDiskCacheClass('a', {} as typeof Minified), 'TypeError', /'a'/)
    },
  },
  {
    name: 'DiskBackedNDArray.fromState gives a subclass back, and refuses what is no array',
    async run(t) {
      class Raster extends DiskBackedNDArray {
        crs = ''
        protected override describeExtra(): unknown {
          return { crs: this.crs }
        }
        protected override restoreExtra(extra: unknown): void {
          this.crs = (extra as { crs: string }).crs
        }
      }
      registerLazyDiskCacheClass('conformance/Raster', Raster)
      const disk = await t.openDisk()
      const raster = (await Raster.create([1, 2], { disk, enableCaching: true, cachePath: 'r' })) as Raster
      ok(raster instanceof Raster)
      raster.crs = 'EPSG:4326'
      const revived = await DiskBackedNDArray.fromState(await raster.toState(), { disk })
      ok(revived instanceof Raster)
      equal(revived.crs, 'EPSG:4326')
      const cloud = await PointCloud.create(Float32Array.from(XYZ), { disk, enableCaching: true, cachePath: 'c' })
      await rejects(DiskBackedNDArray.fromState(await cloud.toState(), { disk }), 'TypeError', new RegExp(POINT_CLOUD))
      ok(await disk.has('c'))
    },
  },
  {
    name: 'an array opened by its path shares its buffer with the object of the class it was made by',
    async run(t) {
      const { disk, cloud } = await cloudOn(t)
      const array = await disk.openArray('cloud')
      deepEqual([array.dtype, array.shape], ['float32', [2, 3]])
      if (cloud.xyz !== undefined) cloud.xyz[0] = 50
      equal(await array.item(0, 0), 50)
      await array.offload()
      equal(cloud.xyz, undefined)
      equal(await array.item(0, 0), 50)
      await array.load()
      equal((cloud.xyz as Float32Array | undefined)?.[0], 50)
    },
  },
  {
    name: 'ensureLoaded wraps any function of an object',
    async run(t) {
      const { cloud } = await cloudOn(t)
      const first = LazyDiskCache.ensureLoaded(function (this: PointCloud, at: number) {
        return this.xyz?.[at]
      })
      await cloud.offload()
      equal(await first.call(cloud, 2), 3)
    },
  },
]
