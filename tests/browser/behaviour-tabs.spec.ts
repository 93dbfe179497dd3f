// Several tabs, and pages that are set aside, with arrays in memory that others change meanwhile.
import { expect, test } from '../support/fixtures.js'
import type { TestPage } from '../support/test-page.js'

test.describe.configure({ timeout: 180_000 })

async function setAside(page: TestPage): Promise<void> {
  await page.evaluate(() => {
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
  })
}

async function show(page: TestPage): Promise<void> {
  await page.evaluate(() => {
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  })
}

test('what another tab changed while a page was set aside is seen by it afterwards', async ({ session }) => {
  const page = await session.open()
  const other = await session.open()
  await page.evaluate(async () => {
    const { open, keep } = await import('/tests/support/kept.ts')
    const disk = await open()
    for (const path of ['clean', 'dirty', 'other', 'offloaded', 'gone', 'replaced']) {
      keep(path, await disk.array(new Int32Array([1, 1, 1, 1]), { cachePath: path }))
    }
    const { kept } = await import('/tests/support/kept.ts')
    await kept('offloaded').offload()
    for (const name of ['dirty', 'other']) {
      const data = (await kept(name).data()) as Int32Array
      data.fill(2)
    }
  })
  await setAside(page)
  await other.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    for (const path of ['clean', 'dirty', 'other', 'offloaded']) {
      const array = await disk.openArray(path)
      await array.set([0], 9)
      if (path === 'clean' || path === 'offloaded') await array.append([4])
    }
    await disk.delete('gone')
    await disk.array(new Int32Array([8]), { cachePath: 'replaced' })
    await disk.close()
  })
  await show(page)
  const seen = await page.evaluate(async () => {
    const { kept, outcome, disk } = await import('/tests/support/kept.ts')
    const dirty = kept('dirty')
    const values = async (name: string): Promise<number[]> =>
      Array.from((await kept(name).data({ readOnly: true })) as Int32Array)
    const clean = [await values('clean'), (await kept('clean').get()).toNested()]
    const offloaded = (await kept('offloaded').get()).toNested()
    const other = await disk().openArray('other')
    const otherWriteBack = await outcome(other.offload())
    const writeBack = await outcome(dirty.offload())
    const after = { offloaded: dirty.offloaded, dirty: dirty.dirty, values: await values('dirty') }
    await dirty.load('r+', { discard: true })
    const discarded = await values('dirty')
    const written = (await dirty.data()) as Int32Array
    written[1] = 3
    await dirty.offload()
    return {
      clean,
      offloaded,
      writeBack: [writeBack.name, otherWriteBack.name],
      after,
      discarded,
      end: (await dirty.get()).toNested(),
      gone: (await outcome(kept('gone').get())).name,
      replaced: (await outcome(kept('replaced').get())).name,
      isThere: await disk().has('replaced'),
      close: [(await outcome(disk().close())).name, (await outcome(disk().close({ discard: true }))).name],
    }
  })
  expect(seen).toEqual({
    clean: [
      [9, 1, 1, 1, 4],
      [9, 1, 1, 1, 4],
    ],
    offloaded: [9, 1, 1, 1, 4],
    writeBack: ['StaleArrayError', 'StaleArrayError'],
    after: { offloaded: false, dirty: true, values: [2, 2, 2, 2] },
    discarded: [9, 1, 1, 1],
    end: [9, 3, 1, 1],
    gone: 'StaleArrayError',
    replaced: 'StaleArrayError',
    isThere: true,
    close: ['StaleArrayError', 'resolved'],
  })
})

test('a page that is back while another tab has the disk writes its changes through that one', async ({ session }) => {
  const page = await session.open()
  const other = await session.open()
  await page.evaluate(async () => {
    const { open, keep } = await import('/tests/support/kept.ts')
    const disk = await open()
    const array = await disk.array(new Int32Array([1, 1]), { cachePath: 'a' })
    const data = (await array.data()) as Int32Array
    data[0] = 5
    keep('a', array)
  })
  await setAside(page)
  await other.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    await open()
  })
  await show(page)
  const seen = await page.evaluate(async () => {
    const { disk, kept } = await import('/tests/support/kept.ts')
    const array = kept('a')
    await array.offload()
    return { role: disk().role, values: (await array.get()).toNested() }
  })
  expect(seen).toEqual({ role: 'guest', values: [5, 1] })
  const atOther = await other.evaluate(async () => {
    const { disk } = await import('/tests/support/kept.ts')
    return [disk().role, (await (await disk().openArray('a')).get()).toNested()]
  })
  expect(atOther).toEqual(['owner', [5, 1]])
})

test('calls made while a page is set aside are done when it is shown', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const array = await disk.array(new Uint8Array(8), { cachePath: 'a' })
    await array.offload()
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    const calls = [array.set([0], 1), array.get(), disk.array(new Uint8Array(2), { cachePath: 'b' }), disk.flush()]
    let settled = 0
    for (const call of calls) call.finally(() => settled++)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const before = settled
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    await Promise.all(calls)
    return { before, settled, values: (await array.get()).toNested(), listed: (await disk.list()).length }
  })
  expect(seen).toEqual({ before: 0, settled: 4, values: [1, 0, 0, 0, 0, 0, 0, 0], listed: 2 })
})

test('going to another page and back, changes in memory are still there, or the page is a new one', async ({
  session,
}) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open, keep } = await import('/tests/support/kept.ts')
    const array = await (await open()).array(new Float64Array(4), { cachePath: 'a' })
    const data = (await array.data()) as Float64Array
    data.fill(7)
    keep('a', array)
    Object.assign(globalThis, { isKept: true })
  })
  await page.goto('/tests/support/page.html?elsewhere')
  await page.evaluate(() => {
    setTimeout(() => history.back(), 0)
  })
  const isBack = () => page.evaluate(() => !location.search.includes('elsewhere')).catch(() => false)
  await expect.poll(isBack, { timeout: 60_000 }).toBe(true)
  const seen = await page.evaluate(async () => {
    const { open, kept, disk } = await import('/tests/support/kept.ts')
    if (!('isKept' in globalThis)) {
      return { values: (await (await (await open()).openArray('a')).get()).toNested(), isKept: false }
    }
    await kept('a').offload()
    const again = await disk().openArray('a')
    return { values: (await again.get()).toNested(), isKept: true }
  })
  expect(seen.values).toEqual(seen.isKept ? [7, 7, 7, 7] : [0, 0, 0, 0])
})

test('what a vanished page was to purge is gone after the next open, and nothing else', async ({ session }) => {
  const page = await session.open()
  const state = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { DiskBackedNDArray } = await import('/src/index.ts')
    const disk = await open()
    const data = new Uint8Array(3 << 20).fill(1)
    await disk.array(data, { cachePath: 'kept' })
    await disk.array(data, { cachePath: 'purged', purgeDiskOnGc: true })
    await disk.array(data)
    await DiskBackedNDArray.create(data, { disk, enableCaching: true })
    const armed = await disk.array(data, { cachePath: 'disarmed', purgeDiskOnGc: true })
    await armed.disablePurge()
    const referred = await disk.array(data, { cachePath: 'referred', purgeDiskOnGc: true })
    const { arrays } = await disk.usage()
    if (arrays !== 6) throw new Error(`${arrays} arrays`)
    return referred.toState()
  })
  await page.close()
  const next = await session.open()
  const seen = await next.evaluate(async (state) => {
    const { open } = await import('/tests/support/kept.ts')
    const { DiskBackedNDArray } = await import('/src/index.ts')
    const disk = await open()
    const paths = (await disk.list()).map(({ path }) => path).sort()
    const { arrays, liveBytes } = await disk.usage()
    const revived = await DiskBackedNDArray.fromState(state, { disk })
    return { paths, arrays, liveBytes, isArmed: revived.purgeDiskOnGc, last: await revived.item(-1) }
  }, state)
  expect(seen).toEqual({
    paths: ['disarmed', 'kept', 'referred'],
    arrays: 3,
    liveBytes: 9 << 20,
    isArmed: true,
    last: 1,
  })
  await next.reload()
  const paths = await next.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    return (await (await open()).list()).map(({ path }) => path).sort()
  })
  expect(paths).toEqual(['disarmed', 'kept'])
})

test('what a page that is set aside holds is not purged by another that opens the disk', async ({ session }) => {
  const page = await session.open()
  const other = await session.open()
  await page.evaluate(async () => {
    const { open, keep } = await import('/tests/support/kept.ts')
    const disk = await open()
    keep('purged', await disk.array(new Uint8Array([1, 2]), { cachePath: 'purged', purgeDiskOnGc: true }))
    keep('ephemeral', await disk.array(new Uint8Array([3, 4])))
    const { kept } = await import('/tests/support/kept.ts')
    for (const name of ['purged', 'ephemeral']) await kept(name).offload()
  })
  await setAside(page)
  const arrays = await other.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const { arrays } = await disk.usage()
    await disk.close()
    return arrays
  })
  expect(arrays).toBe(2)
  await show(page)
  const seen = await page.evaluate(async () => {
    const { kept } = await import('/tests/support/kept.ts')
    return Promise.all(['purged', 'ephemeral'].map(async (name) => (await kept(name).get()).toNested()))
  })
  expect(seen).toEqual([
    [1, 2],
    [3, 4],
  ])
})

test('another worker of the page makes and reads arrays through a port, also after the page was set aside', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, outcome } = await import('/tests/support/kept.ts')
    const { scriptedModule } = await import('/tests/support/boundary.ts')
    const disk = await open()
    const made = await disk.array(new Float32Array([1, 2, 3, 4]), { shape: [2, 2], cachePath: 'from-page' })
    const worker = scriptedModule(`
      import { openDisk } from '${location.origin}/src/index.ts'
      let disk, array
      onmessage = async ({ data }) => {
        disk ??= await openDisk({ port: data.port })
        await disk.stats() // behind what the page has told over the port
        array ??= await disk.openArray('from-page')
        await array.load()
        await array.set([0, 0], data.value)
        const large = await disk.array(new Float64Array(1 << 19).fill(data.value), { cachePath: 'from-worker' })
        await large.offload()
        const error = await disk.openArray('none').catch(({ name }) => name)
        postMessage([disk.name, (await array.get([0])).toNested(), await large.item(-1), error, array.offloaded])
      }`)
    const ask = (message: object, transfer: Transferable[] = []) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data)
        worker.onerror = ({ message }) => reject(new Error(message))
        worker.postMessage(message, transfer)
      })
    const port = await disk.connect()
    const answers = [await ask({ port, value: 5 }, [port])]
    const page: unknown[] = [(await made.get()).toNested(), await (await disk.openArray('from-worker')).item(0)]
    await made.load()
    await made.set([0, 1], 9)
    await made.get()
    page.push(made.offloaded)
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    const waiting = ask({ value: 6 })
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    answers.push(await waiting)
    const data = (await made.data()) as Float32Array
    data[3] = 8
    answers.push(await ask({ value: 7 }))
    const { name: writeBack } = await outcome(made.offload())
    await made.load('r+', { discard: true })
    worker.terminate()
    const last = await (await disk.openArray('from-worker')).item(-1)
    return { answers, page, last, writeBack, now: (await made.get()).toNested() }
  })
  expect(seen).toEqual({
    answers: [
      ['behaviour', [5, 2], 5, 'NotFoundError', false],
      ['behaviour', [6, 9], 6, 'NotFoundError', false],
      ['behaviour', [7, 9], 7, 'NotFoundError', false],
    ],
    page: [
      [
        [5, 2],
        [3, 4],
      ],
      5,
      false,
    ],
    last: 7,
    writeBack: 'StaleArrayError',
    now: [
      [7, 9],
      [3, 4],
    ],
  })
})
