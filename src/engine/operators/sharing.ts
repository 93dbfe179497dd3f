// Work for two threads: one begins at the start, the other takes ranges from the end.
import type { ArrayParts } from '../../core/given.js'
import type { Node } from '../../core/numpy/expression.js'
import type { Operand } from './leaf-reader.js'
import type { Piece } from './pieces.js'

/** With less to read another thread costs more than it saves. */
export const FEWEST_SHARED_BYTES = 32 << 20

/** What a thread needs to reduce pieces of an expression. Plain data. */
export interface PieceShare {
  readonly root: Node
  readonly operands: readonly Operand[]
  readonly pieces: readonly Piece[]
}

/** What a thread needs to compute results element by element. Plain data. */
export interface ElementsShare {
  readonly roots: readonly Node[]
  readonly operands: readonly Operand[]
  /** By result: whether checksums are wanted of its blocks. */
  readonly areSummed: readonly boolean[]
  /** Elements of a run, whole blocks of every result. */
  readonly length: number
}

/** Another thread that has the data files open. */
export interface SecondThread {
  /** Whether there is one; begins to start it where there is none yet. */
  ready(): Promise<boolean>
  /** What the pieces give. Errors: any. */
  reduce(share: PieceShare): Promise<ArrayParts[]>
  /** Answers the orders that come over the port, which moves there, until that says so; see Deliveries. Errors: any. */
  compute(share: ElementsShare, port: MessagePort): Promise<void>
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

/** Moves the end of what is left; undefined where that is too little to be shared. */
function takeFromEnd(left: Taken): Left | undefined {
  const { end } = left
  const start = Math.ceil(end - (end - left.start) / SHARES)
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
  compute: () => Promise<void>,
  assist: (range: Left) => Promise<void>,
): Promise<void> {
  const help = async () => {
    for (let range = takeFromEnd(left); range !== undefined; range = takeFromEnd(left)) {
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
