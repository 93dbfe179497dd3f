// Element-wise results made by two threads: one goes from the first element on, the other takes ranges from the end.
import { DTYPES, type DType } from '../../core/dtype.js'
import type { Node } from '../../core/numpy/expression.js'
import { BLOCK_BYTES } from '../../protocol.js'
import type { BlockTable } from '../layout.js'
import type { Operand } from './leaf-reader.js'

/** A value on disk that is being made. */
export interface SharedDraft {
  readonly dtype: DType
  readonly nbytes: number
  readonly blocks: BlockTable
}

/** What a thread needs to compute elements into drafts of another one. Plain data. */
export interface Share {
  /** One for each draft, of its dtype. */
  readonly roots: readonly Node[]
  readonly operands: readonly Operand[]
  readonly drafts: readonly SharedDraft[]
  /** Elements, in C order; all blocks in the range are whole, but for those at the end of a draft. */
  readonly start: number
  readonly end: number
}

/** Another thread that has the data files open. */
export interface SecondThread {
  /** Whether there is one; begins to start it where there is none yet. */
  ready(): Promise<boolean>
  /**
   * The blocks of the range, by draft, as they are in its table. Errors: any; the range may be written in parts then, and nobody
   * writes there any more.
   */
  compute(share: Share): Promise<BlockTable[]>
  /** What is being computed rejects soon. */
  stop(): void
}

/** Elements that nobody has taken yet. */
export interface Left {
  start: number
  end: number
}

/** What is left is taken in shares: who is late holds up the other by one of the last, which are small. */
const SHARES = 3

/** Moves the end of what is left before what it returns; undefined where that is too little to be shared. */
export function takeFromEnd(left: Left, drafts: readonly SharedDraft[]): Left | undefined {
  const step = BLOCK_BYTES / Math.min(...drafts.map(({ dtype }) => DTYPES[dtype].itemsize))
  const { end } = left
  const start = Math.ceil((end - (end - left.start) / SHARES) / step) * step
  if (start >= end) return undefined
  left.end = start
  return { start, end }
}

/** Which of a draft's blocks begin at those elements. */
export function blocksOf(
  { blocks, dtype }: SharedDraft,
  { start, end }: Left,
  size: number,
): readonly [number, number] {
  const { itemsize } = DTYPES[dtype]
  return [(start * itemsize) / BLOCK_BYTES, end === size ? blocks.length / 2 : (end * itemsize) / BLOCK_BYTES]
}

/**
 * `compute` goes on until nothing is left; `adopt` is told what the other thread has made. What that cannot do is done here.
 * Errors: those of `compute`; the other thread has stopped then.
 */
export async function share(
  second: SecondThread,
  work: Omit<Share, 'start' | 'end'>,
  left: Left,
  compute: () => Promise<void>,
  adopt: (range: Left, blocks: readonly BlockTable[]) => void,
): Promise<void> {
  const help = async () => {
    for (let range = takeFromEnd(left, work.drafts); range !== undefined; range = takeFromEnd(left, work.drafts)) {
      try {
        adopt(range, await second.compute({ ...work, ...range }))
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
