// Lazy expressions: built and checked at once, computed in one pass when they are evaluated or reduced.
import { DiskBackedNDArray, NDArray, slice } from '../../src/index.js'
import * as numpy from '../../src/numpy.js'
import { deepEqual, equal, ok, rejects, throws } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted, MIB, table } from './numbers.js'

const { lazy } = numpy

export const lazyCases: Case[] = [
  {
    name: 'an expression is computed when it is evaluated, and reads every array once',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(counted(MIB), { cachePath: 'a', automaticOffloading: true })
      const { bytesRead } = await disk.stats()
      const expression = lazy(a)
        .subtract(lazy(a).multiply(0.5))
        .divide(numpy.add(lazy(a), 1))
        .add(a)
      equal((await disk.stats()).bytesRead, bytesRead)
      const values = await expression.evaluate()
      equal((await disk.stats()).bytesRead - bytesRead, 8 * MIB)
      deepEqual([values.item(0), values.item(3)], [0, 3.375])
      equal(await expression.max(), MIB - 1 + (MIB - 1) / 2 / MIB)
      equal((await disk.stats()).bytesRead - bytesRead, 16 * MIB)
    },
  },
  {
    name: 'functions and methods on an expression, wherever it stands, give expressions at once',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 3))
      const l = lazy(a)
      for (const made of [
        l.add(1),
        numpy.add(l, 1),
        numpy.add(1, l),
        numpy.where(true, a, l),
        numpy.clip(a, null, l),
        numpy.outer('add', [1, 2], l),
        l.astype('int8'),
        l.round(),
        a.minimum(l),
        numpy.sqrt(l),
        ...l.divmod(2),
      ]) {
        ok(made instanceof numpy.LazyArray, 'it is none')
        equal('then' in made, false)
      }
      deepEqual([l.add([[1], [2]] as never).shape, numpy.less(l, 1).dtype], [[2, 3], 'bool'])
      deepEqual((await numpy.outer('subtract', l.add(1), l).evaluate()).shape, [2, 3, 2, 3])
      const sum = l.sum()
      ok(sum instanceof Promise, 'a reduction computes')
      equal(await sum, 15)
      deepEqual((await l.multiply(2).matmul(Float64Array.of(1, 1, 1))).toNested(), [6, 24])
    },
  },
  {
    name: 'types and shapes are checked when an expression is built',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 3))
      const { bytesRead } = await disk.stats()
      throws(() => lazy(a).add(NDArray.zeros([4])), 'ShapeError', /\(2,3\) \(4,\) $/)
      throws(() => lazy(a).bitwiseAnd(1), 'DTypeError', /'bitwise_and'/)
      throws(() => numpy.invert(lazy(a)), 'DTypeError')
      throws(() => lazy(a).add('x' as never), 'TypeError')
      throws(() => lazy({} as never), 'TypeError')
      throws(() => lazy(a).astype('int8', { casting: 'safe' }), 'DTypeError')
      await rejects(lazy(a).sum({ axis: 5 }), 'ShapeError')
      await rejects(lazy(a).evaluate({ out: NDArray.zeros([3]) }), 'ShapeError')
      await rejects(
        lazy(a)
          .add(1)
          .evaluate({ out: NDArray.zeros([2, 3], 'int8') }),
        'DTypeError',
        /'add'/,
      )
      equal((await disk.stats()).bytesRead, bytesRead)
    },
  },
  {
    name: 'an expression never changes, and sees the values there are when it is evaluated',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(Float64Array.of(1, 2), { cachePath: 'a' })
      const memory = NDArray.from(Float64Array.of(10, 20))
      const sum = lazy(a).add(memory)
      const doubled = sum.multiply(2)
      await a.set([0], 5)
      memory.set([1], 0)
      deepEqual((await sum.evaluate()).toNested(), [15, 2])
      deepEqual((await doubled.evaluate()).toNested(), [30, 4])
      const out = await disk.zeros([2], 'float32')
      equal(await doubled.evaluate({ out }), out)
      equal(await doubled.add(1, { out }), out)
      deepEqual((await out.get()).toNested(), [31, 5])
      ok(Object.isFrozen(sum.shape))
    },
  },
  {
    name: 'an array that has grown since is refused; views from before are still good',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 3), { cachePath: 'a' })
      const before = lazy(a).add(1)
      const view = a.view([slice(0, 2)])
      const viewed = lazy(view)
      await a.append(table(1, 3))
      await rejects(before.evaluate(), 'StaleArrayError', /'a'.*\(2,3\).*\(3,3\)/)
      await rejects(viewed.sum(), 'StaleArrayError')
      deepEqual(lazy(a).add(1).shape, [3, 3])
      equal(await numpy.sum(view), 15)
      equal(await lazy(a).sum(), 18)
      const off = await DiskBackedNDArray.create(table(2, 2))
      const lazyOff = lazy(off)
      await off.append(table(1, 2))
      await rejects(lazyOff.evaluate(), 'StaleArrayError')
    },
  },
  {
    name: 'an expression as text is its plan',
    async run(t) {
      const disk = await t.openDisk()
      const a = await disk.array(table(2, 3), { cachePath: 'heights' })
      const squares = lazy(a).square()
      const text = String(
        squares
          .add(squares)
          .divide(NDArray.zeros([3], 'float32'))
          .multiply(a.view([0])),
      )
      equal(
        text,
        [
          'step 1: multiply: float64 (2,3)',
          '  step 2: divide: float64 (2,3)',
          '    step 3: add: float64 (2,3)',
          '      step 4: square: float64 (2,3)',
          '        heights: float64 (2,3)',
          '      step 4 again',
          '    array 1 in memory: float32 (3,)',
          '  view of heights: float64 (3,)',
        ].join('\n'),
      )
      equal(String(lazy(await disk.array([1]))), 'array 0: float64 (1,)')
    },
  },
  {
    name: 'expressions over arrays in memory alone need no disk',
    async run() {
      const a = table(2, 3)
      const reports: number[] = []
      const centred = lazy(a).subtract(2.5)
      const onProgress = ({ doneBytes }: { doneBytes: number }) => void reports.push(doneBytes)
      deepEqual((await centred.evaluate({ onProgress })).toNested(), [
        [-2.5, -1.5, -0.5],
        [0.5, 1.5, 2.5],
      ])
      ok(reports.length === 2 && reports[0] === 0 && (reports[1] ?? 0) > 0, `reports ${reports}`)
      equal(await centred.square().sum(), 17.5)
      equal(await numpy.sum(numpy.add(numpy.lazy(a), 1), { axis: 1 }).then((sums) => (sums as NDArray).item(1)), 15)
      const out = NDArray.zeros([2, 3], 'float32')
      equal(await centred.evaluate({ out }), out)
      await rejects(centred.evaluate({ signal: AbortSignal.abort(new RangeError('no')) }), 'RangeError', /no/)
      equal(await numpy.add(2, 3).then((five) => five.item()), 5n)
    },
  },
]
