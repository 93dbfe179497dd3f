// What runs by itself or at the end: marks, recycled buffers, progress and aborts, closing while calls are under way.
import { describe, expect, test } from 'vitest'
import { DiskClosedError, QuotaExceededError, StaleArrayError } from '../../../src/core/errors.js'
import { BufferPool } from '../../../src/engine/buffers.js'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import { Work } from '../../../src/engine/work.js'
import {
  bytesAt,
  ManualScheduler,
  openService,
  pattern,
  putBytes,
  sameBytes,
  spec,
} from '../../support/engine-harness.js'
import { afterPowerCut, FaultyDirectory } from '../../support/faulty-directory.js'

const MIB = 1 << 20

/** Timers come late, as a browser's do: none in less than 4 ms. */
class BrowserScheduler extends ManualScheduler {
  override after(ms: number, task: () => void): () => void {
    return super.after(Math.max(ms, 4), task)
  }
}

describe('what is committed becomes durable', () => {
  const flushes = (directory: FaultyDirectory) => directory.log.filter(({ kind }) => kind === 'flush').length

  test('a second later', async () => {
    const directory = new FaultyDirectory()
    const service = await openService(directory)
    await putBytes(service, 'a', pattern(100, 1))
    const before = flushes(directory)
    service.scheduler.pass(999)
    expect(flushes(directory)).toBe(before)
    service.scheduler.pass(1)
    expect(flushes(directory)).toBeGreaterThan(before)
  })

  test('soon where much of it waits, though commits come faster than any timer', async () => {
    const directory = new FaultyDirectory()
    const service = await openService(directory, { scheduler: new BrowserScheduler() })
    const before = flushes(directory)
    for (let i = 0; i < 50; i++) {
      await putBytes(service, 'a', pattern(MIB, i))
      service.scheduler.pass(1)
    }
    expect(flushes(directory)).toBeGreaterThan(before)
  })

  test.each(['put', 'set', 'append', 'delete', 'rename', 'setAttributes', 'saveState'] as const)(
    'before a %s resolves where the disk is strict',
    async (method) => {
      const directory = new FaultyDirectory()
      const service = await openService(directory, { durability: 'strict' })
      const { incarnation } = await putBytes(service, 'a', pattern(100, 1))
      const before = flushes(directory)
      const all = [{ start: 0, step: 1, count: 100, keep: true }]
      const value = { bytes: pattern(100, 2), shape: [100] }
      await {
        put: () => putBytes(service, 'b', pattern(100, 1)),
        set: () => service.call('set', { incarnation, selection: all, ...value }),
        append: () => service.call('append', { incarnation, axis: 0, ...value }),
        delete: () => service.call('delete', { paths: ['a'] }),
        rename: () => service.call('rename', { from: 'a', to: 'b' }),
        setAttributes: () => service.call('setAttributes', { incarnation, attributes: { unit: 'm' } }),
        saveState: () => service.call('saveState', { incarnation, state: 1 }),
      }[method]()
      expect(flushes(directory)).toBeGreaterThan(before)
    },
  )

  test('by a later mark where one fails, of which the page is told', async () => {
    const directory = new FaultyDirectory()
    const service = await openService(directory)
    await putBytes(service, 'a', pattern(100, 1))
    directory.fault = ({ file }) => (file.startsWith('catalog') ? 'throw' : undefined)
    service.scheduler.pass(1000)
    const failed = {
      type: 'error',
      during: 'write-back',
      error: expect.objectContaining({ name: 'QuotaExceededError' }),
    }
    expect(service.messages).toContainEqual(expect.objectContaining(failed))
    directory.fault = () => undefined
    const before = flushes(directory)
    service.scheduler.pass(5000)
    expect(flushes(directory)).toBeGreaterThan(before)
    const again = await openService(afterPowerCut(directory.log, directory.log.length, () => 0.25))
    expect(sameBytes(await bytesAt(again, 'a'), pattern(100, 1))).toBe(true)
  })

  test('or the call of a strict disk is refused, and has changed what it says when it is read', async () => {
    const directory = new FaultyDirectory()
    const service = await openService(directory, { durability: 'strict' })
    await putBytes(service, 'a', pattern(100, 1))
    let frames = 0
    directory.fault = ({ file, kind }) =>
      file === 'catalog-a' && kind === 'write' && frames++ > 0 ? 'throw' : undefined
    await expect(putBytes(service, 'a', pattern(100, 2))).rejects.toBeInstanceOf(QuotaExceededError)
    directory.fault = () => undefined
    expect(sameBytes(await bytesAt(service, 'a'), pattern(100, 2))).toBe(true)
    await service.call('flush', {})
    const again = await openService(afterPowerCut(directory.log, directory.log.length, () => 0.25))
    expect(sameBytes(await bytesAt(again, 'a'), pattern(100, 2))).toBe(true)
  })
})

test('an array that a power cut took has a number that no later one gets', async () => {
  const directory = new FaultyDirectory()
  const service = await openService(directory)
  await putBytes(service, 'a', pattern(100, 1))
  await service.call('flush', {})
  const lost = await putBytes(service, 'b', pattern(100, 2))
  const again = await openService(afterPowerCut(directory.log, directory.log.length, () => 0.25))
  expect(await again.call('stat', { path: 'b' })).toBeUndefined()
  const later = await putBytes(again, 'c', pattern(100, 3))
  expect(later.incarnation).toBeGreaterThan(lost.incarnation)
  await expect(again.call('read', { incarnation: lost.incarnation })).rejects.toBeInstanceOf(StaleArrayError)
})

describe('recycled buffers', () => {
  test('are given out once, and only ones of exactly that size', () => {
    const pool = new BufferPool(new ManualScheduler())
    pool.keep(4 * MIB)
    const buffer = new ArrayBuffer(MIB)
    pool.give(buffer)
    pool.give(buffer)
    expect(pool.byteLength).toBe(MIB)
    expect(pool.take(MIB - 1)).not.toBe(buffer)
    expect(pool.take(MIB)).toBe(buffer)
    expect(pool.take(MIB)).not.toBe(buffer)
    expect(pool.byteLength).toBe(0)
  })

  test('are no more than is allowed, the oldest going first, and none after ten idle seconds', () => {
    const scheduler = new ManualScheduler()
    const pool = new BufferPool(scheduler)
    pool.give(new ArrayBuffer(MIB))
    expect(pool.byteLength).toBe(0) // nothing was
    pool.keep(256 * MIB)
    for (let i = 0; i < 5; i++) pool.give(new ArrayBuffer(64 * MIB + i))
    expect(pool.byteLength).toBeLessThanOrEqual(256 * MIB)
    expect(new Uint8Array(pool.take(64 * MIB + 4)).length).toBe(64 * MIB + 4)
    pool.give(new ArrayBuffer(300 * MIB))
    expect(pool.byteLength).toBe(64 * MIB * 2 + 2 + 3)
    pool.keep(65 * MIB)
    expect(pool.byteLength).toBe(64 * MIB + 3)
    scheduler.pass(10_000)
    expect(pool.byteLength).toBe(0)
  })

  test('of put values come back in reads, with nobody else having them', async () => {
    const service = await openService(new MemoryDirectory(), { ownsBuffers: true })
    await service.call('keepBuffers', { byteLength: 8 * MIB })
    const [one, two] = [pattern(MIB, 1), pattern(MIB, 2)]
    const puts = ['a', 'b'].map((path) => ({ target: { create: spec(path, MIB) }, bytes: one }))
    await service.call('put', { puts }) // one buffer, twice
    await putBytes(service, 'c', two)
    const reads: ArrayBuffer[] = []
    for (const path of ['a', 'b', 'c', 'a']) {
      const { incarnation } = (await service.call('stat', { path })) ?? { incarnation: 0 }
      reads.push((await service.call('read', { incarnation })).buffer)
    }
    expect(new Set(reads).size).toBe(4)
    expect(reads).toContain(one.buffer)
    const expected = [pattern(MIB, 1), pattern(MIB, 1), pattern(MIB, 2), pattern(MIB, 1)]
    for (const [i, buffer] of reads.entries())
      expect(sameBytes(new Uint8Array(buffer), expected[i] as Uint8Array)).toBe(true)
  })

  test('are never made of what a page in the same thread passed in', async () => {
    const service = await openService(new MemoryDirectory())
    const bytes = pattern(MIB, 1)
    const { incarnation } = await putBytes(service, 'a', bytes)
    expect((await service.call('usage', {})).bufferBytes).toBe(0)
    expect((await service.call('read', { incarnation })).buffer).not.toBe(bytes.buffer)
  })
})

describe('progress', () => {
  const SIZE = 5 * MIB

  async function reported(
    method: 'read' | 'set' | 'put' | 'append' | 'check' | 'compact',
  ): Promise<(readonly number[])[]> {
    const scheduler = new ManualScheduler()
    scheduler.pause = async () => scheduler.pass(20)
    const service = await openService(new MemoryDirectory(), { scheduler })
    await putBytes(service, 'filler', pattern(2 * MIB + 1, 1))
    const { incarnation } = await putBytes(service, 'a', pattern(SIZE, 1))
    await service.call('delete', { paths: ['filler'] })
    const sparse = [{ start: 0, step: 100, count: Math.floor(SIZE / 100), keep: true }]
    const calls = {
      read: () => service.start('read', { incarnation, selection: sparse }),
      set: () => service.start('set', { incarnation, selection: sparse, bytes: Uint8Array.of(1), shape: [1] }),
      put: () => service.start('put', { puts: [{ target: { create: spec('b', SIZE) }, item: Uint8Array.of(3) }] }),
      append: () => service.start('append', { incarnation, axis: 0, bytes: pattern(SIZE, 2), shape: [SIZE] }),
      check: () => service.start('check', { fix: false }),
      compact: () => service.start('compact', {}),
    }
    await calls[method]().result
    return service.messages.flatMap((message) =>
      message.type === 'progress' ? [[message.doneBytes, message.totalBytes ?? -1] as const] : [],
    )
  }

  test.each(['read', 'set', 'put', 'append', 'check', 'compact'] as const)(
    'of a %s begins at 0, grows, ends with the total and never goes beyond',
    async (method) => {
      const reports = await reported(method)
      expect(new Set(reports.map(([done]) => done)).size).toBeGreaterThan(3)
      const total = reports[0]?.[1] ?? 0
      expect(reports[0]).toEqual([0, total])
      expect(reports.at(-1)).toEqual([total, total])
      for (const [i, [done = 0, ofTotal]] of reports.entries()) {
        expect(done).toBeGreaterThanOrEqual(reports[i - 1]?.[0] ?? 0)
        expect(done).toBeLessThanOrEqual(total)
        expect(ofTotal).toBe(total)
      }
    },
  )
})

test('progress never goes beyond the total, though what is moved meanwhile is met twice', async () => {
  const scheduler = new ManualScheduler()
  const reports: number[] = []
  const work = new Work(scheduler, (doneBytes, _totalBytes, isLast) => {
    reports.push(doneBytes)
    if (isLast) work.told()
  })
  work.begin(3 * MIB)
  for (let i = 0; i < 4; i++) {
    scheduler.pass(20)
    if (work.spend(MIB)) await work.pause()
  }
  await work.end()
  expect(reports).toEqual([0, MIB, 2 * MIB, 3 * MIB, 3 * MIB, 3 * MIB])
})

describe('closing', () => {
  test('waits for the calls before it and refuses those after it, at any moment', async () => {
    for (let moment = 0; moment < 40; moment += 3) {
      const directory = new MemoryDirectory() // opens no file twice
      const service = await openService(directory)
      await putBytes(service, 'old', pattern(2 * MIB, 1))
      const calls = [
        putBytes(service, 'new', pattern(3 * MIB, 2)),
        bytesAt(service, 'old'),
        service.call('compact', {}),
        service.call('check', { fix: false }),
      ]
      for (let i = 0; i < moment; i++) await undefined
      const closing = [service.call('close', {}), service.call('close', {})]
      await expect(service.call('stat', { path: 'old' })).rejects.toBeInstanceOf(DiskClosedError)
      await Promise.all([...calls.map((call) => call.catch(() => undefined)), ...closing])
      await service.call('close', {})
      const again = await openService(directory)
      expect(sameBytes(await bytesAt(again, 'old'), pattern(2 * MIB, 1))).toBe(true)
      expect(sameBytes(await bytesAt(again, 'new'), pattern(3 * MIB, 2))).toBe(true)
    }
  })

  test('that fails leaves everything open, and can be tried again', async () => {
    const directory = new FaultyDirectory()
    const service = await openService(directory)
    await putBytes(service, 'a', pattern(100, 1))
    directory.fault = () => 'throw'
    await expect(service.call('close', {})).rejects.toBeInstanceOf(QuotaExceededError)
    expect(sameBytes(await bytesAt(service, 'a'), pattern(100, 1))).toBe(true)
    directory.fault = () => undefined
    await putBytes(service, 'b', pattern(40 * MIB, 1))
    await service.call('delete', { paths: ['b'] })
    service.scheduler.pass(10_000)
    for (let i = 0; i < 100; i++) await undefined
    expect((await service.call('usage', {})).diskBytes).toBeLessThan(3 * MIB)
    await service.call('close', {})
    await expect(service.call('flush', {})).rejects.toBeInstanceOf(DiskClosedError)
  })
})
