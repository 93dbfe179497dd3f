// What axe finds in the demo and the inspector, on a desk and on a phone.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, test } from '../support/fixtures.js'
import type { TestPage } from '../support/test-page.js'

test.describe.configure({ timeout: 180_000 })

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong: the rule and the elements. */
async function violations(page: TestPage): Promise<string[]> {
  await page.playwright.evaluate(axeSource)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
  })
}

/** Waits until what is at `selector` is shown. */
async function shows(page: TestPage, selector: string): Promise<void> {
  await page.playwright.locator(selector).first().waitFor({ timeout: 60_000 })
}

for (const [where, width, height] of [
  ['on a desk', 1280, 900],
  ['on a phone', 390, 844],
] as const) {
  test(`the demo and the inspector in it have no faults that axe knows, and fit, ${where}`, async ({ session }) => {
    const page = await session.open('/demo/index.html?arcminutes=10')
    await page.playwright.setViewportSize({ width, height })
    await shows(page, '#first-run [data-is=make]')
    expect(await violations(page)).toEqual([])
    await page.playwright.locator('#first-run [data-is=make]').click()
    await shows(page, '#map[data-settled=true]')
    await page.playwright.locator('#inspector-card summary').focus()
    await page.playwright.keyboard.press('Enter')
    await shows(page, 'lazy-disk-cache-inspector tbody tr')
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBeLessThanOrEqual(0)
    // A page that is shown whole has no scroll bar: with one it would be laid out for less than is shown.
    await page.playwright.addStyleTag({ content: 'html { scrollbar-width: none }' })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.playwright.emulateMedia({ colorScheme })
      expect(await violations(page), colorScheme).toEqual([])
      const path = test.info().outputPath(`demo-${width}-${colorScheme}.png`)
      await page.playwright.screenshot({ path, fullPage: true })
      await test.info().attach(`demo, ${where}, ${colorScheme}`, { path })
    }
  })
}
