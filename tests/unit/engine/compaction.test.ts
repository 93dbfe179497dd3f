// Moving blocks about while everything else goes on: each other call comes at every moment of a compaction.
import { describe, expect, test } from 'vitest'
import { StaleArrayError } from '../../../src/core/errors.js'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import type { ArrayMeta } from '../../../src/protocol.js'
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
const SIZE = 2 * MIB + 100
const old = pattern(SIZE, 1)
const next = pattern(SIZE, 2)

/** A disk where compaction has every block of 'a' to move: what was before it is gone. */
async function opened(directory = new FaultyDirectory()): Promise<{ service: OpenService; meta: ArrayMeta }> {
  const service = await openService(directory)
  await putBytes(service, 'filler', pattern(3 * MIB + 200_000, 0))
  const meta = await putBytes(service, 'a', old)
  await service.call('delete', { paths: ['filler'] })
  return { service, meta }
}

interface Interruption {
  readonly name: string
  run(service: OpenService, meta: ArrayMeta): Promise<unknown>
  /** What 'a' is in the end; undefined: nothing. */
  readonly expected: Uint8Array | undefined
}

const INTERRUPTIONS: readonly Interruption[] = [
  {
    name: 'a replacing put',
    run: (service, { incarnation, version }) =>
      service.call('put', { puts: [{ target: { replace: { incarnation, version } }, bytes: next }] }),
    expected: next,
  },
  {
    name: 'a set',
    run: (service, { incarnation }) =>
      service.call('set', {
        incarnation,
        selection: [{ start: 5, step: 1, count: SIZE - 10, keep: true }],
        bytes: next.slice(5, SIZE - 5),
        shape: [SIZE - 10],
      }),
    expected: Buffer.concat([old.subarray(0, 5), next.subarray(5, SIZE - 5), old.subarray(SIZE - 5)]),
  },
  {
    name: 'an append',
    run: (service, { incarnation }) => service.call('append', { incarnation, axis: 0, bytes: next, shape: [SIZE] }),
    expected: Buffer.concat([old, next]),
  },
  {
    name: 'a read',
    run: async (service, { incarnation }) => {
      const { buffer } = await service.call('read', { incarnation })
      expect(sameBytes(new Uint8Array(buffer), old)).toBe(true)
    },
    expected: old,
  },
  { name: 'a new array at the path', run: (service) => putBytes(service, 'a', next), expected: next },
  { name: 'a delete', run: (service) => service.call('delete', { paths: ['a'] }), expected: undefined },
  { name: 'another compaction', run: (service) => service.call('compact', {}), expected: old },
  {
    name: 'a flush and a put that wants the room',
    run: async (service) => {
      await service.call('flush', {})
      await putBytes(service, 'b', pattern(4 * MIB, 3))
    },
    expected: old,
  },
]

async function putRepeated(service: OpenService, path: string, byteLength: number): Promise<void> {
  await service.call('put', { puts: [{ target: { create: spec(path, byteLength) }, item: Uint8Array.of(7) }] })
}

async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await undefined
}

test.each(INTERRUPTIONS)('$name at any moment of a compaction has its effect', async ({ run, expected }) => {
  let moments = 0
  for (let isOver = false; !isOver; moments += 3) {
    const { service, meta } = await opened()
    let compacting = true
    const compaction = service.call('compact', {}).then(() => {
      compacting = false
    })
    await ticks(moments)
    isOver = !compacting
    await Promise.all([compaction, run(service, meta)])
    const after = (await service.call('stat', { path: 'a' })) && (await bytesAt(service, 'a'))
    expect(after && expected ? sameBytes(after, expected) : after === expected).toBe(true)
    expect((await service.call('check', { fix: false })).problems).toEqual([])
  }
  expect(moments).toBeGreaterThan(10)
})

describe('a compaction', () => {
  test('gives the room back to the browser', async () => {
    const directory = new FaultyDirectory()
    const { service } = await opened(directory)
    await service.call('compact', {})
    expect(dataBytes(directory)).toBe(3 * MIB)
    expect(sameBytes(await bytesAt(service, 'a'), old)).toBe(true)
    expect((await service.call('stats', {})).compactions).toBe(1)
  })

  test('comes by itself when the disk is idle and much larger than what is on it', async () => {
    const directory = new FaultyDirectory()
    const { service } = await opened(directory)
    await putRepeated(service, 'big', 60 * MIB)
    await putBytes(service, 'last', pattern(MIB, 1))
    await service.call('delete', { paths: ['big'] })
    service.scheduler.pass(5000)
    await ticks(1000)
    expect(dataBytes(directory)).toBe(4 * MIB)
  })

  test('leaves a damaged block where it is and moves the others', async () => {
    const directory = new FaultyDirectory()
    const { service } = await opened(directory)
    const data = await directory.open('data-0')
    data.write(new Uint8Array(10), 4 * MIB + 5)
    await service.call('compact', {})
    expect((await service.call('check', { fix: false })).problems).toMatchObject([{ kind: 'checksum', path: 'a' }])
    // Moved, it would not verify after an unclean end, and all that came after it would not count.
    expect(dataBytes(directory)).toBe(5 * MIB)
  })

  test('cuts what is free at the end where the quota leaves no room to move anything', async () => {
    const directory = new FaultyDirectory()
    const { service } = await opened(directory)
    directory.fault = ({ kind, file }) => (kind === 'write' && file.startsWith('data-') ? 'throw' : undefined)
    await service.call('compact', {})
    expect(dataBytes(directory)).toBeLessThan(8 * MIB)
    expect(sameBytes(await bytesAt(service, 'a'), old)).toBe(true)
  })

  test('leaves alone what is being written', async () => {
    const { service } = await opened()
    const { draft } = await service.call('beginWrite', { targets: [{ create: spec('b', SIZE) }] })
    await service.call('write', { draft, offset: 0, bytes: next.slice(0, MIB) })
    await service.call('compact', {})
    await service.call('write', { draft, offset: MIB, bytes: next.slice(MIB) })
    await service.call('commitWrite', { draft })
    expect(sameBytes(await bytesAt(service, 'b'), next)).toBe(true)
    expect(sameBytes(await bytesAt(service, 'a'), old)).toBe(true)
  })
})

test('closing at any moment of an idle compaction leaves no file open and nothing moved by half', async () => {
  for (let moment = 0; moment < 50; moment += 7) {
    const directory = new MemoryDirectory() // opens no file twice
    const service = await openService(directory)
    await putRepeated(service, 'filler', 40 * MIB)
    await putBytes(service, 'a', old)
    await service.call('delete', { paths: ['filler'] })
    service.scheduler.pass(5000)
    await ticks(moment)
    await service.call('close', {})
    await ticks(100)
    const again = await openService(directory)
    expect(sameBytes(await bytesAt(again, 'a'), old)).toBe(true)
    expect(service.messages.filter(({ type }) => type === 'error')).toEqual([])
  }
})

test('a set based on a value that was replaced meanwhile is refused', async () => {
  const { service, meta } = await opened()
  const { incarnation, version } = meta
  const selection = [{ start: 0, step: 1, count: SIZE, keep: true }]
  const set = service.call('set', { incarnation, selection, bytes: old, shape: [SIZE] })
  const put = service.call('put', { puts: [{ target: { replace: { incarnation, version } }, bytes: next }] })
  const [first, second] = await Promise.allSettled([set, put])
  const refused = [first, second].filter(({ status }) => status === 'rejected')
  expect(refused).toMatchObject([{ reason: expect.any(StaleArrayError) }])
})

function dataBytes(directory: FaultyDirectory): number {
  return directory.files().reduce((sum, [name, bytes]) => (name.startsWith('data-') ? sum + bytes.byteLength : sum), 0)
}
