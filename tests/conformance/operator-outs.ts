// Where results of operators go: `out` on disk and in memory, the memory budget, abort and progress, turns.
import { DiskBackedNDArray, NDArray, slice, type WorkOptions } from '../../src/index.js'
import * as numpy from '../../src/numpy.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case, CaseContext } from '../support/conformance.js'
import { counted, MIB, table } from './numbers.js'

const nested = async (array: { get(): Promise<NDArray> }) => (await array.get()).toNested()

const SIZE = 24 * MIB

/** Larger than what is read at once; each work writes SIZE bytes. */
async function largeArrays(t: CaseContext) {
  const disk = await t.openDisk()
  const a = await disk.full([SIZE / 4], 3, 'float32', { cachePath: 'a' })
  const out = await disk.full([SIZE / 4], 1, 'float32', { cachePath: 'out' })
  return { disk, a, out }
}

type Arrays = Awaited<ReturnType<typeof largeArrays>>
const WORK: Readonly<Record<string, (arrays: Arrays, options: WorkOptions) => Promise<unknown>>> = {
  'a sum of two arrays': ({ a, out }, options) => numpy.add(a, out, { ...options, out }),
  'a fused expression': ({ a, out }, options) =>
    numpy
      .lazy(a)
      .multiply(2)
      .add(1)
      .evaluate({ ...options, out }),
  'an accumulation': ({ a, out }, options) => a.accumulate('add', { ...options, out }),
}

export const operatorOutCases: Case[] = [
  {
    name: 'out on disk is a new version in one commit: whoever has a buffer keeps the old values',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 2), { cachePath: 'a', dtype: 'float64' })
      const twin = await disk.openArray('a')
      const data = await a.data()
      data[0] = 7
      equal(await a.add(1, { out: a }), a)
      deepEqual([[...data], a.offloaded, a.dirty], [[7, 1, 2, 3], true, false])
      deepEqual(await twin.toArray(), Float64Array.of(8, 2, 3, 4))
      await a.set([0, 0], 1)
      await twin.multiply(a, { out: a })
      deepEqual([...(await a.data({ readOnly: true }))], [1, 4, 9, 16])
      equal(await numpy.sqrt(a, { out: twin }), twin)
      const again = await t.reopen(disk)
      deepEqual(await (await again.openArray('a')).toArray(), Float64Array.of(1, 2, 3, 4))
    },
  },
  {
    name: 'out may be an operand, transposed or backwards',
    async run(t) {
      const disk = await t.openDisk()
      const n = 300
      const a = await disk.array(counted(n * n), { shape: [n, n] })
      await numpy.subtract(a, a.transpose(), { out: a })
      const expected = counted(n * n).map((_, i) => i - ((i % n) * n + Math.floor(i / n)))
      deepEqual(await a.toArray(), expected)
      const line = await disk.array(counted(n * n))
      await numpy.add(line, line.view([slice(null, null, -1)]), { out: line })
      ok((await line.toArray()).every((value) => value === n * n - 1))
      await a.accumulate('add', { axis: 0, out: a })
      await a.matmul(a, { out: a })
      equal((await a.get()).shape.join(), `${n},${n}`)
    },
  },
  {
    name: 'out in memory may be a view; it is given back, filled',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 3))
      const memory = NDArray.zeros([3, 4], 'float32')
      const out = memory.transpose().view([slice(null, null, -2)])
      equal(await a.add(0.5, { out }), out)
      deepEqual(memory.toNested(), [
        [0, 3.5, 0, 0.5],
        [0, 4.5, 0, 1.5],
        [0, 5.5, 0, 2.5],
      ])
      const total = NDArray.zeros([], 'float64')
      equal(await a.sum({ out: total }), total)
      equal(total.item(), 15)
      const mean = await disk.zeros([3], 'float32')
      equal(await a.mean({ axis: 0, out: mean }), mean)
      deepEqual(await nested(mean), [1.5, 2.5, 3.5])
    },
  },
  {
    name: 'an out of another shape or kind, a view of an array on disk, or anything else is refused and left alone',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 3))
      const out = await disk.zeros([3], 'int32', { cachePath: 'out' })
      const { bytesRead } = await disk.stats()
      await rejects(a.less(1, { out }), 'ShapeError', /output operand with shape \(3,\) doesn't match .*\(2,3\)/)
      await rejects(a.add(1, { out }), 'DTypeError', /Cannot cast ufunc 'add' output/) // as NumPy: dtypes come first
      await rejects(a.less([1, 2], { out }), 'ShapeError', /together with shapes \(2,3\) \(2,\) \(3,\) $/)
      await rejects(
        a.view([0]).astype('float64', { out }),
        'DTypeError',
        /Cannot cast ufunc 'astype' output from dtype\('float64'\) to dtype\('int32'\)/,
      )
      await rejects(a.sum({ axis: 0, out }), 'DTypeError', /ufunc 'add'/)
      await rejects(a.sum({ axis: 1, out }), 'ShapeError')
      await rejects(a.matmul(a.transpose(), { out }), 'ShapeError', /Output operand 0/)
      for (const wrong of [out.view([]), [0, 0, 0], new Int32Array(3), numpy.lazy(out), null, [out]]) {
        await rejects(out.add(1, { out: wrong as never }), 'TypeError', /^out is/)
      }
      equal((await disk.stats()).bytesRead, bytesRead)
      deepEqual(await nested(out), [0, 0, 0])
    },
  },
  {
    name: 'divmod gives a pair, and takes one, on disk and in memory',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(Int32Array.of(7, -7, 9))
      const [quotient, remainder] = await a.divmod(2)
      deepEqual(
        [quotient.toNested(), remainder.toNested()],
        [
          [3, -4, 4],
          [1, 1, 1],
        ],
      )
      const q = await disk.zeros([3], 'int64')
      const r = NDArray.zeros([3], 'float32')
      deepEqual(await numpy.divmod(a, 4, { out: [q, r] }), [q, r])
      deepEqual(
        [await nested(q), r.toNested()],
        [
          [1n, -2n, 2n],
          [3, 1, 1],
        ],
      )
      await a.divmod(5, {
        out: [a, await disk.openArray((await disk.array([0n, 0n, 0n], { cachePath: 'r' })).cachePath ?? '')],
      })
      deepEqual(await nested(a), [1, -2, 1])
      const twin = await disk.array(Int32Array.of(1, 2, 3), { cachePath: 'twin' })
      for (const out of [[twin, twin], [twin, await disk.openArray('twin')], [r, r], [r], r]) {
        await rejects(twin.divmod(2, { out: out as never }), 'TypeError', /pair/)
      }
      await rejects(
        twin.divmod(2.5, { out: [r, twin] }),
        'DTypeError',
        /output 3 from dtype\('float64'\) to dtype\('int32'\)/,
      )
    },
  },
  {
    name: 'out in mode r is refused; in mode c it changes in memory only',
    async run(t) {
      const disk = await t.openDisk()
      await disk.array(table(2, 2), { cachePath: 'a' })
      const opened = await disk.openArray('a', { mode: 'r' })
      await rejects(opened.add(1, { out: opened }), 'ReadOnlyError', /'a'/)
      const a = await disk.openArray('a')
      await a.load('r', { discard: true })
      await rejects(a.add(1, { out: a }), 'ReadOnlyError', /'a'/)
      await a.offload()
      await a.load('c')
      equal(await a.add(1, { out: a }), a)
      deepEqual([a.dirty, a.mode, await a.item(0, 0)], [true, 'c', 1])
      await a.multiply(a.transpose(), { out: a })
      deepEqual(await nested(a), [
        [1, 6],
        [6, 16],
      ])
      await a.offload()
      deepEqual(await nested(a), [
        [0, 1],
        [2, 3],
      ])
    },
  },
  {
    name: 'an out whose caching is off is filled in memory',
    async run(t) {
      const off = await DiskBackedNDArray.create(table(2, 2), { dtype: 'float64' })
      const data = await off.data()
      equal(await off.add(off.transpose(), { out: off }), off)
      deepEqual([...data], [0, 3, 3, 6])
      const disk = await t.openDisk()
      await (await disk.array(table(2, 2))).subtract(off, { out: off })
      deepEqual([...data], [0, -2, -1, -3])
    },
  },
  {
    name: 'a result that does not fit the budget is refused before anything is read; with out it is not kept in memory',
    async run(t) {
      const disk = await t.openDisk({ memoryBudget: 4 * MIB })
      const a = await disk.zeros([1024, 1024], 'float32', { cachePath: 'a' })
      const out = await disk.zeros([1024, 1024], 'float64', { cachePath: 'out' })
      await a.set([0], 1)
      const { bytesRead } = await disk.stats()
      for (const refused of [
        () => a.add(1.5, { dtype: 'float64' }),
        () => a.divmod(2),
        () => a.matmul(a, { dtype: 'float64' }),
        () => numpy.lazy(a).astype('float64').evaluate(),
        () => a.outer('add', [1, 2]),
        () => a.add(1, { out: NDArray.zeros([1024, 1024], 'float64') }),
        () => a.histogram({ bins: MIB }),
        () =>
          a.percentile([1, 2, 3], { axis: 0, keepdims: true }).then(() => a.accumulate('add', { dtype: 'float64' })),
      ]) {
        const error = await rejects(refused, 'MemoryBudgetError')
        ok((error as unknown as { requested: number }).requested > 4 * MIB, 'the bytes asked for')
      }
      ok((await disk.stats()).bytesRead - bytesRead <= 4 * MIB, 'one of them was computed')
      equal(await a.add(0.5, { out }), out)
      equal((await disk.usage()).residentBytes, 0)
      equal(await out.item(0, 5), 1.5)
      equal((await a.less(1)).nbytes, MIB)
      equal((await disk.usage()).residentBytes, 0)
    },
  },
  ...Object.entries(WORK).flatMap(([name, work]): Case[] => [
    {
      name: `${name} into an array on disk reports progress from 0 to all of it, and serves reads meanwhile`,
      async run(t) {
        const arrays = await largeArrays(t)
        const reports: { doneBytes: number; totalBytes: number | undefined }[] = []
        let isDone = false
        const working = work(arrays, { onProgress: (report) => void reports.push(report) }).then((result) => {
          isDone = true
          return result
        })
        equal(await arrays.a.item(5), 3)
        ok(!isDone, 'the read waited')
        equal(await working, arrays.out)
        const total = reports[0]?.totalBytes
        ok(typeof total === 'number' && total >= SIZE, `${total} bytes in all`)
        equal(reports[0]?.doneBytes, 0)
        deepEqual(reports.at(-1), { doneBytes: total, totalBytes: total })
        ok(
          reports.every(({ doneBytes }, i) => doneBytes >= (reports[i - 1]?.doneBytes ?? 0)),
          'it goes back',
        )
      },
    },
    {
      name: `${name} into an array on disk that is aborted leaves the old value`,
      async run(t) {
        const arrays = await largeArrays(t)
        const { disk, a, out } = arrays
        const { liveBytes } = await disk.usage()
        await rejects(work(arrays, { signal: AbortSignal.abort(new RangeError('enough')) }), 'RangeError', /enough/)
        for (const part of [0, 0.4, 1]) {
          const controller = new AbortController()
          const working = work(arrays, {
            signal: controller.signal,
            onProgress: ({ doneBytes, totalBytes = 0 }) => {
              if (doneBytes >= part * totalBytes) controller.abort(new RangeError('enough'))
            },
          })
          const outcome = await working.then(
            () => 'done',
            (error: Error) => error.message,
          )
          equal(outcome, 'enough')
          deepEqual([await out.item(0), await out.item(SIZE / 4 - 1)], [1, 1])
        }
        equal(await a.item(9), 3)
        equal((await disk.usage()).liveBytes, liveBytes)
        deepEqual((await disk.check()).problems, [])
        equal(await work(arrays, {}), out)
      },
    },
  ]),
  {
    name: 'calls come in the order in which they were made, also the very first ones',
    async run(t) {
      const disk = await t.openDisk()
      const [a, b] = [await disk.array(Float64Array.of(1, 1)), await disk.array(Float64Array.of(10, 10))]
      const done = [
        a.add(b, { out: a }),
        a.set([0], 5),
        b.add(a, { out: b }),
        a.multiply(b, { out: a }),
        b.set([1], 0),
        a.add(b, { out: b }),
      ]
      const sum = a.sum()
      const later = a.set([], 0)
      await Promise.all([...done, later])
      deepEqual([await sum, await nested(a), await nested(b)], [306, [0, 0], [90, 231]])
    },
  },
  {
    name: 'operations on arrays in all orders at once never wait for each other for ever, and none is lost',
    async run(t) {
      const disk = await t.openDisk()
      const arrays = await Promise.all([0, 1, 2].map((i) => disk.array(Float64Array.of(0, 0), { cachePath: `${i}` })))
      const twins = await Promise.all([0, 1, 2].map((i) => disk.openArray(`${i}`)))
      const work: Promise<unknown>[] = []
      for (let i = 0; i < 60; i++) {
        const [a, b] = [arrays[i % 3], twins[(i + 1 + (i % 2)) % 3]] as [DiskBackedNDArray, DiskBackedNDArray]
        work.push(numpy.add(numpy.lazy(b).multiply(0).add(1), a, { out: a }))
        work.push(numpy.lazy(a).add(b).add(a).sum())
      }
      await Promise.all(work)
      for (const array of arrays) deepEqual(await nested(array), [20, 20])
    },
  },
]
