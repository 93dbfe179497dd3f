// What a second worker does for the owner's: it computes parts of values that the owner commits.
import type { ArrayParts } from '../src/core/given.js'
import { DataFiles } from '../src/engine/data-files.js'
import { fillFor, reduceFor } from '../src/engine/evaluating.js'
import type { BlockTable } from '../src/engine/layout.js'
import type { DraftShare, PieceShare } from '../src/engine/operators/sharing.js'
import { scheduler } from '../src/engine/scheduler.js'
import { Work } from '../src/engine/work.js'
import { BLOCK_BYTES, type ServiceRoot } from '../src/protocol.js'
import { OpfsDirectory } from './opfs-directory.js'
import { diskFolder } from './opfs-folders.js'

export interface SharerRoot extends Pick<ServiceRoot, 'hello'> {
  /** Gets ready to compute for the owner of that disk, whose second worker this is. */
  shareDisk(disk: string): Promise<void>
  fillFor(share: DraftShare): Promise<BlockTable[]>
  reduceFor(share: PieceShare): Promise<ArrayParts[]>
  stopShare(): void
}

export class Sharer implements Omit<SharerRoot, 'hello'> {
  #directory: OpfsDirectory | undefined
  #data: DataFiles | undefined
  readonly #works = new Set<Work>()

  async shareDisk(disk: string): Promise<void> {
    this.#directory = new OpfsDirectory(disk, await diskFolder(disk), () => undefined)
  }

  fillFor(share: DraftShare): Promise<BlockTable[]> {
    return this.#compute([...share.operands.map(({ from }) => from), ...share.drafts], (data, work) =>
      fillFor(data, share, work),
    )
  }

  reduceFor(share: PieceShare): Promise<ArrayParts[]> {
    return this.#compute(
      share.operands.map(({ from }) => from),
      (data, work) => reduceFor(data, share, work),
    )
  }

  stopShare(): void {
    for (const work of this.#works) work.abort()
  }

  async #compute<T>(values: readonly object[], compute: (data: DataFiles, work: Work) => Promise<T>): Promise<T> {
    const work = new Work(scheduler)
    this.#works.add(work)
    try {
      return await compute(await this.#dataFor(values), work)
    } finally {
      this.#works.delete(work)
    }
  }

  /** Chromium asks for quota where a handle writes behind what was the end of the file when it was opened: then it is opened anew. */
  async #dataFor(values: readonly object[]): Promise<DataFiles> {
    const tables = values.flatMap((value) => ('blocks' in value ? [value.blocks as BlockTable] : []))
    const positions = tables.flatMap((blocks) => [...blocks.filter((_, at) => at % 2 === 0)])
    const last = positions.reduce((most, position) => Math.max(most, position), 0)
    if (this.#data !== undefined && positions.every((position) => this.#isCovered(position))) return this.#data
    this.#data?.close()
    this.#data = new DataFiles(this.#directory as OpfsDirectory) // there is one before anything is computed
    await this.#data.reach(last)
    return this.#data
  }

  #isCovered(position: number): boolean {
    return position < 0 || this.#data?.covers(position, position % BLOCK_BYTES === 0 ? BLOCK_BYTES : 1) === true
  }
}
