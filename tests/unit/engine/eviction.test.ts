// Disks with a budget: what is refused, what goes for what, and what never goes.
import { describe, expect, test } from 'vitest'
import { NotFoundError, QuotaExceededError } from '../../../src/core/errors.js'
import type { EvictionPolicy, ServiceMessage } from '../../../src/protocol.js'
import {
  bytesAt,
  ManualScheduler,
  type OpenService,
  openService,
  pattern,
  putBytes,
  type ServiceOptions,
  sameBytes,
  spec,
} from '../../support/engine-harness.js'
import { FaultyDirectory } from '../../support/faulty-directory.js'

const KIB = 1024
const MIB = 1 << 20

const opened = (options: ServiceOptions, directory = new FaultyDirectory()): Promise<OpenService> =>
  openService(directory, options)

/** Makes an array that nobody holds. */
async function keep(service: OpenService, path: string, byteLength = 10 * KIB): Promise<number> {
  const { incarnation } = await putBytes(service, path, pattern(byteLength, byteLength))
  await service.call('release', { incarnations: [incarnation] })
  return incarnation
}

async function touch(service: OpenService, path: string): Promise<void> {
  const { incarnation } = await service.call('open', { path })
  await service.call('release', { incarnations: [incarnation] })
}

const paths = async (service: OpenService): Promise<string> =>
  (await service.call('list', { prefix: '' })).map(({ path }) => path).join(' ')

const evicted = ({ messages }: OpenService): string[] =>
  messages.flatMap((message) => (message.type === 'evicted' ? [`${message.path} ${message.reason}`] : []))

const pressures = ({ messages }: OpenService): [number, number][] =>
  messages.flatMap((message) => (message.type === 'pressure' ? [[message.usedBytes, message.limitBytes]] : []))

const live = async (service: OpenService): Promise<number> => (await service.call('usage', {})).liveBytes

describe('a disk with a budget and no policy', () => {
  const rules = { diskBudget: 100 * KIB } as const

  test('refuses what is beyond it before any byte is written, says how much, and keeps everything', async () => {
    const directory = new FaultyDirectory()
    const service = await opened(rules, directory)
    await keep(service, 'a', 60 * KIB)
    const before = directory.log.length
    const refused = putBytes(service, 'b', pattern(41 * KIB, 2))
    await expect(refused).rejects.toBeInstanceOf(QuotaExceededError)
    await expect(refused).rejects.toMatchObject({ requested: 41 * KIB, quota: 100 * KIB })
    await expect(service.call('beginWrite', { targets: [{ create: spec('b', 41 * KIB) }] })).rejects.toThrow(/budget/)
    expect(directory.log.length).toBe(before)
    expect([await paths(service), await live(service), evicted(service)]).toEqual(['a', 60 * KIB, []])
    await keep(service, 'b', 40 * KIB)
  })

  test('counts what a value replaces, what is being written, and no holes', async () => {
    const service = await opened(rules)
    const { incarnation, version } = await putBytes(service, 'a', pattern(60 * KIB, 1))
    await putBytes(service, 'a', pattern(100 * KIB, 2))
    await service.call('put', { puts: [{ target: { create: spec('zeros', MIB) } }] })
    await expect(putBytes(service, 'b', pattern(1, 1))).rejects.toBeInstanceOf(QuotaExceededError)
    expect(incarnation + version).toBeGreaterThan(0)
    await service.call('delete', { paths: ['a'] })
    const { draft } = await service.call('beginWrite', { targets: [{ create: spec('c', 70 * KIB) }] })
    await expect(putBytes(service, 'd', pattern(40 * KIB, 1))).rejects.toBeInstanceOf(QuotaExceededError)
    await service.call('abortWrite', { draft })
    await putBytes(service, 'd', pattern(40 * KIB, 1))
  })

  test('takes several values in one commit only where all of them fit', async () => {
    const service = await opened(rules)
    const put = (path: string, byteLength: number) => ({
      target: { create: spec(path, byteLength) },
      bytes: pattern(byteLength, 1),
    })
    const many = service.call('put', { puts: [put('a', 60 * KIB), put('b', 41 * KIB)] })
    await expect(many).rejects.toBeInstanceOf(QuotaExceededError)
    expect((await service.call('stats', {})).bytesWritten).toBe(0)
    await service.call('put', { puts: [put('a', 60 * KIB), put('b', 40 * KIB)] })
    await service.call('put', { puts: [put('a', 70 * KIB), put('b', 30 * KIB)] })
  })

  test('counts the holes that a set fills, and what append adds', async () => {
    const service = await opened({ diskBudget: 2 * MIB })
    const [zeros] = await service.call('put', { puts: [{ target: { create: spec('zeros', 4 * MIB) } }] })
    const { incarnation } = zeros?.meta ?? { incarnation: 0 }
    const set = (start: number, count: number) =>
      service.call('set', {
        incarnation,
        selection: [{ start, step: 1, count, keep: true }],
        bytes: pattern(count, 1),
        shape: [count],
      })
    await set(0, MIB + 1)
    expect(await live(service)).toBe(2 * MIB)
    await set(10, MIB)
    await expect(set(2 * MIB, 1)).rejects.toBeInstanceOf(QuotaExceededError)
    await service.call('delete', { paths: ['zeros'] })
    const a = await putBytes(service, 'a', pattern(MIB, 1))
    const append = (count: number) =>
      service.call('append', { incarnation: a.incarnation, axis: 0, bytes: pattern(count, 2), shape: [count] })
    await expect(append(MIB + 1)).rejects.toBeInstanceOf(QuotaExceededError)
    await append(MIB)
    expect(await live(service)).toBe(2 * MIB)
  })

  test('that is larger than it already takes nothing that makes it larger still', async () => {
    const directory = new FaultyDirectory()
    const before = await opened({}, directory)
    await keep(before, 'a', 60 * KIB)
    await keep(before, 'b', 60 * KIB)
    await before.call('close', {})
    const service = await opened(rules, directory)
    expect(await paths(service)).toBe('a b')
    await keep(service, 'a', 60 * KIB)
    await expect(keep(service, 'a', 61 * KIB)).rejects.toBeInstanceOf(QuotaExceededError)
    await keep(service, 'a', 30 * KIB)
    await keep(service, 'c', 10 * KIB)
  })
})

describe('a full disk makes room', () => {
  const full = async (
    evictionPolicy: EvictionPolicy,
    directory?: FaultyDirectory,
    scheduler = new ManualScheduler(),
  ): Promise<OpenService> => {
    const service = await opened({ diskBudget: 40 * KIB, evictionPolicy, scheduler }, directory)
    for (const path of ['a', 'b', 'c', 'd']) await keep(service, path)
    return service
  }

  test('by what was used least recently', async () => {
    const service = await full('least-recently-used')
    await touch(service, 'a')
    await bytesAt(service, 'b')
    await keep(service, 'e')
    await keep(service, 'f')
    expect(await paths(service)).toBe('a b e f')
    expect(evicted(service)).toEqual(['c disk', 'd disk'])
    expect((await service.call('stats', {})).evictions).toEqual({ disk: 2, expired: 0, tag: 0 })
  })

  test('by what was used least frequently', async () => {
    const service = await full('least-frequently-used')
    for (const path of ['a', 'a', 'b', 'b', 'c', 'd', 'd', 'd']) await touch(service, path)
    await keep(service, 'e')
    expect(evicted(service)).toEqual(['c disk'])
    await keep(service, 'f')
    expect(evicted(service)).toEqual(['c disk', 'e disk'])
  })

  test('by what was changed first', async () => {
    const service = await full('oldest')
    const { incarnation, version } = await service.call('open', { path: 'a' })
    await service.call('put', {
      puts: [{ target: { replace: { incarnation, version } }, bytes: pattern(10 * KIB, 5) }],
    })
    await service.call('release', { incarnations: [incarnation] })
    for (const path of ['b', 'c', 'd']) await touch(service, path)
    await keep(service, 'e')
    await keep(service, 'f', 20 * KIB)
    expect(evicted(service)).toEqual(['b disk', 'c disk', 'd disk'])
  })

  test('for no more than it needs, and for nothing that cannot fit', async () => {
    const service = await full('oldest')
    await expect(keep(service, 'e', 41 * KIB)).rejects.toBeInstanceOf(QuotaExceededError)
    expect([evicted(service), await paths(service)]).toEqual([[], 'a b c d'])
    await keep(service, 'e', 11 * KIB)
    expect(evicted(service)).toEqual(['a disk', 'b disk'])
  })

  test('never by what somebody holds, what is read, what is to be replaced, or what has no room', async () => {
    let goOn: (() => void) | undefined
    class StoppableScheduler extends ManualScheduler {
      isStopped = false

      override async pause(): Promise<void> {
        if (!this.isStopped) return
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
      }
    }
    const scheduler = new StoppableScheduler()
    const service = await full('oldest', undefined, scheduler)
    await service.call('open', { path: 'a' })
    const { draft } = await service.call('beginWrite', { targets: [{ create: spec('b', 10 * KIB) }] })
    await service.call('put', { puts: [{ target: { create: spec('zeros', 64) } }] })
    await service.call('put', { puts: [{ target: { create: spec('~ephemeral/x', 64, { ephemeral: true }) } }] })
    const reader = await service.call('open', { path: 'c' })
    await service.call('release', { incarnations: [reader.incarnation] })
    const all = { start: 0, step: 1, count: 10 * KIB, keep: true } as const
    const selections = Array.from({ length: 64 }, () => [all])
    scheduler.isStopped = true
    const reading = service.call('readMany', { incarnation: reader.incarnation, selections })
    await keep(service, 'e')
    scheduler.isStopped = false
    goOn?.()
    await reading
    expect(evicted(service)).toEqual(['d disk'])
    await service.call('write', { draft, offset: 0, bytes: pattern(10 * KIB, 9) })
    const [committed] = await service.call('commitWrite', { draft })
    expect(committed?.replaced).toBe(2)
    expect(await paths(service)).toBe('a b c e zeros')
    expect(sameBytes(await bytesAt(service, 'b'), pattern(10 * KIB, 9))).toBe(true)
  })

  test('of which nobody who opens it later sees a trace', async () => {
    const directory = new FaultyDirectory()
    const service = await full('oldest', directory)
    await keep(service, 'e')
    await service.call('close', {})
    const again = await opened({}, directory)
    expect(await paths(again)).toBe('b c d e')
    expect((await again.call('check', { fix: false })).problems).toEqual([])
  })

  test('when it is opened with a smaller budget, as far as that goes', async () => {
    const directory = new FaultyDirectory()
    await (await full('oldest', directory)).call('close', {})
    const service = await opened({ diskBudget: 15 * KIB, evictionPolicy: 'oldest' }, directory)
    expect(await paths(service)).toBe('d')
  })
})

describe('uses', () => {
  const rules = { diskBudget: 30 * KIB, evictionPolicy: 'least-recently-used' } as const

  test('outlive the worker from the next mark on', async () => {
    for (const end of ['close', 'mark', 'snapshot'] as const) {
      const directory = new FaultyDirectory()
      const service = await opened(rules, directory)
      for (const path of ['a', 'b', 'c']) await keep(service, path)
      await service.call('flush', {})
      await touch(service, 'a')
      if (end === 'close') await service.call('close', {})
      if (end === 'mark') service.scheduler.pass(10_000)
      if (end === 'snapshot') await service.call('flush', {})
      // Two unclean ends: the second reads what the first one's snapshot has.
      if (end === 'snapshot') await opened(rules, directory)
      const again = await opened(rules, directory)
      await keep(again, 'd')
      expect([end, evicted(again)]).toEqual([end, ['b disk']])
    }
  })

  test('cost no write of their own: many are noted in one frame, ten seconds later', async () => {
    const directory = new FaultyDirectory()
    const service = await opened(rules, directory)
    for (const path of ['a', 'b', 'c']) await keep(service, path)
    await service.call('flush', {})
    const before = directory.log.length
    for (let i = 0; i < 500; i++) await bytesAt(service, 'a')
    expect(directory.log.length).toBe(before)
    service.scheduler.pass(10_000)
    const writes = directory.log.slice(before).filter(({ kind }) => kind === 'write')
    expect(writes.length).toBe(2)
    service.scheduler.pass(60_000)
    expect(directory.log.slice(before).filter(({ kind }) => kind === 'write').length).toBe(2)
  })

  test('are not noted where the policy does not ask for them', async () => {
    const directory = new FaultyDirectory()
    const service = await opened({ evictionPolicy: 'oldest' }, directory)
    await keep(service, 'a')
    await service.call('flush', {})
    const before = directory.log.length
    await bytesAt(service, 'a')
    service.scheduler.pass(3600_000)
    await service.call('flush', {})
    expect(directory.log.length).toBe(before)
  })

  test('come after those of earlier lives though the clock went back', async () => {
    const directory = new FaultyDirectory()
    const service = await opened(rules, directory)
    service.scheduler.pass(1e9)
    for (const path of ['a', 'b', 'c']) await keep(service, path)
    await service.call('close', {})
    const again = await opened(rules, directory)
    await touch(again, 'a')
    await keep(again, 'd')
    expect(evicted(again)).toEqual(['b disk'])
  })
})

describe('an array with a time to live', () => {
  const put = (service: OpenService, path: string, expire: number) =>
    putBytes(service, path, pattern(10 * KIB, 1), { expire })

  test('is not found once it is over, and its bytes go soon after', async () => {
    const service = await opened({})
    const { incarnation } = await put(service, 'a', 5000)
    await service.call('release', { incarnations: [incarnation] })
    await keep(service, 'b')
    service.scheduler.pass(4999)
    expect(await paths(service)).toBe('a b')
    service.scheduler.pass(1)
    await expect(service.call('open', { path: 'a' })).rejects.toBeInstanceOf(NotFoundError)
    await expect(service.call('rename', { from: 'a', to: 'c' })).rejects.toBeInstanceOf(NotFoundError)
    expect(await service.call('stat', { path: 'a' })).toBeUndefined()
    expect(await service.call('delete', { paths: ['a'] })).toEqual([])
    expect(await paths(service)).toBe('b')
    service.scheduler.pass(1000)
    expect([evicted(service), await live(service)]).toEqual([['a expired'], 10 * KIB])
    expect((await service.call('stats', {})).evictions).toEqual({ disk: 0, expired: 1, tag: 0 })
  })

  test('stays for those who hold it, and goes after the last of them', async () => {
    const service = await opened({ diskBudget: 20 * KIB, evictionPolicy: 'oldest' })
    const { incarnation } = await put(service, 'a', 1000)
    service.scheduler.pass(60_000)
    expect((await service.call('read', { incarnation })).buffer.byteLength).toBe(10 * KIB)
    await expect(putBytes(service, 'b', pattern(11 * KIB, 1))).rejects.toBeInstanceOf(QuotaExceededError)
    expect(evicted(service)).toEqual([])
    await service.call('release', { incarnations: [incarnation] })
    service.scheduler.pass(1000)
    expect(evicted(service)).toEqual(['a expired'])
  })

  test('makes way at once for a new array at its path, and for others that need the room', async () => {
    const service = await opened({ diskBudget: 25 * KIB })
    for (const path of ['a', 'b']) {
      const { incarnation } = await put(service, path, 10)
      await service.call('release', { incarnations: [incarnation] })
    }
    service.scheduler.pass(10)
    await putBytes(service, 'a', pattern(5 * KIB, 2), { overwrite: false })
    await putBytes(service, 'c', pattern(15 * KIB, 3))
    expect([evicted(service), await paths(service)]).toEqual([['b expired'], 'a c'])
  })

  test('is gone when the disk is opened after its time', async () => {
    const directory = new FaultyDirectory()
    const service = await opened({}, directory)
    await put(service, 'a', 5000)
    await put(service, 'b', Number.POSITIVE_INFINITY)
    await service.call('rename', { from: 'a', to: 'c' })
    const { scheduler } = service
    await service.call('close', {})
    scheduler.pass(5000)
    const again = await opened({ scheduler }, directory)
    expect([await paths(again), evicted(again), await live(again)]).toEqual(['b', ['c expired'], 10 * KIB])
  })

  test('that is too long for a timer goes all the same', async () => {
    const service = await opened({})
    const days = 86_400_000
    const { incarnation } = await put(service, 'a', 60 * days)
    await service.call('release', { incarnations: [incarnation] })
    for (let day = 0; day < 61; day++) service.scheduler.pass(days)
    expect(evicted(service)).toEqual(['a expired'])
  })

  test('lives no shorter for a disk that is closed in vain, and leaves a closed one alone', async () => {
    const directory = new FaultyDirectory()
    const service = await opened({}, directory)
    const { incarnation } = await put(service, 'a', 1000)
    await service.call('release', { incarnations: [incarnation] })
    directory.fault = () => 'throw'
    await expect(service.call('close', {})).rejects.toBeInstanceOf(QuotaExceededError)
    directory.fault = () => undefined
    service.scheduler.pass(2000)
    expect(evicted(service)).toEqual(['a expired'])
    await put(service, 'b', 1000)
    await service.call('close', {})
    const before = directory.log.length
    service.scheduler.pass(60_000)
    expect(directory.log.length).toBe(before)
  })

  test.each([-1, Number.NaN])('of %d milliseconds is a TypeError', async (expire) => {
    await expect(put(await opened({}), 'a', expire)).rejects.toBeInstanceOf(TypeError)
  })
})

test('evicting a tag removes every array that has it, held or not, and tells how many', async () => {
  const directory = new FaultyDirectory()
  const service = await opened({}, directory)
  const tagged = (path: string, tags: readonly string[]) => putBytes(service, path, pattern(100, 1), { tags })
  await tagged('a', ['x', 'y', 'x'])
  const b = await tagged('b', ['y'])
  await service.call('release', { incarnations: [b.incarnation] })
  await tagged('c', ['z'])
  await putBytes(service, 'd', pattern(100, 1))
  await service.call('rename', { from: 'a', to: 'renamed' })
  await service.call('setAttributes', { incarnation: b.incarnation, attributes: { a: 1 } })
  await service.call('close', {})
  const again = await opened({}, directory)
  expect(await again.call('evict', { tag: 'nobody' })).toBe(0)
  expect(await again.call('evict', { tag: 'y' })).toBe(2)
  expect([await paths(again), evicted(again)]).toEqual(['c d', ['renamed tag', 'b tag']])
  expect((await again.call('stats', {})).evictions.tag).toBe(2)
})

test('pages are told once when nine tenths of the budget are used, and of every refused write', async () => {
  const service = await opened({ diskBudget: 100 * KIB })
  await keep(service, 'a', 89 * KIB)
  expect(pressures(service)).toEqual([])
  await keep(service, 'b', 1 * KIB)
  await keep(service, 'c', 1 * KIB)
  expect(pressures(service)).toEqual([[90 * KIB, 100 * KIB]])
  await keep(service, 'd', 10 * KIB).catch(() => undefined)
  expect(pressures(service).slice(1)).toEqual([[91 * KIB, 100 * KIB]])
  await service.call('delete', { paths: ['a'] })
  await keep(service, 'a', 89 * KIB)
  expect(pressures(service).length).toBe(3)
})

describe('where the browser refuses', () => {
  /** Files may have so many bytes together. */
  function limited(quota: number): FaultyDirectory {
    const directory = new FaultyDirectory()
    const sizes = new Map<string, number>()
    directory.fault = (operation) => {
      const { file } = operation
      const size = sizes.get(file) ?? 0
      const wanted =
        operation.kind === 'truncate'
          ? operation.size
          : operation.kind === 'write'
            ? Math.max(size, operation.at + operation.bytes.byteLength)
            : size
      const others = [...sizes].reduce((sum, [name, bytes]) => sum + (name === file ? 0 : bytes), 0)
      if (wanted > size && others + wanted > quota) return 'throw'
      sizes.set(file, wanted)
      return undefined
    }
    return directory
  }

  const isTold = (messages: readonly ServiceMessage[]): boolean => messages.some(({ type }) => type === 'pressure')

  test('a disk that may evict goes on for ever, whatever the sizes', async () => {
    const directory = limited(24 * MIB)
    const service = await opened({ evictionPolicy: 'least-recently-used' }, directory)
    const values = new Map<string, number>()
    const sizes = [100, 3 * MIB, 20 * KIB, MIB, 70 * KIB, 5 * MIB + 3, 300 * KIB]
    for (let i = 0; i < 400; i++) {
      const byteLength = sizes[(i * 5) % sizes.length] as number
      const { incarnation } = await putBytes(service, `p${i % 97}`, pattern(byteLength, i))
      await service.call('release', { incarnations: [incarnation] })
      values.set(`p${i % 97}`, i)
    }
    expect(isTold(service.messages)).toBe(false)
    const present = await service.call('list', { prefix: '' })
    expect(present.length).toBeGreaterThan(3)
    for (const { path, nbytes } of present) {
      expect(sameBytes(await bytesAt(service, path), pattern(nbytes, values.get(path) ?? -1))).toBe(true)
    }
    expect((await service.call('check', { fix: false })).problems).toEqual([])
    await service.call('close', {})
    expect(await paths(await opened({}, directory))).toBe(present.map(({ path }) => path).join(' '))
  }, 60_000)

  test('the catalog makes room for itself too', async () => {
    const directory = limited(3 * MIB)
    const service = await opened({ evictionPolicy: 'oldest' }, directory)
    for (let i = 0; i < 1200; i++) {
      const path = `${'a long path '.repeat(80)}${i}`
      const { incarnation } = await putBytes(service, path, pattern(100, i))
      await service.call('release', { incarnations: [incarnation] })
    }
    expect((await service.call('usage', {})).arrays).toBeGreaterThan(100)
  }, 60_000)

  test('writes into an array, and behind it, make room as well, and never by the array itself', async () => {
    const service = await opened({ evictionPolicy: 'oldest' }, limited(20 * MIB))
    const [zeros] = await service.call('put', { puts: [{ target: { create: spec('zeros', 8 * MIB) } }] })
    const { incarnation } = zeros?.meta ?? { incarnation: 0 }
    await service.call('release', { incarnations: [incarnation] })
    for (let i = 0; i < 8; i++) await keep(service, `${i}`, 2 * MIB)
    const whole = { selection: [{ start: 0, step: 1, count: 8 * MIB, keep: true }], shape: [8 * MIB] }
    await service.call('set', { incarnation, bytes: pattern(8 * MIB, 1), ...whole })
    await service.call('append', { incarnation, axis: 0, bytes: pattern(2 * MIB, 2), shape: [2 * MIB] })
    expect(await service.call('stat', { path: 'zeros' })).toMatchObject({ shape: [10 * MIB] })
    expect(evicted(service).length).toBeGreaterThanOrEqual(3)
  })

  test('what can be had in no way is refused, and nothing goes for it', async () => {
    const service = await opened({ evictionPolicy: 'oldest' }, limited(8 * MIB))
    await keep(service, 'a', 2 * MIB)
    await keep(service, 'b', 2 * MIB)
    await expect(keep(service, 'c', 9 * MIB)).rejects.toBeInstanceOf(QuotaExceededError)
    expect([await paths(service), isTold(service.messages)]).toEqual(['a b', true])
  })

  test('without a policy nothing goes', async () => {
    const service = await opened({}, limited(8 * MIB))
    await keep(service, 'a', 4 * MIB)
    await expect(keep(service, 'b', 4 * MIB)).rejects.toBeInstanceOf(QuotaExceededError)
    expect(await paths(service)).toBe('a')
  })
})
