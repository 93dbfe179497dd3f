// The engine's files over OPFS sync access handles.
import { CATALOG_FILES } from '../src/engine/catalog.js'
import type { Directory, SyncFile } from '../src/engine/storage.js'
import { unavailable } from './opfs-folders.js'
import { unlocked } from './opfs-locks.js'

/** Several workers may have a file open. Where the mode is not known, asking for it gives an exclusive handle. */
export const SHARES_HANDLES = 'mode' in FileSystemSyncAccessHandle.prototype

interface ModedFileHandle {
  createSyncAccessHandle(options: { mode: 'readwrite' | 'readwrite-unsafe' }): Promise<FileSystemSyncAccessHandle>
}

export class OpfsDirectory implements Directory {
  /** 1.5 us in Chromium, 40 us in Firefox. */
  readonly readCost = SHARES_HANDLES ? 12 * 1024 : 512 * 1024
  readonly #disk: string
  readonly #folder: FileSystemDirectoryHandle
  readonly #onClosed: () => void

  /** `onClosed` is called when the browser has closed a file, as it does when the worker is about to end or site data is deleted. */
  constructor(disk: string, folder: FileSystemDirectoryHandle, onClosed: () => void) {
    this.#disk = disk
    this.#folder = folder
    this.#onClosed = onClosed
  }

  /** Errors: DiskLockedError, StorageUnavailableError. */
  async open(name: string): Promise<SyncFile> {
    const file = await this.#folder.getFileHandle(name, { create: true })
    // The catalog is its owner's alone: a worker that opens it knows that the owner before has written its last byte.
    const isShared = SHARES_HANDLES && !(CATALOG_FILES as readonly string[]).includes(name)
    const mode = isShared ? 'readwrite-unsafe' : 'readwrite'
    try {
      const handle = await unlocked(this.#disk, () =>
        (file as unknown as ModedFileHandle).createSyncAccessHandle({ mode }),
      )
      return new OpfsFile(file, handle, this.#onClosed)
    } catch (error) {
      if (await this.#isRefusal(error)) throw unavailable('FileSystemFileHandle.createSyncAccessHandle', error)
      throw error
    }
  }

  /** Nothing where there is no such file. */
  async remove(name: string): Promise<void> {
    try {
      await this.#folder.removeEntry(name)
    } catch (error) {
      if (!isNamed(error, 'NotFoundError')) throw error
    }
  }

  async list(): Promise<string[]> {
    const names: string[] = []
    for await (const name of this.#folder.keys()) names.push(name)
    return names
  }

  /** WebKitGTK has the method but refuses: NotSupportedError for a file it was not asked for before, else InvalidStateError. */
  async #isRefusal(error: unknown): Promise<boolean> {
    if (!isNamed(error, 'InvalidStateError')) return isNamed(error, 'NotSupportedError')
    const name = `probe-${crypto.randomUUID()}`
    const probe = await this.#folder.getFileHandle(name, { create: true })
    try {
      const handle = await probe.createSyncAccessHandle()
      handle.close()
      return false
    } catch (refused) {
      return isNamed(refused, 'NotSupportedError')
    } finally {
      await this.#folder.removeEntry(probe.name).catch(() => undefined) // nothing is kept in such a browser
    }
  }
}

class OpfsFile implements SyncFile {
  /** In Chromium createSyncAccessHandle() never settles where its file handle is collected meanwhile; kept here, it cannot be. */
  readonly file: FileSystemFileHandle
  readonly #handle: FileSystemSyncAccessHandle
  readonly #onClosed: () => void

  constructor(file: FileSystemFileHandle, handle: FileSystemSyncAccessHandle, onClosed: () => void) {
    this.file = file
    this.#handle = handle
    this.#onClosed = onClosed
  }

  read(target: Uint8Array, at: number): number {
    return this.#do((handle) => handle.read(target, { at }))
  }

  write(source: Uint8Array, at: number): number {
    return this.#do((handle) => handle.write(source, { at }))
  }

  truncate(size: number): void {
    this.#do((handle) => handle.truncate(size))
  }

  getSize(): number {
    return this.#do((handle) => handle.getSize())
  }

  flush(): void {
    this.#do((handle) => handle.flush())
  }

  close(): void {
    this.#handle.close()
  }

  #do<T>(work: (handle: FileSystemSyncAccessHandle) => T): T {
    try {
      return work(this.#handle)
    } catch (error) {
      if (isNamed(error, 'InvalidStateError')) this.#onClosed()
      throw error
    }
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name
}
