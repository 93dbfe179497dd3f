// What the browser offers by itself on the main thread: createWritable to write, getFile to read.
import { BATCH, inBatches } from '../batches.js'
import type { Floats } from '../data.js'
import type { Peer } from '../peer.js'

const FOLDER = 'bench-browser'

export function nativePeer(): Peer {
  let folder: FileSystemDirectoryHandle

  const put = async (name: string, data: Floats) => {
    const handle = await folder.getFileHandle(name, { create: true })
    const writable = await handle.createWritable()
    await writable.write(data)
    await writable.close()
  }
  const get = async (name: string) => {
    const handle = await folder.getFileHandle(name)
    return floatsOf(await handle.getFile())
  }

  return {
    name: 'createWritable/getFile',
    how: {
      put: 'createWritable, write, close',
      get: 'getFile, arrayBuffer',
      slice: 'one File, slice().arrayBuffer()',
      setMany: `${BATCH} at a time`,
      getMany: `${BATCH} at a time`,
    },
    readsWholeOnly: false,
    async open() {
      const root = await navigator.storage.getDirectory()
      folder = await root.getDirectoryHandle(FOLDER, { create: true })
    },
    async close() {
      const root = await navigator.storage.getDirectory()
      await root.removeEntry(FOLDER, { recursive: true })
    },
    put,
    get,
    async remove(name) {
      await folder.removeEntry(name).catch(ignoreMissing)
    },
    async openSlices(name) {
      const file = await (await folder.getFileHandle(name)).getFile()
      return {
        slice: ({ offset, length }) => floatsOf(file.slice(offset, offset + length)),
        async close() {},
      }
    },
    async setMany(arrays) {
      await inBatches(arrays, ({ name, data }) => put(name, data))
    },
    getMany: (names) => inBatches(names, get),
  }
}

async function floatsOf(blob: Blob): Promise<Float32Array> {
  return new Float32Array(await blob.arrayBuffer())
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
}
