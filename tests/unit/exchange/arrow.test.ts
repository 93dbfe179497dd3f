// Columns of Arrow into arrays and back, by apache-arrow's own account of them.
import * as arrow from 'apache-arrow'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fromArrow, toArrow, toArrowBatches } from '../../../src/arrow.js'
import { bytesOf } from '../../../src/core/typed-array.js'
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

const ipc = (of: arrow.Table, format: 'stream' | 'file') =>
  new Blob([arrow.tableToIPC(of, format) as Uint8Array<ArrayBuffer>])

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

const renamed = (of: arrow.Table, names: string[]) =>
  new arrow.Table(
    of.batches.map(({ data }) => {
      const fields = of.schema.fields.map((field, i) => field.clone({ name: names[i] as string }))
      const type = new arrow.Struct(fields)
      return new arrow.RecordBatch(
        new arrow.Schema(fields),
        arrow.makeData({ type, length: data.length, nullCount: 0, children: data.children }),
      )
    }),
  )

/** A stream of three int64s, with other numbers in place of what its record batch says. */
async function announcing(said: { bodyLength?: bigint; length?: bigint }): Promise<Blob> {
  const bytes = await ipc(
    new arrow.Table({ n: arrow.makeVector(BigInt64Array.of(1n, 2n, 3n)) }),
    'stream',
  ).arrayBuffer()
  const view = new DataView(bytes)
  const start = 8 + view.getInt32(4, true) // of the record batch
  const end = start + 8 + view.getInt32(start + 4, true)
  for (let at = start + 8; at < end - 4; at += 4) {
    const value = view.getBigInt64(at, true)
    if (said.bodyLength !== undefined && value === 24n) view.setBigInt64(at, said.bodyLength, true)
    if (said.length !== undefined && value === 3n) view.setBigInt64(at, said.length, true)
  }
  return new Blob([bytes])
}

/** Two record batches, whose places are one. */
async function twiceTheSame(): Promise<Blob> {
  const one = new arrow.Table({ n: arrow.makeVector(BigInt64Array.of(1n, 2n, 3n)) })
  const bytes = await ipc(new arrow.Table([...one.batches, ...one.batches]), 'file').arrayBuffer()
  const view = new DataView(bytes)
  const second = 8 + 8 + view.getInt32(12, true) + 24
  for (let at = second; at < bytes.byteLength - 8; at += 4) {
    if (view.getBigInt64(at, true) === BigInt(second)) view.setBigInt64(at, 8n, true)
  }
  return new Blob([bytes])
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
        const bytes = ipc(twice, format)
        const columns = await fromArrow(enableCaching ? bytes : bytes.stream(), { disk, enableCaching })
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
    const whole = new arrow.Table({ x: arrow.makeVector(values), y: arrow.makeVector(values.slice()) })
    for (const format of ['stream', 'file'] as const) {
      const seen: number[] = []
      const bytes = ipc(whole, format)
      const columns = await fromArrow(bytes, { disk, onProgress: ({ doneBytes }) => seen.push(doneBytes) })
      for (const column of columns.values()) {
        const found = bytesOf(await column.toArray())
        expect(Buffer.compare(found, bytesOf(values))).toBe(0)
        await column.purge()
      }
      expect(seen).toEqual(seen.toSorted((a, b) => a - b))
      expect(seen.at(-1)).toBeGreaterThan(bytes.size * 0.99 + 2 * values.byteLength)
    }
    expect((await disk.usage()).arrays).toBe(0)
  })

  test('gives missing values what it is told, in lists and their rows too', async () => {
    const type = new arrow.FixedSizeList(2, new arrow.Field('item', new arrow.Int16(), true))
    const pairs = arrow.vectorFromArray([[1, null], null, [5, 6]], type)
    const flags = arrow.vectorFromArray([null, true, null], new arrow.Bool())
    const halves = arrow.vectorFromArray([1.5, null, 2], new arrow.Float16())
    const lacking = new arrow.Table({ pairs, flags, halves })
    for (const source of [lacking, ipc(lacking, 'file')]) {
      const columns = await fromArrow(source as Blob, { disk, missing: 1 })
      expect(await outcome(columns)).toMatchObject({
        pairs: ['int16', [3, 2], Int16Array.of(1, 1, 1, 1, 5, 6)],
        flags: ['bool', [3], Uint8Array.of(1, 1, 1)],
      })
      expect(await columns.get('halves')?.item(1)).toBe(1)
    }
    const sliced = await fromArrow(pairs.slice(1).slice(1), { disk })
    expect(await sliced.toArray()).toEqual(Int16Array.of(5, 6))
    await expect(fromArrow(pairs, { disk, missing: 0.5 })).rejects.toMatchObject({ name: 'DTypeError' })
    expect(await (await fromArrow(halves, { disk })).item(1)).toBe(Number.NaN)
  })

  for (const [what, make, name] of [
    ['text', () => arrow.tableFromArrays({ text: ['a', 'b'] }), 'DTypeError'],
    [
      'integers that are missing',
      () => new arrow.Table({ n: arrow.vectorFromArray([1, null], new arrow.Int8()) }),
      'DTypeError',
    ],
    ['text behind numbers', () => ipc(arrow.tableFromArrays({ n: [1, 2], text: ['a', 'b'] }), 'file'), 'DTypeError'],
    ['a column twice', () => ipc(renamed(table(), ['x', 'n', 'x']), 'stream'), 'InvalidSourceError'],
    ['a name that is none', () => ipc(renamed(table(), ['x', '', 'y']), 'stream'), 'InvalidKeyError'],
    ['what is no Arrow', () => new Blob(['no arrow, but a text long enough to be read']), 'InvalidSourceError'],
    ['nothing', () => new Blob([]), 'InvalidSourceError'],
    ['a batch of 2^60 bytes', () => announcing({ bodyLength: 2n ** 60n }), 'InvalidSourceError'],
    ['a batch of fewer than no bytes', () => announcing({ bodyLength: -1n }), 'InvalidSourceError'],
    ['what it says of 2 GiB', () => new Blob([Int32Array.of(-1, 2 ** 31 - 1)]), 'InvalidSourceError'],
    ['rows that are not there', () => announcing({ length: 2n ** 50n }), 'InvalidSourceError'],
    ['a footer that is not there', () => ipc(table(), 'file').slice(0, -4), 'InvalidSourceError'],
    ['a file of its magic', () => new Blob(['ARROW1\0\0', 'ARROW1']), 'InvalidSourceError'],
    ['a file that has a batch twice', () => twiceTheSame(), 'InvalidSourceError'],
  ] as const) {
    test(`refuses ${what}, and nothing stays`, async () => {
      await expect(fromArrow((await make()) as Blob, { disk, cachePath: 't' })).rejects.toMatchObject({ name })
      expect((await disk.usage()).arrays).toBe(0)
    })
  }

  test('refuses what is cut short anywhere, and nothing stays', async () => {
    for (const format of ['stream', 'file'] as const) {
      const whole = ipc(table(), format)
      // Without its end, of eight bytes, a stream is whole.
      for (let size = 0; size < whole.size - (format === 'stream' ? 8 : 0); size += 7) {
        const error = await fromArrow(whole.slice(0, size), { disk, cachePath: 't' }).catch((thrown: unknown) => thrown)
        const isSchemaOnly =
          format === 'stream' && error instanceof Map && [...error.values()].every((column) => column.size === 0)
        if (isSchemaOnly) await disk.clear()
        else expect([size, error]).toEqual([size, expect.objectContaining({ name: 'InvalidSourceError' })])
      }
    }
    expect((await disk.usage()).arrays).toBe(0)
  })

  test('an abort leaves nothing', async () => {
    const abort = new AbortController()
    const onProgress = () => abort.abort('enough')
    for (const source of [table(), ipc(table(), 'stream'), ipc(table(), 'file')] as Blob[]) {
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
          const expected = bytesOf(arrays.get(name)?.toArray() as Uint8Array)
          expect(Buffer.compare(bytesOf(await array.toArray()), expected)).toBe(0)
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
