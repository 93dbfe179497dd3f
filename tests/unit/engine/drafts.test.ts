// Values that come piece by piece: what is written, in which order, given up at any moment.
import { describe, expect, test, vi } from 'vitest'
import { KeyExistsError, StaleArrayError } from '../../../src/core/errors.js'
import { MemoryDirectory, MemoryFile } from '../../../src/engine/memory-directory.js'
import {
  bytesAt,
  ManualScheduler,
  type OpenService,
  openService,
  pattern,
  putBytes,
  sameBytes,
  spec,
} from '../../support/engine-harness.js'

const MIB = 1 << 20
const SIZE = 3 * MIB + 1000
const value = pattern(SIZE, 1)

const opened = (): Promise<OpenService> => openService(new MemoryDirectory())

async function begun(service: OpenService, path = 'a'): Promise<number> {
  return (await service.call('beginWrite', { targets: [{ create: spec(path, SIZE) }] })).draft
}

const write = (service: OpenService, draft: number, offset: number, byteLength: number) =>
  service.call('write', { draft, offset, bytes: value.slice(offset, offset + byteLength) })

/** Empties the disk; returns the bytes that are not free all the same, the catalog among them. */
async function notFree(service: OpenService): Promise<number> {
  await service.call('clear', {})
  await service.call('flush', {})
  const { freeBytes, diskBytes } = await service.call('usage', {})
  return diskBytes - freeBytes
}

describe('a value in pieces', () => {
  test('is what was written, however the pieces are cut and whether or not their writers wait', async () => {
    for (const piece of [MIB, 2 * MIB, 4 * MIB]) {
      const service = await opened()
      const draft = await begun(service)
      const writing: Promise<void>[] = []
      for (let offset = 0; offset < SIZE; offset += piece) writing.push(write(service, draft, offset, piece))
      await Promise.all(writing)
      await service.call('commitWrite', { draft })
      expect(sameBytes(await bytesAt(service, 'a'), value)).toBe(true)
    }
  })

  test('is not there before it is committed, nor when it is incomplete', async () => {
    const service = await opened()
    const draft = await begun(service)
    await write(service, draft, 0, 2 * MIB)
    expect(await service.call('stat', { path: 'a' })).toBeUndefined()
    await expect(service.call('commitWrite', { draft })).rejects.toThrow(`${MIB + 1000} bytes are missing`)
    expect(await service.call('stat', { path: 'a' })).toBeUndefined()
    await expect(write(service, draft, 2 * MIB, MIB)).rejects.toThrow('there is no draft')
  })

  test('takes no piece out of order, beside a block, or too long, and goes on where it was', async () => {
    const service = await opened()
    const draft = await begun(service)
    await expect(write(service, draft, MIB, MIB)).rejects.toThrow('the next piece begins at 0, not at 1048576')
    await expect(write(service, draft, 0, MIB - 1)).rejects.toThrow('does not end with a block')
    await write(service, draft, 0, 3 * MIB)
    const tooLong = service.call('write', { draft, offset: 3 * MIB, bytes: new Uint8Array(1001) })
    await expect(tooLong).rejects.toThrow('1001 bytes came where 1000 are missing')
    await write(service, draft, 3 * MIB, 1000)
    await service.call('commitWrite', { draft })
    expect(sameBytes(await bytesAt(service, 'a'), value)).toBe(true)
  })

  test('over a version that is not the last one is refused', async () => {
    const service = await opened()
    const { incarnation, version } = await putBytes(service, 'a', pattern(SIZE, 2))
    const target = { replace: { incarnation, version } }
    const drafts = [
      await service.call('beginWrite', { targets: [target] }),
      await service.call('beginWrite', { targets: [target] }),
    ] as const
    for (const { draft } of drafts) await write(service, draft, 0, SIZE)
    await service.call('commitWrite', drafts[0])
    await expect(service.call('commitWrite', drafts[1])).rejects.toBeInstanceOf(StaleArrayError)
    await expect(service.call('beginWrite', { targets: [target] })).rejects.toBeInstanceOf(StaleArrayError)
    expect(sameBytes(await bytesAt(service, 'a'), value)).toBe(true)
  })

  test('for a path that was taken meanwhile is refused where nothing is to be overwritten', async () => {
    const service = await opened()
    const create = spec('a', 64, { overwrite: false })
    const { draft } = await service.call('beginWrite', { targets: [{ create }] })
    await putBytes(service, 'a', pattern(10, 1))
    await service.call('write', { draft, offset: 0, bytes: pattern(64, 2) })
    await expect(service.call('commitWrite', { draft })).rejects.toBeInstanceOf(KeyExistsError)
    expect(sameBytes(await bytesAt(service, 'a'), pattern(10, 1))).toBe(true)
  })
})

describe('several values in pieces', () => {
  const sizes = { a: 100_000, empty: 0, b: MIB + 5, c: 7, d: 3 * MIB }
  const values = Object.entries(sizes).map(([path, size], i) => ({ path, bytes: pattern(size, i) }))
  const targets = values.map(({ path, bytes }) => ({ create: spec(path, bytes.byteLength) }))
  const all = new Uint8Array(Buffer.concat(values.map(({ bytes }) => bytes)))
  const ends = [100_000 + MIB, 100_000 + MIB + 5, 100_000 + MIB + 12 + 2 * MIB, all.byteLength]

  test('are all there from the commit on, and none before', async () => {
    const service = await opened()
    await putBytes(service, 'b', pattern(10, 9))
    const { draft } = await service.call('beginWrite', { targets })
    let offset = 0
    for (const end of ends) {
      expect(await service.call('stat', { path: 'a' })).toBeUndefined()
      await service.call('write', { draft, offset, bytes: all.slice(offset, end) })
      offset = end
    }
    expect(sameBytes(await bytesAt(service, 'b'), pattern(10, 9))).toBe(true)
    const results = await service.call('commitWrite', { draft })
    expect(results.map(({ meta }) => meta.path)).toEqual(Object.keys(sizes))
    expect(results.map(({ replaced }) => replaced !== undefined)).toEqual([false, false, true, false, false])
    for (const { path, bytes } of values) expect(sameBytes(await bytesAt(service, path), bytes)).toBe(true)
  })

  test('are held each by whoever made them', async () => {
    const service = await opened()
    const ephemeral = values.map(({ path, bytes }) => ({
      create: spec(`~ephemeral/${path}`, bytes.byteLength, { ephemeral: true }),
    }))
    const { draft } = await service.call('beginWrite', { targets: ephemeral })
    await service.call('write', { draft, offset: 0, bytes: all.slice() })
    const results = await service.call('commitWrite', { draft })
    const [first, ...others] = results.map(({ meta }) => meta.incarnation)
    await service.call('release', { incarnations: others })
    const there = results.map(({ meta }) => service.call('stat', { incarnation: meta.incarnation }))
    const paths = (await Promise.all(there)).map((meta) => meta?.incarnation)
    expect(paths).toEqual([first, undefined, undefined, undefined, undefined])
  })

  test('take no piece that ends within a block of one of them, and go on where they were', async () => {
    const service = await opened()
    const { draft } = await service.call('beginWrite', { targets })
    const beside = service.call('write', { draft, offset: 0, bytes: all.slice(0, 200_000) })
    await expect(beside).rejects.toThrow('a piece of 100000 bytes at 0 does not end with a block')
    const tooLong = service.call('write', { draft, offset: 0, bytes: new Uint8Array(all.byteLength + 1) })
    await expect(tooLong).rejects.toThrow(`${all.byteLength + 1} bytes came where ${all.byteLength} are missing`)
    await service.call('write', { draft, offset: 0, bytes: all.slice() })
    await service.call('commitWrite', { draft })
    for (const { path, bytes } of values) expect(sameBytes(await bytesAt(service, path), bytes)).toBe(true)
  })

  test('for one path are refused, and so are some that are incomplete; nothing is left of them', async () => {
    const service = await opened()
    const empty = await notFree(service)
    const twice = service.call('beginWrite', { targets: [...targets, { create: spec('c', 1) }] })
    await expect(twice).rejects.toThrow("two values for 'c' in one call")
    const { draft } = await service.call('beginWrite', { targets })
    await service.call('write', { draft, offset: 0, bytes: all.slice(0, ends[0]) })
    const missing = `${all.byteLength - (ends[0] as number)} bytes are missing`
    await expect(service.call('commitWrite', { draft })).rejects.toThrow(missing)
    const aborted = await service.call('beginWrite', { targets })
    await service.call('write', { ...aborted, offset: 0, bytes: all.slice(0, ends[1]) })
    await service.call('abortWrite', aborted)
    expect(await service.call('list', { prefix: '' })).toEqual([])
    expect(await notFree(service)).toBe(empty)
  })
})

describe('values that are neighbours', () => {
  const LENGTH = 64 * 1024
  const named = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ path: `${prefix}${i}`, bytes: pattern(LENGTH, i + count) }))
  type Named = ReturnType<typeof named>

  /** All in one memory. Returns the lengths of the writes of elements. */
  async function writeAll(service: OpenService, values: Named): Promise<number[]> {
    const write = vi.spyOn(MemoryFile.prototype, 'write')
    try {
      const { draft } = await service.call('beginWrite', {
        targets: values.map(({ path }) => ({ create: spec(path, LENGTH) })),
      })
      write.mockClear()
      const bytes = new Uint8Array(Buffer.concat(values.map((value) => value.bytes)))
      await service.call('write', { draft, offset: 0, bytes })
      const lengths = write.mock.calls.map(([source]) => source.byteLength)
      await service.call('commitWrite', { draft })
      return lengths
    } finally {
      write.mockRestore()
    }
  }

  async function checkAll(service: OpenService, values: Named): Promise<void> {
    for (const { path, bytes } of values) expect(sameBytes(await bytesAt(service, path), bytes)).toBe(true)
    expect((await service.call('check', { fix: false })).problems).toEqual([])
  }

  test('on disk and in memory go in one write, of four blocks at most', async () => {
    const service = await opened()
    const values = named('a', 100)
    expect(await writeAll(service, values)).toEqual([4 * MIB, 36 * LENGTH])
    await checkAll(service, values)
  })

  test('in memory only go each to its place', async () => {
    const service = await opened()
    const before = named('before', 8 * 16) // a mebibyte each sixteen
    await writeAll(service, before)
    const isFreed = (index: number) => Math.floor(index / 16) % 2 === 0
    await service.call('delete', { paths: before.filter((_, i) => isFreed(i)).map(({ path }) => path) })
    await service.call('flush', {}) // what was deleted is free from here on
    const after = named('after', 4 * 16)
    expect(await writeAll(service, after)).toEqual([MIB, MIB, MIB, MIB])
    await checkAll(service, [...before.filter((_, i) => !isFreed(i)), ...after])
  })

  test('are counted up to the write that failed, and none of them twice', async () => {
    const service = await opened()
    const before = named('before', 4 * 16)
    await writeAll(service, before)
    const freed = before.filter((_, i) => Math.floor(i / 16) % 2 === 0)
    await service.call('delete', { paths: freed.map(({ path }) => path) })
    await service.call('flush', {})
    const values = named('after', 2 * 16)
    const targets = values.map(({ path }) => ({ create: spec(path, LENGTH) }))
    const { draft } = await service.call('beginWrite', { targets })
    const bytes = new Uint8Array(Buffer.concat(values.map((value) => value.bytes)))
    const { write } = MemoryFile.prototype
    let writes = 0
    const failing = vi.spyOn(MemoryFile.prototype, 'write').mockImplementation(function (this: MemoryFile, source, at) {
      if (++writes === 2) throw new Error('the second write fails')
      return write.call(this, source, at)
    })
    const send = (offset: number) => service.call('write', { draft, offset, bytes: bytes.slice(offset) })
    try {
      await expect(send(0)).rejects.toThrow('the second write fails')
    } finally {
      failing.mockRestore()
    }
    await expect(send(0)).rejects.toThrow(`the next piece begins at ${MIB}, not at 0`)
    await send(MIB)
    await service.call('commitWrite', { draft })
    await checkAll(service, values)
  })

  test('on disk only go each from its memory', async () => {
    const service = await opened()
    const values = named('a', 10)
    await service.call('put', {
      puts: values.toReversed().map(({ path, bytes }) => ({ target: { create: spec(path, LENGTH) }, bytes })),
    })
    await checkAll(service, values)
  })
})

test('a piece that is still being written when its value is given up does not reach what takes the room', async () => {
  let letGo: () => void = () => undefined
  const scheduler = new ManualScheduler()
  const service = await openService(new MemoryDirectory(), { scheduler })
  const size = 9 * MIB // more than is written at once
  const { draft } = await service.call('beginWrite', { targets: [{ create: spec('a', size) }] })
  scheduler.pause = () => new Promise((resolve) => (letGo = resolve))
  const writing = service.call('write', { draft, offset: 0, bytes: new Uint8Array(size) })
  for (let i = 0; i < 10; i++) await undefined
  scheduler.pause = async () => undefined
  await service.call('abortWrite', { draft })
  await putBytes(service, 'other', pattern(size, 5))
  letGo()
  await expect(writing).rejects.toMatchObject({ name: 'AbortError' })
  expect(sameBytes(await bytesAt(service, 'other'), pattern(size, 5))).toBe(true)
})

describe('room comes back', () => {
  const ends: Record<string, (service: OpenService, draft: number) => Promise<unknown>> = {
    'an abort': (service, draft) => service.call('abortWrite', { draft }),
    'an abort while a piece is written': (service, draft) => {
      const writing = write(service, draft, 0, 2 * MIB).catch(() => undefined)
      return Promise.all([writing, service.call('abortWrite', { draft })])
    },
    'a commit that is refused': (service, draft) => service.call('commitWrite', { draft }).catch(() => undefined),
    'two aborts and a commit': (service, draft) =>
      Promise.allSettled([
        service.call('abortWrite', { draft }),
        service.call('abortWrite', { draft }),
        service.call('commitWrite', { draft }),
      ]),
    'a commit and an abort': async (service, draft) => {
      await write(service, draft, 0, SIZE)
      await service.call('commitWrite', { draft })
      await service.call('abortWrite', { draft })
    },
  }

  test.each(Object.keys(ends))('after %s', async (end) => {
    const service = await opened()
    const empty = await notFree(service)
    const draft = await begun(service)
    await (ends[end] as (service: OpenService, draft: number) => Promise<unknown>)(service, draft)
    expect(await notFree(service)).toBe(empty)
  })

  test.each(['put', 'set', 'append'] as const)('after a %s that is aborted at any moment', async (method) => {
    const service = await opened()
    const empty = await notFree(service)
    let succeeded = false
    for (let moment = 0; !succeeded; moment++) {
      const { incarnation } = await putBytes(service, 'a', value)
      const selection = [{ start: 0, step: 1, count: SIZE, keep: true }]
      const next = { bytes: pattern(SIZE, 2), shape: [SIZE] }
      const call =
        method === 'put'
          ? service.start('put', { puts: [{ target: { create: spec('b', SIZE) }, bytes: next.bytes }] })
          : method === 'set'
            ? service.start('set', { incarnation, selection, ...next })
            : service.start('append', { incarnation, axis: 0, ...next })
      for (let i = 0; i < moment; i++) await undefined
      call.abort()
      const error = await call.result.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      succeeded = error === undefined
      if (!succeeded) {
        expect(error).toMatchObject({ name: 'AbortError' })
        expect(sameBytes(await bytesAt(service, 'a'), value)).toBe(true)
        expect(await service.call('stat', { path: 'b' })).toBeUndefined()
      }
      expect(await notFree(service)).toBe(empty)
    }
  })
})
