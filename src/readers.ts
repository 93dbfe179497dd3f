// Those who want one array in memory: they share the wait for room and the read, which end when none of them is left.
import type { MemoryBudget } from './budget.js'
import type { Reservation } from './reservation.js'
import type { Count } from './resident.js'

export class Readers {
  readonly #budget: MemoryBudget
  #count = 0
  #ending = new AbortController()
  #wait: Promise<void> | undefined
  #room: Reservation | undefined

  constructor(budget: MemoryBudget) {
    this.#budget = budget
  }

  /** Aborted when none is left. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Returns how to leave; an abort leaves too. */
  join(signal: AbortSignal | undefined): () => void {
    let isIn = true
    const leave = () => {
      if (!isIn) return
      isIn = false
      signal?.removeEventListener('abort', leave)
      if (--this.#count === 0) this.#end(signal?.reason)
    }
    this.#count++
    signal?.addEventListener('abort', leave)
    return leave
  }

  /** Whether `takeRoom` has room of that size to give; makes it where that needs no waiting, by what `mayGo`. */
  async hasRoom(byteLength: number, path: string, mayGo?: (count: Count) => boolean): Promise<boolean> {
    if (this.#hasRoomOf(byteLength)) return true
    this.takeRoom()?.release()
    const room = await this.#budget.tryReserve(byteLength, path, mayGo)
    if (room === undefined) return this.#hasRoomOf(byteLength) // it came meanwhile
    this.takeRoom()?.release()
    this.#room = room
    return true
  }

  /** Not to be called in the array's turn. Errors: MemoryBudgetError, the signal's reason. */
  waitForRoom(byteLength: number, path: string): Promise<void> {
    const { signal } = this
    this.#wait ??= this.#budget
      .reserve(byteLength, { path, signal })
      .then((room) => {
        if (signal.aborted || this.#room !== undefined) room.release()
        else this.#room = room
      })
      .finally(() => {
        if (this.signal === signal) this.#wait = undefined
      })
    return this.#wait
  }

  takeRoom(): Reservation | undefined {
    const room = this.#room
    this.#room = undefined
    return room
  }

  #hasRoomOf(byteLength: number): boolean {
    return this.#room?.byteLength === byteLength
  }

  #end(reason: unknown): void {
    this.#ending.abort(reason)
    this.#ending = new AbortController()
    this.#wait = undefined
    this.takeRoom()?.release()
  }
}
