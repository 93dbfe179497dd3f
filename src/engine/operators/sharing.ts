// Work for two threads: one begins at the start, the other takes ranges from the end.
import type { DType } from '../../core/dtype.js'
import type { ArrayParts } from '../../core/given.js'
import type { Node } from '../../core/numpy/expression.js'
import type { BlockTable } from '../layout.js'
import type { Operand } from './leaf-reader.js'
import type { Piece } from './pieces.js'

/** With less to read and write another thread costs more than it saves. */
export const FEWEST_SHARED_BYTES = 32 << 20

/** A value on disk that is being made. */
export interface SharedDraft {
  readonly dtype: DType
  readonly nbytes: number
  readonly blocks: BlockTable
}

/** What a thread needs to compute elements into drafts of another one. Plain data, as all shares. */
export interface DraftShare extends Left {
  /** One for each draft, of its dtype. */
  readonly roots: readonly Node[]
  readonly operands: readonly Operand[]
  /** All their blocks in the range of elements, in C order, are whole, but for those at their ends. */
  readonly drafts: readonly SharedDraft[]
}

/** What a thread needs to reduce pieces of an expression. */
export interface PieceShare {
  readonly root: Node
  readonly operands: readonly Operand[]
  readonly pieces: readonly Piece[]
}

/** Another thread that has the data files open. */
export interface SecondThread {
  /** Whether there is one; begins to start it where there is none yet. */
  ready(): Promise<boolean>
  /**
   * The blocks of the range, by draft, as they are in its table. Errors: any; the range may be written in parts then, and nobody
   * writes there any more.
   */
  fill(share: DraftShare): Promise<BlockTable[]>
  /** What the pieces give. Errors: any. */
  reduce(share: PieceShare): Promise<ArrayParts[]>
  /** All that is being computed rejects soon. */
  stop(): void
}

/** What nobody has taken yet. */
export interface Left {
  readonly start: number
  readonly end: number
}

export type Taken = { -readonly [key in keyof Left]: Left[key] }

/** Of what is left a share is taken: who is late holds up the other by one of the last, which are small. */
const SHARES = 3

/** Moves the end of what is left to a multiple of `step`; undefined where that is too little to be shared. */
function takeFromEnd(left: Taken, step: number): Left | undefined {
  const { end } = left
  const start = Math.ceil((end - (end - left.start) / SHARES) / step) * step
  if (start >= end) return undefined
  left.end = start
  return { start, end }
}

/**
 * `compute` goes on until nothing is left, `assist` has the other thread do a range. What that cannot do is done here.
 * Errors: those of `compute`; the other thread has stopped then.
 */
export async function share(
  second: SecondThread,
  left: Taken,
  step: number,
  compute: () => Promise<void>,
  assist: (range: Left) => Promise<void>,
): Promise<void> {
  const help = async () => {
    for (let range = takeFromEnd(left, step); range !== undefined; range = takeFromEnd(left, step)) {
      try {
        await assist(range)
      } catch {
        left.end = range.end // whatever is wrong is met here again
        return
      }
    }
  }
  let helping = Promise.resolve()
  void second.ready().then((isReady) => {
    if (isReady) helping = help()
  })
  try {
    await compute()
  } catch (error) {
    left.end = left.start
    second.stop()
    throw error
  } finally {
    await helping
  }
  await compute()
}
