// The data files: payload at positions, grown before it is written, cut where the tail is free.
import { CorruptDataError } from '../core/errors.js'
import { BLOCK_BYTES } from '../protocol.js'
import { readExactly, resizeExactly, writeExactly } from './files.js'
import { FILE_BYTES } from './layout.js'
import { fileOf, type Space } from './space.js'
import type { Directory, SyncFile } from './storage.js'

const DATA_FILE = /^data-(0|[1-9]\d{0,3})$/

/** Files grow by at least this much at a time, and by an eighth of their size: each growth asks the browser for quota. */
const GROWTH_BYTES = 16 * BLOCK_BYTES
const MAX_GROWTH_BYTES = 256 * BLOCK_BYTES

interface DataFile {
  readonly file: SyncFile
  size: number
  /** Written since the last flush. */
  dirty: boolean
}

export class DataFiles {
  readonly #directory: Directory
  readonly #files: DataFile[] = []
  /** One opening at a time: file n exists only where file n - 1 does. */
  #opening: Promise<void> = Promise.resolve()
  bytesRead = 0
  bytesWritten = 0
  /** Written since the last flush. */
  dirtyBytes = 0

  constructor(directory: Directory) {
    this.#directory = directory
  }

  /** See Directory. */
  get readCost(): number {
    return this.#directory.readCost
  }

  get count(): number {
    return this.#files.length
  }

  get byteLength(): number {
    return this.#files.reduce((sum, { size }) => sum + size, 0)
  }

  /** Of each file that is open. */
  get lengths(): readonly number[] {
    return this.#files.map(({ size }) => size)
  }

  /** Whether the file is open and long enough for the bytes from `position` on. */
  covers(position: number, byteLength: number): boolean {
    const size = this.#files[fileOf(position)]?.size ?? 0
    return (position % FILE_BYTES) + byteLength <= size
  }

  /** Opens the files there are. What nothing is kept in any more is cut with the other tails. */
  async openAll(): Promise<void> {
    const names = new Set(await this.#directory.list())
    while (names.has(nameOf(this.#files.length))) await this.reach(this.#files.length * FILE_BYTES)
  }

  /** Whether a file of that name is, or is about to be, one of these. */
  owns(name: string): boolean {
    const number = DATA_FILE.exec(name)?.[1]
    return number !== undefined && Number(number) <= this.#files.length
  }

  /** Opens the files there are up to the one that holds `position`; of missing ones only those before one that is there. */
  async find(position: number): Promise<void> {
    if (fileOf(position) < this.#files.length) return
    const names = await this.#directory.list()
    const numbers = names.flatMap((name) => DATA_FILE.exec(name)?.[1] ?? []).map(Number)
    const last = Math.max(-1, ...numbers.filter((number) => number <= fileOf(position)))
    if (last >= 0) await this.reach(last * FILE_BYTES)
  }

  /** Opens, and makes where they are missing, all files up to the one that holds `position`. */
  reach(position: number): Promise<void> {
    this.#opening = this.#opening
      .catch(() => undefined)
      .then(async () => {
        while (this.#files.length <= fileOf(position)) {
          const file = await this.#directory.open(nameOf(this.#files.length))
          this.#files.push({ file, size: file.getSize(), dirty: false })
        }
      })
    return this.#opening
  }

  /** Makes the file of `position` at least that long. Errors: QuotaExceededError, and then the file is as it was. */
  grow(index: number, end: number): void {
    const data = this.#file(index * FILE_BYTES)
    if (end <= data.size) return
    const step = Math.min(MAX_GROWTH_BYTES, Math.max(GROWTH_BYTES, data.size / 8))
    const ahead = Math.min(FILE_BYTES, Math.ceil((end + step) / BLOCK_BYTES) * BLOCK_BYTES)
    try {
      resizeExactly(data.file, ahead)
    } catch {
      resizeExactly(data.file, end)
    }
    data.size = data.file.getSize()
  }

  /** Errors: CorruptDataError naming `path` where the file is too short. */
  read(target: Uint8Array, position: number, path: string): void {
    const data = this.#files[fileOf(position)]
    if (data === undefined || !readExactly(data.file, target, position % FILE_BYTES)) {
      throw this.missing(fileOf(position), path)
    }
    this.bytesRead += target.byteLength
  }

  missing(index: number, path: string): CorruptDataError {
    return new CorruptDataError(`data of '${path}' is missing: ${nameOf(index)} is too short or damaged`, { path })
  }

  /** Errors: QuotaExceededError. */
  write(source: Uint8Array, position: number): void {
    const data = this.#file(position)
    data.dirty = true
    writeExactly(data.file, source, position % FILE_BYTES)
    this.bytesWritten += source.byteLength
    this.dirtyBytes += source.byteLength
  }

  /** `all`: files that an earlier life of the worker may have written too. */
  flush(all = false): void {
    for (const data of this.#files) {
      if (!data.dirty && !all) continue
      data.file.flush()
      data.dirty = false
    }
    this.dirtyBytes = 0
  }

  /** Cuts the part of every file behind what `space` has in use. Only where the frames that freed it are durable. */
  cutTails(space: Space): void {
    for (const [index, data] of this.#files.entries()) {
      const end = space.fileEnd(index)
      if (end >= data.size) continue
      data.file.truncate(end)
      data.size = data.file.getSize()
    }
  }

  close(): void {
    for (const { file } of this.#files) file.close()
    this.#files.length = 0
  }

  #file(position: number): DataFile {
    const data = this.#files[fileOf(position)]
    if (data === undefined) throw new RangeError(`${nameOf(fileOf(position))} is not open`)
    return data
  }
}

export function nameOf(index: number): string {
  return `data-${index}`
}
