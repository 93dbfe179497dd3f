// Memory of the page's other workers: borrowed from the page's budget, over their ports.
import type { Lender, MemoryBudget } from './budget.js'
import type { Connection } from './connection.js'
import type { Params } from './protocol.js'
import type { Resident } from './resident.js'
import { unreferenced } from './spares.js'

/** What a page offers to workers behind its ports. */
export interface PageLender {
  readonly limit: number
  /** For one worker; `ask` tells it to give back so much. */
  open(ask: (byteLength: number) => void): GuestMemory
}

/** A worker that computes answers late. */
const ANSWER_WITHIN_MS = 5000

export function lenderOf(budget: MemoryBudget): PageLender {
  return {
    get limit() {
      return budget.limit
    },
    open: (ask) => new GuestMemory(budget, ask),
  }
}

/** A worker's memory as the page counts it. */
export class GuestMemory implements Resident {
  readonly path = undefined
  readonly isEvictable = false
  readonly #budget: MemoryBudget
  readonly #ask: (byteLength: number) => void
  #byteLength = 0
  #answered: (() => void) | undefined

  constructor(budget: MemoryBudget, ask: (byteLength: number) => void) {
    this.#budget = budget
    this.#ask = ask
  }

  evict(): void {
    // only the worker can
  }

  readonly leave = async (byteLength: number): Promise<boolean> => {
    const before = this.#byteLength
    await new Promise<void>((resolve) => {
      this.#answered = resolve
      unreferenced(setTimeout(resolve, ANSWER_WITHIN_MS))
      this.#ask(byteLength)
    })
    return this.#byteLength < before
  }

  /** Errors: MemoryBudgetError, the signal's reason. */
  async borrow({ byteLength, isTaken }: Params<'borrowMemory'>, signal: AbortSignal): Promise<void> {
    if (isTaken) this.#budget.force(this, byteLength)
    else (await this.#budget.reserve(byteLength, { signal })).handTo(this)
    this.#byteLength += byteLength
    if (signal.aborted) this.end()
  }

  giveBack({ byteLength, isAnswer }: Params<'returnMemory'>): void {
    this.#byteLength -= byteLength
    this.#budget.reduce(this, byteLength)
    if (isAnswer) this.#answered?.()
  }

  /** The worker is gone. */
  end(): void {
    this.#byteLength = 0
    this.#budget.remove(this)
    this.#answered?.()
  }
}

/** How a worker behind a port asks the page; undefined where the connection is the page's own. */
export function borrowedFrom(connection: Connection): Lender | undefined {
  if (connection.pageMemory === undefined) return undefined
  const ignore = () => undefined // the port is closed: nobody counts any more
  return {
    borrow: (byteLength) => connection.call('borrowMemory', { byteLength, isTaken: false }),
    take: (byteLength) => void connection.call('borrowMemory', { byteLength, isTaken: true }).catch(ignore),
    giveBack: (byteLength) => void connection.call('returnMemory', { byteLength, isAnswer: false }).catch(ignore),
  }
}
