// The test's side of random work in lanes: hears what each has begun and done, and judges what is found after an interruption.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from '@playwright/test'
import { isSameModel, LANES, type Model, stagesOf, stepAt } from './lane-plan.js'
import type { Place, Telling } from './lane-work.js'
import type { TestPage } from './test-page.js'

/** A lane tells of every step; none takes that long on any machine. */
const SILENCE_MS = 90_000

/** Steps that were under way when an interruption came. */
export interface Interrupted {
  /** Rejected for the loss of the worker, and the page went on. */
  rejected: number
  /** Not committed, though they would have changed something. */
  undone: number
  /** Committed, though the page never heard of it. */
  unanswered: number
}

interface Judgement {
  readonly place: Place
  readonly isUndone: boolean
  readonly isUnanswered: boolean
}

export class Lanes {
  readonly seed: number
  readonly interrupted: Interrupted = { rejected: 0, undone: 0, unanswered: 0 }
  readonly #places: Place[] = Array.from({ length: LANES }, () => ({ number: 0, model: {} }))
  readonly #begun = new Set<number>()
  /** Lanes that are between two steps. */
  readonly #stopped = new Set(Array.from({ length: LANES }, (_, lane) => lane))
  /** Lanes of which a call was rejected, its worker lost. */
  readonly #rejected = new Set<number>()
  readonly #failures: string[] = []
  /** Which start of the lanes is heard: what an earlier one told comes too late. */
  #start = 0
  #isStopping = false
  #answer: (() => void) | undefined
  #begunCount = 0
  #heard = (): void => undefined
  readonly #server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const telling = JSON.parse(body) as Telling
      const isHeard = request.url === `/${this.#start}`
      if (isHeard) this.#hear(telling)
      response.setHeader('access-control-allow-origin', '*')
      if (isHeard && telling.what === 'midway' && this.#answer === undefined) {
        this.#answer = () => response.end('end')
      } else response.end(this.#isStopping ? 'stop' : 'go on')
      this.#heard()
    })
  })

  private constructor(seed: number) {
    this.seed = seed
  }

  /** Runs a test with lanes; whatever fails tells the seed. */
  static async with(seed: number, work: (lanes: Lanes) => Promise<void>): Promise<void> {
    const lanes = new Lanes(seed)
    await new Promise<void>((resolve) => lanes.#server.listen(0, '127.0.0.1', resolve))
    try {
      await work(lanes)
    } catch (error) {
      throw new Error(`KILL_SEED=${seed}, after ${lanes.steps} steps`, { cause: error })
    } finally {
      lanes.#server.closeAllConnections()
      lanes.#server.close()
    }
  }

  /** Lanes in the middle of a step. */
  get underWay(): number {
    return this.#begun.size
  }

  get steps(): readonly number[] {
    return this.#places.map(({ number }) => number)
  }

  async open(page: TestPage, durability: 'relaxed' | 'strict'): Promise<void> {
    await page.evaluate(async (given) => (await import('/tests/support/lane-work.ts')).openLanes(given), durability)
  }

  /** Starts the lanes in a page, where they left off. Resolves when so many steps have been begun. */
  async run(page: TestPage, steps: number): Promise<void> {
    const enough = this.#begunCount + steps
    await this.#begin(page, false)
    await this.#until(() => this.#begunCount >= enough)
  }

  /** As `run`. Resolves in the middle of a large write; the page waits there. */
  async runIntoWrite(page: TestPage): Promise<void> {
    await this.#begin(page, true)
    await this.#until(() => this.#answer !== undefined)
  }

  async #begin(page: TestPage, isAimed: boolean): Promise<void> {
    this.#start++
    this.#isStopping = false
    this.#answer = undefined
    this.#stopped.clear()
    this.#rejected.clear()
    this.#begun.clear()
    const { port } = this.#server.address() as AddressInfo
    await page.evaluate(
      async (...given) => (await import('/tests/support/lane-work.ts')).startLanes(...given),
      this.seed,
      this.#places,
      `http://localhost:${port}/${this.#start}`,
      isAimed,
    )
  }

  /** Ends the wait in the middle of a large write, and the page's worker. Lanes may get into other large writes before they end. */
  endWorker(): void {
    this.#answer?.()
  }

  /** Has every lane end after its step, or by its rejection. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#until(() => this.#stopped.size + this.#rejected.size === LANES)
  }

  /** Compares what is found with what each lane may have left; the lanes go on from there. */
  async check(page: TestPage): Promise<void> {
    this.#start++
    for (const [lane, { place, isUndone, isUnanswered }] of (await this.#found(page)).entries()) {
      this.#places[lane] = place
      if (isUndone) this.interrupted.undone++
      if (isUnanswered) this.interrupted.unanswered++
      this.#begun.delete(lane)
      this.#stopped.add(lane)
    }
  }

  /** Waits until what only pages that are gone held is gone too. */
  async checkGone(page: TestPage): Promise<void> {
    const others = () => page.evaluate(async () => (await import('/tests/support/lane-work.ts')).countOthers())
    await expect.poll(others, { timeout: 20_000 }).toBe(0)
  }

  /** As `check`, from another page while the lanes are in the middle of their steps. */
  async peek(page: TestPage): Promise<void> {
    await this.#found(page)
  }

  async #found(page: TestPage): Promise<Judgement[]> {
    const { models, problems } = await page.evaluate(async () => (await import('/tests/support/lane-work.ts')).found())
    expect(problems).toEqual([])
    return models.map((model, lane) => this.#judge(lane, model))
  }

  #judge(lane: number, model: Model): Judgement {
    const { number, model: before } = this.#places[lane] as Place
    const step = stepAt(this.seed, lane, number, before)
    // A step may have been begun though nothing was heard of it.
    const stages = this.#stopped.has(lane) ? [] : stagesOf(before, step)
    const last = stages.at(-1) ?? before
    const isChange = !isSameModel(before, last)
    if (isChange && isSameModel(model, last)) {
      return { place: { number: number + 1, model }, isUndone: false, isUnanswered: true }
    }
    const possible = [before, ...stages]
    if (!possible.some((one) => isSameModel(one, model))) {
      const told = possible.map((one) => JSON.stringify(one)).join(' nor ')
      throw new Error(
        `lane ${lane}, at step ${number}, ${JSON.stringify(step)}: found ${JSON.stringify(model)}, neither ${told}`,
      )
    }
    return { place: { number, model }, isUndone: isChange && this.#begun.has(lane), isUnanswered: false }
  }

  #hear({ lane, steps, what, message }: Telling): void {
    const { number, model } = this.#places[lane] as Place
    if (what === 'failed') this.#failures.push(`lane ${lane}, step ${steps}: ${message}`)
    if (what === 'interrupted' && !this.#rejected.has(lane)) {
      this.#rejected.add(lane)
      this.interrupted.rejected++
    }
    if (what === 'stopped') this.#stopped.add(lane)
    if (what === 'begun') {
      this.#begun.add(lane)
      this.#begunCount++
    }
    if (what === 'done' && steps === number + 1) {
      this.#begun.delete(lane)
      const after = stagesOf(model, stepAt(this.seed, lane, number, model)).at(-1) as Model
      this.#places[lane] = { number: number + 1, model: after }
    }
  }

  async #until(isReached: () => boolean): Promise<void> {
    while (!isReached() && this.#failures.length === 0) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no word for ${SILENCE_MS} ms: ${this.#told}`)), SILENCE_MS)
        this.#heard = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    expect(this.#failures).toEqual([])
  }

  /** What the lanes are at, as far as they have told. */
  get #told(): string {
    const lanes = this.#places.map(({ number, model }, lane) => {
      const state = [
        this.#stopped.has(lane) && 'stopped',
        this.#rejected.has(lane) && 'rejected',
        this.#begun.has(lane) && 'begun',
      ]
      const step = JSON.stringify(stepAt(this.seed, lane, number, model))
      return `lane ${lane} at step ${number}, ${step}, ${state.filter(Boolean)}`
    })
    return lanes.join('; ')
  }
}
