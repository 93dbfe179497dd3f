// Takes .npy files dropped on the page or picked by the button, and makes arrays of them.
import { type DiskBackedNDArray, fromNpy } from '../src/index.js'
import { byId } from './dom.js'
import type { Library } from './library.js'
import { runTask } from './tasks.js'

/** Calls `onArray` for each file that became an array. */
export function listenForNpy(library: Library, onArray: (path: string, array: DiskBackedNDArray) => void): void {
  const take = async (files: Iterable<File>): Promise<void> => {
    for (const file of files) await importNpy(library, file, onArray)
  }
  const picker = byId('npy', HTMLInputElement)
  picker.addEventListener('change', () => {
    const files = [...(picker.files ?? [])]
    picker.value = ''
    void take(files)
  })
  const veil = byId('drop-veil')
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    veil.hidden = false
  })
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) veil.hidden = true
  })
  addEventListener('drop', (event) => {
    veil.hidden = true
    if (!carriesFiles(event)) return
    event.preventDefault()
    void take([...(event.dataTransfer?.files ?? [])])
  })
}

async function importNpy(
  library: Library,
  file: File,
  onArray: (path: string, array: DiskBackedNDArray) => void,
): Promise<void> {
  const cachePath = await freePath(library, file.name)
  const array = await runTask(`Adding ${file.name}`, (options) =>
    fromNpy(file, { ...options, disk: library.disk, cachePath, attributes: { title: file.name } }),
  )
  if (array) onArray(cachePath, array)
}

/** 'files/name', or 'files/name (2)' where that is taken. */
async function freePath(library: Library, fileName: string): Promise<string> {
  const stem = `files/${fileName.replace(/\.npy$/i, '') || 'array'}`
  for (let count = 1; ; count++) {
    const path = count === 1 ? stem : `${stem} (${count})`
    if (!(await library.disk.has(path))) return path
  }
}
