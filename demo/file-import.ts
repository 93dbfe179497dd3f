// Takes .npy and GeoTIFF files dropped on the page or picked by the button, and makes arrays of them.
import { type CreateOptions, type DiskBackedNDArray, fromNpy } from '../src/index.js'
import { byId } from './dom.js'
import type { Library } from './library.js'
import { runTask } from './tasks.js'

type ImportOptions = Omit<CreateOptions, 'shape' | 'dtype' | 'transfer'>

const IS_TIFF = /\.tiff?$/i

/** Calls `onArray` for each file that became an array. */
export function listenForFiles(library: Library, onArray: (path: string, array: DiskBackedNDArray) => void): void {
  const take = async (files: Iterable<File>): Promise<void> => {
    for (const file of files) await importFile(library, file, onArray)
  }
  const picker = byId('file', HTMLInputElement)
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

async function importFile(
  library: Library,
  file: File,
  onArray: (path: string, array: DiskBackedNDArray) => void,
): Promise<void> {
  const cachePath = await freePath(library, file.name)
  const array = await runTask(`Adding ${file.name}`, (options) =>
    arrayFrom(file, { ...options, disk: library.disk, cachePath, attributes: { title: file.name } }),
  )
  if (array) onArray(cachePath, array)
}

/** GeoTIFF's reader is fetched with the first such file. */
async function arrayFrom(file: File, options: ImportOptions): Promise<DiskBackedNDArray> {
  if (!IS_TIFF.test(file.name)) return fromNpy(file, options)
  const { fromGeoTiff } = await import('../src/geotiff.js')
  return fromGeoTiff(file, options)
}

/** 'files/name', or 'files/name (2)' where that is taken. */
async function freePath(library: Library, fileName: string): Promise<string> {
  const stem = `files/${fileName.replace(/\.(npy|tiff?)$/i, '') || 'array'}`
  for (let count = 1; ; count++) {
    const path = count === 1 ? stem : `${stem} (${count})`
    if (!(await library.disk.has(path))) return path
  }
}
