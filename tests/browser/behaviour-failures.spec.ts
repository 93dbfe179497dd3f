// Where there is no disk, or no worker: what `openDisk` of the built library says, and what works all the same.
import { expect, test } from '../support/fixtures.js'

test.describe.configure({ timeout: 180_000 })

test('a site that lacks the worker script has the worker as text', async ({ session }) => {
  const page = await session.openBuilt('worker-missing')
  const last = await page.evaluate(async () => {
    const url = new URL('index.js', location.href).href
    const { openDisk } = (await import(url)) as typeof import('/src/index.ts')
    const disk = await openDisk()
    const array = await disk.array([1, 2], { cachePath: 'a' })
    await array.offload()
    return [disk.backend, await array.item(-1)]
  })
  expect(last).toEqual(['opfs', 2])
})

for (const [variant, reason] of [
  ['parts-missing', /^the operators could not be loaded: .+/],
  ['parts-of-another-build', /^the operators could not be loaded: .*another build/],
] as const) {
  test(`a site with ${variant} keeps its disk, and computes as soon as they are there`, async ({ session }) => {
    const page = await session.openBuilt(variant)
    const seen = await page.evaluate(async () => {
      const url = (file: string): string => new URL(file, location.href).href
      const { openDisk, WorkerFailedError } = (await import(url('index.js'))) as typeof import('/src/index.ts')
      const { sum } = (await import(url('numpy.js'))) as typeof import('/src/numpy.ts')
      const disk = await openDisk()
      const array = await disk.array([1, 2], { cachePath: 'a' })
      await array.offload()
      const error = await sum(array).catch((thrown: unknown) => thrown)
      await array.set([1], 5)
      await array.offload()
      const last = await array.item(-1)
      await fetch('parts-arrive')
      const total = Number(await sum(array))
      return { isFailure: error instanceof WorkerFailedError, text: String((error as Error).message), last, total }
    })
    expect(seen).toMatchObject({ isFailure: true, text: expect.stringMatching(reason), last: 5, total: 6 })
  })
}

for (const variant of ['worker-throws', 'worker-blocked', 'worker-silent'] as const) {
  test(`a site with the ${variant} gets a WorkerFailedError in time, and works in memory`, async ({ session }) => {
    const page = await session.openBuilt(variant)
    const seen = await page.evaluate(async () => {
      const url = new URL('index.js', location.href).href
      const { openDisk, WorkerFailedError } = (await import(url)) as typeof import('/src/index.ts')
      const start = performance.now()
      const error = await openDisk().catch((thrown: unknown) => thrown)
      const took = performance.now() - start
      const disk = await openDisk({ backend: 'memory', name: 'other' })
      const array = await disk.array([1, 2])
      return { isFailure: error instanceof WorkerFailedError, took, last: await array.item(-1) }
    })
    expect(seen).toMatchObject({ isFailure: true, last: 2 })
    expect(seen.took).toBeLessThan(variant === 'worker-silent' ? 30_000 : 10_000)
  })
}

test('an insecure origin has no disk, says what is missing, and works in memory where that is asked for', async ({
  session,
}) => {
  const page = await session.openInsecure()
  const seen = await page.evaluate(async () => {
    const { listDisks, openDisk, StorageUnavailableError } = await import('/src/index.ts')
    const error = await openDisk().catch((thrown: unknown) => thrown)
    if (!(error instanceof StorageUnavailableError)) throw new Error(`not refused: ${error}`)
    const disk = await openDisk({ backend: 'auto', name: 'd' })
    const store = await disk.store('tiles')
    await store.set('a', new Float32Array([1, 2, 3]))
    await store.offload(undefined, { pickleContainer: true })
    await disk.close()
    const again = await openDisk({ backend: 'auto', name: 'd' })
    const value = await (await again.store('tiles')).get('a')
    return {
      missing: error.missing,
      backend: again.backend,
      reason: again.fallbackReason?.missing,
      values: (await value?.get())?.toNested(),
      disks: await listDisks(),
    }
  })
  expect(seen).toEqual({
    missing: 'secure context',
    backend: 'memory',
    reason: 'secure context',
    values: [1, 2, 3],
    disks: ['d'],
  })
})
