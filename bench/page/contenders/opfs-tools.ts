// opfs-tools: files written and read through its pool of workers. It detaches the buffer it is given to write.
import { dir, file } from 'opfs-tools'
import { BATCH, inBatches } from '../batches.js'
import type { Floats } from '../data.js'
import type { Peer } from '../peer.js'

const ROOT = '/bench-opfs-tools'

export function opfsToolsPeer(): Peer {
  /** A folder of its own at each opening: a file whose opening hung stays unusable for the library. */
  let folder = ROOT
  const at = (name: string) => file(`${folder}/${name}`)

  /** Writes over what is there instead of truncating first, as `write()` does: a rewrite in place is faster. */
  const give = async (name: string, data: Floats) => {
    const { byteLength } = data
    const writer = await at(name).createWriter()
    await writer.write(data, { at: 0 })
    await writer.truncate(byteLength)
    await writer.close()
  }
  const put = (name: string, data: Floats) => give(name, data.slice())
  const get = async (name: string) => {
    const reader = await at(name).createReader()
    const buffer = await reader.read(await reader.getSize(), { at: 0 })
    await reader.close()
    return new Float32Array(buffer)
  }
  const getSmall = async (name: string) => new Float32Array(await at(name).arrayBuffer())

  return {
    name: 'opfs-tools',
    how: {
      put: 'createWriter, write a copy',
      give: 'createWriter, write',
      get: 'createReader, read',
      getSmall: 'arrayBuffer',
      slice: 'one reader, read at',
      setMany: `${BATCH} at a time`,
      getMany: `arrayBuffer, ${BATCH} at a time`,
    },
    readsWholeOnly: false,
    async open() {
      folder = `${ROOT}/${Date.now()}`
      await dir(folder).create()
    },
    close: () => dir(ROOT).remove(),
    put,
    give,
    get,
    getSmall,
    remove: (name) => at(name).remove(),
    async openSlices(name) {
      const reader = await at(name).createReader()
      return {
        slice: async ({ offset, length }) => new Float32Array(await reader.read(length, { at: offset })),
        close: () => reader.close(),
      }
    },
    async setMany(arrays) {
      await inBatches(arrays, ({ name, data }) => put(name, data))
    },
    getMany: (names) => inBatches(names, getSmall),
  }
}
