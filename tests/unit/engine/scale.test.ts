// Costs that must not grow with the disk, in time of this process so that a busy machine changes little.
import { expect, test } from 'vitest'
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
import { afterPowerCut, FaultyDirectory } from '../../support/faulty-directory.js'

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

async function putMany(service: OpenService, count: number): Promise<void> {
  for (let first = 0; first < count; first += 1000) {
    const names = Array.from({ length: 1000 }, (_, i) => `folder/array-${first + i}`)
    const puts = names.map((name) => ({ target: { create: spec(name, 100) }, bytes: new Uint8Array(100) }))
    await service.call('put', { puts })
  }
}

test('a disk of 30,000 small arrays opens at once', async () => {
  const directory = new MemoryDirectory()
  const first = await openService(directory)
  await putMany(first, 30_000)
  await first.call('close', {})
  // About 0.1 s.
  expect(await cpuMs(() => openService(directory))).toBeLessThan(1500)
})

test('a disk whose worker was killed right after many arrays were made is opened without rewriting its catalog', async () => {
  const directory = new FaultyDirectory()
  await putMany(await openService(directory), 2000)
  directory.takeAway()
  const { length } = directory.log
  const service = await openService(directory)
  const written = directory.log.slice(length).flatMap((done) => (done.kind === 'write' ? done.bytes.byteLength : []))
  // The same mark in both files; a snapshot has a hundred bytes for each array.
  expect(written).toHaveLength(2)
  expect(Math.max(...written)).toBeLessThan(8000)
  expect((await service.call('usage', {})).arrays).toBe(2000)
  // What was found is durable.
  directory.takeAway()
  const again = await openService(afterPowerCut(directory.log, directory.log.length, () => 1))
  expect((await again.call('usage', {})).arrays).toBe(2000)
})

test('a copy of the catalog that a kill kept the last frame from gets that frame when the disk is opened, and no more is written', async () => {
  const directory = new FaultyDirectory()
  const first = await openService(directory)
  await putMany(first, 2000)
  await putBytes(first, 'last', pattern(100, 1))
  const killed = new FaultyDirectory()
  for (const operation of directory.log.slice(0, -1)) killed.replay(operation)
  const copies = () =>
    killed
      .files()
      .filter(([name]) => name.startsWith('catalog-'))
      .map(([, bytes]) => bytes)
  expect(sameBytes(copies()[0] as Uint8Array, copies()[1] as Uint8Array)).toBe(false)
  const service = await openService(killed)
  const written = killed.log.flatMap((done) => (done.kind === 'write' ? done.bytes.byteLength : []))
  expect(written).toHaveLength(3) // and a mark in both
  expect(Math.max(...written)).toBeLessThan(8000)
  expect(sameBytes(copies()[0] as Uint8Array, copies()[1] as Uint8Array)).toBe(true)
  expect(await bytesAt(service, 'last')).toEqual(pattern(100, 1))
})

test('a small put costs the same however many there are', async () => {
  const service = await openService(new MemoryDirectory(), { ownsBuffers: true })
  const putThousand = (nth: number) => async () => {
    for (let i = 0; i < 1000; i++) await putBytes(service, `${nth}-${i}`, new Uint8Array(1000))
  }
  await putThousand(-1)()
  const early = await cpuMs(putThousand(0))
  await putMany(service, 20_000)
  const late = await cpuMs(putThousand(1))
  expect(late).toBeLessThan(5 * early + 50)
})

test('elements that lie close together are read in few large reads, whatever the axes', async () => {
  const service = await openService(new MemoryDirectory())
  const length = 700_000
  const { incarnation } = await putBytes(service, 'rgb', pattern(3 * length, 1), { shape: [length, 3] })
  const selection = [
    { start: 0, step: 1, count: length, keep: true },
    { start: 2, step: -1, count: 3, keep: true },
  ]
  // About 20 ms; one read for every pixel would take seconds.
  expect(await cpuMs(() => service.call('read', { incarnation, selection }))).toBeLessThan(600)
  const set = { incarnation, selection, bytes: Uint8Array.of(1, 2, 3), shape: [3] }
  expect(await cpuMs(() => service.call('set', set))).toBeLessThan(600)
})
