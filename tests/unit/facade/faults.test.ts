// What the page does when the disk refuses, and when the storage worker dies.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { QuotaExceededError, WorkerFailedError } from '../../../src/core/errors.js'
import { type FaultyDisk, openFaultyDisk } from '../../support/faulty-disk.js'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const MIB = 2 ** 20
const opened: FaultyDisk[] = []

async function open(memoryBudget?: number): Promise<FaultyDisk> {
  const faulty = await openFaultyDisk(memoryBudget)
  opened.push(faulty)
  return faulty
}

/** Every file that would grow is refused that. */
function fill({ directory }: FaultyDisk): () => void {
  directory.fault = ({ kind, file }) => (file.startsWith('data') && kind !== 'flush' ? 'throw' : undefined)
  return () => {
    directory.fault = () => undefined
  }
}

async function changedArray({ disk }: FaultyDisk, size: number) {
  const array = await disk.array(new Float64Array(size).fill(1), { cachePath: 'a', dtype: 'float64' })
  const data = await array.data()
  data[0] = 5
  return { array, data }
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ disk }) => disk.close({ discard: true })))
})

describe('a write that is refused', () => {
  test('rejects a creation, leaves nothing, and is told by an event', async () => {
    const faulty = await open()
    const told: unknown[] = []
    faulty.disk.addEventListener('pressure', ({ detail }) => told.push(detail.kind))
    const empty = fill(faulty)
    for (const size of [8, 9 * MIB]) {
      await expect(faulty.disk.array(new Uint8Array(size).fill(1), { cachePath: 'a' })).rejects.toThrow(
        QuotaExceededError,
      )
    }
    expect(await faulty.disk.has('a')).toBe(false)
    expect((await faulty.disk.usage()).residentBytes).toBe(0)
    expect(told).toEqual(['disk', 'disk'])
    empty()
    await faulty.disk.array(new Uint8Array(9 * MIB).fill(1), { cachePath: 'a' })
  })

  test.each([
    [3, false],
    [2 * MIB, false],
    [3, true],
    [2 * MIB, true],
  ])('leaves an array of %i elements loaded and its bytes intact (transfer: %s)', async (size, transfer) => {
    const faulty = await open()
    const { array, data } = await changedArray(faulty, size)
    const empty = fill(faulty)
    await expect(array.offload({ transfer })).rejects.toThrow(QuotaExceededError)
    expect([array.offloaded, array.dirty, await array.item(0)]).toEqual([false, true, 5])
    expect(data.length).toBe(transfer ? 0 : size)
    expect((await array.data()).length).toBe(size)
    empty()
    await array.offload()
    expect([await array.item(0), await array.item(size - 1)]).toEqual([5, 1])
  })

  test('makes close reject, and leaves everything open', async () => {
    const faulty = await open()
    const { disk } = faulty
    const { array } = await changedArray(faulty, 2 * MIB)
    const empty = fill(faulty)
    await expect(disk.close()).rejects.toThrow(QuotaExceededError)
    expect(await array.item(0)).toBe(5)
    expect((await disk.list()).length).toBe(1)
    await expect(disk.close()).rejects.toThrow(QuotaExceededError)
    empty()
    await disk.close()
    await disk.close()
  })

  test('makes flush reject, once all others are written', async () => {
    const faulty = await open()
    const { array } = await changedArray(faulty, 2 * MIB)
    const other = await faulty.disk.array(new Float64Array(3), { cachePath: 'b' })
    ;(await other.data())[0] = 7
    faulty.directory.fault = (operation) =>
      operation.kind === 'write' && operation.bytes.byteLength >= MIB / 2 ? 'throw' : undefined
    await expect(faulty.disk.flush()).rejects.toThrow(QuotaExceededError)
    expect([array.dirty, other.dirty]).toEqual([true, false])
    faulty.directory.fault = () => undefined
    await faulty.disk.flush()
    expect(array.dirty).toBe(false)
  })

  test('is given up by close with discard', async () => {
    const faulty = await open()
    await changedArray(faulty, 2 * MIB)
    fill(faulty)
    await faulty.disk.close({ discard: true })
    await expect(faulty.disk.list()).rejects.toThrow('closed')
  })

  test('rejects set, and leaves disk and memory as they were', async () => {
    const faulty = await open()
    const array = await faulty.disk.array(new Float64Array(2 * MIB).fill(1), { cachePath: 'a' })
    const empty = fill(faulty)
    await expect(array.set([], 2)).rejects.toThrow(QuotaExceededError)
    expect(await array.item(7)).toBe(1)
    await array.offload()
    expect(await array.item(7)).toBe(1)
    empty()
    await array.set([], 2)
    expect(await array.item(7)).toBe(2)
  })
})

describe('an eviction whose write is refused', () => {
  test('keeps the array, is told by an event, does not spin, and is tried again when there is room', async () => {
    const faulty = await open(20 * MIB)
    const { disk } = faulty
    const told: unknown[] = []
    disk.addEventListener('error', ({ detail }) => told.push([detail.path, detail.during, detail.error]))
    const changed = await disk.array(new Uint8Array(16 * MIB), { cachePath: 'changed' })
    const other = await disk.array(new Uint8Array(8 * MIB), { cachePath: 'other' })
    const removed = await disk.array(new Uint8Array(1), { cachePath: 'removed' })
    await changed.use((data) => data.fill(7 as never))
    const empty = fill(faulty)
    const error = await other.load().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'MemoryBudgetError', holders: [{ path: 'changed' }] })
    expect(told).toEqual([['changed', 'eviction', expect.any(QuotaExceededError)]])
    expect([changed.offloaded, changed.dirty, await changed.item(9)]).toEqual([false, true, 7])
    await expect(other.load()).rejects.toThrow('changed')
    for (let turn = 0; turn < 20; turn++) await changed.get([0])
    expect(told.length).toBe(1)
    empty()
    await removed.purge() // makes room on disk, as the worker tells
    await vi.waitUntil(() => disk.getSnapshot().arrays === 2)
    await other.load()
    expect([changed.offloaded, await changed.item(9)]).toEqual([true, 7])
    expect(disk.getSnapshot().residentBytes).toBe(8 * MIB)
  })

  test('keeps what nobody refers to any more until it can be written', async () => {
    const faulty = await open()
    const { disk } = faulty
    const told: unknown[] = []
    disk.addEventListener('error', ({ detail }) => told.push(detail.during))
    await (async () => {
      const lost = await disk.array(new Float64Array(2 * MIB), { cachePath: 'lost' })
      await lost.use((data) => data.fill(7 as never))
    })()
    const empty = fill(faulty)
    for (let turn = 0; turn < 100 && told.length === 0; turn++) {
      collect()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(told).toEqual(['write-back'])
    empty()
    expect(await (await disk.openArray('lost')).item(5)).toBe(7)
    await disk.flush()
  })
})

describe('a storage worker that dies', () => {
  test.each([
    [3, false],
    [2 * MIB, false],
    [2 * MIB, true],
  ])('while %i elements are offloaded leaves them loaded and intact (transfer: %s)', async (size, transfer) => {
    const faulty = await open()
    const { array, data } = await changedArray(faulty, size)
    faulty.connector.service.call = async () => {
      faulty.connector.lose()
      return new Promise(() => {})
    }
    await expect(array.offload({ transfer })).rejects.toThrow(WorkerFailedError)
    expect([array.offloaded, data.length, await array.item(0)]).toEqual([false, transfer ? 0 : size, 5])
    await array.offload()
    expect([array.offloaded, await array.item(0)]).toEqual([true, 5])
  })

  test('while a load runs is asked again, and nothing is counted twice', async () => {
    const faulty = await open()
    const array = await faulty.disk.array(new Float64Array(MIB).fill(3), { cachePath: 'a', automaticOffloading: true })
    faulty.connector.service.call = async () => {
      faulty.connector.lose()
      return new Promise(() => {})
    }
    await array.load().catch(() => array.load())
    expect(await array.item(MIB - 1)).toBe(3)
    expect((await faulty.disk.usage()).residentBytes).toBe(8 * MIB)
  })

  test('leaves ephemeral arrays to who holds them', async () => {
    const faulty = await open()
    const array = await faulty.disk.array([1, 2], { automaticOffloading: true })
    faulty.connector.lose()
    expect(await array.item(1)).toBe(2)
    await array.close()
    expect((await faulty.disk.usage()).arrays).toBe(0)
  })
})

describe('memory that moves to the worker', () => {
  test('is the caller’s only where it was given up', async () => {
    const { disk } = await open()
    const given = new Float64Array(2 * MIB).fill(7)
    const array = await disk.array(given, { cachePath: 'a' })
    await array.offload()
    const value = new Float64Array(2 * MIB).fill(8)
    await array.set([], value)
    await array.append(value)
    expect([given.length, value.length]).toEqual([2 * MIB, 2 * MIB])
    const into = new Float64Array(10)
    const [part] = await array.getMany([[0]], { into })
    expect([into.length, part?.item(), part?.data.buffer.byteLength]).toEqual([0, 8, 80])
  })

  test('of arrays that were loaded and never handed out is used again', async () => {
    const { disk, connector } = await open()
    const array = await disk.array(new Float64Array(MIB), { cachePath: 'a', automaticOffloading: true })
    for (let turn = 0; turn < 3; turn++) {
      await array.load()
      await array.offload()
    }
    const reads = connector.service.calls.filter(({ method }) => method === 'read')
    expect(reads.map(({ params }) => 'into' in params)).toEqual([false, true, true])
  })
})

describe('reading ahead', () => {
  const reads = ({ connector }: FaultyDisk) => connector.service.calls.filter(({ method }) => method === 'read').length

  test('is one block, begun while the caller works, given up when the caller leaves', async () => {
    const faulty = await open()
    const array = await faulty.disk.array(new Uint8Array(8 * MIB), { cachePath: 'a', automaticOffloading: true })
    const before = reads(faulty)
    const blocks = array.blocks({ byteLength: MIB })[Symbol.asyncIterator]()
    await blocks.next()
    await vi.waitUntil(() => reads(faulty) - before === 2)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(reads(faulty) - before).toBe(2)
    const { service } = faulty.connector
    const answer = service.call
    service.call = (request) => {
      service.calls.push(request)
      return new Promise(() => {})
    }
    await blocks.next()
    await vi.waitUntil(() => reads(faulty) - before === 3)
    service.call = answer
    const abort = vi.spyOn(service, 'abort')
    await blocks.return?.()
    await vi.waitUntil(() => abort.mock.calls.length === 1)
    for await (const _ of array.blocks({ byteLength: MIB }));
    expect(reads(faulty) - before).toBe(11)
  })

  test('is left where memory has no room, and where the array changes meanwhile', async () => {
    const full = await open(MIB / 2)
    const array = await full.disk.array(new Uint8Array(4 * MIB), { cachePath: 'a' })
    const blocks = array.blocks({ byteLength: MIB })[Symbol.asyncIterator]()
    const before = reads(full)
    await blocks.next()
    expect(reads(full) - before).toBe(1)
    const changing = await open()
    const changed = await changing.disk.array(new Uint8Array(8 * MIB), { cachePath: 'a', automaticOffloading: true })
    const start = reads(changing)
    for await (const { selection } of changed.blocks({ byteLength: MIB })) await changed.set(selection, 1)
    expect(reads(changing) - start).toBe(9) // one in vain
  })
})

describe('the buffers a worker keeps', () => {
  test('are allowed while memory is half empty, and given up before anything else', async () => {
    const { disk, connector } = await open(16 * MIB)
    const allowed = () =>
      connector.service.calls.filter(({ method }) => method === 'keepBuffers').map(({ params }) => params)
    await vi.waitUntil(() => allowed().length === 1)
    const array = await disk.array(new Uint8Array(15 * MIB), { cachePath: 'a' })
    expect(array.offloaded).toBe(false)
    await vi.waitUntil(() => allowed().length === 2)
    expect(disk.getSnapshot().residentBytes).toBe(15 * MIB)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await array.offload()
    await vi.waitUntil(() => allowed().length === 3)
    expect(allowed()).toEqual([{ byteLength: 2 * MIB }, { byteLength: 0 }, { byteLength: 2 * MIB }])
  })
})
