// Saves an array as a .npy file: straight into the file where the browser lets a page write one, else as a download.
import { type DiskBackedNDArray, toNpy } from '../src/index.js'
import { runTask } from './tasks.js'

interface SavePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>
}

/** Asks where to first: that needs the click. Errors: AbortError where the person thought better of it. */
export async function saveNpy(path: string, array: DiskBackedNDArray): Promise<void> {
  const suggestedName = `${path.split('/').at(-1)}.npy`
  const handle = await (window as SavePicker).showSaveFilePicker?.({ suggestedName })
  await runTask(`Saving ${suggestedName}`, async ({ signal, onProgress }) => {
    const file = toNpy(array, { signal, onProgress })
    if (handle) await file.pipeTo(await handle.createWritable())
    else download(await new Response(file).blob(), suggestedName)
  })
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download has its own hold on the blob once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
