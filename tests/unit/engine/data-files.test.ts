// The files that hold the bytes: missing, cut short, more than one of 4 GiB, and arrays far larger than what is on disk.
import { describe, expect, test } from 'vitest'
import { CorruptDataError } from '../../../src/core/errors.js'
import { FILE_BYTES } from '../../../src/engine/layout.js'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import {
  bytesAt,
  type OpenService,
  openService,
  pattern,
  putBytes,
  sameBytes,
  spec,
} from '../../support/engine-harness.js'
import { FaultyDirectory } from '../../support/faulty-directory.js'

const MIB = 1 << 20

describe('where a data file lost its end', () => {
  /** 'first' lies before the cut, 'cut' across it, 'lost' behind it. */
  async function cutDisk(cutAt: number): Promise<FaultyDirectory> {
    const directory = new FaultyDirectory()
    const service = await openService(directory)
    await putBytes(service, 'first', pattern(MIB, 1))
    await putBytes(service, 'cut', pattern(2 * MIB, 2))
    await putBytes(service, 'lost', pattern(MIB, 3))
    await service.call('close', {})
    const cut = new FaultyDirectory()
    for (const [file, bytes] of directory.files()) {
      const kept = file === 'data-0' ? bytes.slice(0, cutAt) : bytes
      cut.replay({ kind: 'write', file, at: 0, bytes: kept })
    }
    return cut
  }

  const problem = (service: OpenService, path: string) => bytesAt(service, path).catch((error: unknown) => error)

  test('reading what is gone is an error naming the path, everything else is there, also after more was written', async () => {
    const directory = await cutDisk(2 * MIB + 5)
    for (let life = 0; life < 3; life++) {
      const service = await openService(directory)
      expect(sameBytes(await bytesAt(service, 'first'), pattern(MIB, 1))).toBe(true)
      for (const path of ['cut', 'lost']) {
        expect(await problem(service, path)).toBeInstanceOf(CorruptDataError)
        expect(await problem(service, path)).toMatchObject({ path })
      }
      const { problems } = await service.call('check', { fix: false })
      expect(problems).toMatchObject([
        { kind: 'truncated', path: 'cut', file: 'data-0', fixed: false },
        { kind: 'truncated', path: 'lost', file: 'data-0', fixed: false },
      ])
      // Makes the file longer than it was.
      await putBytes(service, `more-${life}`, pattern(4 * MIB, life))
      await service.call('compact', {})
      expect(await problem(service, 'lost')).toBeInstanceOf(CorruptDataError)
      await service.call('close', {})
    }
  })

  test('the part that is there can be read, set and appended to', async () => {
    const service = await openService(await cutDisk(2 * MIB + 5))
    const { incarnation } = (await service.call('stat', { path: 'cut' })) ?? { incarnation: 0 }
    const part = (start: number, count: number) => [{ start, step: 1, count, keep: true }]
    const read = await service.call('read', { incarnation, selection: part(10, MIB - 20) })
    expect(sameBytes(new Uint8Array(read.buffer), pattern(2 * MIB, 2).subarray(10, MIB - 10))).toBe(true)
    const over = service.call('set', { incarnation, selection: part(MIB + 5, 10), bytes: pattern(10, 4), shape: [10] })
    await expect(over).rejects.toBeInstanceOf(CorruptDataError)
    await service.call('append', { incarnation, axis: 0, bytes: pattern(10, 5), shape: [10] })
    // A block that is written whole needs nothing of what it was.
    await service.call('set', { incarnation, selection: part(MIB, MIB), bytes: pattern(MIB, 6), shape: [MIB] })
    const whole = Buffer.concat([pattern(2 * MIB, 2).subarray(0, MIB), pattern(MIB, 6), pattern(10, 5)])
    expect(sameBytes(await bytesAt(service, 'cut'), whole)).toBe(true)
    const { problems } = await service.call('check', { fix: false })
    expect(problems.map(({ path }) => path)).toEqual(['lost'])
  })

  test('a file that is missing altogether leaves arrays that can be replaced and deleted', async () => {
    const service = await openService(await cutDisk(0))
    expect(await problem(service, 'first')).toBeInstanceOf(CorruptDataError)
    await putBytes(service, 'first', pattern(100, 9))
    expect(sameBytes(await bytesAt(service, 'first'), pattern(100, 9))).toBe(true)
    await service.call('delete', { paths: ['cut', 'lost'] })
    await service.call('flush', {})
    expect((await service.call('check', { fix: false })).problems).toEqual([])
  })
})

describe('past 4 GiB', () => {
  /** All but the last two slots of the first file are reserved, and hold nothing. */
  async function nearlyFull(service: OpenService): Promise<number> {
    const { draft } = await service.call('beginWrite', { targets: [{ create: spec('huge', FILE_BYTES - 2 * MIB) }] })
    return draft
  }

  test('arrays lie across the end of a file, and are found again', async () => {
    const directory = new MemoryDirectory()
    const service = await openService(directory)
    const draft = await nearlyFull(service)
    await putBytes(service, 'across', pattern(5 * MIB + 77, 1))
    await putBytes(service, 'behind', pattern(300, 2))
    expect((await service.call('usage', {})).openHandles).toBe(4)
    const meta = await service.call('stat', { path: 'across' })
    const incarnation = meta?.incarnation ?? 0
    const strided = [{ start: 1.5 * MIB, step: 4, count: MIB / 4, keep: true }]
    const { buffer } = await service.call('read', { incarnation, selection: strided })
    const picked = pattern(5 * MIB + 77, 1).filter((_, i) => i >= 1.5 * MIB && i < 2.5 * MIB && i % 4 === 0)
    expect(sameBytes(new Uint8Array(buffer), picked)).toBe(true)
    await service.call('set', {
      incarnation,
      selection: [{ start: MIB, step: 1, count: 2 * MIB, keep: true }],
      bytes: pattern(2 * MIB, 3),
      shape: [2 * MIB],
    })
    await service.call('abortWrite', { draft })
    const expected = pattern(5 * MIB + 77, 1)
    expected.set(pattern(2 * MIB, 3), MIB)
    await service.call('close', {})
    const again = await openService(directory)
    expect(sameBytes(await bytesAt(again, 'across'), expected)).toBe(true)
    expect(sameBytes(await bytesAt(again, 'behind'), pattern(300, 2))).toBe(true)
    expect((await again.call('check', { fix: false })).problems).toEqual([])
  })

  test('what is free again is given back, and the file that is empty then is no foreign one', async () => {
    const directory = new MemoryDirectory()
    const service = await openService(directory)
    const draft = await nearlyFull(service)
    await putBytes(service, 'across', pattern(5 * MIB, 1))
    await service.call('abortWrite', { draft })
    await service.call('compact', {})
    expect((await service.call('usage', {})).diskBytes).toBeLessThan(8 * MIB)
    await service.call('close', {})
    const again = await openService(directory)
    expect(sameBytes(await bytesAt(again, 'across'), pattern(5 * MIB, 1))).toBe(true)
    expect((await again.call('check', { fix: true })).problems).toEqual([])
    await putBytes(again, 'more', pattern(MIB, 1))
    await again.call('close', {})
  })

  test('what a crash left in a file of which nothing is kept is given back', async () => {
    const directory = new FaultyDirectory()
    const crashed = await openService(directory)
    await nearlyFull(crashed)
    await crashed.call('beginWrite', { targets: [{ create: spec('more', 9 * MIB) }] })
    expect((await directory.open('data-1')).getSize()).toBeGreaterThan(7 * MIB)
    const service = await openService(directory)
    expect((await service.call('usage', {})).freeBytes).toBeGreaterThan(FILE_BYTES)
    service.scheduler.pass(5000)
    for (let i = 0; i < 100; i++) await undefined
    expect((await directory.open('data-0')).getSize()).toBe(0)
    expect((await directory.open('data-1')).getSize()).toBe(0)
  })

  test('an array of zeros of 8 GiB takes no room, and both its ends are set and read at once', async () => {
    const service = await openService(new MemoryDirectory())
    const size = 8 * 1024 * MIB
    const [made] = await service.call('put', { puts: [{ target: { create: spec('zeros', size) } }] })
    const incarnation = made?.meta.incarnation ?? 0
    const ends = [{ start: 0, step: size - 1, count: 2, keep: true }]
    const began = performance.now()
    await service.call('set', { incarnation, selection: ends, bytes: Uint8Array.of(7, 9), shape: [2] })
    const { buffer } = await service.call('read', { incarnation, selection: ends })
    expect(performance.now() - began).toBeLessThan(500)
    expect([...new Uint8Array(buffer)]).toEqual([7, 9])
    expect((await service.call('usage', {})).liveBytes).toBe(2 * MIB)
    await service.call('append', { incarnation, axis: 0, bytes: Uint8Array.of(5), shape: [1] })
    const tail = [{ start: size - 1, step: 1, count: 2, keep: true }]
    const last = await service.call('read', { incarnation, selection: tail })
    expect([...new Uint8Array(last.buffer)]).toEqual([9, 5])
  })
})

test('check finds files that belong to no disk, and removes them where it is told to', async () => {
  const directory = new FaultyDirectory()
  const service = await openService(directory)
  for (const name of ['data-7', 'data-00', 'notes.txt']) await directory.open(name)
  const found = await service.call('check', { fix: false })
  expect(found.problems.map(({ kind, file, fixed }) => [kind, file, fixed])).toEqual([
    ['foreign-file', 'data-7', false],
    ['foreign-file', 'data-00', false],
    ['foreign-file', 'notes.txt', false],
  ])
  expect((await service.call('check', { fix: true })).fixed).toBe(true)
  expect((await directory.list()).sort()).toEqual(['catalog-a', 'catalog-b', 'data-0'])
  expect((await service.call('check', { fix: false })).problems).toEqual([])
})
