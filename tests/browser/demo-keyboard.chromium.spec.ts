// The demo by keyboard alone, with the keys that a person presses: every control is reached by Tab, seen to be reached, and used.
import type { Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.js'

test.describe.configure({ timeout: 180_000 })

/** Presses Tab until `selector` has the focus; throws where a stop on the way shows no sign of it, and where it never comes. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let stop = 0; stop < 60; stop++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate((selector) => {
      let element = document.activeElement
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
      if (element === null || element === document.body) return { there: false, marked: true, name: 'the page' }
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      const marked = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
      // A label stands for the input that it hides.
      const label = element.closest('label')
      const byLabel = label !== null && getComputedStyle(label).outlineStyle !== 'none'
      return { there: element.matches(selector), marked: marked || byLabel, name: element.outerHTML.slice(0, 120) }
    }, selector)
    expect(focused.marked, `no focus to be seen on ${focused.name}`).toBe(true)
    if (focused.there) return
  }
  throw new Error(`Tab does not come to ${selector}`)
}

test('everything the demo does is done by keyboard, and the focus is always seen', async ({ session }) => {
  const page = (await session.open('/demo/index.html?arcminutes=10')).playwright
  const shows = (selector: string, text: RegExp) =>
    expect(page.locator(selector).first()).toContainText(text, { timeout: 60_000 })
  await page.locator('#first-run [data-is=make]').waitFor({ timeout: 60_000 })
  await tabTo(page, '#first-run [data-is=make]')
  await page.keyboard.press('Enter')
  await page.locator('#map[data-settled=true]').waitFor({ timeout: 60_000 })

  await tabTo(page, '#meter [data-is=memory-budget]')
  await page.keyboard.press('Home')
  await shows('#meter [data-is=memory-note]', /of 2\.00\sMB/)
  await page.keyboard.press('End')

  await tabTo(page, '#shading')
  await page.keyboard.press('Space')
  await expect(page.locator('#shading')).not.toBeChecked()
  await tabTo(page, '#zoom-in')
  await page.keyboard.press('Enter')
  await tabTo(page, '#map')
  const place = page.locator('#readout')
  const before = await place.textContent()
  await page.keyboard.press('ArrowRight')
  await expect(place).not.toHaveText(before ?? '')
  await tabTo(page, '#map .map-pin')
  const longitude = page.locator('[data-is="a-x"]')
  const from = await longitude.inputValue()
  await page.keyboard.press('ArrowLeft')
  await expect(longitude).not.toHaveValue(from)

  await tabTo(page, '#compute [data-is=what]')
  await page.keyboard.press('s')
  await tabTo(page, '#compute [type=submit]')
  await page.keyboard.press('Enter')
  await shows('#map-title', /Slope: EGM96 geoid/)
  await tabTo(page, '.array [data-is=load]')
  await page.keyboard.press('Enter')
  await shows('.array-state', /in memory/)
  await tabTo(page, '#compare [data-is=run]')
  await tabTo(page, '#two-pages [data-is=beside]')
  await tabTo(page, '#inspector-card summary')
  await page.keyboard.press('Enter')
  await page.locator('lazy-disk-cache-inspector tbody tr').first().waitFor()

  for (let left = 2; left > 0; left--) {
    await expect(page.locator('#arrays > li')).toHaveCount(left)
    await tabTo(page, '.array [data-is=delete]')
    await page.keyboard.press('Enter')
    // Asked before it is deleted: the answer that has the focus keeps the array.
    await expect(page.locator('.array [data-is=keep]:focus')).toHaveCount(1)
    await page.keyboard.press('Shift+Tab')
    await expect(page.locator('.array [data-is=really]:focus')).toHaveCount(1)
    await page.keyboard.press('Enter')
    await expect(page.locator('#file:focus'), 'the focus is lost with the array').toHaveCount(1)
  }
  await shows('#first-run', /Nothing on disk yet/)
})
