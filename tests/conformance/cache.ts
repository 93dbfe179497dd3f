// Disks used as caches: budget and policy, time to live, tags, stores that give their entries up, memoize.
import { openDisk, type QuotaExceededError } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { PointCloud } from './point-cloud.js'

const KIB = 1024
const bytes = (kib: number, value = 1): Uint8Array => new Uint8Array(kib * KIB).fill(value)

/** Waits for what happens in the background. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await condition())) {
    ok(Date.now() < deadline, 'it does not happen')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export const cacheCases: readonly Case[] = [
  {
    name: 'what an object with fields replaces counts in diskBudget until both, array and fields, are on disk',
    async run(t) {
      const disk = await t.openDisk({ diskBudget: 100 * KIB })
      const cloudOf = (points: number) => {
        const settings = { disk, enableCaching: true, cachePath: 'cloud', purgeDiskOnGc: false }
        return PointCloud.create(new Float32Array(3 * points).fill(points), settings)
      }
      await cloudOf(5000) // 60 kB
      await rejects(cloudOf(4999), 'QuotaExceededError', /budget/)
      equal(await (await disk.openArray('cloud')).item(0, 0), 5000)
      await cloudOf(3000)
      equal(await (await disk.openArray('cloud')).item(0, 0), 3000)
    },
  },
  {
    name: 'a write beyond diskBudget is a QuotaExceededError and a pressure event, and changes nothing',
    async run(t) {
      const disk = await t.openDisk({ diskBudget: 100 * KIB })
      const pressures: number[][] = []
      disk.addEventListener('pressure', ({ detail: { kind, usedBytes, limitBytes } }) => {
        equal(kind, 'disk')
        pressures.push([usedBytes, limitBytes])
      })
      const a = await disk.array(bytes(60), { cachePath: 'a' })
      const error = (await rejects(disk.array(bytes(50)), 'QuotaExceededError', /budget/)) as QuotaExceededError
      deepEqual([error.requested, error.quota], [50 * KIB, 100 * KIB])
      await rejects(a.append(bytes(50)), 'QuotaExceededError')
      await rejects(disk.full([50 * KIB], 1, 'uint8'), 'QuotaExceededError')
      const stream = (async function* () {
        yield bytes(50)
      })()
      await rejects(disk.array(stream, { shape: [50 * KIB], dtype: 'uint8' }), 'QuotaExceededError')
      deepEqual(pressures, Array(4).fill([60 * KIB, 100 * KIB]))
      deepEqual([(await disk.usage()).liveBytes, (await disk.list()).length], [60 * KIB, 1])
      await disk.zeros([1e9], 'float64', { cachePath: 'holes' })
      await disk.array(bytes(40), { cachePath: 'b' })
      deepEqual(pressures.at(-1), [100 * KIB, 100 * KIB])
    },
  },
  {
    name: 'a full disk makes room by its policy, never by what an object is on, and tells of it',
    async run(t) {
      const disk = await t.openDisk({ diskBudget: 40 * KIB, evictionPolicy: 'least-recently-used' })
      const told: string[] = []
      disk.addEventListener('evict', ({ detail }) => told.push(`${detail.path} ${detail.byteLength} ${detail.reason}`))
      const held = await disk.array(bytes(10), { cachePath: 'held' })
      for (const path of ['a', 'b', 'c']) await (await disk.array(bytes(10), { cachePath: path })).close()
      await (await disk.openArray('a')).close()
      await (await disk.array(bytes(10, 2), { cachePath: 'd' })).close()
      deepEqual(told, [`b ${10 * KIB} disk`])
      await rejects(disk.openArray('b'), 'NotFoundError')
      equal(await held.item(0), 1)
      const again = await t.reopen(disk, { diskBudget: 40 * KIB, evictionPolicy: 'least-recently-used' })
      const e = await again.array(bytes(20, 3), { cachePath: 'e' })
      deepEqual((await again.list()).map(({ path }) => path).sort(), ['a', 'd', 'e'])
      await rejects(again.array(bytes(30)), 'QuotaExceededError')
      const { evictions } = await again.stats()
      deepEqual(evictions, { memory: 0, disk: 2, expired: 0, tag: 0 })
      equal(await e.item(0), 3)
    },
  },
  {
    name: 'an array past its time is found by nobody, and its bytes go; who has an object on it keeps it so long',
    async run(t) {
      const disk = await t.openDisk()
      const reasons: string[] = []
      disk.addEventListener('evict', ({ detail }) => reasons.push(`${detail.path} ${detail.reason}`))
      await (await disk.array(bytes(1), { cachePath: 'a', expire: 1 })).close()
      const held = await disk.array(bytes(1), { cachePath: 'held', expire: 1 })
      await disk.array(bytes(1), { cachePath: 'later', expire: 1e7 })
      await until(async () => !(await disk.has('a')) && !(await disk.has('held')))
      await rejects(disk.openArray('a'), 'NotFoundError', /a/)
      deepEqual(
        (await disk.list()).map(({ path }) => path),
        ['later'],
      )
      await until(() => reasons.length > 0)
      deepEqual(reasons, ['a expired'])
      equal(await held.item(3), 1)
      await held.close()
      await until(() => reasons.length > 1)
      deepEqual([reasons[1], (await disk.usage()).arrays], ['held expired', 1])
      const made = await disk.getOrCreate('a', async () => bytes(1, 7), { expire: 1e7 })
      equal(await made.item(0), 7)
    },
  },
  {
    name: 'evict removes what has a tag, whoever has it open, and tells how many',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(bytes(1), { cachePath: 'a', tags: ['region', 'day'] })
      await disk.zeros([4], 'int8', { cachePath: 'b', tags: ['day'] })
      await disk.full([4], 1, 'int8', { cachePath: 'c', tags: ['night'] })
      const reasons: string[] = []
      const again = await t.reopen(disk)
      again.addEventListener('evict', ({ detail }) => reasons.push(`${detail.path} ${detail.reason}`))
      const open = await again.openArray('a')
      deepEqual([await again.evict({ tag: 'week' }), await again.evict({ tag: 'day' })], [0, 2])
      deepEqual(reasons, ['a tag', 'b tag'])
      await rejects(open.get(), 'StaleArrayError')
      await rejects(a.get(), 'DiskClosedError')
      deepEqual(
        (await again.list()).map(({ path }) => path),
        ['c'],
      )
      await rejects(again.evict({ tag: 3 as unknown as string }), 'TypeError', /tag/)
    },
  },
  {
    name: 'what is no budget, policy, time or tag is a TypeError, and so are other ones for an open disk',
    async run(t) {
      await rejects(t.openDisk({ diskBudget: -1 }), 'TypeError', /diskBudget/)
      await rejects(t.openDisk({ evictionPolicy: 'random' as 'none' }), 'TypeError', /'oldest'/)
      const disk = await t.openDisk({ diskBudget: 100, evictionPolicy: 'oldest' })
      await rejects(t.openDisk({ diskBudget: 200 }), 'TypeError', /diskBudget 100, not 200/)
      await rejects(t.openDisk({ evictionPolicy: 'none' }), 'TypeError', /evictionPolicy oldest, not none/)
      await t.openDisk({ diskBudget: 100 })
      await rejects(disk.array([1], { expire: -1 }), 'TypeError', /milliseconds/)
      await rejects(disk.array([1], { tags: 'a' as unknown as string[] }), 'TypeError', /tags/)
      await rejects(disk.array([1], { tags: ['\ud800'] }), 'TypeError', /tags/)
      await rejects(disk.array([1], { enableCaching: false, expire: 5 }), 'TypeError', /caching is off/)
    },
  },
  {
    name: 'a store on a disk with a policy keeps setting: the least used entries go, and are misses',
    async run(t) {
      const rules = { diskBudget: 50 * KIB, evictionPolicy: 'least-recently-used' } as const
      const disk = await t.openDisk(rules)
      const tiles = await disk.store('tiles')
      for (let i = 0; i < 20; i++) await tiles.set(`${i}`, bytes(10, i))
      equal(await tiles.get('0'), undefined)
      deepEqual((await tiles.keys()).sort(), ['15', '16', '17', '18', '19'])
      const kept = await tiles.get('15')
      ok(kept !== undefined && kept === (await tiles.get('15')), 'one entry is two objects')
      await tiles.setMany(Array.from({ length: 4 }, (_, i) => [`many/${i}`, bytes(10, 50 + i)] as const))
      deepEqual((await tiles.keys()).sort(), ['15', 'many/0', 'many/1', 'many/2', 'many/3'])
      equal(await kept.item(0), 15)
      await kept.close()
      equal(await (await tiles.setdefault('new', bytes(10, 9))).item(0), 9)
      deepEqual([await tiles.has('many/0'), await tiles.has('15'), await tiles.has('new')], [false, true, true])
      const purged = await disk.store('purged', { purgeDiskOnGc: true })
      await purged.set('a', bytes(1, 4))
      equal(await (await purged.get('a'))?.item(0), 4)
      const reopened = await t.reopen(disk, rules)
      equal(await (await (await reopened.store('tiles')).get('many/3'))?.item(0), 53)
    },
  },
  {
    name: 'entries of a store have its time to live and its tags',
    async run(t) {
      const disk = await t.openDisk()
      const store = await disk.store('tiles', { expire: 300, tags: ['tiles'] })
      await store.set('a', bytes(1))
      await store.setMany([
        ['b', bytes(1)],
        ['c', bytes(1)],
      ])
      equal(await disk.evict({ tag: 'tiles' }), 3)
      deepEqual(await store.keys(), [])
      await store.set('d', bytes(1))
      const lent = await store.get('d')
      await until(async () => (await store.get('d')) === undefined)
      deepEqual([await store.keys(), await store.has('d'), await lent?.item(0)], [[], false, 1])
      await lent?.close()
      await until(async () => (await disk.usage()).arrays === 0)
      await rejects(disk.store('x', { expire: Number.NaN }), 'TypeError')
    },
  },
  {
    name: 'a memoized function computes once for the same arguments, at the same time and after a reload',
    async run(t) {
      const disk = await t.openDisk()
      const other = await t.openDisk()
      const calls: unknown[] = []
      const compute = async (...args: unknown[]) => {
        calls.push(args)
        await new Promise((resolve) => setTimeout(resolve, 20))
        return Float64Array.of(calls.length, args.length)
      }
      const f = disk.memoize(compute, { name: 'f' })
      const g = other.memoize(compute, { name: 'f' })
      const results = await Promise.all([f(1, 'a'), g(1, 'a'), f(1, 'a'), f(2, 'a')])
      deepEqual(await Promise.all(results.map((array) => array.item(1))), [2, 2, 2, 2])
      equal(calls.length, 2)
      await other.close()
      const both = await t.reopen(disk)
      equal(await (await both.memoize(compute, { name: 'f' })(1, 'a')).item(1), 2)
      equal(calls.length, 2)
      await both.memoize(compute, { name: 'other' })(1, 'a')
      equal(calls.length, 3)
    },
  },
  {
    name: 'two workers of a page that compute the same at once keep one result, and both have it',
    async run(t) {
      const disk = await t.openDisk({ evictionPolicy: 'oldest' })
      const port = await disk.connect()
      const other = await openDisk({ port })
      const compute = async () => {
        await new Promise((resolve) => setTimeout(resolve, 30))
        return Float64Array.of(1, 2)
      }
      const both = await Promise.all([disk, other].map((one) => one.getOrCreate('a', compute)))
      deepEqual(await Promise.all(both.map((array) => array.item(1))), [2, 2])
      equal((await disk.list()).length, 1)
      const store = await other.store('s')
      await store.set('k', bytes(1))
      equal(store.store.get('k'), undefined)
      await other.close()
      await rejects(openDisk({ port: await disk.connect(), diskBudget: 5 }), 'TypeError', /budget/)
      await rejects(openDisk({ port: await disk.connect(), evictionPolicy: 'none' }), 'TypeError', /evictionPolicy/)
    },
  },
  {
    name: 'a memoized function tells arguments apart that look alike in a path, and copies what its key tells of',
    async run(t) {
      const disk = await t.openDisk()
      let calls = 0
      const f = disk.memoize(async (..._: unknown[]) => [++calls], { name: '../f%2F' })
      const alike: unknown[][] = [
        ['a/b'], ['a%2Fb'], ['a', 'b'], ['a,b'], [['a', 'b']], [1], ['1'], [1n], [true], ['true'], [null], [undefined], [],
        [0], [-0], [Number.NaN], [{}], [[]], [{ a: 1 }], [{ a: '1' }], [['a', 1]], ['.'], ['..'],
        [Float32Array.of(1)], [Float64Array.of(1)], [Uint8Array.of(1)], [Uint8Array.of(1).buffer], [Int8Array.of(1)],
        ['x'.repeat(2000)], ['x'.repeat(2001)], ['\ud800'], ['\udfff'],
      ] // biome-ignore format: one kind a line
      for (const args of alike) await f(...args)
      equal(calls, alike.length)
      await f({ b: [1], a: 2 })
      await f({ a: 2, b: [1] })
      await f(Float64Array.of(1, 2, 3).subarray(0, 1))
      equal(calls, alike.length + 1)
      const sums = disk.memoize(async (data: Float64Array) => data.map((x) => x + 1), { name: 'sums' })
      const data = Float64Array.of(1, 2)
      const sum = sums(data)
      data.fill(9)
      deepEqual(await (await sum).toArray(), Float64Array.of(2, 3))
      deepEqual(await (await sums(Float64Array.of(1, 2))).toArray(), Float64Array.of(2, 3))
    },
  },
  {
    name: 'a memoized function keeps no failure, takes a key of the user, a time and tags, and refuses the rest',
    async run(t) {
      const disk = await t.openDisk()
      let calls = 0
      const flaky = disk.memoize(
        async () => {
          if (calls++ === 0) throw new RangeError('once')
          return [5]
        },
        { name: 'flaky', tags: ['t'] },
      )
      await Promise.all([rejects(flaky(), 'RangeError', /once/), rejects(flaky(), 'RangeError', /once/)])
      equal(await (await flaky()).item(0), 5)
      equal(calls, 2)
      equal(await disk.evict({ tag: 't' }), 1)
      const byName = disk.memoize(async (of: Map<string, string>) => [of.size], {
        name: 'sizes',
        key: (of) => [...of.keys()].join('/'),
      })
      await byName(new Map([['a', 'b']]))
      ok(await disk.has('memoized/sizes/a'))
      await rejects(byName(new Map()), 'InvalidKeyError')
      const loop: unknown[] = []
      loop.push(loop)
      const odd = [new Map(), new Date(), () => 1, Symbol('s'), loop, new Array(2), new DataView(new ArrayBuffer(1))]
      for (const argument of odd) {
        await rejects(disk.memoize(async (_: unknown) => [1], { name: 'odd' })(argument), 'TypeError', /key/)
      }
      for (const wrong of [
        {},
        { name: '' },
        { name: 'a', keys: 1 },
        { name: 'a', key: 'b' },
        { name: 'a', expire: -1 },
      ]) {
        let thrown: unknown
        try {
          disk.memoize(async () => [1], wrong as { name: string })
        } catch (error) {
          thrown = error
        }
        ok(thrown instanceof Error && /TypeError|InvalidKeyError/.test(thrown.name), JSON.stringify(wrong))
      }
    },
  },
  {
    name: 'usage tells live bytes to the byte at any time',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(bytes(3), { cachePath: 'a' })
      await disk.zeros([1e6], 'float64', { cachePath: 'z' })
      equal((await disk.usage()).liveBytes, 3 * KIB)
      await a.append(bytes(2))
      equal((await disk.usage()).liveBytes, 5 * KIB)
      await disk.delete('a')
      const { liveBytes, freeBytes, diskBytes, arrays } = await disk.usage()
      deepEqual([liveBytes, arrays], [0, 1])
      ok(freeBytes > 0 && freeBytes < diskBytes, `${freeBytes} of ${diskBytes}`)
    },
  },
]
