// What a session needs of a browser, whoever drives it.
import type { Page as PlaywrightPage } from '@playwright/test'

/** Every name under this host is this machine, and is no secure context. */
export const INSECURE_HOST = 'insecure.test'

export interface LaunchOptions {
  readonly executablePath: string
  /** The folder of the browser's profile; made where it is missing. */
  readonly profile: string
  /** Start as a private window does. */
  readonly isPrivate: boolean
}

export type Launch = (options: LaunchOptions) => Promise<Driver>

export interface Driver {
  newPage(): Promise<DriverPage>
  /** Ends the browser in good order. */
  close(): Promise<void>
}

export interface DriverPage {
  goto(url: string): Promise<void>
  reload(): Promise<void>
  /** The string that the expression's promise gives. */
  run(expression: string): Promise<string>
  close(): Promise<void>
  /** Frees what nothing refers to any more, in the page and its workers. */
  collectGarbage?(): Promise<void>
  /** Only where Playwright drives the browser. */
  readonly playwright?: PlaywrightPage
  /** Only in Chromium: the DevTools protocol. */
  send?(method: string, params: object): Promise<unknown>
}
