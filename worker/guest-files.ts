// The disk's data files as a guest reads them, beside the owner's handles and under a lease of the owner.
import { DataFiles } from '../src/engine/data-files.js'
import type { Entry } from '../src/engine/entry.js'
import { eachStored } from '../src/engine/index-of-arrays.js'
import { type Lease, selectionsOf } from '../src/engine/leases.js'
import { readSelections } from '../src/engine/reading.js'
import { scheduler } from '../src/engine/scheduler.js'
import { outcomeOf } from '../src/engine/service.js'
import type { Directory } from '../src/engine/storage.js'
import { Work } from '../src/engine/work.js'
import type { CallRequest, Outcome, ServiceMessage } from '../src/protocol.js'
import { OpfsDirectory, SHARES_HANDLES } from './opfs-directory.js'
import { diskFolder } from './opfs-folders.js'
import { SnapshotDirectory } from './snapshot-directory.js'

export class GuestFiles {
  readonly #disk: string
  readonly #receive: (message: ServiceMessage) => void
  readonly #onClosed: () => void
  /** By the id of the call. */
  readonly #running = new Map<number, Work>()
  /** Open from one read to the next, where a file is open in several workers; elsewhere it is a new snapshot for each. */
  #data: DataFiles | undefined

  constructor(disk: string, receive: (message: ServiceMessage) => void, onClosed: () => void) {
    this.#disk = disk
    this.#receive = receive
    this.#onClosed = onClosed
  }

  /** Good only where the owner ends the lease afterwards. */
  async read(
    { id, params, wantsProgress }: CallRequest<'read' | 'readMany'>,
    { entry }: Lease,
  ): Promise<Outcome<{ buffer: ArrayBuffer; version: number }>> {
    const report = (doneBytes: number, totalBytes: number | undefined, isLast: boolean): void =>
      this.#receive({ type: 'progress', id, doneBytes, totalBytes, isLast })
    const work = new Work(scheduler, wantsProgress ? report : undefined)
    this.#running.set(id, work)
    try {
      return await outcomeOf(async () => {
        const data = await this.#dataOf(entry)
        const { into } = params
        const room = (byteLength: number) =>
          into !== undefined && into.byteLength >= byteLength ? into : new ArrayBuffer(byteLength)
        const buffer = await readSelections(data, entry, selectionsOf(params), room, work)
        return { buffer, version: entry.version }
      })
    } finally {
      this.#running.delete(id)
    }
  }

  /** Returns whether there is such a call. */
  abort(id: number): boolean {
    const work = this.#running.get(id)
    work?.abort()
    return work !== undefined
  }

  told(id: number): boolean {
    const work = this.#running.get(id)
    work?.told()
    return work !== undefined
  }

  /** What is being read meanwhile fails. */
  close(): void {
    this.#data?.close()
    this.#data = undefined
  }

  /** With every file that the array has bytes in. */
  async #dataOf(entry: Entry): Promise<DataFiles> {
    const data = this.#data ?? new DataFiles(await this.#openDirectory())
    if (SHARES_HANDLES) this.#data = data
    let last = 0
    eachStored(entry, (position) => {
      if (position > last) last = position
    })
    await data.reach(last)
    return data
  }

  async #openDirectory(): Promise<Directory> {
    const folder = await diskFolder(this.#disk)
    return SHARES_HANDLES ? new OpfsDirectory(this.#disk, folder, this.#onClosed) : new SnapshotDirectory(folder)
  }
}
