// The arrays this page has opened, one object a path, so that load and offload speak of the same array everywhere.
import type { ArrayInfo, Disk, DiskBackedNDArray, JsonObject } from '../src/index.js'
import type { LazyArray } from '../src/numpy.js'

const UNFINISHED = 'unfinished/'

type Result = Pick<LazyArray, 'shape' | 'dtype'>
type Work = (out: DiskBackedNDArray) => Promise<unknown>

export class Library {
  readonly disk: Disk
  readonly #opened = new Map<string, Promise<DiskBackedNDArray>>()

  constructor(disk: Disk) {
    this.disk = disk
  }

  /** Without what is being computed. */
  async list(): Promise<ArrayInfo[]> {
    const arrays = await this.disk.list()
    return arrays.filter(({ path }) => !path.startsWith(UNFINISHED))
  }

  /**
   * Puts what `work` writes into a new array at `path`, in place of what is there, once it is whole. Until then it is kept
   * under another name and goes with this page: neither a cancel nor a crash leaves half of it.
   */
  async compute(path: string, result: Result, attributes: JsonObject, work: Work): Promise<void> {
    const cachePath = `${UNFINISHED}${crypto.randomUUID()}`
    const out = await this.disk.zeros(result.shape, result.dtype, { cachePath, purgeDiskOnGc: true, attributes })
    try {
      await work(out)
      await this.disk.delete(path)
      await out.disablePurge()
      await this.disk.rename(cachePath, path)
      this.adopt(path, out)
    } catch (error) {
      await out.purge()
      throw error
    }
  }

  /** The same, for its time only. */
  async computeAndForget({ shape, dtype }: Result, work: Work): Promise<void> {
    const out = await this.disk.zeros(shape, dtype)
    try {
      await work(out)
    } finally {
      await out.purge()
    }
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

  /** Another page put a new array there. */
  forget(path: string): void {
    this.#opened.delete(path)
  }

  /** Gives the room back to the device too: without compacting it stays in the disk's files, for new arrays. */
  async delete(path: string): Promise<void> {
    await this.disk.delete(path)
    this.#opened.delete(path)
    await this.disk.compact()
  }
}
