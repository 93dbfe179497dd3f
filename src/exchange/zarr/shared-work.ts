// Work that all who want the same at one time share.
import { unlessAborted } from '../../abort.js'

interface Work<T> {
  readonly result: Promise<T>
  readonly abort: AbortController
  wanting: number
}

export class SharedWork<T> {
  readonly #works = new Map<string, Work<T>>()

  /**
   * What `start` gives; `isFirst` tells who began it. The signal that it is given is aborted when all who want it have aborted.
   * Errors: those of `start`, the caller's signal's reason.
   */
  async run(
    name: string,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<{ result: T; isFirst: boolean }> {
    signal?.throwIfAborted()
    const other = this.#works.get(name)
    const work = other ?? this.#begin(name, start)
    work.wanting++
    try {
      return { result: await unlessAborted(signal, work.result), isFirst: other === undefined }
    } finally {
      if (--work.wanting === 0) {
        this.#end(name, work)
        work.abort.abort(signal?.reason)
      }
    }
  }

  #begin(name: string, start: (signal: AbortSignal) => Promise<T>): Work<T> {
    const abort = new AbortController()
    const work: Work<T> = { result: start(abort.signal), abort, wanting: 0 }
    work.result.catch(() => undefined).finally(() => this.#end(name, work)) // those who want it see the error
    this.#works.set(name, work)
    return work
  }

  #end(name: string, work: Work<T>): void {
    if (this.#works.get(name) === work) this.#works.delete(name)
  }
}
