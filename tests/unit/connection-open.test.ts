// openConnection where there is no browser: options, memory, and the handshake.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openConnection } from '../../src/connection.js'
import { diskOfFolder, folderOfDisk, isDiskName } from '../../src/core/disk-name.js'
import { ProtocolVersionError, StorageUnavailableError, WorkerFailedError } from '../../src/core/errors.js'
import { deleteDisk, listDisks } from '../../src/disks.js'
import { HANDSHAKE_TIMEOUT_MS, shakeHands } from '../../src/handshake.js'
import type { DiskOptions } from '../../src/options.js'
import { PROTOCOL_VERSION } from '../../src/protocol.js'
import { putOf } from '../support/put.js'

describe('options', () => {
  const wrong: readonly [string, Record<string, unknown>][] = [
    ['colour', { colour: 'red' }],
    ['name', { name: '' }],
    ['name', { name: 5 }],
    ['name', { name: 'a\ud800' }],
    ['name', { name: 'x'.repeat(256) }],
    ['backend', { backend: 'disk' }],
    ['memoryBudget', { memoryBudget: -1 }],
    ['memoryBudget', { memoryBudget: Number.NaN }],
    ['memoryBudget', { memoryBudget: '1' }],
    ['durability', { durability: 'loose' }],
    ['worker', { worker: 'worker.js' }],
    ['workerUrl', { workerUrl: 7 }],
    ['port', { port: {} }],
    ['signal', { signal: {} }],
    ['lockTimeout', { lockTimeout: -5 }],
  ]
  for (const [option, options] of wrong) {
    test(`${JSON.stringify(options)} is a TypeError naming ${option}`, async () => {
      const opening = openConnection({ backend: 'memory', ...options } as DiskOptions)
      await expect(opening).rejects.toThrow(TypeError)
      await expect(opening).rejects.toThrow(`'${option}'`)
    })
  }

  test('that are undefined are as if they were not there', async () => {
    const options: Record<string, unknown> = { backend: 'memory', name: undefined, lockTimeout: undefined }
    const connection = await openConnection(options)
    expect(connection.name).toBe('default')
    await connection.close()
  })

  test('a signal aborted already is the reason, whatever the backend', async () => {
    const signal = AbortSignal.abort('enough')
    for (const backend of ['opfs', 'memory', 'auto'] as const) {
      await expect(openConnection({ backend, signal })).rejects.toBe('enough')
    }
  })
})

describe('memory', () => {
  test('keeps a disk while it is closed, lists it and deletes it', async () => {
    const first = await openConnection({ backend: 'memory', name: 'kept' })
    expect(first.backend).toBe('memory')
    await first.call('put', { puts: [putOf('a', Uint8Array.of(1, 2))] })
    await first.close()
    const second = await openConnection({ backend: 'memory', name: 'kept' })
    expect(await second.call('stat', { path: 'a' })).toMatchObject({ nbytes: 2 })
    await second.close()
    expect(await listDisks()).toContain('kept')
    await deleteDisk('kept')
    expect(await listDisks()).not.toContain('kept')
  })

  test("is what 'auto' falls back to, telling why, where 'opfs' rejects", async () => {
    await expect(openConnection({ name: 'nowhere' })).rejects.toMatchObject({
      name: 'StorageUnavailableError',
      missing: 'navigator.locks',
    })
    const connection = await openConnection({ name: 'nowhere', backend: 'auto' })
    expect(connection.backend).toBe('memory')
    expect(connection.fallbackReason).toBeInstanceOf(StorageUnavailableError)
    await connection.close()
  })
})

describe('the handshake', () => {
  afterEach(() => {
    vi.useRealTimers()
  })
  const { signal } = new AbortController()

  test('accepts this version only', async () => {
    await shakeHands({ hello: async () => PROTOCOL_VERSION }, '', signal)
    for (const version of [PROTOCOL_VERSION + 1, 0]) {
      await expect(shakeHands({ hello: async () => version }, '', signal)).rejects.toBeInstanceOf(ProtocolVersionError)
    }
  })

  test('with what is no storage service is a WorkerFailedError with the cause', async () => {
    const hello = () => Promise.reject(new TypeError('rawValue.apply is not a function'))
    const error = await shakeHands({ hello }, '', signal).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(WorkerFailedError)
    expect((error as Error).cause).toBeInstanceOf(TypeError)
  })

  test('with a silent worker ends at the time-out, and with the reason when it is aborted', async () => {
    vi.useFakeTimers()
    const silent = { hello: () => new Promise<number>(() => {}) }
    const waiting = shakeHands(silent, '', signal)
    const ended = expect(waiting).rejects.toThrow(WorkerFailedError)
    await vi.advanceTimersByTimeAsync(HANDSHAKE_TIMEOUT_MS)
    await ended
    const abort = new AbortController()
    const aborted = shakeHands(silent, '', abort.signal)
    abort.abort('enough')
    await expect(aborted).rejects.toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('disk names', () => {
  const names = [
    'default',
    'Default',
    'a/b',
    '..',
    '%',
    '%2f',
    'ключ',
    '🗝',
    'é',
    'e\u0301',
    'CON',
    "it's (1)!*~",
    '0_-',
  ]

  test('have folders of their own, which tell the name', () => {
    const folders = names.map(folderOfDisk)
    expect(new Set(folders).size).toBe(names.length)
    expect(folders.map(diskOfFolder)).toEqual(names)
    for (const folder of folders) expect(folder).toMatch(/^[a-z0-9_%-]+$/)
  })

  test('that no folder can have are refused, and folders that no disk has are no disk', () => {
    expect(['', 'x'.repeat(256), '\ud800', 7].map(isDiskName)).toEqual([false, false, false, false])
    expect(isDiskName('x'.repeat(255)) && isDiskName('🗝'.repeat(21))).toBe(true)
    expect(['', '%', 'A', '%2F', '%zz', 'a.b'].map(diskOfFolder)).toEqual(new Array(6).fill(undefined))
  })
})
