// Whether what a change brings is on disk: its blocks compared with their checksums.
import { checksum } from './checksum.js'
import type { DataFiles } from './data-files.js'
import type { Change, Entry } from './entry.js'
import { type ArrayIndex, eachStored, remapped } from './index-of-arrays.js'
import { checksumOf, positionOf } from './layout.js'

/** Others run after so much has been read. */
const STEP_BYTES = 1 << 20
/** What reading a small block costs, in bytes of a large one. */
const ACCESS_COST_BYTES = 16 << 10

export class Verification {
  readonly #data: DataFiles
  readonly #pause: () => Promise<void>
  /** Fresh memory for each block would cost more than reading it. */
  #room = new Uint8Array(0)
  #cost = 0

  constructor(data: DataFiles, pause: () => Promise<void>) {
    this.#data = data
    this.#pause = pause
  }

  /** Of the blocks that the array does not have in the index already. */
  async verifies(change: Change & { kind: 'put' | 'remap' }, index: ArrayIndex): Promise<boolean> {
    const before = index.get(change.kind === 'put' ? change.entry.incarnation : change.incarnation)
    const after = change.kind === 'put' ? change.entry : before && remapped(before, change)
    if (after === undefined) return false
    const known = new Set<number>()
    if (before !== undefined) eachStored(before, (position) => known.add(position))
    const fresh: { nth: number; byteLength: number }[] = []
    eachStored(after, (position, byteLength, nth) => {
      if (!known.has(position)) fresh.push({ nth, byteLength })
    })
    for (const { nth, byteLength } of fresh) {
      if (!(await this.#blockVerifies(after, nth, byteLength))) return false
      this.#cost += Math.max(byteLength, ACCESS_COST_BYTES)
      if (this.#cost < STEP_BYTES) continue
      this.#cost = 0
      await this.#pause()
    }
    return true
  }

  async #blockVerifies({ blocks, path }: Entry, nth: number, byteLength: number): Promise<boolean> {
    const position = positionOf(blocks, nth)
    if (this.#room.byteLength < byteLength) this.#room = new Uint8Array(byteLength)
    const bytes = this.#room.subarray(0, byteLength)
    await this.#data.find(position)
    try {
      this.#data.read(bytes, position, path)
    } catch {
      return false
    }
    return checksum(bytes) === checksumOf(blocks, nth)
  }
}
