// A lock that lets readers in together and writers alone, strictly in order of arrival.

interface Waiting {
  readonly alone: boolean
  readonly enter: () => void
}

export class FairLock {
  /** Tasks that run now; with `#alone` it is one. */
  #inside = 0
  #alone = false
  readonly #queue: Waiting[] = []
  /** Called when nobody is inside and nobody waits any more. */
  onIdle: () => void = () => undefined

  get isIdle(): boolean {
    return this.#inside === 0 && this.#queue.length === 0
  }

  /** Whether a task runs alone, or waits to. */
  get hasWriter(): boolean {
    return this.#alone || this.#queue.some(({ alone }) => alone)
  }

  /** Runs `task` beside others that came by this way. Errors: the signal's reason while waiting; the task's own. */
  together<T>(task: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#run(false, task, signal)
  }

  /** Runs `task` when all that came before are done, and before any that comes after. Errors: as `together`. */
  alone<T>(task: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#run(true, task, signal)
  }

  async #run<T>(alone: boolean, task: () => T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    await this.#enter(alone, signal)
    try {
      return await task()
    } finally {
      this.#inside--
      this.#alone = false
      this.#admit()
      if (this.isIdle) this.onIdle()
    }
  }

  #enter(alone: boolean, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const leaveQueue = () => {
        const at = this.#queue.indexOf(waiting)
        if (at < 0) return
        this.#queue.splice(at, 1)
        reject(signal?.reason)
        this.#admit()
      }
      const enter = () => {
        signal?.removeEventListener('abort', leaveQueue)
        resolve()
      }
      const waiting = { alone, enter }
      signal?.addEventListener('abort', leaveQueue)
      this.#queue.push(waiting)
      this.#admit()
    })
  }

  #admit(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (this.#alone || (next.alone && this.#inside > 0)) return
      this.#queue.shift()
      this.#inside++
      this.#alone = next.alone
      next.enter()
    }
  }
}
