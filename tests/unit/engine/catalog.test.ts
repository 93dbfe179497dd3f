// The catalog's two copies: damaged, foreign, missing, of a newer version, and replaced by snapshots while commits go on.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CorruptDataError, ProtocolVersionError, QuotaExceededError } from '../../../src/core/errors.js'
import { checksum } from '../../../src/engine/checksum.js'
import { CATALOG_FORMAT, NO_FRAME } from '../../../src/engine/frame.js'
import type { Directory } from '../../../src/engine/storage.js'
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
import { Random } from '../../support/random.js'

const COPIES = ['catalog-a', 'catalog-b'] as const
const NAMES = Array.from({ length: 12 }, (_, i) => `array-${i}`)

/** A disk with a dozen arrays, changed and closed, as files. */
async function furnished(): Promise<Map<string, Uint8Array>> {
  const directory = new FaultyDirectory()
  const service = await openService(directory)
  for (const [i, name] of NAMES.entries()) {
    await putBytes(service, name, pattern(1000, -i))
    await putBytes(service, name, pattern(1000, i))
    if (i % 4 === 0) await service.call('flush', {})
  }
  await service.call('close', {})
  return new Map(directory.files())
}

function directoryOf(files: ReadonlyMap<string, Uint8Array>): FaultyDirectory {
  const directory = new FaultyDirectory()
  for (const [file, bytes] of files) directory.replay({ kind: 'write', file, at: 0, bytes })
  return directory
}

async function expectWhole(directory: FaultyDirectory): Promise<void> {
  const service = await openService(directory)
  for (const [i, name] of NAMES.entries()) expect(sameBytes(await bytesAt(service, name), pattern(1000, i))).toBe(true)
  expect((await service.call('check', { fix: false })).problems).toEqual([])
  await service.call('close', {})
}

function expectSame(directory: FaultyDirectory, files: ReadonlyMap<string, Uint8Array>): void {
  const found = new Map(directory.files())
  expect([...found.keys()].sort()).toEqual([...files.keys()].sort())
  for (const [name, bytes] of found) expect(sameBytes(bytes, files.get(name) as Uint8Array), name).toBe(true)
}

const DAMAGES: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  missing: () => new Uint8Array(),
  'cut in the middle of a frame': (bytes) => bytes.slice(0, 700),
  garbage: (bytes) => pattern(bytes.byteLength, 99),
  zeros: (bytes) => new Uint8Array(bytes.byteLength),
  'a text': () => new TextEncoder().encode("this is somebody else's file. ".repeat(50)),
}

describe.each(COPIES)('with %s', (copy) => {
  test.each(Object.keys(DAMAGES))(
    '%s, the other one has everything, and both have again after opening',
    async (damage) => {
      const files = await furnished()
      files.set(copy, (DAMAGES[damage] as (bytes: Uint8Array) => Uint8Array)(files.get(copy) as Uint8Array))
      const directory = directoryOf(files)
      await expectWhole(directory)
      const mended = new Map(directory.files())
      const other = COPIES.find((name) => name !== copy) as string
      mended.set(other, new Uint8Array())
      await expectWhole(directoryOf(mended))
    },
  )
})

test('copies damaged in different frames fill each other, and a power cut while they are mended loses nothing', async () => {
  const files = await furnished()
  const damaged = (name: string, at: number): Uint8Array => {
    const bytes = (files.get(name) as Uint8Array).slice()
    bytes[at] = (bytes[at] as number) ^ 0xff
    return bytes
  }
  const frames = frameStarts(files.get('catalog-a') as Uint8Array)
  const pairs = [
    [0, 1],
    [1, 0],
    [2, 7],
    [9, 3],
  ] as const
  for (const [inA, inB] of pairs) {
    files.set('catalog-a', damaged('catalog-a', (frames[inA] as number) + 40))
    files.set('catalog-b', damaged('catalog-b', (frames[inB] as number) + 40))
    const base = [...files].flatMap(([file, bytes]) => [
      { kind: 'write', file, at: 0, bytes } as const,
      { kind: 'flush', file } as const,
    ])
    const directory = directoryOf(files)
    await openService(directory)
    for (let cut = 0; cut <= directory.log.length; cut++) {
      await expectWhole(afterPowerCut([...base, ...directory.log], base.length + cut, () => 0.5))
    }
    files.set('catalog-a', damaged('catalog-a', (frames[inA] as number) + 40))
    files.set('catalog-b', damaged('catalog-b', (frames[inB] as number) + 40))
  }
})

/** Frames begin with their magic and length. */
function frameStarts(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = view.getUint32(0, true)
  const starts: number[] = []
  for (let at = 0; view.getUint32(at, true) === magic; at += Math.ceil((32 + view.getUint32(at + 4, true)) / 8) * 8) {
    starts.push(at)
  }
  return starts
}

/** The catalog with a first frame of a higher format, whole. */
function ofNewerVersion(catalog: Uint8Array): Uint8Array {
  const newer = catalog.slice()
  const view = new DataView(newer.buffer)
  view.setUint32(12, CATALOG_FORMAT + 1, true)
  view.setFloat64(24, NO_FRAME, true)
  view.setFloat64(24, checksum(newer.subarray(0, frameStarts(newer)[1])), true)
  return newer
}

test('any bytes over any part of one copy lose nothing', async () => {
  const files = await furnished()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...COPIES),
      fc.nat(4000),
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      async (copy, at, bytes) => {
        const damaged = new Map(files)
        const whole = (files.get(copy) as Uint8Array).slice()
        whole.set(bytes, at)
        damaged.set(copy, whole)
        await expectWhole(directoryOf(damaged))
      },
    ),
    { numRuns: 60 },
  )
})

test('a disk of which neither catalog can be read is refused and left as it is', async () => {
  const files = await furnished()
  for (const copy of COPIES) files.set(copy, pattern(5000, 3))
  const directory = directoryOf(files)
  await expect(openService(directory)).rejects.toBeInstanceOf(CorruptDataError)
  expectSame(directory, files)
})

test.each([
  ['are gone', () => undefined],
  ['are empty', () => new Uint8Array()],
  ['are zeros', (bytes: Uint8Array) => new Uint8Array(bytes.byteLength)],
  [
    'are garbage or gone',
    (bytes: Uint8Array, copy: string) => (copy === 'catalog-a' ? pattern(bytes.byteLength, 3) : undefined),
  ],
] as const)(
  'a disk whose catalogs %s while its data is there is refused, and the data left as it is',
  async (_, spoilt) => {
    const files = await furnished()
    for (const copy of COPIES) {
      const bytes = spoilt(files.get(copy) as Uint8Array, copy)
      if (bytes === undefined) files.delete(copy)
      else files.set(copy, bytes)
    }
    const directory = directoryOf(files)
    await expect(openService(directory)).rejects.toBeInstanceOf(CorruptDataError)
    expect(sameBytes(new Map(directory.files()).get('data-0') as Uint8Array, files.get('data-0') as Uint8Array)).toBe(
      true,
    )
  },
)

test.each(COPIES)('a disk whose %s is of a newer version is refused and left as it is, byte for byte', async (copy) => {
  const files = await furnished()
  files.set(copy, ofNewerVersion(files.get(copy) as Uint8Array))
  files.delete('data-0')
  const directory = directoryOf(files)
  await expect(openService(directory)).rejects.toBeInstanceOf(ProtocolVersionError)
  expectSame(directory, files)
  expect(directory.log).toEqual([])
})

describe('a snapshot', () => {
  /** Pauses are where the test lets commits in. */
  class BusyScheduler extends ManualScheduler {
    atPause: () => Promise<void> = async () => undefined

    override pause(): Promise<void> {
      return this.atPause()
    }
  }

  /** A log so long that the next mark begins a snapshot. */
  async function aboutToSnapshot() {
    const directory = new FaultyDirectory()
    const scheduler = new BusyScheduler()
    const service = await openService(directory, { scheduler })
    const attributes = { text: 'x'.repeat(5000) }
    for (let i = 0; i < 9; i++) {
      const puts = Array.from({ length: 100 }, (_, nth) => spec(`long-${100 * i + nth}`, 10, { attributes }))
      await service.call('put', { puts: puts.map((create) => ({ target: { create } })) })
    }
    return { directory, scheduler, service }
  }

  test('holds what is committed, marked, deleted and renamed while it is made', async () => {
    const { directory, scheduler, service } = await aboutToSnapshot()
    let pauses = 0
    scheduler.atPause = async () => {
      const nth = pauses++
      if (nth > 30) return
      await service.call('put', { puts: [{ target: { create: spec(`during-${nth}`, 64) }, bytes: pattern(64, nth) }] })
      if (nth % 3 === 0) await service.call('flush', {})
      if (nth % 4 === 0) await service.call('delete', { paths: [`long-${nth}`] })
      if (nth % 5 === 0) await service.call('rename', { from: `long-${nth + 1}`, to: `renamed-${nth}` })
    }
    await service.call('flush', {})
    for (let i = 0; i < 2000; i++) await undefined
    expect(pauses).toBeGreaterThan(15)
    await service.call('close', {})
    const files = new Map(directory.files())
    for (const lost of COPIES) {
      const one = new Map(files)
      one.set(lost, new Uint8Array())
      const again = await openService(directoryOf(one))
      const list = (await again.call('list', { prefix: '' })).map(({ path }) => path)
      const during = list.filter((path) => path.startsWith('during-'))
      expect(during).toHaveLength(Math.min(pauses, 31))
      for (const path of during)
        expect(sameBytes(await bytesAt(again, path), pattern(64, Number(path.slice(7))))).toBe(true)
      expect(list).toContain('renamed-0')
      expect(list).not.toContain('long-0')
      expect(list).not.toContain('long-1')
    }
  })

  test('loses nothing that became durable meanwhile, in whatever order it arrives when the power is cut', async () => {
    const { directory, scheduler, service } = await aboutToSnapshot()
    let pauses = 0
    scheduler.atPause = async () => {
      const nth = pauses++
      if (nth >= 4) return
      await putBytes(service, `during-${nth}`, pattern(64, nth))
      await service.call('flush', {})
    }
    await service.call('flush', {})
    for (let i = 0; i < 200; i++) await undefined
    const { log } = directory
    const flushOf = (name: string, from: number) =>
      log.findIndex(({ kind, file }, at) => at >= from && kind === 'flush' && file === name)
    // From the last mark on until one copy is replaced, and the other is about to be.
    const from =
      flushOf(
        'catalog-b',
        log.findLastIndex(({ kind, file }) => kind === 'flush' && file === 'data-0'),
      ) + 1
    const to = flushOf('catalog-a', from)
    expect(to - from).toBeGreaterThan(10)
    const random = new Random(1)
    for (let cut = from; cut <= to + 1; cut += 4) {
      for (let times = 0; times < 2; times++) {
        const again = await openService(afterPowerCut(log, cut, random.next))
        const found = (await again.call('list', { prefix: '' })).filter(({ path }) => path.startsWith('during-'))
        expect(found, `cut ${cut} of ${from} to ${to}`).toHaveLength(4)
      }
    }
  })

  test('makes the catalog short again', async () => {
    const { directory, service } = await aboutToSnapshot()
    await service.call('flush', {})
    await service.call('close', {})
    const [log, snapshot] = COPIES.map((name) => frameStarts(new Map(directory.files()).get(name) as Uint8Array))
    expect(log?.length).toBeLessThan(25)
    expect(snapshot).toEqual(log)
  })

  test.each(COPIES)('that meets the quota in %s leaves one copy, which the next one mends', async (copy) => {
    const { directory, service } = await aboutToSnapshot()
    await service.call('put', { puts: [{ target: { create: spec('a', 64) }, bytes: pattern(64, 1) }] })
    let refusals = 0
    directory.fault = ({ kind, file }) => {
      // Appends go to both; only what begins a file anew is refused.
      if (kind !== 'write' || file !== copy || refusals > 1) return undefined
      refusals++
      return 'short'
    }
    const refused = await service.call('flush', {}).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (refused !== undefined) expect(refused).toBeInstanceOf(QuotaExceededError)
    for (let i = 0; i < 100; i++) await undefined
    directory.fault = () => undefined
    await putBytes(service, 'b', pattern(64, 2))
    const crashed = await openService(directoryOf(new Map(directory.files())))
    expect(sameBytes(await bytesAt(crashed, 'a'), pattern(64, 1))).toBe(true)
    expect(sameBytes(await bytesAt(crashed, 'b'), pattern(64, 2))).toBe(true)
    await service.call('flush', {})
    await service.call('close', {})
    for (const lost of COPIES) {
      const one = new Map(directory.files())
      one.set(lost, new Uint8Array())
      const again = await openService(directoryOf(one))
      expect(sameBytes(await bytesAt(again, 'b'), pattern(64, 2))).toBe(true)
    }
  })
})

test('with the quota used up arrays can still be deleted, and what is committed be made durable', async () => {
  const directory = new FaultyDirectory()
  const service = await openService(directory)
  await putBytes(service, 'big', pattern(4000, 1))
  directory.fault = ({ kind }) => (kind === 'truncate' ? 'throw' : undefined)
  const attributes = { text: 'x'.repeat(300) }
  let refused: unknown
  for (let i = 0; refused === undefined; i++) {
    refused = await putBytes(service, `small-${i}`, pattern(64, i), { attributes }).then(
      () => undefined,
      (error: unknown) => error,
    )
  }
  expect(refused).toBeInstanceOf(QuotaExceededError)
  await service.call('flush', {})
  for (let i = 0; i < 500; i++) await service.call('delete', { paths: [`small-${i}`] })
  await service.call('flush', {})
  await service.call('close', {})
  const again = await openService(directory)
  expect(sameBytes(await bytesAt(again, 'big'), pattern(4000, 1))).toBe(true)
  expect(await again.call('stat', { path: 'small-499' })).toBeUndefined()
})

/** The directory, and which of its files are open. */
function tracked(directory: FaultyDirectory): { directory: Directory; open: Set<string> } {
  const open = new Set<string>()
  const opened = async (name: string) => {
    const file = await directory.open(name)
    open.add(name)
    return Object.assign(file, { close: () => open.delete(name) })
  }
  return {
    open,
    directory: {
      readCost: directory.readCost,
      open: opened,
      remove: (name) => directory.remove(name),
      list: () => directory.list(),
    },
  }
}

describe('a disk that cannot be opened', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('for the quota ends at write %i, has no file open', async (failing) => {
    const faulty = new FaultyDirectory()
    let nth = 0
    faulty.fault = () => (nth++ >= failing ? 'throw' : undefined)
    const { directory, open } = tracked(faulty)
    const refused = await openService(directory).catch((error: unknown) => error)
    expect([...open]).toEqual(refused instanceof QuotaExceededError ? [] : ['catalog-a', 'catalog-b', 'data-0'])
    expect(nth).toBeGreaterThan(0)
  })

  test('for it is of a newer version, has no file open', async () => {
    const files = await furnished()
    files.set('catalog-a', ofNewerVersion(files.get('catalog-a') as Uint8Array))
    const { directory, open } = tracked(directoryOf(files))
    await expect(openService(directory)).rejects.toBeInstanceOf(ProtocolVersionError)
    expect([...open]).toEqual([])
  })

  test('for nobody can say which clients live, has no file open', async () => {
    const { directory, open } = tracked(new FaultyDirectory())
    const live = { [Symbol.iterator]: () => fail() } as unknown as string[] // not iterable in earnest
    await expect(openService(directory, { live })).rejects.toThrow('nobody knows')
    expect([...open]).toEqual([])
  })
})

function fail(): never {
  throw new Error('nobody knows')
}
