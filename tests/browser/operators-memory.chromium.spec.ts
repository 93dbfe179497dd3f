// Operators over arrays larger than memory take little of it.
import { expect, test } from '../support/fixtures.js'
import { LARGE } from '../support/large-operators.js'
import { growthOfMemory } from '../support/process-memory.js'
import type { TestPage } from '../support/test-page.js'

test.describe.configure({ timeout: 240_000 })

/** Everything that is fetched and made once is there before the start. */
async function warmUp(page: TestPage): Promise<void> {
  await page.evaluate(async () => {
    const { open } = await import('/tests/support/kept.ts')
    const { add, matmul, sum } = await import('/src/numpy.ts')
    const disk = await open()
    const small = await disk.zeros([512, 512], 'float32')
    const out = await disk.zeros([512, 512], 'float32')
    await add(small, small.transpose(), { out })
    await matmul(small, small, { out })
    await sum(out, { axis: 0 })
  })
}

/** Each from memory at rest: what is kept for the next operators, as scripts and the second worker, counts where it comes first. */
async function expectLittle(name: string, work: () => Promise<void>): Promise<void> {
  const growth = await growthOfMemory(work)
  console.log(`${name}: ${(growth / 2 ** 20).toFixed(1)} MiB`)
  expect(growth, name).toBeLessThan(64 << 20)
}

test('over 4 GiB, in less than 64 MiB each: a new array, transposes, reductions', async ({ session }) => {
  const page = await session.open()
  await warmUp(page)
  await expectLittle('a new array', () =>
    page.evaluate(async () => {
      const { disk } = await import('/tests/support/kept.ts')
      const { slice } = await import('/src/index.ts')
      const { lazy } = await import('/src/numpy.ts')
      const side = 32_768
      const a = await disk().zeros([side, side], 'float32', { cachePath: 'a' })
      await a.set([slice(0, 8)], 1)
      const row = await disk().zeros([side], 'float32', { cachePath: 'row' })
      const out = await disk().zeros([side, side], 'float32', { cachePath: 'out' })
      await lazy(a).subtract(row).multiply(2).add(a).evaluate({ out })
    }),
  )
  await expectLittle('transposes', async () => {
    const corner = await page.evaluate(async () => {
      const { disk } = await import('/tests/support/kept.ts')
      const { slice } = await import('/src/index.ts')
      const { lazy } = await import('/src/numpy.ts')
      const side = 8192
      const quarter = (await disk().openArray('out')).view([slice(0, side), slice(0, side)])
      const symmetric = await disk().zeros([side, side], 'float32', { cachePath: 'symmetric' })
      await lazy(quarter.transpose()).add(quarter).evaluate({ out: symmetric })
      return [await symmetric.item(0, 0), await symmetric.item(3, 9), await symmetric.item(9, 9)]
    })
    expect(corner).toEqual([6, 3, 0])
  })
  await expectLittle('reductions', async () => {
    const seen = await page.evaluate(async () => {
      const { disk } = await import('/tests/support/kept.ts')
      const { min, std, sum } = await import('/src/numpy.ts')
      const [a, out] = [await disk().openArray('a'), await disk().openArray('out')]
      const columns = await sum(out, { axis: 0 })
      return {
        total: await sum(out),
        deviation: await std(a),
        least: await min(out, { axis: 1 }).then((rows) =>
          typeof rows === 'object' && 'data' in rows ? rows.item(3) : rows,
        ),
        column: typeof columns === 'object' && 'data' in columns ? columns.item(77) : columns,
        isAtHome: out.offloaded,
      }
    })
    const share = 8 / 32_768
    expect(seen).toMatchObject({ total: 24 * 32_768, least: 3, column: 24, isAtHome: true })
    expect(seen.deviation).toBeCloseTo(Math.sqrt(share * (1 - share)), 4)
  })
})

test('the product of 1 GiB and a matrix of 64 columns, in less than 64 MiB', async ({ session }) => {
  const page = await session.open()
  await warmUp(page)
  await expectLittle('the product', async () => {
    const seen = await page.evaluate(async () => {
      const { disk } = await import('/tests/support/kept.ts')
      const { slice } = await import('/src/index.ts')
      const { matmul } = await import('/src/numpy.ts')
      const [rows, inner] = [32_768, 8192]
      const a = await disk().zeros([rows, inner], 'float32', { cachePath: 'a' })
      await a.set([slice(-2)], 1)
      const b = await disk().full([inner, 64], 2, 'float32', { cachePath: 'b' })
      const out = await disk().zeros([rows, 64], 'float32', { cachePath: 'out' })
      await matmul(a, b, { out })
      return [await out.item(0, 0), await out.item(-3, 63), await out.item(-2, 0), await out.item(-1, 63)]
    })
    expect(seen).toEqual([0, 0, 2 * 8192, 2 * 8192])
  })
})

// Each operator by itself takes half an hour in all: MEMORY_OF_OPERATORS=. runs those whose names match it.
const chosen = process.env['MEMORY_OF_OPERATORS']
for (const [name, { gives }] of Object.entries(LARGE)) {
  if (chosen === undefined || !new RegExp(chosen).test(name)) continue
  test(`over 4 GiB, in less than 64 MiB: ${name}`, async ({ session }) => {
    test.setTimeout(1_200_000)
    const making = await session.open()
    await making.evaluate(async (operator) => {
      const { prepareLarge } = await import('/tests/support/large-operators.ts')
      await prepareLarge(operator)
    }, name)
    // What the making left in memory must not hide what the operator takes.
    await session.closeBrowser()
    const page = await session.open()
    await warmUp(page)
    await page.evaluate(async () => {
      const { openLarge } = await import('/tests/support/large-operators.ts')
      await openLarge()
    })
    await expectLittle(name, async () => {
      const seen = await page.evaluate(async (operator) => {
        const { runLarge } = await import('/tests/support/large-operators.ts')
        return runLarge(operator)
      }, name)
      expect(seen).toEqual(gives)
    })
  })
}
