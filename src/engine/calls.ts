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
  /** By client, what came later and was not read yet, in order: of most clients nobody wants to know. */
  readonly #unread = new Map<string, (() => readonly CommittedCall[])[]>()

  get(client: string, id: number): CommittedCall | undefined {
    return this.#of(client).get(id)
  }

  *values(): Generator<CommittedCall, void, undefined> {
    for (const client of new Set([...this.#committed.keys(), ...this.#unread.keys()])) yield* this.#of(client).values()
  }

  note(call: CommittedCall): void {
    const unread = this.#unread.get(call.client)
    if (unread !== undefined) unread.push(() => [call])
    else this.#note(call)
  }

  /** As `note`, with calls of that client which are read when one is asked for. */
  noteLater(client: string, read: () => readonly CommittedCall[]): void {
    const unread = this.#unread.get(client) ?? []
    this.#unread.set(client, unread)
    unread.push(read)
  }

  /** Whether a call of the client that it may not know of has changed the array. */
  concern(client: string, incarnation: number): boolean {
    for (const { changed } of this.#of(client).values()) {
      for (let i = 0; i < changed.length; i += 2) if (changed[i] === incarnation) return true
    }
    return false
  }

  /** Nobody of that id will ask again. */
  forget(client: string): void {
    this.#committed.delete(client)
    this.#unread.delete(client)
  }

  /** Nobody but those will ask again. */
  keep(clients: ReadonlySet<string>): void {
    for (const client of this.#committed.keys()) if (!clients.has(client)) this.forget(client)
    for (const client of this.#unread.keys()) if (!clients.has(client)) this.forget(client)
  }

  #of(client: string): ReadonlyMap<number, CommittedCall> {
    const unread = this.#unread.get(client) ?? []
    this.#unread.delete(client)
    for (const read of unread) for (const call of read()) this.#note(call)
    return this.#committed.get(client) ?? new Map()
  }

  #note(call: CommittedCall): void {
    const calls = this.#committed.get(call.client) ?? new Map<number, CommittedCall>()
    this.#committed.set(call.client, calls)
    for (const id of calls.keys()) if (id < call.answeredBelow) calls.delete(id)
    calls.set(call.id, call)
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
