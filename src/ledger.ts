// Who takes how much memory.
import { MemoryBudgetError } from './core/errors.js'
import { type Count, leastValuableFirst, type Resident, standingOf } from './resident.js'

const MAX_HOLDERS_NAMED = 10

export class Ledger {
  /** For bytes on their way to disk. */
  lentBytes = 0
  readonly #counts = new Map<Resident, Count>()
  #residentBytes = 0
  #recycledBytes = 0
  #clock = 0

  /** Recycled buffers excepted. */
  get residentBytes(): number {
    return this.#residentBytes
  }

  get usedBytes(): number {
    return this.#residentBytes + this.#recycledBytes + this.lentBytes
  }

  get leavingBytes(): number {
    return this.#sum(({ isLeaving }) => isLeaving)
  }

  /** What cannot be had at once: held by user code, or to be written first. Calls that end are not among it. */
  get changedBytes(): number {
    return this.#sum((count) => {
      const standing = standingOf(count)
      return standing === 'held' || standing === 'movable' || standing === 'leaving'
    })
  }

  /** Whether something will go, or can go, by itself. */
  get isPassing(): boolean {
    return [...this.#counts.values()].some((count) => ['passing', 'leaving'].includes(standingOf(count)))
  }

  get counts(): Iterable<Count> {
    return this.#counts.values()
  }

  get(resident: Resident): Count | undefined {
    return this.#counts.get(resident)
  }

  add(resident: Resident, added: number): void {
    const count = this.#counts.get(resident) ?? this.#begin(resident)
    count.byteLength += added
    if (added < 0) count.blockedUntil = 0
    if (count.byteLength === 0) this.#counts.delete(resident)
    if (resident.isRecycled === true) this.#recycledBytes += added
    else this.#residentBytes += added
  }

  /** The latest use is now. */
  touch(resident: Resident): void {
    const count = this.#counts.get(resident)
    if (count !== undefined) count.usedAt = ++this.#clock
  }

  /** What stays while `asking` waits. */
  heldBytes(asking: Resident): number {
    return this.#sum((count) => count.resident === asking || standingOf(count) === 'held')
  }

  /** The least valuable of what can go, as many as are `bytes` together, or all. */
  leastValuable(bytes: number, from: (count: Count) => boolean = () => true): Count[] {
    if (bytes <= 0) return []
    const able = [...this.#counts.values()].filter((count) => {
      const standing = standingOf(count)
      return (standing === 'free' || standing === 'movable') && from(count)
    })
    const picks: Count[] = []
    let missing = bytes
    for (const count of leastValuableFirst(able, this.#clock)) {
      if (missing <= 0) break
      picks.push(count)
      missing -= count.byteLength
    }
    return picks
  }

  /** That `added` more bytes do not fit `limit`. */
  refusal(limit: number, asking: Resident, added: number): MemoryBudgetError {
    const requested = added + (this.get(asking)?.byteLength ?? 0)
    const held = [...this.#counts.values()].filter((count) => standingOf(count) === 'held')
    const holders = held.map(({ resident: { path }, byteLength }) => ({ path, byteLength }))
    holders.sort((a, b) => b.byteLength - a.byteLength)
    const heldBytes = holders.reduce((sum, { byteLength }) => sum + byteLength, 0)
    const largest = holders.slice(0, 3).map(({ path, byteLength }) => `${path ?? 'a call'} (${byteLength})`)
    const named = largest.length === 0 ? '' : `, the largest being ${largest.join(', ')}`
    return new MemoryBudgetError(
      `${requested} bytes do not fit a memory budget of ${limit} bytes, ${heldBytes} of which are in use${named}: ` +
        'offload or release some of the holders, or raise the budget',
      { requested, holders: holders.slice(0, MAX_HOLDERS_NAMED) },
    )
  }

  #sum(of: (count: Count) => boolean): number {
    let bytes = 0
    for (const count of this.#counts.values()) if (of(count)) bytes += count.byteLength
    return bytes
  }

  #begin(resident: Resident): Count {
    const count = { resident, byteLength: 0, isLeaving: false, failures: 0, blockedUntil: 0, usedAt: ++this.#clock }
    this.#counts.set(resident, count)
    return count
  }
}
