// Columns of Arrow into arrays and back, by apache-arrow's own account of them.
import * as arrow from 'apache-arrow'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fromArrow, toArrow, toArrowBatches } from '../../../src/arrow.js'
import { type Disk, type DiskBackedNDArray, type DType, NDArray, openDisk } from '../../../src/index.js'

let disk: Disk
beforeAll(async () => {
  disk = await openDisk({ name: 'arrow', backend: 'memory' })
})
afterAll(() => disk.close())
afterEach(async () => {
  await disk.clear()
  expect((await disk.usage()).liveBytes).toBe(0)
})

const DTYPES = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'] as const
const FLOATS = ['float16', 'float32', 'float64'] as const

function numbers(dtype: DType, shape: readonly number[]): NDArray {
  const size = shape.reduce((product, length) => product * length, 1)
  const values = Array.from({ length: size }, (_, i) => (dtype === 'bool' ? i % 3 === 0 : i % 100))
  const data = dtype.endsWith('int64') ? values.map(BigInt) : (values as number[])
  return NDArray.from(data, { dtype, shape })
}

const table = () =>
  new arrow.Table({
    x: arrow.vectorFromArray([1.5, null, -2], new arrow.Float64()),
    n: arrow.vectorFromArray([1n, 2n, 2n ** 63n - 1n], new arrow.Int64()),
    is: arrow.vectorFromArray([true, false, true], new arrow.Bool()),
  })

const outcome = async (columns: Map<string, DiskBackedNDArray>) =>
  Object.fromEntries(
    await Promise.all(
      [...columns].map(async ([name, array]) => [name, array.dtype, array.shape, await array.toArray()]),
    ).then((found) => found.map(([name, ...rest]) => [name, rest])),
  )

const EXPECTED = {
  x: ['float64', [3], Float64Array.of(1.5, Number.NaN, -2)],
  n: ['int64', [3], BigInt64Array.of(1n, 2n, 2n ** 63n - 1n)],
  is: ['bool', [3], Uint8Array.of(1, 0, 1)],
}

describe('fromArrow', () => {
  test('keeps the columns of a table under its path, missing floats as NaN', async () => {
    const seen: number[] = []
    const columns = await fromArrow(table(), {
      disk,
      cachePath: 't',
      onProgress: ({ doneBytes }) => seen.push(doneBytes),
    })
    expect(await outcome(columns)).toEqual(EXPECTED)
    expect((await disk.list()).map(({ path }) => path).sort()).toEqual(['t/is', 't/n', 't/x'])
    expect([seen[0], seen.at(-1)]).toEqual([0, 51])
  })

  test('reads streams and files in batches, and slices of columns', async () => {
    const whole = table()
    const twice = new arrow.Table([...whole.batches, ...table().batches])
    for (const format of ['stream', 'file'] as const) {
      for (const enableCaching of [true, false]) {
        const bytes = new Blob([arrow.tableToIPC(twice, format) as Uint8Array<ArrayBuffer>])
        const columns = await fromArrow(bytes, { disk, enableCaching })
        expect((await outcome(columns))['n']).toEqual([
          ...['int64', [6]],
          BigInt64Array.of(1n, 2n, 2n ** 63n - 1n, 1n, 2n, 2n ** 63n - 1n),
        ])
        for (const column of columns.values()) if (column.cacheEnabled) await column.purge()
      }
    }
    expect((await disk.usage()).arrays).toBe(0)
    expect(await outcome(await fromArrow(whole.slice(1, 3), { disk }))).toMatchObject({
      x: ['float64', [2], Float64Array.of(Number.NaN, -2)],
      is: ['bool', [2], Uint8Array.of(0, 1)],
    })
    expect(await outcome(await fromArrow(whole.batches[0] as arrow.RecordBatch, { disk }))).toEqual(EXPECTED)
  })

  test('a column larger than what is kept in memory on its way comes whole', async () => {
    const values = Float64Array.from({ length: 1_200_000 }, (_, i) => i)
    const batch = new arrow.Table({ x: arrow.makeVector(values), y: arrow.makeVector(values.slice()) })
    const columns = await fromArrow(new Blob([arrow.tableToIPC(batch, 'stream') as Uint8Array<ArrayBuffer>]), { disk })
    for (const column of columns.values()) expect(await column.toArray()).toEqual(values)
  })

  for (const [what, make, name] of [
    ['text', () => arrow.tableFromArrays({ text: ['a', 'b'] }), 'DTypeError'],
    [
      'integers that are missing',
      () => new arrow.Table({ n: arrow.vectorFromArray([1, null], new arrow.Int32()) }),
      'DTypeError',
    ],
    [
      'what is no Arrow',
      () => new Blob(['no arrow at all, but a text that is long enough to be looked into']),
      'InvalidSourceError',
    ],
    ['nothing', () => new Blob([]), 'InvalidSourceError'],
    [
      'a stream that is cut short',
      () => new Blob([(arrow.tableToIPC(table(), 'stream') as Uint8Array<ArrayBuffer>).subarray(0, -40)]),
      'InvalidSourceError',
    ],
  ] as const) {
    test(`refuses ${what}, and nothing stays`, async () => {
      await expect(fromArrow(make() as Blob, { disk, cachePath: 't' })).rejects.toMatchObject({ name })
      expect((await disk.usage()).arrays).toBe(0)
    })
  }

  test('an abort leaves nothing', async () => {
    const abort = new AbortController()
    const onProgress = () => abort.abort('enough')
    const bytes = new Blob([arrow.tableToIPC(table(), 'stream') as Uint8Array<ArrayBuffer>])
    for (const source of [table(), bytes] as Blob[]) {
      await expect(fromArrow(source, { disk, cachePath: 't', signal: abort.signal, onProgress })).rejects.toBe('enough')
    }
    expect((await disk.usage()).arrays).toBe(0)
  })
})

describe('toArrow', () => {
  test('there and back, of every dtype that Arrow has, through an IPC stream, further axes as lists', async () => {
    for (const shape of [[7], [1000, 3], [5, 2, 3], [0, 2]]) {
      const arrays = new Map([...DTYPES, ...FLOATS].map((dtype) => [dtype as string, numbers(dtype, shape)]))
      const onDisk = await Promise.all(
        [...arrays].map(async ([name, array]) => [name, await disk.array(array)] as const),
      )
      for (const entries of [arrays, onDisk]) {
        const made = await toArrow(entries)
        expect([made.numRows, made.numCols]).toEqual([shape[0], arrays.size])
        const columns = await fromArrow(arrow.tableFromIPC(arrow.tableToIPC(made, 'stream')), { disk })
        for (const [name, array] of columns) {
          expect([name, array.dtype, array.shape]).toEqual([name, name, shape])
          expect(await array.toArray()).toEqual(arrays.get(name)?.toArray())
        }
      }
    }
  })

  test('an array becomes a vector, its values what Arrow says they are', async () => {
    const vector = await toArrow(await disk.array(numbers('float32', [4, 2])))
    expect(vector.toArray().map((row: arrow.Vector) => [...row])).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ])
    expect([...(await toArrow(numbers('bool', [10])))]).toEqual(Array.from({ length: 10 }, (_, i) => i % 3 === 0))
    expect([...(await toArrow(NDArray.from([1.5, -2], { dtype: 'float16' })))]).toEqual([1.5, -2])
  })

  test('batches are read when they are asked for, about 4 MiB each', async () => {
    const array = await disk.zeros([3 * 2 ** 19], 'float64')
    const seen: number[] = []
    const lengths: number[] = []
    for await (const batch of toArrowBatches([['x', array]], { onProgress: ({ doneBytes }) => seen.push(doneBytes) })) {
      lengths.push(batch.numRows)
      expect(seen.at(-1)).toBe(8 * lengths.reduce((sum, length) => sum + length, 0))
    }
    expect(lengths).toEqual([2 ** 19, 2 ** 19, 2 ** 19])
    const changed = toArrowBatches([['x', array]])
    await changed.next()
    await array.set([0], 1)
    await array.flush()
    await expect(changed.next()).rejects.toMatchObject({ name: 'StaleArrayError' })
  })

  test('refuses what Arrow has not, and columns that do not fit each other', async () => {
    await expect(toArrow(NDArray.zeros([2], 'complex64'))).rejects.toMatchObject({ name: 'DTypeError' })
    await expect(toArrow(NDArray.zeros([], 'int8'))).rejects.toMatchObject({ name: 'ShapeError' })
    const entries = [
      ['a', NDArray.zeros([2], 'int8')],
      ['b', NDArray.zeros([3], 'int8')],
    ] as const
    await expect(toArrow(entries)).rejects.toMatchObject({ name: 'ShapeError' })
    await expect(toArrow(NDArray.zeros([2], 'int8'), { signal: AbortSignal.abort('enough') })).rejects.toBe('enough')
  })
})
