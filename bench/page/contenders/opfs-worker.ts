// opfs-worker: its dedicated worker, through `fs.backend` with transfers, which its documents advise for speed.
import { transfer } from 'comlink'
import { createOPFS } from 'opfs-worker/sync'
import { BATCH, inBatches } from '../batches.js'
import type { Floats } from '../data.js'
import type { Peer } from '../peer.js'

export function opfsWorkerPeer(): Peer {
  const fs = createOPFS({ root: '/bench-opfs-worker', hashAlgorithm: null, broadcastChannel: null })
  const at = (name: string) => `/${name}`

  const give = (name: string, data: Floats) => fs.backend.writeFile(at(name), transfer(bytesOf(data), [data.buffer]))
  const put = (name: string, data: Floats) => give(name, data.slice())
  const get = async (name: string) => floatsOf(await fs.backend.readFile(at(name)))
  const getSmall = async (name: string) => new Float32Array(await (await fs.readBlob(at(name))).arrayBuffer())

  return {
    name: 'opfs-worker',
    how: {
      put: 'backend.writeFile with transfer of a copy',
      give: 'backend.writeFile with transfer',
      get: 'readFile',
      getSmall: 'readBlob, arrayBuffer',
      slice: 'one descriptor, backend.read with transfer',
      setMany: `${BATCH} at a time`,
      getMany: `readBlob, arrayBuffer, ${BATCH} at a time`,
    },
    readsWholeOnly: false,
    async open() {},
    async close() {
      await fs.clear()
      fs.dispose()
    },
    put,
    give,
    get,
    getSmall,
    async remove(name) {
      if (await fs.exists(at(name))) await fs.remove(at(name))
    },
    async openSlices(name) {
      const descriptor = await fs.open(at(name))
      return {
        async slice({ offset, length }) {
          const target = new Uint8Array(length)
          const { buffer } = await fs.backend.read(descriptor, transfer(target, [target.buffer]), 0, length, offset)
          return floatsOf(buffer)
        },
        close: () => fs.close(descriptor),
      }
    },
    async setMany(arrays) {
      await inBatches(arrays, ({ name, data }) => put(name, data))
    },
    getMany: (names) => inBatches(names, getSmall),
  }
}

function bytesOf(data: Floats): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}
