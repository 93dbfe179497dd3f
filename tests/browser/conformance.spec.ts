// Every conformance case over OPFS, in a page: one Playwright test a case.
import { cases } from '../conformance/index.js'
import { expect, test } from '../support/fixtures.js'

for (const { name } of cases) {
  test(`over OPFS: ${name}`, async ({ sharedPage }) => {
    await sharedPage.evaluate(async (wanted) => {
      const { cases } = await import('/tests/conformance/index.ts')
      const { runCase } = await import('/tests/support/conformance.ts')
      const found = cases.find((one) => one.name === wanted)
      if (found === undefined) throw new Error(`no case named ${wanted}`)
      await runCase(found, 'opfs')
    }, name)
    expect(await sharedPage.uncaught()).toEqual([])
  })
}
