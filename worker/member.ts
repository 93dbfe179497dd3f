// This worker's part in its disk: the owner, or a guest of the owner and next in line. Calls outlive a change of the owner: they
// are sent again, and what was done already is answered and not repeated.
import { toErrorData } from '../src/core/error-data.js'
import { WorkerFailedError } from '../src/core/errors.js'
import { outcomeOf } from '../src/engine/service.js'
import type { CallRequest, OpenRequest, Outcome, ServiceMessage } from '../src/protocol.js'
import { Taken } from '../src/taken.js'
import { GuestSeat } from './guest-seat.js'
import { OwnerSeat } from './owner-seat.js'
import { HANDOVER_MS, lockedError, takeOwnership } from './ownership.js'
import type { Seat } from './seat.js'

/** setTimeout takes longer ones for 0. */
const MAX_WAIT_MS = 2 ** 31 - 1

interface Pending {
  readonly request: CallRequest
  readonly answer: (outcome: Outcome<unknown>) => void
  /** Where it was sent last. */
  sentTo: object | undefined
  /** An owner that it was sent to may have done it. */
  mayBeDone: boolean
  isAborted: boolean
}

export class Member {
  readonly #lifeLock: string
  readonly #send: (message: ServiceMessage) => void
  /** By id. */
  readonly #pending = new Map<number, Pending>()
  readonly #taken = new Taken()
  readonly #ended = new AbortController()
  #opening: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined
  #seat: Seat | undefined
  #isLost = false
  /** Another one for every owner; undefined while there is none. */
  #turn: object | undefined

  /** `lifeLock` is held by this worker. */
  constructor(lifeLock: string, send: (message: ServiceMessage) => void) {
    this.#lifeLock = lifeLock
    this.#send = send
  }

  /**
   * Resolves when there is an owner, this one or another that serves us. Errors: DiskLockedError where another is the owner
   * and does not answer, ProtocolVersionError, those of opening the disk.
   */
  open(request: OpenRequest): Promise<Outcome<void>> {
    const waitMs = Math.min(Math.max(request.lockTimeout, HANDOVER_MS), MAX_WAIT_MS)
    const timer = setTimeout(() => this.#fail(lockedError(request.name, waitMs)), waitMs)
    for (const { incarnation, count } of request.holds) this.#taken.take(incarnation, count)
    return outcomeOf(async () => {
      try {
        await new Promise<void>((resolve, reject) => {
          this.#opening = { resolve, reject }
          this.#queue(request, this.#visit(request), timer)
        })
      } catch (error) {
        this.#end()
        throw error
      } finally {
        this.#opening = undefined
        clearTimeout(timer)
      }
    })
  }

  call(request: CallRequest): Promise<Outcome<unknown>> {
    return new Promise((answer) => {
      const pending: Pending = { request, answer, sentTo: undefined, mayBeDone: false, isAborted: false }
      this.#pending.set(request.id, pending)
      this.#dispatch(pending)
    })
  }

  abort(id: number): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    pending.isAborted = true
    if (pending.sentTo === undefined) this.#lose(pending)
    else this.#seat?.abort(id)
  }

  told(id: number): void {
    this.#seat?.told(id)
  }

  /** Asks whoever is the owner to be served. */
  #visit(request: OpenRequest): GuestSeat {
    const guest: GuestSeat = new GuestSeat({
      request,
      lifeLock: this.#lifeLock,
      receive: this.#send,
      holds: () => this.#taken.holds(),
      onLost: () => this.#rise(),
      onJoined: () => this.#sit(guest),
      onFailed: (error) => this.#fail(error),
      onClosed: () => this.#onClosed(),
    })
    return guest
  }

  /** Waits to be the owner, for as long as the worker lives. */
  #queue(request: OpenRequest, guest: GuestSeat, timer: ReturnType<typeof setTimeout>): void {
    const own = async (giveUp: () => void): Promise<void> => {
      clearTimeout(timer)
      const isTakeOver = this.#seat !== undefined
      guest.end()
      this.#rise()
      const now = { ...request, holds: this.#taken.holds() }
      this.#sit(await OwnerSeat.take(now, giveUp, () => this.#onClosed(), this.#send, isTakeOver))
    }
    takeOwnership(request.name, this.#ended.signal)
      .then(own)
      .catch((error: unknown) => {
        guest.end()
        if (!this.#ended.signal.aborted) this.#fail(error)
      })
  }

  #sit(seat: Seat): void {
    const isFirst = this.#seat === undefined
    this.#seat = seat
    this.#turn = {}
    if (!isFirst) this.#send({ type: 'letGo' })
    this.#send({ type: 'role', role: seat.role })
    this.#opening?.resolve()
    for (const pending of [...this.#pending.values()]) this.#dispatch(pending)
  }

  /** The owner is gone. */
  #rise(): void {
    this.#turn = undefined
    const { drafts } = this.#taken
    const ending = new Set<number>()
    for (const { request, sentTo } of this.#pending.values()) {
      if (request.method === 'commitWrite' && sentTo !== undefined && 'draft' in request.params)
        ending.add(request.params.draft)
    }
    for (const draft of drafts.keys()) if (!ending.has(draft)) drafts.delete(draft)
  }

  #dispatch(pending: Pending): void {
    const { request, sentTo, mayBeDone: isRetry, isAborted } = pending
    const turn = this.#turn
    if (turn === undefined || sentTo === turn) return
    if (isAborted || this.#isOfLostDraft(request)) {
      this.#lose(pending)
      return
    }
    pending.sentTo = turn
    pending.mayBeDone = true
    const seat = this.#seat as Seat // there is a turn
    const [answeredBelow = request.id] = this.#pending.keys()
    seat.call({ ...request, answeredBelow, isRetry }).then(
      (outcome) => {
        if (this.#turn !== turn) return
        if (outcome !== undefined) return this.#settle(pending, outcome)
        pending.sentTo = undefined
        pending.mayBeDone = isRetry
      },
      (error: unknown) => {
        // What the channel to an owner that is gone says is of no interest.
        if (this.#turn === turn) this.#settle(pending, { ok: false, error: toErrorData(error) })
      },
    )
  }

  #isOfLostDraft({ params }: CallRequest): boolean {
    return 'draft' in params && !this.#taken.drafts.has(params.draft)
  }

  /** It was not done, or nobody knows. */
  #lose(pending: Pending): void {
    const { method } = pending.request
    const error = toErrorData(
      new WorkerFailedError(`the disk has another owner, and '${method}' may have been lost with the one before`),
    )
    this.#settle(pending, method === 'abortWrite' ? { ok: true, value: undefined } : { ok: false, error })
  }

  #settle(pending: Pending, outcome: Outcome<unknown>): void {
    if (this.#isLost) return
    const { request, answer } = pending
    if (this.#pending.get(request.id) === pending) this.#pending.delete(request.id)
    if (outcome.ok) {
      this.#taken.note(request, outcome.value)
      if (request.method === 'close') this.#end()
    } else if (request.method === 'commitWrite' && 'draft' in request.params)
      this.#taken.drafts.delete(request.params.draft)
    answer(outcome)
  }

  /** What was being done may be done or not: the page is told that its worker is lost, and other tabs take over. */
  #onClosed(): void {
    if (this.#isLost || this.#ended.signal.aborted) return
    this.#isLost = true
    this.#fail(new Error('the browser closed the files of the disk'))
  }

  /** Uncaught, an error reaches the page's Worker object: what is pending is rejected, and the next call opens the disk anew. */
  #fail(error: unknown): void {
    if (this.#opening !== undefined) this.#opening.reject(error)
    else {
      setTimeout(() => {
        throw error
      })
    }
  }

  #end(): void {
    this.#ended.abort()
    this.#seat?.end()
    this.#turn = undefined
  }
}
