// What a second worker does for the owner's: it computes from what the owner keeps in place meanwhile.
import type { ArrayParts } from '../src/core/given.js'
import { DataFiles } from '../src/engine/data-files.js'
import { computeFor, reduceFor } from '../src/engine/evaluating.js'
import { eachStored } from '../src/engine/index-of-arrays.js'
import type { Operand } from '../src/engine/operators/leaf-reader.js'
import type { ElementsShare, PieceShare } from '../src/engine/operators/sharing.js'
import { scheduler } from '../src/engine/scheduler.js'
import { Work } from '../src/engine/work.js'
import type { ServiceRoot } from '../src/protocol.js'
import { OpfsDirectory } from './opfs-directory.js'
import { diskFolder } from './opfs-folders.js'

export interface SharerRoot extends Pick<ServiceRoot, 'hello'> {
  /** Gets ready to compute for the owner of that disk, whose second worker this is. */
  shareDisk(disk: string): Promise<void>
  reduceFor(share: PieceShare): Promise<ArrayParts[]>
  computeFor(share: ElementsShare, port: MessagePort): Promise<void>
  stopShares(): void
  /** For good. */
  closeDisk(): void
}

export class Sharer implements Omit<SharerRoot, 'hello'> {
  #data: DataFiles | undefined
  readonly #works = new Set<Work>()

  async shareDisk(disk: string): Promise<void> {
    // The owner is closed with its files, and closes these before.
    this.#data = new DataFiles(new OpfsDirectory(disk, await diskFolder(disk), () => undefined))
  }

  reduceFor(share: PieceShare): Promise<ArrayParts[]> {
    return this.#over(share.operands, (data, work) => reduceFor(data, share, work))
  }

  computeFor(share: ElementsShare, port: MessagePort): Promise<void> {
    return this.#over(share.operands, (data, work) => computeFor(data, share, port, work))
  }

  /** With the files open that the operands are in. */
  async #over<T>(operands: readonly Operand[], compute: (data: DataFiles, work: Work) => Promise<T>): Promise<T> {
    const data = this.#data as DataFiles // there is a disk before there is anything to compute
    const work = new Work(scheduler)
    this.#works.add(work)
    try {
      let last = 0
      for (const { from } of operands) {
        if (!('blocks' in from)) continue
        eachStored(from, (position) => {
          if (position > last) last = position
        })
      }
      await data.reach(last)
      return await compute(data, work)
    } finally {
      this.#works.delete(work)
    }
  }

  stopShares(): void {
    for (const work of this.#works) work.abort()
  }

  closeDisk(): void {
    this.#data?.close()
  }
}
