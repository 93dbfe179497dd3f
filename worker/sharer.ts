// What a second worker does for the owner's: it computes parts of values that the owner commits.
import { DataFiles } from '../src/engine/data-files.js'
import { evaluateShare } from '../src/engine/evaluating.js'
import type { BlockTable } from '../src/engine/layout.js'
import type { Share } from '../src/engine/operators/sharing.js'
import { scheduler } from '../src/engine/scheduler.js'
import { Work } from '../src/engine/work.js'
import { BLOCK_BYTES, type ServiceRoot } from '../src/protocol.js'
import { OpfsDirectory } from './opfs-directory.js'
import { diskFolder } from './opfs-folders.js'

export interface SharerRoot extends Pick<ServiceRoot, 'hello'> {
  /** Gets ready to compute for the owner of that disk, whose second worker this is. */
  shareDisk(disk: string): Promise<void>
  computeShare(share: Share): Promise<BlockTable[]>
  stopShare(): void
}

export class Sharer implements Omit<SharerRoot, 'hello'> {
  #directory: OpfsDirectory | undefined
  #data: DataFiles | undefined
  #work: Work | undefined

  async shareDisk(disk: string): Promise<void> {
    this.#directory = new OpfsDirectory(disk, await diskFolder(disk), () => undefined)
  }

  async computeShare(share: Share): Promise<BlockTable[]> {
    const work = new Work(scheduler)
    this.#work = work
    try {
      return await evaluateShare(await this.#dataFor(share), share, work)
    } finally {
      this.#work = undefined
    }
  }

  stopShare(): void {
    this.#work?.abort()
  }

  /** Chromium asks for quota where a handle writes behind what was the end of the file when it was opened: then it is opened anew. */
  async #dataFor({ operands, drafts }: Share): Promise<DataFiles> {
    const tables = operands.flatMap(({ from }) => ('blocks' in from ? [from] : []))
    const positions = [...drafts, ...tables].flatMap(({ blocks }) => [...blocks.filter((_, at) => at % 2 === 0)])
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
