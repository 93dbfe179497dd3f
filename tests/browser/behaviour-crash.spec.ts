// Pages that reload and browsers that are killed: what was committed is there, whole, and nothing else.
import { expect, test } from '../support/fixtures.js'
import type { TestPage } from '../support/test-page.js'

test.describe.configure({ timeout: 240_000 })

/** Waits until the page has loaded again after it marked itself as the old one. */
async function reloaded(page: TestPage): Promise<void> {
  const isOld = () => page.evaluate(() => 'isOld' in globalThis).catch(() => true)
  await expect.poll(isOld, { timeout: 60_000 }).toBe(false)
}

test('a page that reloads in the middle of an offload leaves the old value or the new one, never a mixture', async ({
  session,
}) => {
  const page = await session.open()
  const length = 16 << 20
  await page.evaluate(async (length) => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    await disk.array(new Uint8Array(length).fill(1), { cachePath: 'a' })
    await disk.array(new Uint8Array([9]), { cachePath: 'bystander' })
    await disk.close()
  }, length)
  const found: { expected: number[]; bytes: number[] }[] = []
  let interrupted = 0
  let value = 1
  // A browser gets round to a reload some time after it is asked to; told of it by the event, the page is ended at once.
  for (const [at, isAtOnce] of [
    [0, false],
    [4, true],
    [8, false],
    [12, true],
    [16, true],
  ] as const) {
    await page.evaluate(
      async (next, atBytes, isAtOnce) => {
        const { open } = await import('/tests/support/kept.ts')
        const disk = await open()
        const array = await disk.openArray('a')
        const data = (await array.data()) as Uint8Array
        data.fill(next)
        Object.assign(globalThis, { isOld: true })
        localStorage.removeItem('offloaded')
        const onProgress = ({ doneBytes }: { doneBytes: number }): void => {
          if (doneBytes < atBytes) return
          if (isAtOnce) window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }))
          location.reload()
        }
        setTimeout(() => {
          array.offload({ onProgress }).then(
            () => {
              localStorage.setItem('offloaded', 'true')
              location.reload() // where the last report came too late
            },
            () => {}, // the page went away
          )
        }, 20)
      },
      value + 1,
      at << 20,
      isAtOnce,
    )
    await reloaded(page)
    const seen = await page.evaluate(async () => {
      const { open } = await import('/tests/support/kept.ts')
      const disk = await open()
      const data = (await (await disk.openArray('a')).data({ readOnly: true })) as Uint8Array
      const bytes = new Set<number>()
      for (const byte of data) bytes.add(byte)
      const bystander = await (await disk.openArray('bystander')).item(0)
      const { problems } = await disk.check()
      await disk.close()
      return { bytes: [...bytes], bystander, problems, isOffloaded: localStorage.getItem('offloaded') !== null }
    })
    expect(seen.bystander).toBe(9)
    expect(seen.problems).toEqual([])
    expect(seen.bytes).toHaveLength(1)
    expect(seen.isOffloaded ? [value + 1] : [value, value + 1]).toContain(seen.bytes[0])
    found.push({ expected: [value, value + 1], bytes: seen.bytes })
    if (!seen.isOffloaded) interrupted++
    value = seen.bytes[0] ?? 0
  }
  expect(interrupted, JSON.stringify(found)).toBeGreaterThan(2)
})

test('what resolved is there after the browser was killed at once, and what had not is whole', async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { slice } = await import('/src/index.ts')
    const disk = await open()
    const array = await disk.zeros([4096, 1024], 'int32', { cachePath: 'set' })
    const large = await disk.array(new Uint8Array(64 << 20).fill(1), { cachePath: 'large' })
    const track = await disk.array([1, 2, 3], { cachePath: 'small', attributes: { unit: 'm' } })
    for (let i = 0; i < 50; i++) await array.set([slice(i * 80, i * 80 + 3), i], i + 1)
    await track.append([4])
    await track.setAttributes({ unit: 'km' })
    await disk.rename('small', 'renamed')
    const data = (await large.data()) as Uint8Array
    data.fill(2)
    // A write is under way when the browser is killed.
    await new Promise<void>((resolve) => {
      const onProgress = ({ doneBytes }: { doneBytes: number }): void => {
        if (doneBytes > 0) resolve()
      }
      large.offload({ onProgress }).then(resolve, resolve)
    })
    await array.set([-1, -1], 77)
  })
  await session.killBrowser()
  const again = await session.open()
  const seen = await again.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const disk = await open()
    const array = await disk.openArray('set')
    const columns: boolean[] = []
    for (let i = 0; i < 50; i++) {
      const column = (await array.get([null, i])).toArray()
      columns.push(column.every((value, row) => value === (row >= i * 80 && row < i * 80 + 3 ? i + 1 : 0)))
    }
    const large = new Set<number>()
    for (const byte of (await (await disk.openArray('large')).data({ readOnly: true })) as Uint8Array) large.add(byte)
    const renamed = await disk.openArray('renamed')
    return {
      isRight: columns.every(Boolean),
      last: await array.item(-1, -1),
      large: [...large],
      renamed: [(await renamed.get()).toNested(), renamed.attributes],
      listed: (await disk.list()).map(({ path }) => path).sort(),
      problems: (await disk.check()).problems,
    }
  })
  const { large, ...others } = seen
  expect(others).toEqual({
    isRight: true,
    last: 77,
    renamed: [[1, 2, 3, 4], { unit: 'km' }],
    listed: ['large', 'renamed', 'set'],
    problems: [],
  })
  expect([[1], [2]]).toContainEqual(large)
})

test('two objects on one array race, and every call sees those before it', async ({ session }) => {
  const page = await session.open()
  const wrong = await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const first = await open()
    const second = await open()
    const made = await first.array(new Int32Array(1 << 19), { shape: [512, 1024], cachePath: 'a' })
    const objects = [made, await second.openArray('a')]
    const model = new Int32Array(512)
    const wrong: string[] = []
    let random = 7
    const next = (below: number): number => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0
      return Math.floor((random / 2 ** 32) * below)
    }
    const calls: Promise<unknown>[] = []
    for (let i = 1; i <= 300; i++) {
      const object = objects[next(2)] ?? made
      const row = next(512)
      const kind = next(6)
      if (kind < 2) {
        model[row] = i
        calls.push(object.set([row], i))
      } else if (kind < 4) {
        const expected = model[row]
        const check = async (): Promise<void> => {
          const got = await object.get([row])
          const different = got.toArray().find((value) => value !== expected)
          if (different !== undefined) wrong.push(`call ${i}: ${different} in row ${row}, not ${expected}`)
        }
        calls.push(check())
      } else calls.push(kind === 4 ? object.load() : object.offload())
    }
    await Promise.all(calls)
    await Promise.all(objects.map((object) => object.offload()))
    const column = (await made.get([null, 1023])).toArray()
    if (column.some((value, row) => value !== model[row])) wrong.push('the end')
    return wrong
  })
  expect(wrong).toEqual([])
})
