// Where disks are in the Origin Private File System, and whether this browser has one that serves.
import { diskOfFolder, folderOfDisk } from '../src/core/disk-name.js'
import { StorageUnavailableError } from '../src/core/errors.js'
import { ROOT_FOLDER } from '../src/names.js'
import { unlocked } from './opfs-locks.js'

/** The folder of a disk, made where it is missing. Errors: StorageUnavailableError. */
export async function diskFolder(name: string): Promise<FileSystemDirectoryHandle> {
  const origin = await originFolder()
  const disks = await origin.getDirectoryHandle(ROOT_FOLDER, { create: true })
  return disks.getDirectoryHandle(folderOfDisk(name), { create: true })
}

/** Errors: StorageUnavailableError. */
export async function diskNames(): Promise<string[]> {
  const names: string[] = []
  const disks = await unlessMissing(disksFolder())
  for await (const folder of disks?.keys() ?? []) {
    const name = diskOfFolder(folder)
    if (name !== undefined) names.push(name)
  }
  return names
}

/** Removes a disk's folder; nothing where there is none. Errors: StorageUnavailableError, DiskLockedError while a file is open. */
export async function removeDiskFolder(name: string): Promise<void> {
  const disks = await unlessMissing(disksFolder())
  if (disks === undefined) return
  await unlessMissing(unlocked(name, () => disks.removeEntry(folderOfDisk(name), { recursive: true })))
}

async function disksFolder(): Promise<FileSystemDirectoryHandle> {
  return (await originFolder()).getDirectoryHandle(ROOT_FOLDER)
}

/** Only trying tells: Firefox rejects in private windows, older Safari too; WebKitGTK fails later, when a file is opened. */
async function originFolder(): Promise<FileSystemDirectoryHandle> {
  const storage = navigator.storage as StorageManager | undefined // insecure contexts have none
  if (typeof storage?.getDirectory !== 'function') throw unavailable('navigator.storage.getDirectory')
  if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) {
    throw unavailable('FileSystemFileHandle.createSyncAccessHandle')
  }
  try {
    return await storage.getDirectory()
  } catch (error) {
    throw unavailable('navigator.storage.getDirectory', error)
  }
}

export function unavailable(missing: string, cause?: unknown): StorageUnavailableError {
  if (cause === undefined) return new StorageUnavailableError(`this browser has no ${missing}`, { missing })
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const message = `this browser, or this window of it, refuses ${missing}: ${reason}`
  return new StorageUnavailableError(message, { missing, cause })
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined
    throw error
  }
}
