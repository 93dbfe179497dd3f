// Runs of elements that another thread computes and hands over, in buffers that go to and fro.
import type { ElementsShare, SecondThread } from './sharing.js'

/** Under way and arrived: with so many the other thread has work while this one computes and writes one. */
const MOST_ORDERED = 3

export interface Run {
  readonly start: number
  readonly count: number
}

/** A run to be computed, and a buffer for the elements of each result. */
export interface Order extends Run {
  readonly buffers: readonly ArrayBuffer[]
}

/** The same, filled. */
export interface Delivery extends Order {
  /** Of each result that is summed, those of its blocks. */
  readonly checksums: readonly (readonly number[] | undefined)[]
}

/** The runs that nobody has taken yet, all of `length` elements but the last. */
export class RunsLeft {
  readonly #size: number
  readonly #length: number
  #next = 0
  readonly #returned: Run[] = []

  constructor(size: number, length: number) {
    this.#size = size
    this.#length = length
  }

  take(): Run | undefined {
    const returned = this.#returned.pop()
    if (returned !== undefined || this.#next >= this.#size) return returned
    const start = this.#next
    this.#next += this.#length
    return { start, count: Math.min(this.#length, this.#size - start) }
  }

  /** Another thread does only those of full length. */
  takeFull(): Run | undefined {
    return this.#next + this.#length <= this.#size ? this.take() : undefined
  }

  giveBack(runs: Iterable<Run>): void {
    this.#returned.push(...runs)
  }
}

/** Has another thread compute runs. What that fails to do is left again. */
export class Deliveries {
  readonly #second: SecondThread
  readonly #share: ElementsShare
  readonly #left: RunsLeft
  readonly #makeBuffers: () => readonly ArrayBuffer[]
  readonly #spare: (readonly ArrayBuffer[])[] = []
  readonly #arrived: Delivery[] = []
  /** By their starts. */
  readonly #underWay = new Map<number, Run>()
  #state: 'not asked' | 'starting' | 'ready' | 'over' = 'not asked'
  #port: MessagePort | undefined
  #served = Promise.resolve()
  #changed: () => void = () => undefined

  /** `makeBuffers`: for a run of full length. */
  constructor(second: SecondThread, share: ElementsShare, left: RunsLeft, makeBuffers: () => readonly ArrayBuffer[]) {
    this.#second = second
    this.#share = share
    this.#left = left
    this.#makeBuffers = makeBuffers
  }

  /** Sees to it that the other thread has something to do; begins to start it where there is none yet. */
  order(): void {
    if (this.#state === 'not asked') this.#start()
    if (this.#state !== 'ready') return
    while (this.#underWay.size + this.#arrived.length < MOST_ORDERED) {
      const run = this.#left.takeFull()
      if (run === undefined) return
      const port = this.#port ?? this.#begin()
      const order: Order = { ...run, buffers: this.#spare.pop() ?? this.#makeBuffers() }
      this.#underWay.set(run.start, run)
      port.postMessage(order, [...order.buffers])
    }
  }

  /** How many are to come; messages bring them. */
  get underWay(): number {
    return this.#underWay.size
  }

  /** The run that would come last is this thread's again. */
  takeBack(): Run | undefined {
    const run = [...this.#underWay.values()].at(-1)
    if (run !== undefined) this.#underWay.delete(run.start)
    return run
  }

  /** One that has come. */
  take(): Delivery | undefined {
    return this.#arrived.shift()
  }

  /** Its buffers may be filled anew. */
  done({ buffers }: Delivery): void {
    this.#spare.push(buffers)
  }

  /** Resolves when one has come, or none is to come any more. */
  async change(): Promise<void> {
    if (this.#arrived.length > 0 || this.underWay === 0) return
    await new Promise<void>((resolve) => {
      this.#changed = resolve
    })
  }

  /** Resolves when the other thread does nothing more. */
  async end(): Promise<void> {
    this.#state = 'over'
    this.#port?.postMessage(null)
    await this.#served
  }

  #start(): void {
    this.#state = 'starting'
    void this.#second.ready().then((isReady) => {
      if (this.#state === 'starting') this.#state = isReady ? 'ready' : 'over'
    })
  }

  #begin(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => {
      const delivery = data as Delivery // see computeRuns
      if (this.#underWay.delete(delivery.start)) this.#arrived.push(delivery)
      this.#changed()
    }
    this.#port = port1
    this.#served = this.#second
      .compute(this.#share, port2)
      .catch(() => undefined) // whatever is wrong is met by this thread again
      .then(() => this.#stop())
    return port1
  }

  #stop(): void {
    this.#state = 'over'
    this.#port?.close()
    this.#port = undefined
    this.#left.giveBack(this.#underWay.values())
    this.#underWay.clear()
    this.#changed()
  }
}

/** The orders that come, until the other side ends; `onEnd` is called at once then. */
export async function* ordersFrom(port: MessagePort, onEnd: () => void): AsyncGenerator<Order, void, undefined> {
  const come: Order[] = []
  let isOver = false
  let wake: (() => void) | undefined
  port.onmessage = ({ data }) => {
    const order = data as Order | null // see Deliveries
    if (order === null) {
      isOver = true
      onEnd()
    } else come.push(order)
    wake?.()
  }
  while (!isOver) {
    const order = come.shift()
    if (order !== undefined) yield order
    else {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}
