// Which arrays commits have changed since a mark last told: where a part of the catalog is lost, only those are in doubt.
import type { Change } from './entry.js'
import type { ArrayIndex } from './index-of-arrays.js'

type Proof = Change & { kind: 'proof' }

/** A mark has to fit into what the catalog keeps spare on a full disk. */
const MAX_TOLD = 4096

export class ChangedArrays {
  readonly #incarnations = new Set<number>()
  /** Sequence of the mark that told last. */
  #since: number

  constructor(since: number) {
    this.#since = since
  }

  /** To be called before the change is applied. */
  note(change: Change, index: Pick<ArrayIndex, 'at'>): void {
    if (change.kind === 'put') {
      const { path, incarnation } = change.entry
      this.#incarnations.add(index.at(path)?.incarnation ?? incarnation).add(incarnation)
    } else if (change.kind === 'remap' || change.kind === 'describe' || change.kind === 'delete') {
      this.#incarnations.add(change.incarnation)
    }
  }

  /** What a mark of that sequence tells; of too many nothing. */
  proof(sequence: number): Proof {
    const changed = [...this.#incarnations]
    if (changed.length > MAX_TOLD) return { kind: 'proof', since: sequence, changed: [] }
    return { kind: 'proof', since: this.#since, changed }
  }

  told(sequence: number): void {
    this.#incarnations.clear()
    this.#since = sequence
  }
}
