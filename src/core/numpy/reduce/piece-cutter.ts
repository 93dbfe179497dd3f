// The pieces in which NumPy's loops see the elements of an output, whatever the tiles are.
import type { Pieces } from './walk.js'

export class PieceCutter {
  readonly #pieces: Pieces
  /** Elements still to come in the block, and in the piece. */
  #block = 0
  #piece = 0

  constructor(pieces: Pieces) {
    this.#pieces = pieces
  }

  /** Elements up to the end of the piece. */
  get left(): number {
    return this.#piece
  }

  /** Whether runs of `n` elements are whole pieces. */
  isWhole(n: number): boolean {
    return this.#piece === 0 && this.#block === 0 && this.#pieces.block === n && this.#pieces.piece === n
  }

  /** Where the last piece has ended, starts the next and returns its length; else 0. */
  begin(): number {
    if (this.#piece > 0) return 0
    if (this.#block === 0) this.#block = this.#pieces.block
    this.#piece = Math.min(this.#pieces.piece, this.#block)
    this.#block -= this.#piece
    return this.#piece
  }

  /** Takes off elements that came. Returns whether the piece has ended. */
  take(count: number): boolean {
    this.#piece -= count
    return this.#piece === 0
  }
}
