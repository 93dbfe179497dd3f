// Values on their way to the storage service in pieces.
import { unlessAborted } from './abort.js'
import type { WorkOptions } from './call.js'
import { BLOCK_BYTES, type PutResult, type WriteTarget } from './protocol.js'
import type { Loan } from './resident.js'
import type { Spares } from './spares.js'
import type { Caller } from './transfer.js'

/** A multiple of BLOCK_BYTES: large enough that the round trip does not count. */
const PIECE_BYTES = 4 * BLOCK_BYTES
/** Pieces on their way while the next is filled. */
const PIECES_IN_FLIGHT = 3
/** Memory that pieces can make use of. */
export const MAX_PIECES_BYTES = PIECES_IN_FLIGHT * PIECE_BYTES

/** The buffers of the pieces, as many as are lent, used again as they come back, and by who writes next. */
export class Pieces {
  readonly pieceBytes: number
  readonly #draft: Draft
  readonly #inFlight: number
  readonly #spares: Spares
  readonly #report: (doneBytes: number) => void
  readonly #onTheirWay: Promise<ArrayBuffer>[] = []
  #sentBytes: number[] = []
  #doneBytes = 0
  #offset = 0

  constructor(draft: Draft, { byteLength }: Loan, spares: Spares, report: (doneBytes: number) => void) {
    this.#draft = draft
    this.#spares = spares
    const wholeBlocks = byteLength - (byteLength % BLOCK_BYTES)
    this.pieceBytes = Math.min(PIECE_BYTES, wholeBlocks === 0 ? byteLength : wholeBlocks)
    this.#inFlight = Math.floor(byteLength / this.pieceBytes)
    this.#report = report
  }

  async take(byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    const isFull = this.#onTheirWay.length >= this.#inFlight
    const buffer = isFull
      ? await this.#back()
      : (this.#spares.take(this.pieceBytes) ?? new ArrayBuffer(this.pieceBytes))
    return new Uint8Array(buffer, 0, byteLength)
  }

  /** Comes behind the pieces sent before. */
  send(piece: Uint8Array<ArrayBuffer>): void {
    const { byteLength } = piece // which is gone with the piece
    const written = this.#write(this.#offset, piece)
    this.#sentBytes.push(byteLength)
    this.#offset += byteLength
    written.catch(() => undefined) // seen when it is waited for; not at all where an earlier one failed
    this.#onTheirWay.push(written)
  }

  async finish(): Promise<void> {
    if (this.#onTheirWay.length === 0) this.#report(0)
    while (this.#onTheirWay.length > 0) this.#spares.give(await this.#back())
  }

  async #write(offset: number, piece: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    let { buffer } = piece
    await this.#draft.write(offset, piece, (back) => {
      buffer = back
    })
    return buffer
  }

  async #back(): Promise<ArrayBuffer> {
    const buffer = (await this.#onTheirWay.shift()) as ArrayBuffer // callers see to it that there is one
    this.#doneBytes += this.#sentBytes.shift() ?? 0
    this.#report(this.#doneBytes)
    return buffer
  }
}

/** Values that come in pieces, as the service knows them. */
export class Draft {
  readonly #caller: Caller
  readonly #draft: number
  #isOver = false

  private constructor(caller: Caller, draft: number) {
    this.#caller = caller
    this.#draft = draft
  }

  /** The room that was reserved is given back also where the abort comes before the answer. */
  static async begin(caller: Caller, targets: readonly WriteTarget[], signal: AbortSignal | undefined): Promise<Draft> {
    signal?.throwIfAborted()
    const begun = caller.call('beginWrite', { targets }).then(({ draft }) => new Draft(caller, draft))
    try {
      return await unlessAborted(signal, begun)
    } catch (error) {
      begun.then((draft) => draft.abort()).catch(() => undefined)
      throw error
    }
  }

  /** `giveBack` is called with the buffer, whether it was written or not; not where that is lost with the worker. */
  async write(
    offset: number,
    bytes: Uint8Array<ArrayBuffer>,
    giveBack: (buffer: ArrayBuffer) => void,
    work: WorkOptions = {},
  ): Promise<void> {
    const params = { draft: this.#draft, offset, bytes }
    await this.#caller.call('write', params, { ...work, transfer: [bytes.buffer], giveBack })
  }

  /** A result for each target. */
  commit(): Promise<PutResult[]> {
    this.#isOver = true
    return this.#caller.call('commitWrite', { draft: this.#draft })
  }

  /** Nobody waits for it: what the service keeps of a draft ends with the service at the latest. */
  abort(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#caller.call('abortWrite', { draft: this.#draft }).catch(() => undefined)
  }
}
