// idb-keyval: typed arrays as values in IndexedDB. It has no partial reads.
import { clear, createStore, del, get, getMany, set, setMany } from 'idb-keyval'
import type { Peer } from '../peer.js'

export function idbKeyvalPeer(): Peer {
  const store = createStore('bench-idb-keyval', 'arrays')

  const read = async (name: string) => found(await get<Float32Array>(name, store), name)

  return {
    name: 'idb-keyval',
    how: {
      put: 'set',
      get: 'get',
      slice: 'get, then subarray',
      setMany: 'setMany',
      getMany: 'getMany',
    },
    readsWholeOnly: true,
    async open() {},
    close: () => clear(store),
    put: (name, data) => set(name, data, store),
    get: read,
    remove: (name) => del(name, store),
    async openSlices(name) {
      return {
        slice: async ({ offset, length }) => (await read(name)).slice(offset / 4, (offset + length) / 4),
        async close() {},
      }
    },
    setMany: (arrays) =>
      setMany(
        arrays.map(({ name, data }) => [name, data]),
        store,
      ),
    async getMany(names) {
      const values = await getMany<Float32Array>([...names], store)
      return values.map((value, index) => found(value, names[index]))
    },
  }
}

function found(value: Float32Array | undefined, name: string | undefined): Float32Array {
  if (value === undefined) throw new Error(`${name} is not there`)
  return value
}
