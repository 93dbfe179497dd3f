// Damage of every kind, at random: the disk opens, or is refused and left; what is handed out is right, or an error says so.
import { beforeAll, expect, test } from 'vitest'
import { CorruptDataError, ProtocolVersionError } from '../../../src/core/errors.js'
import { readChanges } from '../../../src/engine/change-codec.js'
import { checksum } from '../../../src/engine/checksum.js'
import type { Entry } from '../../../src/engine/entry.js'
import { CATALOG_FORMAT, encodeFrame, HEADER_BYTES, LINK_BYTES, NO_FRAME } from '../../../src/engine/frame.js'
import { blockCount } from '../../../src/engine/layout.js'
import { MemoryStateStore } from '../../../src/engine/memory-directory.js'
import { PackedEntries } from '../../../src/engine/packed.js'
import { type PackedRun, PlainFrames } from '../../../src/engine/plain-frames.js'
import { bytesAt, openService, pattern, putBytes, sameBytes } from '../../support/engine-harness.js'
import { FaultyDirectory } from '../../support/faulty-directory.js'
import { Random } from '../../support/random.js'

const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 60_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 1)
/** Of so many inputs one goes through recovery, the others through decoding alone. */
const RECOVERED = 200
const COPIES = ['catalog-a', 'catalog-b'] as const

type Files = Map<string, Uint8Array>
let files: Files
let values: Map<string, Uint8Array>

/** A disk with values of all sizes; one of them is an image of the disk's own catalog. */
beforeAll(async () => {
  const directory = new FaultyDirectory()
  const service = await openService(directory)
  values = new Map()
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    values.set(path, bytes)
    // Plain entries are read in another way.
    const isPlain = bytes.byteLength % 2 === 1 || path === 'image'
    await putBytes(service, path, bytes.slice(), isPlain ? {} : { attributes: { path }, tags: ['tag'] })
  }
  for (const size of [0, 1, 1000, 70_000, 1_100_000]) await put(`array/${size}`, pattern(size, size))
  await service.call('flush', {})
  await put('image', new Map(directory.files()).get('catalog-a') as Uint8Array)
  await put('array/1000', pattern(1000, 7))
  // Without the room made ahead there is less to copy. What follows has no mark.
  await service.call('compact', {})
  await service.call('rename', { from: 'array/1', to: 'renamed' })
  values.set('renamed', values.get('array/1') as Uint8Array)
  values.delete('array/1')
  files = new Map(directory.files())
})

function directoryOf(some: Files): FaultyDirectory {
  const directory = new FaultyDirectory()
  for (const [file, bytes] of some) directory.replay({ kind: 'write', file, at: 0, bytes })
  return directory
}

function framesOf(bytes: Uint8Array): { at: number; body: number; end: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: { at: number; body: number; end: number }[] = []
  for (let at = 0; at + HEADER_BYTES <= bytes.byteLength && view.getUint32(at, true) === view.getUint32(0, true); ) {
    const body = view.getUint32(at + 4, true)
    const end = at + Math.ceil((HEADER_BYTES + body) / 8) * 8
    frames.push({ at, body, end })
    at = end
  }
  return frames
}

/** Makes every frame verify again. */
function seal(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let tip = NO_FRAME
  for (const { at, end } of framesOf(bytes)) {
    view.setFloat64(at + HEADER_BYTES + 8, tip, true)
    view.setFloat64(at + 24, tip, true)
    tip = checksum(bytes.subarray(at, Math.min(end, bytes.byteLength)))
    view.setFloat64(at + 24, tip, true)
  }
}

const DOUBLES = [
  Number.NaN,
  -1,
  -2,
  -1e5,
  1e300,
  2 ** 53,
  2 ** 32 * 9000,
  1.5,
  64,
  2 ** 20 - 64,
  Number.POSITIVE_INFINITY,
]

/** One piece of nonsense: a byte, a number that is too large, a double that is none, a piece from elsewhere. */
function spoil(bytes: Uint8Array, from: number, to: number, random: Random): void {
  const at = from + random.below(Math.max(1, to - from))
  const room = bytes.subarray(at, to)
  const kind = random.below(4)
  if (kind === 0 && room.byteLength > 0) room[0] = random.below(256)
  else if (kind === 1) room.subarray(0, random.below(9)).fill(0xff)
  else if (kind === 2 && room.byteLength >= 8) {
    new DataView(room.buffer, room.byteOffset).setFloat64(0, random.pick(DOUBLES), true)
  } else if (room.byteLength > 0) {
    const length = random.below(Math.min(64, room.byteLength)) + 1
    const source = random.below(Math.max(1, bytes.byteLength - length))
    room.set(bytes.slice(source, source + length))
  }
}

/** What a frame of that body puts, where all that it does is to put plain entries. */
function packedIn(body: Uint8Array): Entry[] | undefined {
  const bodyLength = LINK_BYTES + body.byteLength
  const file = new Uint8Array(Math.ceil((HEADER_BYTES + bodyLength) / 8) * 8)
  file.set(body, HEADER_BYTES + LINK_BYTES)
  new Uint32Array(file.buffer).set([0x4643_444c, bodyLength, 1, CATALOG_FORMAT])
  new Float64Array(file.buffer).set([1, NO_FRAME, 7, NO_FRAME], 2)
  const sum = checksum(file)
  new Float64Array(file.buffer)[3] = sum
  const before = { epoch: 1, log: 7, sequence: 1, changes: [], checksum: NO_FRAME, byteLength: 0 }
  const plain = PlainFrames.over(file) as PlainFrames
  const run = plain.scan(0, before)
  if (run === undefined) return undefined
  expect([run.checksum, run.byteLength]).toEqual([sum, file.byteLength])
  const packed = new PackedEntries(plain)
  const refused: Entry[] = []
  for (let rest = run.changes[0] as PackedRun | undefined; rest !== undefined; ) {
    const stopped = packed.add(rest)
    if (stopped !== undefined) refused.push(stopped.refused)
    rest = stopped?.rest
  }
  return [...packed.takeAll(), ...refused]
}

function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.incarnation - b.incarnation || (a.path < b.path ? -1 : 1))
}

test('changes read from nonsense are changes the engine can make, or none', () => {
  const random = new Random(SEED)
  const catalog = files.get('catalog-a') as Uint8Array
  const bodies = framesOf(catalog).map(({ at, body }) =>
    catalog.slice(at + HEADER_BYTES + LINK_BYTES, at + HEADER_BYTES + body),
  )
  let read = 0
  let packed = 0
  for (let i = 0; i < INPUTS; i++) {
    const body = random.pick(bodies).slice()
    for (let n = random.below(3); n >= 0; n--) spoil(body, 0, body.byteLength, random)
    const given = random.chance(0.1) ? body.subarray(0, random.below(body.byteLength)) : body
    const changes = readChanges(given)
    // What stays packed is not looked at again before it is used: it must be as right as what was read at once.
    const entries = i % 16 === 0 ? packedIn(given) : undefined // each takes a memory of its own
    if (entries !== undefined) {
      packed++
      expect(changes?.every(({ kind }) => kind === 'put' || kind === 'call')).toBe(true)
      const puts = changes?.flatMap((change) => (change.kind === 'put' ? change.entry : []))
      expect(sorted(entries), `input ${i} of seed ${SEED}`).toEqual(sorted(puts ?? []))
    }
    if (changes === undefined) continue
    read++
    for (const change of changes) {
      if (change.kind !== 'put') continue
      const { nbytes, blocks, path } = change.entry
      const isRight = blocks.length === 2 * blockCount(nbytes) && !path.split('/').includes('..')
      if (!isRight || blocks.some((value, at) => at % 2 === 0 && !(value < 2 ** 32 * 10_000))) {
        expect.fail(`input ${i} of seed ${SEED}: ${JSON.stringify(change)}`)
      }
    }
  }
  expect(read).toBeGreaterThan(INPUTS / 100)
  expect(read).toBeLessThan(INPUTS)
  expect(packed).toBeGreaterThan(read / 320)
}, 3_600_000)

interface Damage {
  readonly some: Files
  /** Frames that say something else than the engine wrote: what they name is then right by their own account only. */
  readonly isForged: boolean
}

function damaged(random: Random): Damage {
  const some: Files = new Map([...files].map(([name, bytes]) => [name, bytes.slice()]))
  const kind = random.below(7)
  const name = random.pick([...some.keys()])
  const bytes = some.get(name) as Uint8Array
  if (kind === 0) some.delete(name)
  if (kind === 1) some.set(name, bytes.slice(0, random.below(bytes.byteLength)))
  if (kind === 2) for (let n = 0; n < 20; n++) bytes[random.below(bytes.byteLength)] = random.below(256)
  if (kind === 3) {
    const other = random.pick([...some.keys()])
    some.set(name, some.get(other) as Uint8Array)
    some.set(other, bytes)
  }
  if (kind === 4) some.set(random.pick(['data-1', 'data-9999', 'data-x', 'notes.txt']), pattern(100, 1))
  if (kind < 5) return { some, isForged: false }
  for (const copy of kind === 5 ? COPIES : [random.pick(COPIES)]) {
    const catalog = some.get(copy) as Uint8Array
    const { at, body } = random.pick(framesOf(catalog))
    for (let n = random.below(3); n >= 0; n--)
      spoil(catalog, at + HEADER_BYTES + LINK_BYTES, at + HEADER_BYTES + body, random)
    seal(catalog)
    // Both say the same.
    if (kind === 5) some.set(COPIES[1], catalog.slice())
    if (kind === 5) break
  }
  return { some, isForged: true }
}

test('recovery from any damage opens the disk or refuses it, and hands out nothing wrong', async () => {
  let opened = 0
  let refused = 0
  for (let i = 0; i < Math.ceil(INPUTS / RECOVERED); i++) {
    const where = `input ${i} of seed ${SEED}`
    const { some, isForged } = damaged(new Random(SEED * 1e6 + i))
    const directory = directoryOf(some)
    try {
      const service = await openService(directory)
      opened++
      const { problems } = await service.call('check', { fix: true })
      for (const meta of await service.call('list', { prefix: '' })) {
        const { path, nbytes, incarnation } = meta
        // What a forged frame calls an array of holes has no place and may be of any size.
        if (nbytes > 4 << 20) continue
        const read = service.call('read', { incarnation }).then(
          ({ buffer }) => new Uint8Array(buffer),
          (error: unknown) => error,
        )
        const value = await read
        if (!(value instanceof Uint8Array)) expect(value, where).toBeInstanceOf(CorruptDataError)
        else if (!isForged && values.has(path)) {
          const expected = [values.get(path) as Uint8Array, pattern(1000, 1000)]
          if (!expected.some((one) => sameBytes(one, value)))
            expect.fail(`${where}: ${path} is wrong, ${JSON.stringify(problems)}`)
        }
      }
      if ((await service.call('check', { fix: false })).problems.length > 0)
        expect.fail(`${where}: the second check is not clean`)
      await putBytes(service, 'later', pattern(100_000, i))
      if (!sameBytes(await bytesAt(service, 'later'), pattern(100_000, i)))
        expect.fail(`${where}: a later write is wrong`)
      await service.call('close', {})
      expect((await directory.list()).length, where).toBeLessThan(8)
    } catch (error) {
      if (!(error instanceof CorruptDataError) && !(error instanceof ProtocolVersionError)) {
        throw new Error(where, { cause: error })
      }
      refused++
    }
  }
  console.log(`${opened} damaged disks opened, ${refused} refused`)
  expect(opened).toBeGreaterThan(refused)
}, 3_600_000)

test('a frame that moves a block its array does not have ends the log', async () => {
  const stat = await openService(directoryOf(files)).then((service) => service.call('stat', { path: 'image' }))
  const { incarnation } = stat as NonNullable<typeof stat>
  const some: Files = new Map(files)
  for (const copy of COPIES) {
    const bytes = (files.get(copy) as Uint8Array).slice()
    const { at, end } = framesOf(bytes).at(-1) as { at: number; end: number }
    const last = new DataView(bytes.buffer, at)
    const blocks = Float64Array.of(0, 0)
    const change = { kind: 'remap', incarnation, version: 1, modified: 0, indexes: [1000], blocks } as const
    const epoch = last.getUint32(8, true)
    const [sequence, tip, log] = [16, 24, HEADER_BYTES].map((field) => last.getFloat64(field, true)) as [
      number,
      number,
      number,
    ]
    bytes.set(encodeFrame({ epoch, log, tip }, sequence + 1, [change]).bytes, end)
    some.set(copy, bytes)
  }
  const service = await openService(directoryOf(some))
  for (const [path, value] of values) expect(sameBytes(await bytesAt(service, path), value), path).toBe(true)
})

test.each(COPIES)('a format that is damaged in %s alone is damage, not a newer version', async (copy) => {
  const some: Files = new Map(files)
  const bytes = (some.get(copy) as Uint8Array).slice()
  bytes[12] = (bytes[12] as number) ^ 0x40
  expect(bytes[12]).toBeGreaterThan(CATALOG_FORMAT)
  some.set(copy, bytes)
  const service = await openService(directoryOf(some))
  for (const [path, value] of values) expect(sameBytes(await bytesAt(service, path), value), path).toBe(true)
})

test('what is damaged is named once where it is given up; reading it stays an error, until it is written anew', async () => {
  const some: Files = new Map(files)
  some.set('data-0', pattern((files.get('data-0') as Uint8Array).byteLength, 5))
  const directory = directoryOf(some)
  const service = await openService(directory)
  const named = async (fix: boolean) => new Set((await service.call('check', { fix })).problems.map(({ path }) => path))
  const all = new Set([...values].flatMap(([path, { byteLength }]) => (byteLength > 0 ? path : [])))
  expect(await named(false)).toEqual(all)
  expect(await named(true)).toEqual(all)
  expect(await named(false)).toEqual(new Set())
  await service.call('close', {})
  const again = await openService(directory)
  await expect(bytesAt(again, 'image')).rejects.toMatchObject({ name: 'CorruptDataError', path: 'image' })
  await putBytes(again, 'image', pattern(10, 1))
  expect(sameBytes(await bytesAt(again, 'image'), pattern(10, 1))).toBe(true)
  expect((await again.call('check', { fix: false })).problems).toEqual([])
})

test('container states that are gone are named, and once only where that is fixed', async () => {
  const directory = new FaultyDirectory()
  const service = await openService(directory)
  const { incarnation } = await putBytes(service, 'a', pattern(10, 1))
  await service.call('saveState', { incarnation, state: { some: 'state' } })
  await service.call('close', {})
  const again = await openService(directory, { states: new MemoryStateStore() })
  const missing = [expect.objectContaining({ kind: 'truncated', path: 'a', fixed: false })]
  expect((await again.call('check', { fix: false })).problems).toEqual(missing)
  expect((await again.call('check', { fix: true })).problems).toEqual(missing)
  expect((await again.call('check', { fix: false })).problems).toEqual([])
  expect(sameBytes(await bytesAt(again, 'a'), pattern(10, 1))).toBe(true)
})
