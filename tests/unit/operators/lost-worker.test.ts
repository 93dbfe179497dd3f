// Operators while the storage worker goes: what only reads is asked again, what writes is told to have failed.
import { afterEach, expect, test } from 'vitest'
import { WorkerFailedError } from '../../../src/core/errors.js'
import { sessionOf } from '../../../src/handles.js'
import { type DiskBackedNDArray, NDArray } from '../../../src/index.js'
import * as numpy from '../../../src/numpy.js'
import { type FaultyDisk, openFaultyDisk } from '../../support/faulty-disk.js'

const SIZE = 2 ** 19
const opened: FaultyDisk[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ disk }) => disk.close({ discard: true })))
})

async function open(): Promise<FaultyDisk & { array: DiskBackedNDArray<'float64'> }> {
  const faulty = await openFaultyDisk()
  opened.push(faulty)
  const array = await faulty.disk.array(new Float64Array(SIZE).fill(2), { cachePath: 'a', dtype: 'float64' })
  return { ...faulty, array }
}

/** The next call of that method is never answered; resolves when it has come. */
function swallow({ connector }: FaultyDisk, method: string): Promise<void> {
  const { service } = connector
  const { call } = service
  return new Promise((resolve) => {
    service.call = (request) => {
      if (request.method !== method) return call.call(service, request)
      resolve()
      return new Promise(() => {})
    }
  })
}

test('a page that freezes in the middle of an operator goes on with it, operands that came along too', async () => {
  const faulty = await open()
  const [small, large] = [NDArray.from([3]), NDArray.from(new Float64Array(SIZE).fill(5))]
  const came = swallow(faulty, 'evaluate')
  const sum = numpy.lazy(faulty.array).add(small).add(large).sum()
  await came
  const { connection } = sessionOf(faulty.disk)
  connection.suspend()
  connection.resume()
  expect(await sum).toBe(10 * SIZE)
  expect((await faulty.disk.usage()).arrays).toBe(1)
})

test('one that writes rejects, and the array is as it was', async () => {
  const faulty = await open()
  const { array, disk } = faulty
  const came = swallow(faulty, 'evaluateInto')
  const working = array.add(1, { out: array })
  await came
  const { connection } = sessionOf(disk)
  connection.suspend()
  connection.resume()
  await expect(working).rejects.toThrow(WorkerFailedError)
  expect(await array.item(7)).toBe(2)
  expect(await array.add(1, { out: array })).toBe(array)
  expect(await array.item(7)).toBe(3)
})

test('a lost worker rejects what it was computing, and holds nothing up', async () => {
  const faulty = await open()
  const { array, disk, connector } = faulty
  await array.offload()
  const came = swallow(faulty, 'evaluate')
  const working = array.add(1)
  await came
  connector.lose()
  await expect(working).rejects.toThrow(WorkerFailedError)
  expect((await disk.usage()).residentBytes).toBe(0)
  expect(await array.sum()).toBe(2 * SIZE)
})
