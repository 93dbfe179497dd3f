// Who holds which array, and the purge of those that nobody holds any more.
import type { OpenRequest } from '../protocol.js'
import type { Engine } from './engine.js'
import type { Entry } from './entry.js'

export class Holds {
  readonly #engine: Engine
  /** By client, the number of its objects on each incarnation. */
  readonly #counts = new Map<string, Map<number, number>>()
  readonly #purge: (entries: readonly Entry[], client?: string) => void

  /** `purge` removes arrays for good; `client` was the last to hold them. */
  constructor(engine: Engine, purge: (entries: readonly Entry[], client?: string) => void) {
    this.#engine = engine
    this.#purge = purge
  }

  /** The client holds this and what calls have made that it has no answer of, whatever it held before. Errors: QuotaExceededError. */
  join(client: string, holds: OpenRequest['holds']): void {
    this.#counts.delete(client)
    for (const { incarnation, count } of holds) this.take(client, incarnation, count)
    const { calls } = this.#engine.arrays
    const counts = this.#counts.get(client)
    this.#drop(client, (incarnation) => counts?.has(incarnation) === true || calls.concern(client, incarnation))
  }

  /** The client is no more. */
  forget(client: string): void {
    this.#engine.arrays.calls.forget(client)
    this.#counts.delete(client)
    this.#drop(client, () => false)
  }

  /** Errors: QuotaExceededError, and then nothing is held. */
  take(client: string, incarnation: number, count = 1): void {
    const entry = this.#engine.arrays.get(incarnation)
    if (entry !== undefined && isMortal(entry) && !entry.clients.includes(client)) {
      this.#engine.describe(entry, { clients: [...entry.clients, client] })
    }
    const counts = this.#counts.get(client) ?? new Map<number, number>()
    this.#counts.set(client, counts)
    counts.set(incarnation, (counts.get(incarnation) ?? 0) + count)
  }

  /** Gives up one hold of each; what was the last one takes a mortal array with it. */
  release(client: string, incarnations: readonly number[]): void {
    const counts = this.#counts.get(client)
    const given = new Set<Entry>()
    for (const incarnation of incarnations) {
      const count = (counts?.get(incarnation) ?? 0) - 1
      if (count > 0) {
        counts?.set(incarnation, count)
        continue
      }
      counts?.delete(incarnation)
      const entry = this.#engine.arrays.get(incarnation)
      if (entry !== undefined && isMortal(entry)) given.add(entry)
    }
    this.#giveUp(client, given)
  }

  /** Somebody has an object on it. */
  isHeld(incarnation: number): boolean {
    for (const counts of this.#counts.values()) if (counts.has(incarnation)) return true
    return false
  }

  /** The clients that mortal arrays are noted to be held by. */
  get noted(): ReadonlySet<string> {
    const mortal = [...this.#engine.arrays.unpacked()].filter(isMortal)
    return new Set(mortal.flatMap(({ clients }) => clients))
  }

  /** Arms or disarms purge; disarmed, an array outlives its page. */
  setPurge(entry: Entry, purge: boolean): Entry {
    const holders = [...this.#counts].filter(([, counts]) => counts.has(entry.incarnation)).map(([client]) => client)
    return this.#engine.describe(entry, { purge, ephemeral: purge && entry.ephemeral, clients: purge ? holders : [] })
  }

  /** Removes what only clients that are gone held. */
  sweep(live: ReadonlySet<string>): void {
    const dead: Entry[] = []
    for (const entry of this.#engine.arrays.unpacked()) {
      if (isMortal(entry) && !entry.clients.some((client) => live.has(client))) dead.push(entry)
    }
    this.#purge(dead)
  }

  /** Takes the client off the mortal arrays it is noted on and does not hold. */
  #drop(client: string, holds: (incarnation: number) => boolean): void {
    const given = [...this.#engine.arrays.unpacked()].filter(
      (entry) => isMortal(entry) && entry.clients.includes(client) && !holds(entry.incarnation),
    )
    this.#giveUp(client, given)
  }

  #giveUp(client: string, entries: Iterable<Entry>): void {
    const dead: Entry[] = []
    for (const entry of entries) {
      const clients = entry.clients.filter((other) => other !== client)
      if (clients.length > 0) this.#engine.describe(entry, { clients })
      else dead.push(entry)
    }
    this.#purge(dead, client)
  }
}

/** Goes with the last client that holds it. */
function isMortal(entry: Entry): boolean {
  return entry.purge || entry.ephemeral
}
