// What WebAssembly makes of a catalog is what JavaScript makes of it.
import { readFile } from 'node:fs/promises'
import { afterEach, expect, test, vi } from 'vitest'
import openWabt from 'wabt'
import { PlainFrames } from '../../../src/engine/plain-frames.js'
import { PLAIN_FRAMES_WASM } from '../../../src/engine/plain-frames-wasm.js'
import type { ArrayMeta } from '../../../src/protocol.js'
import { bytesAt, type OpenService, openService, pattern, putBytes } from '../../support/engine-harness.js'
import { FaultyDirectory } from '../../support/faulty-directory.js'
import { Random } from '../../support/random.js'

const STEPS = 800

afterEach(() => void vi.restoreAllMocks())

/** Of all kinds of frames, the ones with nothing but plain entries most of all; on few paths, so that many meet. */
async function live(service: OpenService, random: Random): Promise<void> {
  for (let step = 0; step < STEPS; step++) {
    const path = random.pick(['a', 'b/c', 'é', 'long/'.repeat(30).slice(0, -1)]) + random.below(200)
    const there = (await service.call('stat', { path })) as ArrayMeta | undefined
    const kind = random.below(20)
    if (kind === 0) await service.call('flush', {})
    else if (there === undefined || kind > 8) {
      if (there !== undefined) await service.call('delete', { paths: [path] })
      await putBytes(service, path, pattern(random.pick([0, 1, 63, 3000, 300_000]), step))
    } else if (kind < 3) await service.call('delete', { paths: [path] })
    else if (kind < 5) await service.call('rename', { from: path, to: `${path}-${step}`, overwrite: false })
    else if (kind < 7) await service.call('setAttributes', { incarnation: there.incarnation, attributes: { step } })
    else {
      const { incarnation, version, nbytes } = there
      await service.call('put', {
        puts: [{ target: { replace: { incarnation, version } }, bytes: pattern(nbytes, step) }],
      })
    }
  }
}

async function seen(directory: FaultyDirectory): Promise<unknown> {
  const service = await openService(directory)
  const before = await service.call('usage', {}) // while all are packed
  const metas = await service.call('list', { prefix: '' })
  const bytes = []
  for (const { path } of metas) bytes.push(Buffer.from(await bytesAt(service, path)).toString('base64'))
  const { problems } = await service.call('check', { fix: false })
  expect(problems).toEqual([])
  const one = metas[0] as ArrayMeta
  const next = await putBytes(service, 'next', pattern(10, 1))
  return { before, metas: metas.sort((a, b) => (a.path < b.path ? -1 : 1)), bytes, next, one }
}

test.each([1, 2])('a disk is the same, opened by WebAssembly and without it (seed %i)', async (seed) => {
  const directory = new FaultyDirectory()
  const service = await openService(directory)
  await live(service, new Random(seed))
  await service.call('close', {})
  const scan = vi.spyOn(PlainFrames.prototype, 'scan')
  const fast = await seen(directory.copy())
  expect(scan.mock.results.filter(({ value }) => value !== undefined).length).toBeGreaterThan(20)
  vi.spyOn(PlainFrames, 'over').mockReturnValue(undefined)
  expect(fast).toEqual(await seen(directory.copy()))
})

test('the module is what plain-frames.wat says', async () => {
  const wabt = await openWabt()
  const source = await readFile(new URL('../../../src/engine/plain-frames.wat', import.meta.url), 'utf8')
  expect(PLAIN_FRAMES_WASM).toEqual(wabt.parseWat('plain-frames.wat', source).toBinary({}).buffer)
})
