// A disk that has been used for long: many times its size written, replaced and deleted; many arrays. MANY_ARRAYS, CHURN_MEBIBYTES.
import { expect, test } from '../support/fixtures.js'
import { browserMemory } from '../support/process-memory.js'
import type { TestPage } from '../support/test-page.js'

/** How many arrays the disk has that is opened again. */
const ARRAYS = Number(process.env['MANY_ARRAYS'] ?? 10_000)
/** MiB that are written over and over. */
const CHURN = Number(process.env['CHURN_MEBIBYTES'] ?? 1200)
const MIB = 2 ** 20
/** MiB written by one call of a driver, and arrays made by one: it answers within two minutes. */
const PIECE = 600
const BATCH = 10_000

test.describe.configure({ timeout: 120_000 + 50 * CHURN + 6 * ARRAYS })

/** Bytes, without garbage: browsers collect that when they like, and let hundreds of MiB of it lie. */
async function memoryAtRest(page: TestPage): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 3; turn++) {
    await page.collectGarbage()
    lowest = Math.min(lowest, browserMemory())
  }
  return lowest
}

test('a churn of creates, replaces, changes and deletes leaves a small disk, few files and no memory', async ({
  session,
}) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    // What is kept to be used again is small then.
    await open({ memoryBudget: 2 ** 25 })
  })
  const work = (mebibytes: number, seed: number): Promise<number> =>
    page.evaluate(
      async (mebibytes, seed) => {
        const { disk } = await import('/tests/support/kept.ts')
        const { slice } = await import('/src/index.ts')
        let state = seed
        const random = (below: number): number => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0
          return Math.floor((state / 2 ** 32) * below)
        }
        const value = new Uint8Array(6 << 20).map((_, i) => i)
        const { bytesWritten } = await disk().stats()
        let rounds = 0
        for (; (await disk().stats()).bytesWritten < bytesWritten + mebibytes * 2 ** 20; rounds++) {
          const path = `array/${random(24)}`
          // Of all sizes: short blocks, whole ones, and both.
          const size = 1 + random(random(2) === 0 ? 300_000 : 6 << 20)
          const there = await disk().has(path)
          const kind = random(4)
          if (there && kind === 0) await disk().delete(path)
          else if (there && kind === 1) {
            const array = await disk().openArray(path)
            const count = Math.min(array.size, 100_000)
            await array.set([slice(0, count)], value.subarray(0, count))
          } else await disk().array(value.subarray(0, size), { cachePath: path })
        }
        return rounds
      },
      mebibytes,
      seed,
    )
  let seed = 1
  const churn = async (mebibytes: number): Promise<number> => {
    let rounds = 0
    for (let left = mebibytes; left > 0; left -= PIECE) rounds += await work(Math.min(left, PIECE), seed++)
    return rounds
  }
  let rounds = await churn(CHURN / 2)
  const first = await memoryAtRest(page)
  rounds += await churn(CHURN / 2)
  const second = await memoryAtRest(page)
  const after = await page.evaluate(async () => {
    const { disk } = await import('/tests/support/kept.ts')
    const idle = performance.now() + 15_000
    let usage = await disk().usage()
    const isSmall = () => usage.diskBytes <= 1.5 * usage.liveBytes + (64 << 20)
    while (!isSmall() && performance.now() < idle) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      usage = await disk().usage()
    }
    const idled = usage
    await disk().compact()
    const { problems } = await disk().check()
    return { idled, compacted: await disk().usage(), problems }
  })
  console.log(
    `${rounds} rounds; ${JSON.stringify(after.idled)}, compacted ${JSON.stringify(after.compacted)}; memory ${[first, second].map((bytes) => (bytes / MIB).toFixed(0)).join(', then ')} MiB`,
  )
  for (const usage of [after.idled, after.compacted]) {
    expect(usage.diskBytes).toBeLessThanOrEqual(1.5 * usage.liveBytes + 64 * MIB)
    expect(usage.openHandles).toBeLessThan(5)
  }
  expect(after.problems).toEqual([])
  expect(second - first).toBeLessThan(40 * MIB)
})

test('a disk with many arrays of mixed sizes opens in less than a second more than an empty one', {
  tag: '@alone',
}, async ({ session }) => {
  const page = await session.openBuilt('works')
  const make = async (from: number, to: number): Promise<void> => {
    const { openDisk } = (await import(new URL('index.js', location.href).href)) as typeof import('../../src/index.js')
    const disk = await openDisk({ name: 'many' })
    const value = new Uint8Array(1 << 20).fill(7)
    for (let first = from; first < to; first += 1000) {
      const numbers = Array.from({ length: Math.min(1000, to - first) }, (_, i) => first + i)
      await Promise.all(
        // 64 B to 16 KiB, and one in a thousand of more than a block's half.
        numbers.map((i) =>
          disk.array(value.subarray(0, i % 1000 === 0 ? 700_000 : (64 << (i % 9)) - (i % 7)), {
            cachePath: `group-${i % 100}/${i}`,
          }),
        ),
      )
    }
  }
  for (let from = 0; from < ARRAYS; from += BATCH) await page.evaluate(make, from, Math.min(from + BATCH, ARRAYS))
  await session.closeBrowser()
  const again = await session.openBuilt('works')
  const seen = await again.evaluate(async (count) => {
    const { openDisk } = (await import(new URL('index.js', location.href).href)) as typeof import('../../src/index.js')
    const times: number[] = []
    const empty: number[] = []
    let last = {}
    for (let round = 0; round < 5; round++) {
      const started = performance.now()
      const disk = await openDisk({ name: 'many', lockTimeout: 30_000 })
      times.push(Math.round(performance.now() - started))
      const array = await disk.openArray(`group-${(count - 1) % 100}/${count - 1}`)
      const { arrays, openHandles } = await disk.usage()
      last = { arrays, openHandles, size: array.size, item: await array.item(-1) }
      await disk.close()
      const again = performance.now()
      const other = await openDisk({ name: 'empty' })
      empty.push(Math.round(performance.now() - again))
      await other.close()
    }
    return { times, empty, last }
  }, ARRAYS)
  console.log(`${ARRAYS} arrays: opened in ${seen.times.join(', ')} ms, an empty disk in ${seen.empty.join(', ')}`)
  const nth = ARRAYS - 1
  const size = nth % 1000 === 0 ? 700_000 : (64 << (nth % 9)) - (nth % 7)
  expect(seen.last).toEqual({ arrays: ARRAYS, openHandles: 3, size, item: 7 })
  expect(Math.min(...seen.times) - Math.min(...seen.empty)).toBeLessThan(1000)
})
