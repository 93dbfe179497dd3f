// The arrays this page has opened, one object a path, so that load and offload speak of the same array everywhere.
import type { ArrayInfo, Disk, DiskBackedNDArray } from '../src/index.js'

export class Library {
  readonly disk: Disk
  readonly #opened = new Map<string, Promise<DiskBackedNDArray>>()

  constructor(disk: Disk) {
    this.disk = disk
  }

  list(): Promise<ArrayInfo[]> {
    return this.disk.list()
  }

  /** Errors: NotFoundError. */
  open(path: string): Promise<DiskBackedNDArray> {
    let array = this.#opened.get(path)
    if (!array) {
      array = this.disk.openArray(path)
      this.#opened.set(path, array)
      array.catch(() => this.#opened.delete(path))
    }
    return array
  }

  /** What was made new at a path: its objects from before are stale. */
  adopt(path: string, array: DiskBackedNDArray): void {
    this.#opened.set(path, Promise.resolve(array))
  }

  /** Gives the room back to the device too: without compacting it stays in the disk's files, for new arrays. */
  async delete(path: string): Promise<void> {
    await this.disk.delete(path)
    this.#opened.delete(path)
    await this.disk.compact()
  }
}
