// Frames that had been durable, damaged in both copies of the catalog at once: nothing older is handed out in their place.
import { expect, test } from 'vitest'
import { CorruptDataError } from '../../../src/core/errors.js'
import { HEADER_BYTES } from '../../../src/engine/frame.js'
import { bytesAt, type OpenService, openService, pattern, putBytes, sameBytes } from '../../support/engine-harness.js'
import { FaultyDirectory } from '../../support/faulty-directory.js'
import { Random } from '../../support/random.js'

const COPIES = ['catalog-a', 'catalog-b'] as const
const PATHS = ['a', 'b', 'c', 'd', 'e', 'f']
/** LOST_FRAMES_SEEDS: histories of each kind of damage. */
const SEEDS = Array.from({ length: Number(process.env['LOST_FRAMES_SEEDS'] ?? 1) }, (_, i) => i + 1)
const SECTOR_BYTES = 512

type Files = ReadonlyMap<string, Uint8Array>

interface Kept {
  readonly bytes: Uint8Array
  readonly attributes: string
}

interface History {
  readonly files: Files
  /** All of it durable. */
  readonly state: ReadonlyMap<string, Kept>
}

async function historyOf(seed: number): Promise<History> {
  const random = new Random(seed)
  const directory = new FaultyDirectory()
  let service = await openService(directory)
  const state = new Map<string, Kept>()
  for (let step = 0; step < 40; step++) {
    await change(service, state, random, step)
    if (random.chance(0.4)) await service.call('flush', {})
    // As after a kill: the catalog goes on from where it was.
    if (random.chance(0.15)) service = await openService(directory)
  }
  await service.call('flush', {})
  return { files: new Map(directory.files()), state }
}

async function change(service: OpenService, state: Map<string, Kept>, random: Random, step: number): Promise<void> {
  const path = random.pick(PATHS)
  const kept = state.get(path)
  const dice = random.below(8)
  if (kept === undefined || dice < 2) {
    const bytes = pattern(500 + random.below(1000), step)
    await putBytes(service, path, bytes)
    state.set(path, { bytes, attributes: '{}' })
    return
  }
  const { incarnation } = (await service.call('stat', { path })) as { incarnation: number }
  if (dice < 5) {
    const part = pattern(100, step)
    const selection = [{ start: 50, step: 1, count: 100, keep: true }]
    await service.call('set', { incarnation, selection, bytes: part, shape: [100] })
    const bytes = kept.bytes.slice()
    bytes.set(part, 50)
    state.set(path, { ...kept, bytes })
  } else if (dice === 5) {
    await service.call('setAttributes', { incarnation, attributes: { step } })
    state.set(path, { ...kept, attributes: JSON.stringify({ step }) })
  } else if (dice === 6) {
    await service.call('delete', { paths: [path] })
    state.delete(path)
  } else {
    const to = random.pick(PATHS)
    await service.call('rename', { from: path, to, overwrite: true })
    state.delete(path)
    state.set(to, kept)
  }
}

function directoryOf(files: Files): FaultyDirectory {
  const directory = new FaultyDirectory()
  for (const [file, bytes] of files) directory.replay({ kind: 'write', file, at: 0, bytes })
  return directory
}

/** Where frames begin, and where the last ends. */
function framesOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const starts = [0]
  for (let at = 0; view.getUint32(at, true) === view.getUint32(0, true); starts.push(at)) {
    at += Math.ceil((HEADER_BYTES + view.getUint32(at + 4, true)) / 8) * 8
  }
  return starts
}

const DAMAGES: Record<string, (bytes: Uint8Array, at: number, end: number, random: Random) => void> = {
  'a bit each': (bytes, at, end, random) => {
    const nth = at + random.below(end - at)
    bytes[nth] = (bytes[nth] as number) ^ 1
  },
  zeros: (bytes, at, end) => void bytes.fill(0, at, end),
  garbage: (bytes, at, end, random) => void bytes.set(pattern(end - at, random.below(99)), at),
  'a sector': (bytes, at) => void bytes.fill(0, at - (at % SECTOR_BYTES), at - (at % SECTOR_BYTES) + SECTOR_BYTES),
}

async function expectNothingOlder(service: OpenService, { state }: History, where: string): Promise<number> {
  const { problems } = await service.call('check', { fix: true })
  let right = 0
  for (const { path, attributes } of await service.call('list', { prefix: '' })) {
    const bytes = await bytesAt(service, path).catch((error: unknown) => error)
    const kept = state.get(path)
    if (!(bytes instanceof Uint8Array)) expect(bytes, where).toBeInstanceOf(CorruptDataError)
    else if (kept === undefined || !sameBytes(kept.bytes, bytes) || kept.attributes !== JSON.stringify(attributes)) {
      expect.fail(`${where}: ${path} is as it was before`)
    } else right++
  }
  if (right < state.size) expect(problems, where).not.toEqual([])
  return right
}

test.each(Object.keys(DAMAGES))(
  '%s in both copies at any frame of a history hands out nothing older',
  async (kind) => {
    let [opened, right, all] = [0, 0, 0]
    for (const seed of SEEDS) {
      const history = await historyOf(seed)
      const random = new Random(seed)
      const starts = framesOf(history.files.get(COPIES[0]) as Uint8Array)
      const last = starts.at(-2) as number
      for (const [nth, at] of starts.slice(0, -1).entries()) {
        // Without the last mark nobody knows what was durable.
        if (kind === 'a sector' && at + SECTOR_BYTES > last) continue
        const files = new Map(history.files)
        for (const copy of COPIES) {
          const bytes = (files.get(copy) as Uint8Array).slice()
          DAMAGES[kind]?.(bytes, at, starts[nth + 1] as number, random)
          files.set(copy, bytes)
        }
        const directory = directoryOf(files)
        const service = await openService(directory).catch((error: unknown) => error as Error)
        if (service instanceof Error) {
          expect(service).toBeInstanceOf(CorruptDataError)
          continue
        }
        opened++
        all += history.state.size
        right += await expectNothingOlder(service, history, `seed ${seed}, frame ${nth}`)
        expect((await service.call('check', { fix: false })).problems).toEqual([])
        await service.call('close', {})
        const again = await openService(directory)
        expect((await again.call('check', { fix: false })).problems).toEqual([])
      }
    }
    // All frames but those of the first snapshot.
    expect(opened).toBeGreaterThan(30 * SEEDS.length)
    if (kind !== 'a sector') expect(right / all).toBeGreaterThan(0.85)
  },
  3_600_000,
)
