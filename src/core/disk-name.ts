// The names of disks, and of the OPFS folders that keep them.

/** Of one name in the file systems that browsers keep OPFS in. */
const MAX_FOLDER_LENGTH = 255

/** True for a non-empty, well-formed string whose folder name is not too long; 85 UTF-8 bytes always fit. */
export function isDiskName(name: unknown): name is string {
  return (
    typeof name === 'string' && name !== '' && name.isWellFormed() && folderOfDisk(name).length <= MAX_FOLDER_LENGTH
  )
}

/**
 * The folder of a disk: every UTF-8 byte but a-z, 0-9, '_' and '-' as %xx. Two names never share a folder, also where the
 * file system does not tell cases or Unicode forms apart.
 */
export function folderOfDisk(name: string): string {
  return encodeURIComponent(name).replace(/%..|[A-Z.!~*'()]/g, (found) =>
    found.length > 1 ? found.toLowerCase() : `%${found.charCodeAt(0).toString(16)}`,
  )
}

/** The disk whose folder this is; undefined where no disk has it. */
export function diskOfFolder(folder: string): string | undefined {
  try {
    const name = decodeURIComponent(folder)
    return isDiskName(name) && folderOfDisk(name) === folder ? name : undefined
  } catch {
    return undefined // not made by encodeURIComponent
  }
}
