// What calls of guests have committed: kept until the guest has the answer, so that a call it asks again after a change of the
// owner is answered and not repeated.
import type { Change } from './entry.js'

/** The call that a commit belongs to. */
export interface Origin {
  readonly client: string
  readonly id: number
  /** The client has the answer of every call with a lower id. */
  readonly answeredBelow: number
}

export type CommittedCall = Change & { kind: 'call' }

export class Calls {
  /** By client, then by id. */
  readonly #committed = new Map<string, Map<number, CommittedCall>>()

  get(client: string, id: number): CommittedCall | undefined {
    return this.#committed.get(client)?.get(id)
  }

  *values(): Generator<CommittedCall, void, undefined> {
    for (const calls of this.#committed.values()) yield* calls.values()
  }

  note(call: CommittedCall): void {
    const calls = this.#committed.get(call.client) ?? new Map<number, CommittedCall>()
    this.#committed.set(call.client, calls)
    for (const id of calls.keys()) if (id < call.answeredBelow) calls.delete(id)
    calls.set(call.id, call)
  }

  /** Whether a call of the client that it may not know of has changed the array. */
  concern(client: string, incarnation: number): boolean {
    for (const { changed } of this.#committed.get(client)?.values() ?? []) {
      for (let i = 0; i < changed.length; i += 2) if (changed[i] === incarnation) return true
    }
    return false
  }

  /** Nobody of that id will ask again. */
  forget(client: string): void {
    this.#committed.delete(client)
  }

  /** Nobody but those will ask again. */
  keep(clients: ReadonlySet<string>): void {
    for (const client of this.#committed.keys()) if (!clients.has(client)) this.forget(client)
  }
}

/** To be committed with the changes. `versionOf`: what an array has now. */
export function callOf(
  { client, id, answeredBelow }: Origin,
  changes: readonly Change[],
  versionOf: (incarnation: number) => number | undefined,
): CommittedCall {
  const changed: number[] = []
  const made: number[] = []
  const gone: number[] = []
  for (const change of changes) {
    if (change.kind === 'put') {
      const { incarnation, version } = change.entry
      changed.push(incarnation, version)
      if (versionOf(incarnation) === undefined) made.push(incarnation)
    }
    if (change.kind === 'remap') changed.push(change.incarnation, change.version)
    if (change.kind === 'describe') changed.push(change.incarnation, versionOf(change.incarnation) as number) // it is there
    if (change.kind === 'delete') gone.push(change.incarnation)
  }
  return { kind: 'call', client, id, answeredBelow, changed, made, gone }
}
