// Writes that the browser refuses, in every way it does, at every write of every operation: nothing stored before is lost.
import { describe, expect, test } from 'vitest'
import { QuotaExceededError } from '../../../src/core/errors.js'
import { apply, leaf } from '../../../src/core/numpy/expression.js'
import type { Params } from '../../../src/protocol.js'
import { type OpenService, openService, pattern, spec } from '../../support/engine-harness.js'
import { type Fault, FaultyDirectory } from '../../support/faulty-directory.js'

const SIZE = 1_400_000
const FAULTS: readonly Fault[] = ['throw', 'short', 'zero', 'huge']

interface Operation {
  readonly name: string
  run(service: OpenService, incarnation: number, version: number): Promise<unknown>
}

const create = (path: string, byteLength: number, seed: number): Params<'put'> => ({
  puts: [{ target: { create: spec(path, byteLength) }, bytes: pattern(byteLength, seed) }],
})

const OPERATIONS: readonly Operation[] = [
  { name: 'create', run: (service) => service.call('put', create('new', 20 << 20, 7)) },
  {
    name: 'replace',
    run: (service, incarnation, version) =>
      service.call('put', { puts: [{ target: { replace: { incarnation, version } }, bytes: pattern(SIZE, 8) }] }),
  },
  {
    name: 'set',
    run: (service, incarnation) =>
      service.call('set', {
        incarnation,
        selection: [{ start: 10, step: 1, count: SIZE - 20, keep: true }],
        bytes: pattern(SIZE - 20, 9),
        shape: [SIZE - 20],
      }),
  },
  {
    name: 'append',
    run: (service, incarnation) =>
      service.call('append', { incarnation, axis: 0, bytes: pattern(20 << 20, 10), shape: [20 << 20] }),
  },
  {
    name: 'create of several',
    run: (service) => service.call('put', { puts: ['one', 'two'].flatMap((path) => create(path, SIZE, 4).puts) }),
  },
  {
    name: 'operator with out',
    run: (service, incarnation, version) => {
      const layout = { shape: [SIZE], strides: [1], offset: 0 }
      return service.call('evaluateInto', {
        computation: { kind: 'elementwise' },
        roots: [apply('invert', [leaf(0, 'uint8', [SIZE])])],
        sources: [{ incarnation, base: [SIZE], layout }],
        targets: [{ incarnation, version }],
      })
    },
  },
  {
    name: 'attributes',
    run: (service, incarnation) => service.call('setAttributes', { incarnation, attributes: { unit: 'm' } }),
  },
  { name: 'saved state', run: (service, incarnation) => service.call('saveState', { incarnation, state: { a: 1 } }) },
  { name: 'armed purge', run: (service, incarnation) => service.call('setPurge', { incarnation, purge: true }) },
  { name: 'clear', run: (service) => service.call('clear', {}) },
  { name: 'delete', run: (service) => service.call('delete', { paths: ['old'] }) },
  { name: 'rename', run: (service) => service.call('rename', { from: 'old', to: 'renamed' }) },
  {
    name: 'write in pieces',
    run: async (service) => {
      const { draft } = await service.call('beginWrite', { targets: [{ create: spec('new', 20 << 20) }] })
      for (let offset = 0; offset < 20 << 20; offset += 4 << 20) {
        await service.call('write', { draft, offset, bytes: pattern(4 << 20, offset) })
      }
      await service.call('commitWrite', { draft })
    },
  },
]

async function opened(): Promise<{
  directory: FaultyDirectory
  service: OpenService
  incarnation: number
  version: number
}> {
  const directory = new FaultyDirectory()
  const service = await openService(directory)
  const [old] = await service.call('put', create('old', SIZE, 1))
  await service.call('flush', {})
  if (old === undefined) throw new Error('nothing was created')
  return { directory, service, incarnation: old.meta.incarnation, version: old.meta.version }
}

async function value(service: OpenService, path: string): Promise<Uint8Array> {
  const { incarnation } = await service.call('open', { path })
  return new Uint8Array((await service.call('read', { incarnation })).buffer)
}

async function writesOf(operation: Operation): Promise<number> {
  const { directory, service, incarnation, version } = await opened()
  let writes = 0
  directory.fault = () => {
    writes++
    return undefined
  }
  await operation.run(service, incarnation, version)
  return writes
}

describe.each(FAULTS)('a write refused with "%s"', (fault) => {
  test.each(OPERATIONS)('at any write of $name leaves what was there, and the next one works', async (operation) => {
    const writes = await writesOf(operation)
    expect(writes).toBeGreaterThan(0)
    for (let failing = 0; failing < writes; failing++) {
      const { directory, service, incarnation, version } = await opened()
      let nth = 0
      directory.fault = () => (nth++ >= failing ? fault : undefined)
      await expect(operation.run(service, incarnation, version)).rejects.toBeInstanceOf(QuotaExceededError)
      expect(Buffer.compare(await value(service, 'old'), pattern(SIZE, 1))).toBe(0)
      expect((await service.call('list', { prefix: '' })).map(({ path }) => path)).toEqual(['old'])
      directory.fault = () => undefined
      await service.call('put', create('later', 1000, 2))
      await service.call('delete', { paths: ['later'] })
      await service.call('close', {})
      const again = await openService(directory)
      expect(Buffer.compare(await value(again, 'old'), pattern(SIZE, 1))).toBe(0)
      expect((await again.call('check', { fix: false })).problems).toEqual([])
    }
  })
})

test('a refused write says how much was asked for', async () => {
  const { directory, service } = await opened()
  directory.fault = () => 'throw'
  const refused = await service.call('put', create('new', 20 << 20, 7)).catch((error: unknown) => error)
  expect(refused).toMatchObject({ name: 'QuotaExceededError', code: 'ERR_QUOTA_EXCEEDED', quota: null })
  expect((refused as QuotaExceededError).requested).toBeGreaterThan(3 << 20)
})

test('room is found again after a delete', async () => {
  const { directory, service } = await opened()
  await service.call('put', create('big', 30 << 20, 3))
  directory.fault = (operation) => (operation.kind === 'truncate' ? 'throw' : undefined)
  await expect(service.call('put', create('more', 40 << 20, 4))).rejects.toBeInstanceOf(QuotaExceededError)
  await service.call('delete', { paths: ['big'] })
  await service.call('flush', {})
  await service.call('put', create('more', 30 << 20, 4))
  expect(Buffer.compare(await value(service, 'more'), pattern(30 << 20, 4))).toBe(0)
})
