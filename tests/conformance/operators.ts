// NumPy's functions over arrays on disk: where operands may be, turns, budget, long work. What they compute: golden.ts.
import { type Disk, DiskBackedNDArray, LazyDiskCache, NDArray, slice } from '../../src/index.js'
import * as numpy from '../../src/numpy.js'
import * as numpySync from '../../src/numpy-sync.js'
import { NAMES } from '../../src/operators/names.js'
import { deepEqual, equal, fail, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted, MIB, noise, sameBytes, table } from './numbers.js'
import { PointCloud } from './point-cloud.js'

const nested = async (array: { get(): Promise<NDArray> } | NDArray) =>
  (array instanceof NDArray ? array : await array.get()).toNested()

/** The arguments of each function after its array; all take integers of shape [2, 3]. */
const ARGUMENTS: Readonly<Record<string, readonly unknown[]>> = {
  accumulate: [{ axis: 1 }],
  outer: [[1, 2]],
  where: [7, 8],
  clip: [2, null],
  round: [{ decimals: -1 }],
  astype: ['float32'],
  percentile: [[25, 50], { axis: 0 }],
  histogram: [{ bins: 3 }],
  matmul: [[1, 2, 3]],
}
const UNARY_ON_FLOATS = new Set(['sqrt', 'exp', 'log', 'log2', 'log10', 'sin', 'cos', 'tan', 'reciprocal'])

function callsOf(name: string, array: DiskBackedNDArray): { method: unknown[]; function: unknown[] } {
  const isUnary = (array as unknown as Record<string, { length: number }>)[name] !== undefined
  ok(isUnary, `there is no method ${name}`)
  const given = ARGUMENTS[name] ?? (BINARY.has(name) ? [2] : [])
  const op = name === 'accumulate' ? 'multiply' : name === 'outer' ? 'subtract' : undefined
  return op === undefined
    ? { method: [...given], function: [array, ...given] }
    : { method: [op, ...given], function: [op, array, ...given] }
}

const BINARY: ReadonlySet<string> = new Set(
  (
    'add subtract multiply divide floorDivide mod power leftShift rightShift bitwiseAnd bitwiseOr bitwiseXor equal ' +
    'notEqual less lessEqual greater greaterEqual arctan2 hypot minimum maximum logicalAnd logicalOr logicalXor divmod'
  ).split(' '),
)

function plain(value: unknown): unknown {
  if (value instanceof NDArray) return { dtype: value.dtype, values: value.toNested() }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

type Callable = Readonly<Record<string, (...given: unknown[]) => unknown>>

/** More than one message takes along, in C order. */
function large(): NDArray<'int32'> {
  const words = new Int32Array(noise(3 * MIB).buffer)
  return NDArray.from(words, { shape: [768, 1024], dtype: 'int32' })
}

async function arraysOn(disk: Disk): Promise<number> {
  return (await disk.usage()).arrays
}

export const operatorCases: Case[] = [
  {
    name: 'every function is a method too, and gives the same',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(Int16Array.of(3, 1, 4, 1, 5, 9), { shape: [2, 3] })
      for (const name of NAMES) {
        const calls = callsOf(name, array)
        const byMethod = await (array as unknown as Callable)[name]?.(...calls.method)
        const byFunction = await (numpy as unknown as Callable)[name]?.(...calls.function)
        deepEqual(plain(byMethod), plain(byFunction), name)
        const lazy = numpy.lazy(array) as unknown as Callable
        const result = lazy[name]?.(...calls.method)
        const values = await (Array.isArray(result)
          ? Promise.all(result.map((one: numpy.LazyArray) => one.evaluate()))
          : result instanceof numpy.LazyArray
            ? result.evaluate()
            : result)
        deepEqual(plain(values), plain(byFunction), `lazy ${name}`)
        if (UNARY_ON_FLOATS.has(name)) ok(byFunction instanceof NDArray)
      }
    },
  },
  {
    name: 'operands may be on disk and in memory, views and scalars, on either side',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 3))
      const b = NDArray.from([[10], [20]])
      deepEqual(await nested(await numpy.add(a, b)), [
        [10, 11, 12],
        [23, 24, 25],
      ])
      deepEqual(await nested(await numpy.subtract(b, a.view([null, slice(null, null, -1)]))), [
        [8, 9, 10],
        [15, 16, 17],
      ])
      deepEqual(await nested(await numpy.multiply(2, a.transpose().view([slice(1)]))), [
        [2, 8],
        [4, 10],
      ])
      deepEqual(await nested(await numpy.power(a, Int8Array.of(0, 1, 2))), [
        [1, 1, 4],
        [1, 4, 25],
      ])
      equal((await numpy.add(a, numpy.scalar(1, 'complex64'))).dtype, 'complex128')
      equal((await a.view([0]).broadcastTo([4, 3]).astype('int8')).shape.join(), '4,3')
    },
  },
  {
    name: 'what is no operand is a TypeError, and errors of NumPy are rejections',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 3))
      for (const wrong of [undefined, null, 'a', {}, () => 1, Symbol.iterator, new Date()]) {
        await rejects(numpy.add(a, wrong as unknown as number), 'TypeError')
        await rejects(a.add(wrong as unknown as number), 'TypeError')
        await rejects(numpy.sum(wrong as unknown as number), 'TypeError')
      }
      await rejects(
        numpy.add(a, NDArray.zeros([4])),
        'ShapeError',
        /could not be broadcast together .*\(2,3\) \(4,\) $/,
      )
      await rejects(a.bitwiseAnd(1), 'DTypeError', /'bitwise_and' not supported/)
      await rejects(a.sum({ axis: 2 }), 'ShapeError', /^axis 2 is out of bounds for array of dimension 2$/)
      await rejects(a.matmul(a), 'ShapeError', /core dimension 0/)
      await rejects(a.outer('sqrt' as never, 1), 'TypeError', /sqrt/)
      await rejects(a.accumulate('divide' as never), 'TypeError', /divide/)
      await rejects(a.percentile(101), 'ShapeError', /range \[0, 100\]/)
      await rejects(a.percentile('50' as never), 'TypeError', /array of numbers, got 50/)
      await rejects(a.std({ ddof: '1' as never }), 'TypeError', /ddof is a number/)
      await rejects(numpy.add(...([a] as unknown as [number, number])), 'TypeError', /got undefined/)
      await rejects(a.histogram({ bins: 0 }), 'ShapeError', /positive/)
      await rejects(numpy.power(await a.astype('int8'), -1), 'DTypeError', /negative integer powers/)
      await rejects(numpy.power(await disk.array(Int8Array.of(1)), -1), 'DTypeError', /negative integer powers/)
      await rejects(a.add(1, 5 as never), 'TypeError', /options/)
      await rejects(numpy.add(a, 1, a as never), 'TypeError', /out/)
      await rejects(numpy.sqrt(a, NDArray.zeros([2, 3]) as never), 'TypeError', /out/)
    },
  },
  {
    name: 'without axis and keepdims reductions give scalars',
    async run(t) {
      const disk = await t.openDisk()
      const long = await disk.array(BigInt64Array.of(5n, -7n, 2n))
      deepEqual([await long.sum(), await long.max(), await long.argmin(), await long.any()], [0n, 5n, 1, true])
      deepEqual([await long.sum({ dtype: 'float64' }), await long.countNonzero(), await long.mean()], [0, 3, 0])
      const complex = await disk.array([
        { re: 1, im: 2 },
        { re: 3, im: -1 },
      ])
      deepEqual(await complex.sum(), { re: 4, im: 1 })
      equal(await long.percentile(50), 2)
      deepEqual((await long.sum({ axis: 0 })) instanceof NDArray, true)
      deepEqual(((await long.sum({ keepdims: true })) as NDArray).shape, [1])
      const { counts, edges } = await long.histogram({ bins: 2, range: [-7, 5] })
      deepEqual([counts.toArray(), edges.toArray()], [BigInt64Array.of(1n, 2n), Float64Array.of(-7, -1, 5)])
    },
  },
  {
    name: 'changes that are only in memory count, those of mode c too',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 2), { cachePath: 'a', dtype: 'float64' })
      const data = await a.data()
      data[0] = 100
      equal(await a.sum(), 106)
      deepEqual(await nested(await a.view([null, 0]).astype('int16')), [100, 2])
      await a.offload()
      await a.load('c')
      await a.set([1, 1], 50)
      equal(await a.sum(), 153)
      await a.offload()
      equal(await a.sum(), 106)
      ok(a.offloaded, 'it was loaded')
    },
  },
  {
    name: 'arrays whose caching is off, and entries of a store, take part',
    async run(t) {
      const disk = await t.openDisk()
      const off = await DiskBackedNDArray.create(table(2, 2))
      deepEqual(await nested(await off.add(off)), [
        [0, 2],
        [4, 6],
      ])
      const store = await disk.store('s')
      await store.set('k', table(2, 2))
      const entry = (await store.get('k')) ?? fail('no entry')
      await numpy.add(entry, off.transpose(), { out: entry })
      await off.multiply(entry, { out: off })
      deepEqual(await nested(off), [
        [0, 3],
        [6, 18],
      ])
      const again = await (await t.reopen(disk)).store('s')
      deepEqual(await nested((await again.get('k')) ?? fail('no entry')), [
        [0, 3],
        [3, 6],
      ])
    },
  },
  {
    name: 'objects of classes below LazyDiskCache take part as they are: loaded, offloaded, in memory',
    async run(t) {
      const disk = await t.openDisk()
      const xyz = Float32Array.of(1, 2, 3, 4, 5, 6)
      const cloud = await PointCloud.create(xyz, { disk, enableCaching: true, cachePath: 'c', purgeDiskOnGc: false })
      if (cloud.xyz !== undefined) cloud.xyz[0] = 10
      equal(await numpy.sum(cloud), 30)
      await cloud.offload()
      deepEqual(await numpy.sum(cloud, { axis: 1 }).then((sums) => nested(sums as NDArray)), [15, 15])
      equal(await numpy.multiply(cloud, 2, { out: cloud }), cloud)
      ok(cloud.offloaded)
      await cloud.load()
      deepEqual([...(cloud.xyz ?? [])], [20, 4, 6, 8, 10, 12])
      const kept = cloud.xyz
      await numpy.negative(cloud, { out: cloud })
      deepEqual([cloud.offloaded, kept?.[0]], [true, 20])
      equal(await numpy.min(cloud), -20)
      const memory = await PointCloud.create(Float32Array.of(1, 2, 3))
      await numpy.add(memory, 1, { out: memory })
      deepEqual([...(memory.xyz ?? [])], [2, 3, 4])
      ok(cloud instanceof LazyDiskCache)
    },
  },
  {
    name: 'operands of another disk are brought over, small and large, and nothing of them stays',
    async run(t) {
      const disk = await t.openDisk()
      const other = await t.openDisk({ name: 'other' })
      const base = large()
      const here = await disk.zeros([1024, 768], 'int32', { cachePath: 'here' })
      const there = await other.array(base, { automaticOffloading: true })
      const views = [there.transpose(), there.transpose().view([slice(null, null, -1)]), there.view([5, slice(0, 768)])]
      const same = [base.transpose(), base.transpose().view([slice(null, null, -1)]), base.view([5, slice(0, 768)])]
      for (const [i, view] of views.entries()) {
        await numpy.add(view, here, { out: here })
        await here.subtract(same[i] as NDArray, { out: here })
        equal(await here.any(), false, `view ${i}`)
      }
      deepEqual([await arraysOn(disk), await arraysOn(other)], [1, 1])
      await rejects(numpy.divmod(base, 3, { out: [await disk.array(base), there] }), 'TypeError', /one disk/)
    },
  },
  {
    name: 'large operands in memory are put on disk for the time of the work, whatever their strides',
    async run(t) {
      const disk = await t.openDisk()
      const base = large()
      const zero = await disk.zeros([1], 'int32')
      const rows = base.view([0]).broadcastTo([1024, 1024])
      const views = [
        base.view([slice(null, null, -1), slice(null, null, -1)]),
        base.transpose(),
        base.view([slice(1, null, 2), slice(null, null, -3)]),
        NDArray.from(new Int32Array(noise(12 * MIB).buffer), { shape: [3072, 1024], dtype: 'int32' }).view([
          slice(null, null, -3),
          slice(0, 700, 1),
        ]),
        rows,
      ]
      for (const [i, view] of views.entries()) {
        const result = await numpy.add(view, zero)
        ok(sameBytes(result.data, view.toArray()), `view ${i}`)
        equal(await numpy.sum(numpy.lazy(view).add(zero)), await numpy.sum(view), `sum of view ${i}`)
      }
      const floats = NDArray.from(
        Float32Array.from({ length: 1000 * 800 }, (_, i) => ((i * 7919) % 1013) / 7),
        {
          shape: [800, 1000],
          dtype: 'float32',
        },
      )
      const sum = await disk.zeros([], 'float32')
      for (const view of [floats.view([null, slice(0, 700)]), floats.view([null, slice(0, 700)]).transpose()]) {
        for (const part of [view, view.view([slice(0, 300), slice(0, 300)])]) {
          await numpy.sum(part, { out: sum })
          equal(await sum.item(), numpySync.sum(part), 'the bits of the sum')
        }
      }
      equal(await arraysOn(disk), 2)
      await rejects(
        numpy.add(views[0] as NDArray, zero, { signal: AbortSignal.abort(new RangeError('no')) }),
        'RangeError',
      )
      equal(await arraysOn(disk), 2)
    },
  },
  {
    name: 'arrays of five and six axes, and views of views of them',
    async run(t) {
      const disk = await t.openDisk()
      const memory = NDArray.from(counted(2 * 3 * 4 * 2 * 3 * 2), { shape: [2, 3, 4, 2, 3, 2], dtype: 'float64' })
      const array = await disk.array(memory.toArray(), { shape: memory.shape, automaticOffloading: true })
      const backwards = slice(null, null, -1)
      const [onDisk, inMemory] = [array, memory].map((one) =>
        one.view([null, backwards, slice(1, null, 2), null, slice(2, 0, -1), 1]).transpose([3, 1, 4, 0, 2]),
      ) as [ReturnType<DiskBackedNDArray['view']>, NDArray]
      deepEqual(
        await nested(await numpy.multiply(onDisk, onDisk.view([1]))),
        await nested(await numpy.multiply(inMemory, inMemory.view([1]))),
      )
      for (const axis of [null, 0, [1, 3], [-1, 0, 2]]) {
        const [a, b] = [
          await numpy.mean(onDisk, { axis, keepdims: true }),
          await numpy.mean(inMemory, { axis, keepdims: true }),
        ]
        deepEqual(await nested(a as NDArray), await nested(b as NDArray))
      }
      deepEqual(
        await nested(await numpy.accumulate('add', onDisk, { axis: 2 })),
        await nested(await numpy.accumulate('add', inMemory, { axis: 2 })),
      )
    },
  },
  {
    name: 'a deleted operand and a closed disk are errors of their own',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 2), { cachePath: 'a' })
      const view = a.view([0])
      const lazy = numpy.lazy(a).add(1)
      await disk.delete('a')
      await rejects(a.add(1), 'StaleArrayError', /'a'/)
      await rejects(numpy.sum(view), 'StaleArrayError')
      await rejects(lazy.evaluate(), 'StaleArrayError')
      const b = await disk.array(table(2, 2), { cachePath: 'b' })
      const under = b.add(1)
      await disk.close()
      deepEqual(await nested(await under), [
        [1, 2],
        [3, 4],
      ])
      await rejects(b.add(1), 'DiskClosedError')
      await rejects(numpy.add(table(2, 2), 2, { out: b }), 'DiskClosedError')
      const object = await (await t.openDisk()).openArray('b')
      await object.close()
      await rejects(object.sum(), 'DiskClosedError')
    },
  },
]
