// Whole values: every size where the layout changes, every way of giving them, and what is refused.
import { describe, expect, test } from 'vitest'
import { DTYPE_NAMES, DTYPES } from '../../../src/core/dtype.js'
import { KeyExistsError, ShapeError, StaleArrayError } from '../../../src/core/errors.js'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import type { Put } from '../../../src/protocol.js'
import {
  bytesAt,
  type OpenService,
  openService,
  pattern,
  putBytes,
  sameBytes,
  spec,
} from '../../support/engine-harness.js'

const MIB = 1 << 20
const SIZES = [0, 1, 63, 64, 65].concat(
  [MIB / 4, MIB / 2, (3 * MIB) / 4, MIB, MIB + MIB / 4, 2 * MIB].flatMap((size) => [size - 1, size, size + 1]),
)

const opened = (): Promise<OpenService> => openService(new MemoryDirectory())

const selectionOf = (start: number, count: number) => [{ start, step: 1, count, keep: true }]

test('values of every size about the block boundaries are put, read, set, appended to and found again', async () => {
  const directory = new MemoryDirectory()
  const service = await openService(directory)
  const expected = new Map<string, Uint8Array>()
  for (const size of SIZES) {
    const path = `size-${size}`
    const { incarnation } = await putBytes(service, path, pattern(size, size))
    const end = pattern(Math.min(size, 2), 1)
    await service.call('set', {
      incarnation,
      selection: selectionOf(size - end.length, end.length),
      bytes: end,
      shape: [end.length],
    })
    await service.call('append', { incarnation, axis: 0, bytes: pattern(3, 2), shape: [3] })
    expected.set(path, Buffer.concat([pattern(size, size).subarray(0, size - end.length), end, pattern(3, 2)]))
  }
  await service.call('close', {})
  const again = await openService(directory)
  for (const [path, bytes] of expected) expect(sameBytes(await bytesAt(again, path), bytes), path).toBe(true)
  expect((await again.call('check', { fix: false })).problems).toEqual([])
})

test('an item is repeated over arrays of every dtype and size', async () => {
  const service = await opened()
  for (const dtype of DTYPE_NAMES) {
    const { itemsize } = DTYPES[dtype]
    for (const length of [0, 1, 5, 100_000]) {
      const item = pattern(itemsize, length)
      await service.call('put', { puts: [{ target: { create: spec('a', 0, { dtype, shape: [length] }) }, item }] })
      const expected = Buffer.concat(Array.from({ length }, () => item))
      expect(sameBytes(await bytesAt(service, 'a'), expected)).toBe(true)
    }
  }
})

test('an array without axes is put, set and read', async () => {
  const service = await opened()
  const { incarnation } = await putBytes(service, 'a', pattern(8, 1), { dtype: 'float64', shape: [] })
  await service.call('set', { incarnation, selection: [], bytes: pattern(8, 2), shape: [] })
  expect(sameBytes(await bytesAt(service, 'a'), pattern(8, 2))).toBe(true)
  const append = service.call('append', { incarnation, axis: 0, bytes: new Uint8Array(8), shape: [] })
  await expect(append).rejects.toBeInstanceOf(ShapeError)
})

test('what has no elements grows along an axis as NumPy concatenates it', async () => {
  const service = await opened()
  const { incarnation } = await putBytes(service, 'a', new Uint8Array(), { shape: [0, 3] })
  const wider = await service.call('append', { incarnation, axis: 1, bytes: new Uint8Array(), shape: [0, 2] })
  expect(wider.shape).toEqual([0, 5])
  const longer = await service.call('append', { incarnation, axis: 0, bytes: pattern(10, 1), shape: [2, 5] })
  expect(longer.shape).toEqual([2, 5])
  expect(sameBytes(await bytesAt(service, 'a'), pattern(10, 1))).toBe(true)
  const nothing = await service.call('append', { incarnation, axis: 0, bytes: new Uint8Array(), shape: [0, 5] })
  expect(nothing.version).toBe(longer.version)
})

describe('a put refuses', () => {
  const create = spec('a', 8, { dtype: 'float64', shape: [1] })
  const cases: Record<string, [Put[], unknown]> = {
    'an item of no bytes': [[{ target: { create }, item: new Uint8Array() }], ShapeError],
    'an item of another size': [[{ target: { create }, item: new Uint8Array(3) }], ShapeError],
    'too few bytes': [[{ target: { create }, bytes: new Uint8Array(7) }], ShapeError],
    'too many bytes': [[{ target: { create }, bytes: new Uint8Array(9) }], ShapeError],
    'more bytes than a number can count': [
      [{ target: { create: spec('a', 0, { dtype: 'float64', shape: [2 ** 52] }) } }],
      ShapeError,
    ],
    'two values for one array': [
      [
        { target: { create }, bytes: new Uint8Array(8) },
        { target: { create }, bytes: new Uint8Array(8) },
      ],
      TypeError,
    ],
    'an array that is not there': [[{ target: { replace: { incarnation: 99, version: 1 } } }], StaleArrayError],
    'a taken path that is not to be overwritten': [
      [{ target: { create: { ...create, path: 'taken', overwrite: false } } }],
      KeyExistsError,
    ],
  }

  test.each(Object.keys(cases))('%s, and leaves nothing', async (name) => {
    const [puts, error] = cases[name] as [Put[], new () => Error]
    const service = await opened()
    await putBytes(service, 'taken', pattern(10, 1))
    const before = await service.call('usage', {})
    const good: Put = { target: { create: spec('good', 3 * MIB) }, bytes: pattern(3 * MIB, 1) }
    await expect(service.call('put', { puts: [good, ...puts] })).rejects.toBeInstanceOf(error)
    const { liveBytes, arrays, freeBytes, diskBytes } = await service.call('usage', {})
    expect([liveBytes, arrays]).toEqual([before.liveBytes, before.arrays])
    expect(freeBytes - before.freeBytes).toBe(diskBytes - before.diskBytes)
  })
})

test('a buffer to read into is used where it is large enough, and left where it is not', async () => {
  const service = await opened()
  const { incarnation } = await putBytes(service, 'a', pattern(1000, 1))
  const [large, exact, small] = [new ArrayBuffer(1500), new ArrayBuffer(1000), new ArrayBuffer(999)]
  for (const into of [large, exact]) {
    const { buffer } = await service.call('read', { incarnation, into })
    expect(buffer).toBe(into)
    expect(sameBytes(new Uint8Array(buffer, 0, 1000), pattern(1000, 1))).toBe(true)
  }
  const { buffer } = await service.call('read', { incarnation, into: small })
  expect(buffer).not.toBe(small)
  expect(buffer.byteLength).toBe(1000)
})

test('several selections come one after the other in one buffer', async () => {
  const service = await opened()
  const bytes = pattern(30 * 8, 1)
  const { incarnation } = await putBytes(service, 'a', bytes, { dtype: 'complex64', shape: [30] })
  const selections = [selectionOf(3, 2), selectionOf(0, 0), [{ start: 29, step: -7, count: 4, keep: true }]]
  const { buffer } = await service.call('readMany', { incarnation, selections })
  const element = (index: number) => bytes.subarray(8 * index, 8 * index + 8)
  expect(sameBytes(new Uint8Array(buffer), Buffer.concat([3, 4, 29, 22, 15, 8].map(element)))).toBe(true)
  expect((await service.call('readMany', { incarnation, selections: [] })).buffer.byteLength).toBe(0)
})

test('a rename onto itself changes nothing, onto another array is refused, and keeps what the object is', async () => {
  const service = await opened()
  const meta = await putBytes(service, 'a', pattern(10, 1))
  await putBytes(service, 'b', pattern(10, 2))
  expect(await service.call('rename', { from: 'a', to: 'a' })).toEqual(meta)
  await expect(service.call('rename', { from: 'a', to: 'b' })).rejects.toBeInstanceOf(KeyExistsError)
  expect(await service.call('rename', { from: 'a', to: 'c' })).toEqual({ ...meta, path: 'c' })
  expect(await service.call('stat', { path: 'a' })).toBeUndefined()
})

test('a delete that names a path twice deletes it once', async () => {
  const service = await opened()
  const { incarnation } = await putBytes(service, 'a', pattern(10, 1))
  expect(await service.call('delete', { paths: ['a', 'nothing', 'a'] })).toEqual([incarnation])
  expect(service.messages.filter(({ type }) => type === 'gone')).toEqual([
    { type: 'gone', incarnations: [incarnation] },
  ])
})
