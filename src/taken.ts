// What calls have taken of a storage service, holds and drafts, so that it can be given back.
import type { CallRequest, MethodName, OpenRequest, Params, PutResult, Result, WriteTarget } from './protocol.js'

/** Where it is given back. */
interface Service {
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>
}

type Note = { [M in MethodName]?: (taken: Taken, params: Params<M>, result: Result<M>) => void }

const NOTES: Note = {
  open: (taken, _params, meta) => taken.take(meta.incarnation),
  put: (taken, { puts }, results) => {
    taken.takeMade(
      puts.map(({ target }) => target),
      results,
    )
  },
  beginWrite: (taken, { targets }, { draft }) => void taken.drafts.set(draft, targets),
  commitWrite: (taken, { draft }, results) => {
    taken.takeMade(taken.drafts.get(draft) ?? [], results)
    taken.drafts.delete(draft)
  },
  abortWrite: (taken, { draft }) => void taken.drafts.delete(draft),
  release: (taken, { incarnations }) => {
    for (const incarnation of incarnations) taken.release(incarnation)
  },
}

export class Taken {
  /** Of writes begun and not ended. */
  readonly drafts = new Map<number, readonly WriteTarget[]>()
  /** By incarnation, how often it is held; never 0. */
  readonly #counts = new Map<number, number>()

  /** Takes note of a call that succeeded. */
  note({ method, params }: CallRequest, result: unknown): void {
    const note = NOTES[method] as ((taken: Taken, params: unknown, result: unknown) => void) | undefined // of this method
    note?.(this, params, result)
  }

  take(incarnation: number, count = 1): void {
    this.#counts.set(incarnation, (this.#counts.get(incarnation) ?? 0) + count)
  }

  /** A result for each target: what was created is held. */
  takeMade(targets: readonly WriteTarget[], results: readonly PutResult[]): void {
    for (const [i, target] of targets.entries()) {
      const made = results[i]
      if (made !== undefined && 'create' in target) this.take(made.meta.incarnation)
    }
  }

  release(incarnation: number): void {
    const count = this.#counts.get(incarnation) ?? 0
    if (count > 1) this.#counts.set(incarnation, count - 1)
    else this.#counts.delete(incarnation)
  }

  holds(): OpenRequest['holds'] {
    return [...this.#counts].map(([incarnation, count]) => ({ incarnation, count }))
  }

  /** Leaves nothing taken. */
  giveBack(service: Service): void {
    const ignore = () => undefined // closed or lost, a service has no drafts and no holds
    for (const draft of this.drafts.keys()) service.call('abortWrite', { draft }).catch(ignore)
    const incarnations = this.holds().flatMap(({ incarnation, count }) => new Array<number>(count).fill(incarnation))
    if (incarnations.length > 0) service.call('release', { incarnations }).catch(ignore)
    this.drafts.clear()
    this.#counts.clear()
  }
}
