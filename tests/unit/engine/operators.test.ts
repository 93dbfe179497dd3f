// Operators over views of arrays on disk, cut into small tiles, against the same operators in memory.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DTYPE_NAMES, DTYPES, type DType } from '../../../src/core/dtype.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { apply, divmod, leaf, type Node } from '../../../src/core/numpy/expression.js'
import { weakOf } from '../../../src/core/numpy/weak.js'
import { slice } from '../../../src/core/slice.js'
import { bytesOf, wrap } from '../../../src/core/typed-array.js'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import type { SyncFile } from '../../../src/engine/storage.js'
import type { Computation, EvaluatedArray, OperandSource } from '../../../src/evaluation.js'
import * as numpy from '../../../src/numpy-sync.js'
import type { ArrayMeta, Version } from '../../../src/protocol.js'
import { type OpenService, openService, spec } from '../../support/engine-harness.js'

/** Small values, so that nothing is out of a cast's reach; halves among them. */
function values(dtype: DType, shape: readonly number[], seed: number): NDArray {
  const size = shape.reduce((product, length) => product * length, 1)
  let state = seed | 1
  const numbers = Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return ((state >>> 8) % 97) / 4
  })
  return NDArray.from(numbers, { shape }).astype(dtype)
}

async function onDisk(service: OpenService, path: string, array: NDArray): Promise<ArrayMeta> {
  const create = spec(path, 0, { shape: array.shape, dtype: array.dtype })
  const [put] = await service.call('put', { puts: [{ target: { create }, bytes: bytesOf(array.toArray()) }] })
  return (put as { meta: ArrayMeta }).meta // one put
}

/** Counts the bytes that are read of its files. */
class CountingDirectory extends MemoryDirectory {
  bytesRead = 0

  override async open(name: string): Promise<SyncFile> {
    const file = await super.open(name)
    const read = file.read.bind(file)
    file.read = (target, at) => {
      this.bytesRead += target.byteLength
      return read(target, at)
    }
    return file
  }
}

/** A view, and where its base is. */
interface Placed {
  readonly view: NDArray
  readonly source: OperandSource
}

async function placed(
  service: OpenService,
  path: string,
  base: NDArray,
  view: NDArray,
  disk: boolean,
): Promise<Placed> {
  const { shape, strides, offset } = view
  const layout = { shape, strides, offset }
  if (!disk) return { view, source: { bytes: bytesOf(base.toArray()), layout } }
  const { incarnation } = await onDisk(service, path, base)
  return { view, source: { incarnation, base: base.shape, layout } }
}

function arrayOf(buffer: ArrayBuffer, { dtype, shape, offset }: EvaluatedArray): NDArray {
  const size = shape.reduce((product, length) => product * length, 1)
  return NDArray.fromParts({ data: wrap(buffer, dtype, offset, size), dtype, shape })
}

async function evaluated(
  service: OpenService,
  computation: Computation,
  roots: readonly Node[],
  operands: readonly Placed[],
  tile: number | undefined,
): Promise<NDArray[]> {
  const sources = operands.map(({ source }) => source)
  const { buffer, results } = await service.call('evaluate', { computation, roots, sources, tile })
  return results.map((result) => arrayOf(buffer, result))
}

function expectSame(actual: NDArray | undefined, expected: NDArray): void {
  expect(actual?.dtype).toBe(expected.dtype)
  expect(actual?.shape).toEqual(expected.shape)
  const [given, wanted] = [actual as NDArray, expected].map((array) => Buffer.from(bytesOf(array.toArray())))
  if (!given?.equals(wanted as Buffer)) expect((actual as NDArray).toNested()).toEqual(expected.toNested())
}

const { sum, prod, mean, std, min, max, any, all, countNonzero, argmin, argmax } = numpy
const FUNCTIONS = { sum, prod, mean, std, var: numpy.var, min, max, any, all, countNonzero, argmin, argmax }

type Cut = (array: NDArray) => NDArray

const cut: fc.Arbitrary<Cut> = fc.oneof(
  fc.constant<Cut>((array) => array),
  fc.constant<Cut>((array) => array.transpose()),
  fc.nat(5).map((turn): Cut => {
    return (array) => array.transpose(array.shape.map((_, axis) => (axis + turn) % array.ndim))
  }),
  fc.tuple(fc.nat(3), fc.constantFrom(-2, -1, 1, 2)).map(([at, step]): Cut => {
    return (array) =>
      array.view(array.shape.map((_, axis) => (axis === at % array.ndim ? slice(null, null, step) : null)))
  }),
  fc.nat(3).map((at): Cut => {
    return (array) => array.view(array.shape.map((_, axis) => (axis === at % array.ndim ? slice(1, null) : null)))
  }),
)

/** A view of at least one axis and one element. */
const shape = fc.array(fc.integer({ min: 2, max: 7 }), { minLength: 1, maxLength: 4 })
const cuts = fc.array(cut, { maxLength: 3 })
const dtype = fc.constantFrom(...DTYPE_NAMES)
const tile = fc.constantFrom(1, 3, 7, 64, undefined)

function cutBy(array: NDArray, all: readonly Cut[]): NDArray {
  return all.reduce((view, one) => {
    const next = one(view)
    return next.size === 0 ? view : next
  }, array)
}

function leafOf(index: number, { dtype, shape }: NDArray): Node {
  return leaf(index, dtype, shape)
}

describe('operators on disk give what they give in memory', () => {
  test('element by element, over views that are transposed, reversed, stepped and broadcast', async () => {
    const service = await openService(new MemoryDirectory())
    const property = fc.asyncProperty(
      fc.tuple(shape, cuts, dtype, fc.boolean()),
      fc.tuple(fc.nat(3), fc.nat(4), dtype, fc.boolean()),
      tile,
      async ([whole, first, firstType, isFirstOnDisk], [turned, ones, secondType, isSecondOnDisk], tileSize) => {
        const a = values(firstType, whole, 1)
        const view = cutBy(a, first)
        // The second is stored in another order, and is of length 1 along an axis, or lacks axes.
        const order = view.shape.map((_, axis) => (axis + turned) % view.ndim)
        const lengths = view.shape.map((length, axis) => (axis === ones ? 1 : length))
        const b = values(
          secondType,
          order.map((axis) => lengths[axis] as number),
          2,
        )
        const back = order.map((_, axis) => order.indexOf(axis))
        const other = ones === 4 ? b.transpose(back).view([0]) : b.transpose(back)
        const operands = [
          await placed(service, 'a', a, view, isFirstOnDisk),
          await placed(service, 'b', b, other, isSecondOnDisk),
        ]
        const leaves = operands.map((operand, index) => leafOf(index, operand.view))
        const root = apply('add', [apply('multiply', [leaves[0] as Node, weakOf(2)]), leaves[1] as Node])
        const [actual] = await evaluated(service, { kind: 'elementwise' }, [root], operands, tileSize)
        expectSame(actual, numpy.add(numpy.multiply(view, 2), other))
      },
    )
    await fc.assert(property, { numRuns: 300 })
  })

  test('reductions, along any axes', async () => {
    const service = await openService(new MemoryDirectory())
    const names = ['sum', 'prod', 'mean', 'std', 'var', 'min', 'max', 'any', 'all', 'countNonzero'] as const
    const property = fc.asyncProperty(
      fc.tuple(shape, cuts, dtype, fc.boolean()),
      fc.constantFrom(...names),
      fc.subarray([0, 1, 2, 3]),
      fc.boolean(),
      fc.boolean(),
      tile,
      async ([whole, first, type, isOnDisk], name, axes, keepdims, isComputed, tileSize) => {
        const a = values(type, whole, 3)
        const view = cutBy(a, first)
        const operand = await placed(service, 'a', a, view, isOnDisk)
        const options = { axis: axes.filter((axis) => axis < view.ndim), keepdims }
        const root = isComputed ? apply('add', [leafOf(0, view), weakOf(true)]) : leafOf(0, view)
        const input = isComputed ? numpy.add(view, true) : view
        const [actual] = await evaluated(service, { kind: 'reduce', name, options }, [root], [operand], tileSize)
        expectSame(actual, FUNCTIONS[name](input, options) as NDArray)
      },
    )
    await fc.assert(property, { numRuns: 400 })
  })

  test('places of extremes, percentiles, accumulations, histograms', async () => {
    const service = await openService(new MemoryDirectory())
    const real = fc.constantFrom(...DTYPE_NAMES.filter((name) => DTYPES[name].kind !== 'complex' && name !== 'bool'))
    const property = fc.asyncProperty(shape, cuts, real, fc.nat(3), tile, async (whole, first, type, at, tileSize) => {
      const a = values(type, whole, 5)
      const view = cutBy(a, first)
      const axis = at % view.ndim
      const operands = [await placed(service, 'a', a, view, true)]
      const roots = [leafOf(0, view)]
      const run = (computation: Computation) => evaluated(service, computation, roots, operands, tileSize)
      const [argmin] = await run({ kind: 'reduce', name: 'argmin', options: { axis } })
      expectSame(argmin, numpy.argmin(view, { axis }) as unknown as NDArray)
      const q = [0, 30, 100]
      const [percentile] = await run({ kind: 'percentile', q, options: { axis, keepdims: true } })
      expectSame(percentile, numpy.percentile(view, q, { axis, keepdims: true }) as NDArray)
      const [searched] = await run({ kind: 'percentile', q, options: { axis, sortedUpTo: 0 } })
      expectSame(searched, numpy.percentile(view, q, { axis }) as NDArray)
      const [sums] = await run({ kind: 'accumulate', name: 'add', options: { axis } })
      expectSame(sums, numpy.accumulate('add', view, { axis }))
      const [highest] = await run({ kind: 'accumulate', name: 'maximum', options: { axis, dtype: 'float32' } })
      expectSame(highest, numpy.accumulate('maximum', view, { axis, dtype: 'float32' }))
      const [counts, edges] = await run({ kind: 'histogram', options: { bins: 5 } })
      const expected = numpy.histogram(view, { bins: 5 })
      expectSame(counts, expected.counts)
      expectSame(edges, expected.edges)
    })
    await fc.assert(property, { numRuns: 150 })
  })

  test('percentiles along columns read an array a few times, not once for each part that is kept', async () => {
    const directory = new CountingDirectory()
    const service = await openService(directory)
    const percentiles = async (shape: readonly number[], axis: number, isTurned: boolean) => {
      const a = values('int16', shape, 11)
      const view = isTurned ? a.transpose() : a
      const operands = [await placed(service, `${shape} ${axis} ${isTurned}`, a, view, true)]
      directory.bytesRead = 0
      const q = [0, 33, 100]
      const [found] = await evaluated(
        service,
        { kind: 'percentile', q, options: { axis } },
        [leafOf(0, view)],
        operands,
        2 ** 14,
      )
      expectSame(found, numpy.percentile(view, q, { axis }) as NDArray)
      return directory.bytesRead / (2 * a.size)
    }
    expect(await percentiles([20_000, 16], 0, false)).toBeLessThanOrEqual(2.1)
    expect(await percentiles([2048, 128], 0, false)).toBeLessThanOrEqual(2.1)
    expect(await percentiles([1024, 128], 1, true)).toBeLessThanOrEqual(2.1)
    expect(await percentiles([128, 2048], 1, false)).toBeLessThanOrEqual(1.1)
    expect(await percentiles([2048, 128], 0, true)).toBeLessThanOrEqual(1.1)
    expect(await percentiles([16, 512, 8], 1, false)).toBeLessThanOrEqual(1.1)
  })

  test('matrix products, of vectors, matrices and batches of them', async () => {
    const service = await openService(new MemoryDirectory())
    const length = fc.integer({ min: 1, max: 9 })
    const property = fc.asyncProperty(
      fc.tuple(length, length, length, fc.nat(2), fc.nat(2)),
      fc.tuple(dtype, dtype, fc.boolean(), tile),
      async ([rows, inner, columns, left, right], [firstType, secondType, isTurned, tileSize]) => {
        const batch = [2, 3]
        const a = values(firstType, [...batch.slice(2 - left), rows, inner], 7)
        const bShape = [...batch.slice(2 - right), ...(isTurned ? [columns, inner] : [inner, columns])]
        const b = values(secondType, bShape, 9)
        const swapped = b.shape.map((_, axis) => (axis < b.ndim - 2 ? axis : 2 * b.ndim - 3 - axis))
        const other = isTurned ? b.transpose(swapped) : b
        const operands = [await placed(service, 'a', a, a, true), await placed(service, 'b', b, other, true)]
        const roots = operands.map(({ view }, index) => leafOf(index, view))
        const [product] = await evaluated(service, { kind: 'matmul', options: {} }, roots, operands, tileSize)
        expectSame(product, numpy.matmul(a, other))
      },
    )
    await fc.assert(property, { numRuns: 150 })
  })
})

describe('results on disk', () => {
  async function started(type: DType, size: number) {
    const service = await openService(new MemoryDirectory())
    const a = values(type, [size], 11)
    const { incarnation, version } = await onDisk(service, 'a', a)
    const source: OperandSource = {
      incarnation,
      base: [size],
      layout: { shape: [size], strides: [-1], offset: size - 1 },
    }
    const read = async (of: number) => {
      const { buffer } = await service.call('read', { incarnation: of })
      return NDArray.from(wrap(buffer, type))
    }
    return { service, a, reversed: a.view([slice(null, null, -1)]), target: { incarnation, version }, source, read }
  }

  test('replace the value of an operand they overlap, and come back cast', async () => {
    const { service, a, reversed, target, source, read } = await started('float32', 400_000)
    const root = apply('add', [leaf(0, 'float32', [400_000]), weakOf(0.5)])
    const request = { computation: { kind: 'elementwise' }, roots: [root], sources: [source] } as const
    const { results } = await service.call('evaluateInto', { ...request, targets: [target] })
    expect(results).toMatchObject([{ path: 'a', dtype: 'float32' }])
    expectSame(await read(target.incarnation), numpy.add(reversed, 0.5))
    expect(a.size).toBe(400_000)
  })

  test('are all committed at once, beside those in memory', async () => {
    const { service, a, target, source } = await started('int32', 1000)
    const other = await onDisk(service, 'b', values('int8', [1000], 1))
    const roots = divmod([leaf(0, 'int32', [1000]), weakOf(7)])
    const second: Version = other
    const request = { computation: { kind: 'elementwise' }, roots, sources: [source] } as const
    const { results, buffer } = await service.call('evaluateInto', { ...request, targets: [undefined, second] })
    const [quotient, remainder] = numpy.divmod(a.view([slice(null, null, -1)]), 7)
    expectSame(arrayOf(buffer, results[0] as EvaluatedArray), quotient)
    const { buffer: bytes } = await service.call('read', { incarnation: other.incarnation })
    expectSame(NDArray.from(wrap(bytes, 'int8')), remainder.astype('int8'))
    expect(target.version).toBeGreaterThan(0)
  })

  test('leave the old value where another one was written meanwhile, where they are aborted, and where the work fails', async () => {
    const { service, a, target, source, read } = await started('int32', 500_000)
    const request = {
      computation: { kind: 'elementwise' },
      roots: [apply('power', [leaf(0, 'int32', [500_000]), leaf(0, 'int32', [500_000])])],
      sources: [source],
    } as const
    const stale = { ...target, version: target.version - 1 }
    await expect(service.call('evaluateInto', { ...request, targets: [stale] })).rejects.toThrow('was changed')
    const { result, abort } = service.start('evaluateInto', { ...request, targets: [target] })
    abort()
    await expect(result).rejects.toThrow('aborted')
    const negative = [
      apply('power', [leaf(0, 'int32', [500_000]), apply('subtract', [leaf(0, 'int32', [500_000]), weakOf(20)])]),
    ]
    await expect(service.call('evaluateInto', { ...request, roots: negative, targets: [target] })).rejects.toThrow(
      'Integers to negative integer powers are not allowed.',
    )
    expectSame(await read(target.incarnation), a)
    const { freeBytes } = await service.call('usage', {})
    await service.call('evaluateInto', { ...request, targets: [target] })
    await service.call('flush', {})
    expect((await service.call('usage', {})).freeBytes).toBeGreaterThanOrEqual(freeBytes)
  })

  test('of accumulations larger than what is kept are read back as they grow', async () => {
    const service = await openService(new MemoryDirectory())
    const a = values('int16', [3, 1_100_000], 13)
    const meta = await onDisk(service, 'a', a)
    const out = await onDisk(service, 'out', NDArray.zeros(a.shape, 'int64'))
    await service.call('evaluateInto', {
      computation: { kind: 'accumulate', name: 'add', options: {} },
      roots: [leaf(0, 'int16', a.shape)],
      sources: [{ incarnation: meta.incarnation, base: a.shape, layout: a }].map(({ incarnation, base, layout }) => {
        const { shape, strides, offset } = layout
        return { incarnation, base, layout: { shape, strides, offset } }
      }),
      targets: [out],
    })
    const { buffer } = await service.call('read', { incarnation: out.incarnation })
    expectSame(NDArray.from(wrap(buffer, 'int64'), { shape: a.shape }), numpy.accumulate('add', a))
  })
})
