// Memory of the page's other workers: borrowed from the page's budget, over their ports.
import type { MemoryBudget } from './budget.js'
import type { Connection } from './connection.js'
import type { Params } from './protocol.js'
import type { Reservation } from './reservation.js'
import type { Loan, Resident } from './resident.js'
import { unreferenced } from './spares.js'

/** Where a worker that is connected to a page asks for memory: all of them and the page share one budget. */
export interface Lender {
  /** wait: for room. now: without waiting. Errors: MemoryBudgetError. */
  borrow(byteLength: number, how: 'wait' | 'now'): Promise<void>
  /** For bytes on their way, where there is room. */
  lend(byteLength: number): Promise<boolean>
  /** The same, room or not. */
  take(byteLength: number): void
  giveBack(byteLength: number, what: 'loaded' | 'lent'): void
}

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
  readonly #loans: Loan[] = []
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
  async borrow({ byteLength, how }: Params<'borrowMemory'>, signal: AbortSignal): Promise<void> {
    if (how === 'wait') this.#take(await this.#budget.reserve(byteLength, { signal }))
    else if (how === 'now') this.#take(await this.#budget.tryReserve(byteLength), byteLength)
    else await this.#lend(byteLength, how === 'taken' ? byteLength : 0)
    if (signal.aborted) this.end()
  }

  returned({ byteLength, what }: Params<'returnMemory'>): void {
    if (what === 'answer') this.#answered?.()
    if (what === 'loaded') {
      this.#byteLength -= byteLength
      this.#budget.reduce(this, byteLength)
    }
    if (what === 'lent') {
      const at = this.#loans.findIndex((loan) => loan.byteLength === byteLength)
      if (at >= 0) this.#loans.splice(at, 1)[0]?.end()
    }
  }

  /** The worker is gone. */
  end(): void {
    this.#byteLength = 0
    this.#budget.remove(this)
    for (const loan of this.#loans.splice(0)) loan.end()
    this.#answered?.()
  }

  #take(room: Reservation | undefined, wanted = 0): void {
    if (room === undefined) throw this.#budget.refusal(this, wanted)
    this.#byteLength += room.byteLength
    room.handTo(this)
  }

  async #lend(wanted: number, least: number): Promise<void> {
    const loan = await this.#budget.lend(wanted, least)
    if (loan.byteLength === wanted) this.#loans.push(loan)
    else {
      loan.end()
      throw this.#budget.refusal(this, wanted)
    }
  }
}

/** How a worker behind a port asks the page; undefined where the connection is the page's own. */
export function borrowedFrom(connection: Connection): Lender | undefined {
  if (connection.pageMemory === undefined) return undefined
  const ignore = () => undefined // the port is closed: nobody counts any more
  return {
    borrow: (byteLength, how) => connection.call('borrowMemory', { byteLength, how }),
    lend: (byteLength) =>
      connection.call('borrowMemory', { byteLength, how: 'lent' }).then(
        () => true,
        () => false,
      ),
    take: (byteLength) => void connection.call('borrowMemory', { byteLength, how: 'taken' }).catch(ignore),
    giveBack: (byteLength, what) => void connection.call('returnMemory', { byteLength, what }).catch(ignore),
  }
}
