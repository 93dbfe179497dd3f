// One client of an open disk, a page or a worker: its calls under way, and how it is told what happens.
import type { CallRequest, OpenRequest, ServiceMessage } from '../protocol.js'
import type { Scheduler } from './storage.js'
import { Work } from './work.js'

/** Tells one client, or all of them. */
export type Send = (message: ServiceMessage, to?: string) => void

export class Client {
  /** Names the lock that is held as long as the client lives. */
  readonly id: string
  readonly durability: OpenRequest['durability']
  readonly send: (message: ServiceMessage) => void
  /** By the client's call id. */
  readonly #running = new Map<number, Work>()
  readonly #leases = new Map<number, () => void>()
  #nextLease = 1
  #hasLeft = false

  constructor({ client, durability }: Pick<OpenRequest, 'client' | 'durability'>, send: Client['send']) {
    this.id = client
    this.durability = durability
    this.send = send
  }

  /** Does a call's work, which the client can abort meanwhile. */
  async run<T>(request: CallRequest, scheduler: Scheduler, task: (work: Work) => Promise<T>): Promise<T> {
    const { id, wantsProgress, answeredBelow } = request
    const origin = answeredBelow === undefined ? undefined : { client: this.id, id, answeredBelow }
    const report = (doneBytes: number, totalBytes: number | undefined, isLast: boolean): void =>
      this.send({ type: 'progress', id, doneBytes, totalBytes, isLast })
    const work = new Work(scheduler, wantsProgress ? report : undefined, origin)
    if (this.#hasLeft) work.abort()
    this.#running.set(id, work)
    try {
      return await task(work)
    } finally {
      this.#running.delete(id)
    }
  }

  abort(id: number): void {
    this.#running.get(id)?.abort()
  }

  told(id: number): void {
    this.#running.get(id)?.told()
  }

  /** `end` is called when the lease of that number, or the client, ends. */
  lease(end: () => void): number {
    if (this.#hasLeft) end()
    else this.#leases.set(this.#nextLease, end)
    return this.#nextLease++
  }

  /** Returns whether there was such a lease. */
  endLease(lease: number): boolean {
    const end = this.#leases.get(lease)
    this.#leases.delete(lease)
    end?.()
    return end !== undefined
  }

  /** Nobody waits for its calls any more. */
  leave(): void {
    this.#hasLeft = true
    for (const work of this.#running.values()) work.abort()
    for (const lease of this.#leases.keys()) this.endLease(lease)
  }
}
