// What only Chromium can be made to do: a disk that is full, a page that is frozen, a collection of garbage.
import { expect, test } from '../support/fixtures.js'

test.describe.configure({ timeout: 180_000 })

test('where the quota ends, writes are refused by QuotaExceededError, and everything else goes on', async ({
  session,
}) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open, keep } = await import('/tests/support/kept.ts')
    const { pattern } = await import('/tests/support/pattern.ts')
    const disk = await open()
    keep('old', await disk.array(pattern(4 << 20), { cachePath: 'old' }))
    keep('zeros', await disk.zeros([256 << 20], 'uint8', { cachePath: 'zeros' }))
    await disk.flush()
  })
  await page.setQuota(100 << 20)
  const seen = await page.evaluate(async () => {
    const { disk, kept } = await import('/tests/support/kept.ts')
    const { QuotaExceededError, slice } = await import('/src/index.ts')
    const { firstDifference } = await import('/tests/support/pattern.ts')
    const { add } = await import('/src/numpy.ts')
    const pressures: string[] = []
    disk().addEventListener('pressure', ({ detail }) => pressures.push(detail.kind))
    const large = new Uint8Array(200 << 20).fill(3)
    const refused: unknown[] = []
    const expectRefusal = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const error: unknown = await work().catch((thrown: unknown) => thrown)
      if (!(error instanceof QuotaExceededError)) throw new Error(`${what}: ${error}`)
      const { name, requested, quota } = error
      refused.push([what, name, requested > 0, quota === null || quota > 0])
    }
    const chunks = async function* () {
      for (let i = 0; i < 200; i++) yield new Uint8Array(1 << 20).fill(4)
    }
    await expectRefusal('create', () => disk().array(large, { cachePath: 'large' }))
    await expectRefusal('replace', () => disk().array(large, { cachePath: 'old' }))
    const stream = { cachePath: 'stream', shape: [200 << 20], dtype: 'uint8' } as const
    await expectRefusal('stream', () => disk().array(chunks(), stream))
    await expectRefusal('set', () => kept('zeros').set([slice(0, 200 << 20)], 5))
    await expectRefusal('append', () => kept('old').append(new Uint32Array(50 << 20)))
    const data = (await kept('zeros').data()) as Uint8Array
    data.fill(9)
    await expectRefusal('offload', () => kept('zeros').offload())
    if (kept('zeros').offloaded || !kept('zeros').dirty || data[0] !== 9)
      throw new Error('what was not written is gone')
    await kept('zeros').load('r+', { discard: true })
    await kept('zeros').offload()
    await expectRefusal('operator', () => add(kept('zeros'), 1, { out: kept('zeros') }))
    const paths = (await disk().list()).map(({ path }) => path).sort()
    const old = firstDifference((await (await disk().openArray('old')).toArray()) as Uint32Array)
    const zeros = [await kept('zeros').item(0), await kept('zeros').item((200 << 20) - 1)]
    const small = await disk().array(new Uint8Array(8 << 20).fill(6), { cachePath: 'small' })
    await small.offload()
    await kept('zeros').set([5], 1)
    await disk().delete('small')
    const again = await disk().array(new Uint8Array(8 << 20).fill(7), { cachePath: 'again' })
    return { refused, paths, old, zeros, again: await again.item(-1), isToldOf: pressures.includes('disk') }
  })
  expect(seen).toEqual({
    refused: ['create', 'replace', 'stream', 'set', 'append', 'offload', 'operator'].map((what) => [
      what,
      'QuotaExceededError',
      true,
      true,
    ]),
    paths: ['old', 'zeros'],
    old: -1,
    zeros: [0, 0],
    again: 7,
    isToldOf: true,
  })
  await page.setQuota(undefined)
  await page.reload()
  const after = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const large = await disk.array(new Uint8Array(100 << 20).fill(8), { cachePath: 'large' })
    return {
      last: await large.item(-1),
      zeros: await (await disk.openArray('zeros')).item(5),
      problems: (await disk.check()).problems,
      paths: (await disk.list()).map(({ path }) => path).sort(),
    }
  })
  expect(after).toEqual({ last: 8, zeros: 1, problems: [], paths: ['again', 'large', 'old', 'zeros'] })
})

test('a disk that is full still deletes, and has room again at once', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    await open()
  })
  // Chromium grants a file up to 128 MiB room in powers of two.
  await page.setQuota(100 << 20)
  const seen = await page.evaluate(async () => {
    const { disk, outcome } = await import('/tests/support/kept.ts')
    const make = async (path: string, mebibytes: number): Promise<string> => {
      const data = new Uint8Array(mebibytes << 20).fill(1)
      return (await outcome(disk().array(data, { cachePath: path, transfer: true }))).name
    }
    const names: string[] = []
    while (names.at(-1) !== 'QuotaExceededError' && names.length < 20) names.push(await make(`part/${names.length}`, 8))
    for (let i = 0; i < 3; i++) await disk().delete(`part/${i}`)
    return { count: names.length, again: await make('again', 24), over: await make('over', 8) }
  })
  expect(seen.count).toBeGreaterThan(3)
  expect(seen.count).toBeLessThan(13)
  expect(seen).toMatchObject({ again: 'resolved', over: 'QuotaExceededError' })
  await page.setQuota(1 << 20) // less than is used already
  const after = await page.evaluate(async () => {
    const { disk, outcome } = await import('/tests/support/kept.ts')
    const part = await disk().openArray('part/3')
    const outcomes = [
      await outcome(disk().delete('again')),
      await outcome(part.set([0], 5)),
      await outcome(part.setAttributes({ of: 'test' })),
      await outcome(disk().rename('part/3', 'renamed')),
      await outcome(disk().flush()),
    ]
    await disk().close()
    return outcomes.map(({ name }) => name)
  })
  expect(after).toEqual(Array.from({ length: 5 }, () => 'resolved'))
  await page.reload()
  const found = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const renamed = await disk.openArray('renamed')
    return [await renamed.item(0), await renamed.item(-1), renamed.attributes, await disk.has('again')]
  })
  expect(found).toEqual([5, 1, { of: 'test' }, false])
  await page.setQuota(undefined)
})

test('a frozen page hands the disk on with its memory intact, and works again when resumed', async ({ session }) => {
  const frozen = await session.open()
  const other = await session.open()
  await frozen.evaluate(async () => {
    const { open, keep } = await import('/tests/support/kept.ts')
    const disk = await open()
    for (const path of ['dirty', 'shared']) keep(path, await disk.array(new Int32Array(4), { cachePath: path }))
    const { kept } = await import('/tests/support/kept.ts')
    const data = (await kept('dirty').data()) as Int32Array
    data.fill(3)
  })
  await frozen.setLifecycle('frozen')
  const seen = await other.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open({ lockTimeout: 5000 })
    const shared = await disk.openArray('shared')
    await shared.set([1], 8)
    const dirty = (await (await disk.openArray('dirty')).get()).toNested()
    await disk.close()
    return dirty
  })
  expect(seen).toEqual([0, 0, 0, 0])
  await frozen.setLifecycle('active')
  const after = await frozen.evaluate(async () => {
    const { disk, kept } = await import('/tests/support/kept.ts')
    await kept('dirty').offload()
    const again = await disk().openArray('dirty')
    return [(await again.get()).toNested(), (await kept('shared').get()).toNested()]
  })
  expect(after).toEqual([
    [3, 3, 3, 3],
    [0, 8, 0, 0],
  ])
})

test('the finalizer of an array whose path has a new one takes nothing with it', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open, keep } = await import('/tests/support/kept.ts')
    const disk = await open()
    for (const path of ['put', 'renamed', 'deleted']) {
      keep(path, await disk.array(Uint8Array.of(1), { cachePath: path, purgeDiskOnGc: true }))
    }
  })
  const seen = await page.evaluate(async () => {
    const { disk, drop } = await import('/tests/support/kept.ts')
    for (const path of ['put', 'renamed', 'deleted']) drop(path)
    await disk().array(Uint8Array.of(2), { cachePath: 'put', overwrite: true })
    await disk().array(Uint8Array.of(3), { cachePath: 'other' })
    await disk().delete('renamed')
    await disk().rename('other', 'renamed')
    await disk().delete('deleted')
    await disk().array(Uint8Array.of(4), { cachePath: 'deleted' })
    // Collected after them, as a sign that the others are too.
    await disk().array(Uint8Array.of(5), { cachePath: 'sign', purgeDiskOnGc: true })
    return disk().has('sign')
  })
  expect(seen).toBe(true)
  const signIsGone = async (): Promise<boolean> => {
    await page.collectGarbage()
    return page.evaluate(async () => {
      const { disk } = await import('/tests/support/kept.ts')
      return !(await disk().has('sign'))
    })
  }
  await expect.poll(signIsGone, { timeout: 30_000 }).toBe(true)
  const values = () =>
    page.evaluate(async () => {
      const { open } = await import('/tests/support/kept.ts')
      const opened = await open()
      const found: number[] = []
      for (const path of ['put', 'renamed', 'deleted']) found.push(Number(await (await opened.openArray(path)).item(0)))
      return found
    })
  expect(await values()).toEqual([2, 3, 4])
  await page.reload()
  expect(await values()).toEqual([2, 3, 4])
})

test('bytes that are to be purged go when the last object on them is collected', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open, keep } = await import('/tests/support/kept.ts')
    const disk = await open()
    keep('one', await disk.array(new Uint8Array(8), { cachePath: 'purged', purgeDiskOnGc: true }))
    keep('two', await disk.openArray('purged'))
    keep('ephemeral', await disk.array(new Uint8Array(8)))
    keep('plain', await disk.array(new Uint8Array(8), { cachePath: 'plain' }))
  })
  const cdp = await page.playwright.context().newCDPSession(page.playwright)
  const collect = async (...names: string[]): Promise<number> => {
    await page.evaluate(async (names) => {
      const { drop } = await import('/tests/support/kept.ts')
      for (const name of names) drop(name)
    }, names)
    for (let i = 0; i < 3; i++) {
      await cdp.send('HeapProfiler.collectGarbage')
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
    }
    return page.evaluate(async () => {
      const { disk } = await import('/tests/support/kept.ts')
      return (await disk().usage()).arrays
    })
  }
  expect(await collect()).toBe(3)
  expect(await collect('one', 'plain')).toBe(3)
  await expect.poll(() => collect('two'), { timeout: 30_000 }).toBe(2)
  await expect.poll(() => collect('ephemeral'), { timeout: 30_000 }).toBe(1)
  const listed = await page.evaluate(async () => {
    const { disk } = await import('/tests/support/kept.ts')
    return (await disk().list()).map(({ path }) => path)
  })
  expect(listed).toEqual(['plain'])
})
