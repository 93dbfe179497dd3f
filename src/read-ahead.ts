// The next block of an array, read while the caller works on the one before.
import type { WorkOptions } from './call.js'
import type { Selection } from './core/selection.js'
import type { Custody } from './custody.js'
import type { Residency } from './residency.js'
import type { Loan } from './resident.js'

interface Ahead<T> {
  readonly residency: Residency
  readonly version: number
  /** undefined: memory has no room. */
  readonly block: Promise<T | undefined>
  readonly loan: Promise<Loan>
}

/** One block at most, where memory has room for it; of an array that changes meanwhile none. */
export class ReadAhead<T> {
  readonly #custody: Custody | undefined
  readonly #read: (selection: Selection, options: WorkOptions) => Promise<T>
  readonly #signal: AbortSignal | undefined
  readonly #ending = new AbortController()
  #ahead: Ahead<T> | undefined
  #isInVain = false

  /** `custody`: of the array on disk that is read; what is elsewhere is not read ahead. */
  constructor(
    custody: Custody | undefined,
    read: (selection: Selection, options: WorkOptions) => Promise<T>,
    signal: AbortSignal | undefined,
  ) {
    this.#custody = custody
    this.#read = read
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort)
  }

  /** What is memory's already, or has no room there, is not read ahead. */
  begin(selection: Selection, byteLength: number): void {
    const residency = this.#custody?.residency
    if (this.#isInVain || residency === undefined || residency.live !== undefined) return
    const loan = residency.session.budget.lend(byteLength, 0)
    const block = loan.then((room) =>
      room.byteLength < byteLength ? undefined : this.#read(selection, { signal: this.#ending.signal }),
    )
    block.catch(() => undefined) // read again when it is asked for, and that rejects
    this.#ahead = { residency, version: residency.meta.version, block, loan }
  }

  /** The block as it is now. `selection` is the one that was begun, where one was. */
  async take(selection: Selection): Promise<T> {
    const ahead = this.#ahead
    this.#ahead = undefined
    if (ahead !== undefined) {
      const block = await ahead.block.catch(() => undefined)
      giveBack(ahead)
      this.#signal?.throwIfAborted()
      this.#isInVain = !this.#isCurrent(ahead)
      if (block !== undefined && !this.#isInVain) return block
    }
    return this.#read(selection, this.#signal === undefined ? {} : { signal: this.#signal })
  }

  /** Gives up what is being read. */
  end(): void {
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#ending.abort()
    if (this.#ahead !== undefined) giveBack(this.#ahead)
    this.#ahead = undefined
  }

  /** A change that was asked for before the block comes first, as in any order of calls. */
  #isCurrent({ residency, version }: Ahead<T>): boolean {
    const { live, meta, lock } = residency
    const isSame = residency === this.#custody?.residency && live === undefined && meta.version === version
    return isSame && !lock.hasWriter
  }

  readonly #abort = (): void => this.#ending.abort(this.#signal?.reason)
}

function giveBack({ loan }: Ahead<unknown>): void {
  void loan.then(({ end }) => end())
}
