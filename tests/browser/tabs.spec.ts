// Eight tabs on one disk, of which the owner's is closed, reloaded, frozen and its worker ended, again and again.
// TAB_OPERATIONS: how many each tab does (120).
import { expect, test } from '../support/fixtures.js'
import { Random } from '../support/random.js'
import type { Session } from '../support/session.js'
import type { TabOperation, TabOutcome } from '../support/tab-work.js'
import type { TestPage } from '../support/test-page.js'

const TABS = 8
const OPERATIONS = Number(process.env['TAB_OPERATIONS'] ?? 120)
const BATCH = 10
const COUNTERS = 3

test.describe.configure({ timeout: 120_000 + OPERATIONS * 1000 })

/** What is known of everything that was asked for. */
class Ledger {
  readonly done: TabOperation[] = []
  readonly doubtful: TabOperation[] = []
  readonly wrong: string[] = []

  note(operations: readonly TabOperation[], outcomes: readonly TabOutcome[] | undefined): void {
    for (const [i, operation] of operations.entries()) {
      const outcome = outcomes?.[i] ?? 'doubt' // the page went, with what it knew
      if (outcome === 'done') this.done.push(operation)
      else if (outcome === 'doubt') this.doubtful.push(operation)
      else this.wrong.push(outcome)
    }
  }

  count(of: readonly TabOperation[], counter: number): number {
    return of.filter((operation) => operation.kind === 'bump' && operation.counter === counter).length
  }

  ids(of: readonly TabOperation[], kind: TabOperation['kind']): number[] {
    return of.flatMap((operation) => (operation.kind === kind && 'id' in operation ? operation.id : []))
  }
}

class Tab {
  readonly #session: Session
  readonly #number: number
  readonly #random: Random
  readonly #made: number[] = []
  page!: TestPage
  #next = 1

  constructor(session: Session, number: number, seed: number) {
    this.#session = session
    this.#number = number
    this.#random = new Random(seed)
  }

  async open(): Promise<void> {
    this.page = await this.#session.open()
  }

  /** Work that ends with an error of the driver's is in doubt: the page was closed or reloaded. */
  async work(ledger: Ledger): Promise<void> {
    for (let done = 0; done < OPERATIONS; done += BATCH) {
      const operations = Array.from({ length: BATCH }, () => this.#operation())
      const outcomes = await this.page
        .evaluate(async (given) => (await import('/tests/support/tab-work.ts')).runTab(given), operations)
        .catch(() => undefined)
      ledger.note(operations, outcomes)
      if (outcomes === undefined) await new Promise((resolve) => setTimeout(resolve, 50)) // its page is being made
    }
  }

  #operation(): TabOperation {
    const random = this.#random
    const id = this.#number * 1_000_000 + this.#next++
    const dice = random.below(20)
    if (dice < 6) return { kind: 'bump', counter: random.below(COUNTERS) }
    if (dice < 9) return { kind: 'append', id, tab: this.#number }
    if (dice < 12) return { kind: 'lane', id, tab: this.#number }
    if (dice < 14) {
      this.#made.push(id)
      return { kind: 'make', id, tab: this.#number }
    }
    const dropped = dice < 15 ? this.#made.shift() : undefined
    if (dropped !== undefined) return { kind: 'drop', id: dropped, tab: this.#number }
    if (dice < 16) return { kind: 'fill', id, tab: this.#number }
    return { kind: dice < 19 ? 'look' : 'sum' }
  }
}

async function ownerOf(tabs: readonly Tab[]): Promise<Tab | undefined> {
  for (const tab of tabs) {
    const role = await tab.page
      .evaluate(async () => (await import('/tests/support/tab-work.ts')).role())
      .catch(() => undefined)
    if (role === 'owner') return tab
  }
  return undefined
}

async function disturb({ page }: Tab, tab: Tab, way: number, isChromium: boolean): Promise<string> {
  switch (way % 5) {
    case 0:
      await page.close()
      await tab.open()
      return 'closed'
    case 1:
      await page.reload()
      return 'reloaded'
    case 2:
      await page.evaluate(() => (globalThis as unknown as { endWorker(): void }).endWorker())
      return 'worker ended'
    case 3:
      if (isChromium) {
        await page.setLifecycle('frozen')
        await new Promise((resolve) => setTimeout(resolve, 300))
        await page.setLifecycle('active')
        return 'frozen'
      }
      break
    default:
  }
  await page.evaluate(async () => {
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    await new Promise((resolve) => setTimeout(resolve, 300))
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  })
  return 'set aside'
}

test('eight tabs lose no update while one owner after the other goes', async ({ session }) => {
  const seed = Number(process.env['TAB_SEED'] ?? Date.now() % 1e6)
  const tabs = Array.from({ length: TABS }, (_, i) => new Tab(session, i, seed + i))
  for (const tab of tabs) await tab.open()
  await tabs[0]?.page.evaluate(async (count) => (await import('/tests/support/tab-work.ts')).makeShared(count), TABS)
  const ledger = new Ledger()
  let isOver = false
  const working = Promise.all(tabs.map((tab) => tab.work(ledger))).finally(() => {
    isOver = true
  })
  const disturbed: string[] = []
  while (!isOver) {
    const owner = await ownerOf(tabs)
    if (owner !== undefined && !isOver) {
      disturbed.push(await disturb(owner, owner, disturbed.length, session.browser === 'chromium').catch(String))
    }
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  await working
  const observer = await session.open()
  const state = await observer.evaluate(async () => (await import('/tests/support/tab-work.ts')).sharedState())
  const { done, doubtful, wrong } = ledger
  const told = `seed ${seed}, ${done.length} done, ${doubtful.length} in doubt, owners: ${disturbed.join(', ')}`
  expect(wrong, told).toEqual([])
  expect(state.problems, told).toEqual([])
  for (const [counter, value] of state.counters.entries()) {
    const sure = ledger.count(done, counter)
    expect(value, `counter ${counter}, ${told}`).toBeGreaterThanOrEqual(sure)
    expect(value, `counter ${counter}, ${told}`).toBeLessThanOrEqual(sure + ledger.count(doubtful, counter))
  }
  expect(new Set(state.log).size, `appended twice, ${told}`).toBe(state.log.length)
  expect(
    ledger.ids(done, 'append').filter((id) => !state.log.includes(id)),
    `appended and lost, ${told}`,
  ).toEqual([])
  const maybe = new Set([...ledger.ids(done, 'append'), ...ledger.ids(doubtful, 'append')])
  expect(state.log.filter((id) => !maybe.has(id))).toEqual([])
  for (const [lane, value] of state.lanes.entries()) {
    const of = (all: readonly TabOperation[]) =>
      all.flatMap((operation) => (operation.kind === 'lane' && operation.tab === lane ? operation.id : []))
    const last = Math.max(0, ...of(done))
    expect([last, ...of(doubtful).filter((id) => id > last)], `lane ${lane}, ${told}`).toContain(value)
  }
  const dropped = new Set([...ledger.ids(done, 'drop'), ...ledger.ids(doubtful, 'drop')])
  const made = ledger.ids(done, 'make').filter((id) => !dropped.has(id))
  expect(
    made.filter((id) => !state.own.includes(id)),
    `made and lost, ${told}`,
  ).toEqual([])
  const surelyDropped = new Set(ledger.ids(done, 'drop'))
  expect(
    state.own.filter((id) => surelyDropped.has(id)),
    `dropped and there, ${told}`,
  ).toEqual([])
  expect(disturbed.length, told).toBeGreaterThan(2)
})
