// What happens by itself after calls: pages are told of changes, and an idle disk is swept and gives room back to the browser.
import type { ServiceMessage } from '../protocol.js'
import type { ContainerStates } from './container-states.js'
import type { Engine } from './engine.js'
import type { Parts } from './maintenance.js'
import type { Scheduler } from './storage.js'
import { AbortedError, Work } from './work.js'

/** Many changes are told at once. */
const CHANGED_AFTER_MS = 16
const IDLE_AFTER_MS = 5000
/** Compaction costs a copy of what it moves, so an idle disk may be this much larger than its live bytes. */
const MAX_DISK_RATIO = 1.25
const MAX_DISK_EXTRA_BYTES = 32 << 20

export class Housekeeping {
  readonly #engine: Engine
  readonly #states: ContainerStates
  readonly #scheduler: Scheduler
  readonly #send: (message: ServiceMessage) => void
  readonly #compact: (work: Work) => Promise<void>
  #cancelTelling: (() => void) | undefined
  #cancelIdle: (() => void) | undefined
  #calledAt = 0
  #told = { liveBytes: -1, arrays: -1 }
  #tidying: { readonly work: Work; readonly done: Promise<void> } | undefined

  constructor(
    { engine, states }: Pick<Parts, 'engine' | 'states'>,
    scheduler: Scheduler,
    send: (message: ServiceMessage) => void,
    compact: (work: Work) => Promise<void>,
  ) {
    this.#engine = engine
    this.#states = states
    this.#scheduler = scheduler
    this.#send = send
    this.#compact = compact
  }

  /** Sets no timer where one is set: calls are many, and short. */
  afterCall(): void {
    this.#calledAt = this.#scheduler.now()
    this.#cancelIdle ??= this.#scheduler.after(IDLE_AFTER_MS, () => this.#awaitIdle())
    const { liveBytes, size } = this.#engine.arrays
    if (liveBytes === this.#told.liveBytes && size === this.#told.arrays) return
    this.#cancelTelling ??= this.#scheduler.after(CHANGED_AFTER_MS, () => this.#tell())
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#cancelTelling?.()
    this.#cancelTelling = undefined
    this.#cancelIdle?.()
    this.#cancelIdle = undefined
    this.#tidying?.work.abort()
    await this.#tidying?.done
  }

  #tell(): void {
    this.#cancelTelling = undefined
    const { liveBytes, size } = this.#engine.arrays
    this.#told = { liveBytes, arrays: size }
    this.#send({ type: 'changed', ...this.#told })
  }

  #awaitIdle(): void {
    this.#cancelIdle = undefined
    const rest = this.#calledAt + IDLE_AFTER_MS - this.#scheduler.now()
    if (rest > 0) this.#cancelIdle = this.#scheduler.after(rest, () => this.#awaitIdle())
    else this.#beIdle()
  }

  #beIdle(): void {
    if (this.#tidying !== undefined) return
    const work = new Work(this.#scheduler)
    const done = this.#tidy(work).catch((error) => {
      if (!(error instanceof AbortedError)) this.#engine.onMarkFailed(error)
    })
    this.#tidying = {
      work,
      done: done.finally(() => {
        this.#tidying = undefined
      }),
    }
  }

  async #tidy(work: Work): Promise<void> {
    // Free room is kept up to that limit: files that have to grow again are four times slower to write.
    this.#engine.mark()
    await this.#states.sweep()
    const { diskBytes, liveBytes } = this.#engine.usage
    if (diskBytes > MAX_DISK_RATIO * liveBytes + MAX_DISK_EXTRA_BYTES) await this.#compact(work)
  }
}
