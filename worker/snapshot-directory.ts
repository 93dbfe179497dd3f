// Files as they are when they are opened, to be read only: for browsers where a file has one access handle at a time.
import type { Directory, SyncFile } from '../src/engine/storage.js'

export class SnapshotDirectory implements Directory {
  readonly readCost = 512 * 1024
  readonly #folder: FileSystemDirectoryHandle

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder
  }

  async open(name: string): Promise<SyncFile> {
    return new Snapshot(await (await this.#folder.getFileHandle(name)).getFile())
  }

  async remove(): Promise<void> {
    throw readOnly()
  }

  async list(): Promise<string[]> {
    throw readOnly()
  }
}

/** Firefox reads newer bytes where the file was written meanwhile. */
class Snapshot implements SyncFile {
  readonly #file: File
  readonly #reader = new FileReaderSync()

  constructor(file: File) {
    this.#file = file
  }

  read(target: Uint8Array, at: number): number {
    const bytes = this.#reader.readAsArrayBuffer(this.#file.slice(at, at + target.byteLength))
    target.set(new Uint8Array(bytes))
    return bytes.byteLength
  }

  getSize(): number {
    return this.#file.size
  }

  close(): void {
    // nothing is open
  }

  write(): number {
    throw readOnly()
  }

  truncate(): void {
    throw readOnly()
  }

  flush(): void {
    throw readOnly()
  }
}

function readOnly(): TypeError {
  return new TypeError('a snapshot is only read')
}
