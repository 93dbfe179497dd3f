// Arrays of which nobody knows what they are, because changes of theirs may be in a part of the catalog that is lost: given up
// rather than handed out as they were before.
import type { Change, FoundChange } from './entry.js'
import type { Frame } from './frame.js'
import type { ArrayIndex } from './index-of-arrays.js'
import { checksumOf, missingIn, positionOf } from './layout.js'
import { fileOf } from './space.js'

type Proof = Change & { kind: 'proof' }

function proofsIn(frames: readonly Frame[]): Proof[] {
  return frames.flatMap(({ changes }) => changes.filter((change): change is Proof => change.kind === 'proof'))
}

export class Doubt {
  readonly #index: ArrayIndex
  readonly #incarnations = new Set<number>()
  #isBoundless = false

  constructor(index: ArrayIndex) {
    this.#index = index
  }

  /** The frames behind that sequence are lost, up to the first of `later`. */
  begin(sequence: number, later: readonly Frame[]): void {
    // The frame before which a proof tells nothing is a mark itself, and changes no array.
    const proof = proofsIn(later).find(({ since }) => since <= sequence + 1)
    this.#isBoundless ||= proof === undefined
    const changed = proof?.changed ?? [...this.#index.values()].map(({ incarnation }) => incarnation)
    for (const incarnation of changed) this.#incarnations.add(incarnation)
  }

  concerns(incarnation: number): boolean {
    return this.#incarnations.has(incarnation)
  }

  /** A whole value says all there is to know. */
  end(change: FoundChange): void {
    if (change.kind === 'put') this.#incarnations.delete(change.entry.incarnation)
    if (change.kind === 'delete') this.#incarnations.delete(change.incarnation)
  }

  /** Makes all bytes of what is in doubt missing. Returns how many arrays may be lost without a trace. */
  giveUp(): number {
    let lost = 0
    for (const incarnation of this.#incarnations) {
      const entry = this.#index.get(incarnation)
      if (entry === undefined) {
        lost++
        continue
      }
      const { version, modified, blocks } = entry
      const indexes = Array.from({ length: blocks.length / 2 }, (_, i) => i)
      const places = indexes.flatMap((i) => [
        missingIn(Math.max(0, fileOf(positionOf(blocks, i)))),
        checksumOf(blocks, i),
      ])
      this.#index.apply({
        kind: 'remap',
        incarnation,
        version,
        modified,
        indexes,
        blocks: Float64Array.from(places),
      })
    }
    return this.#isBoundless ? Number.POSITIVE_INFINITY : lost
  }
}
