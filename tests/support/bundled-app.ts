// tests/bundlers/app in a browser, however it was bundled.
import { expect } from '@playwright/test'
import type { TestPage } from './test-page.js'

export const APP = new URL('../bundlers/app/', import.meta.url)

/** Where the app finds `visit` when its script has run. */
interface AppWindow {
  visit?: (options?: object) => Promise<unknown>
}

/** Visits the app twice: what it keeps at first is found, and computed with, after a reload. */
export async function visitTwice(page: TestPage): Promise<void> {
  expect(await visit(page)).toBe('kept it')
  await page.reload()
  expect(await visit(page)).toEqual({ backend: 'opfs', kept: [1, 2, 3], sum: [1.5, 2.5, 3.5], mean: 2 })
}

function visit(page: TestPage): Promise<unknown> {
  return page.evaluate(async () => {
    const app = globalThis as AppWindow
    while (app.visit === undefined) await new Promise((resolve) => requestAnimationFrame(resolve)) // module scripts come late
    return app.visit()
  })
}
