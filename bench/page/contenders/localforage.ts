// localforage over IndexedDB, its default driver in browsers. It has no partial reads.
import localforage from 'localforage'
import type { Floats } from '../data.js'
import type { Peer } from '../peer.js'

export function localforagePeer(): Peer {
  const store = localforage.createInstance({ name: 'bench-localforage', driver: localforage.INDEXEDDB })

  const put = async (name: string, data: Floats) => {
    await store.setItem(name, data)
  }
  const get = async (name: string) => {
    const value = await store.getItem<Float32Array>(name)
    if (value === null) throw new Error(`${name} is not there`)
    return value
  }

  return {
    name: 'localforage',
    how: {
      put: 'setItem',
      get: 'getItem',
      slice: 'getItem, then subarray',
      setMany: 'all at once with Promise.all',
      getMany: 'all at once with Promise.all',
    },
    readsWholeOnly: true,
    open: () => store.ready(),
    close: () => store.clear(),
    put,
    get,
    remove: (name) => store.removeItem(name),
    async openSlices(name) {
      return {
        slice: async ({ offset, length }) => (await get(name)).slice(offset / 4, (offset + length) / 4),
        async close() {},
      }
    },
    async setMany(arrays) {
      await Promise.all(arrays.map(({ name, data }) => put(name, data)))
    },
    getMany: (names) => Promise.all(names.map(get)),
  }
}
